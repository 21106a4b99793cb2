#pragma once
// The control groups that a process is in, versions 1 and 2.

#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"

namespace temper {

// The folders of the groups that may limit `controller` ("cpu", "memory"), each before its
// ancestors, below `root` (/sys/fs/cgroup). `groups` is the text of /proc/self/cgroup. Folders that
// a container does not see are among them.
void for_each_cgroup(const std::string& root, std::string_view groups, std::string_view controller,
                     absl::FunctionRef<void(const std::string& folder)> body);

// The file's text; empty when there is none.
std::string read_text(const std::string& path);
// The number that the text begins with; none for "max".
std::optional<double> parse_number(std::string_view text);

}  // namespace temper
