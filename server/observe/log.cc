#include "server/observe/log.h"

#include "absl/strings/escaping.h"

namespace temper {

std::string log_line(std::string_view event, Logger::Fields fields) {
  std::string line(event);
  for (const auto& [key, value] : fields) {
    line.append(" ").append(key).append("=");
    const bool plain = !value.empty() && value.find_first_of(" \"=\n\r\t\\") == std::string::npos;
    if (plain) {
      line += value;
    } else {
      line.append("\"").append(absl::CEscape(value)).append("\"");
    }
  }
  return line;
}

}  // namespace temper
