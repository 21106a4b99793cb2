#pragma once
// Members that archives of modules and of values share.

#include <string_view>

#include "ir/archive/pickle_writer.h"
#include "ir/archive/zip_writer.h"

namespace temper::ir {

// The folder of all members; the same in every file, so that its name does not change the bytes.
inline constexpr std::string_view kArchiveFolder = "archive";

// The tensor bytes that a finished pickle refers to, as members `folder`/0, `folder`/1, ...
void add_records(ZipWriter& zip, std::string_view folder, const PickleWriter& pickle);

}  // namespace temper::ir
