#pragma once
// The logger of the programs, on stderr.

#include <memory>
#include <string>

#include "server/observe/log.h"

namespace temper {

// `level` is debug, info, warning, error or off.
std::unique_ptr<Logger> make_logger(const std::string& level);

}  // namespace temper
