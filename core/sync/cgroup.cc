#include "core/sync/cgroup.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

namespace temper {
namespace {

// Whether a list of names with commas between holds one.
bool lists(std::string_view names, std::string_view name) {
  while (!names.empty()) {
    const size_t end = std::min(names.find(','), names.size());
    if (names.substr(0, end) == name) return true;
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return false;
}

// The group's folder with its mount, or none for groups that do not limit the controller.
std::optional<std::string> group_of(std::string_view line, std::string_view controller) {
  const size_t first = line.find(':');
  const size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const std::string_view controllers = line.substr(first + 1, second - first - 1);
  const std::string_view path = line.substr(second + 1);
  // Version 2 has one tree for all controllers.
  if (controllers.empty()) return std::string(path);
  if (!lists(controllers, controller)) return std::nullopt;
  return "/" + std::string(controller) + std::string(path);
}

}  // namespace

void for_each_cgroup(const std::string& root, std::string_view groups, std::string_view controller,
                     absl::FunctionRef<void(const std::string& folder)> body) {
  while (!groups.empty()) {
    const size_t end = std::min(groups.find('\n'), groups.size());
    std::optional<std::string> group = group_of(groups.substr(0, end), controller);
    groups.remove_prefix(std::min(end + 1, groups.size()));
    while (group) {
      body(root + *group);
      const size_t slash = group->rfind('/');
      if (slash == std::string::npos) break;
      group->resize(slash);
    }
  }
}

std::string read_text(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<double> parse_number(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return static_cast<double>(value);
}

}  // namespace temper
