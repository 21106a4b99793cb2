#pragma once
// "...".format(...) and "..." % ... of the language.

#include "core/value/containers.h"

namespace temper::text {

// Only a literal {} is replaced; arguments that are left over are ignored.
std::string format_braces(const std::string& format, const std::vector<IValue>& args);
// %d %i %e %E %f %F %c %s %% without flags. `args` is a tuple or one value.
std::string format_percent(const std::string& format, const IValue& args);

}  // namespace temper::text
