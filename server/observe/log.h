#pragma once
// One line per event: time, level, event, key=value pairs. Values with blanks are quoted.
// Thread-safe.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace temper {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

class Logger {
 public:
  using Fields = std::initializer_list<std::pair<std::string_view, std::string>>;
  virtual ~Logger() = default;
  virtual void write(LogLevel level, std::string_view event, Fields fields) = 0;

  void debug(std::string_view event, Fields fields = {}) { write(LogLevel::kDebug, event, fields); }
  void info(std::string_view event, Fields fields = {}) { write(LogLevel::kInfo, event, fields); }
  void warning(std::string_view event, Fields fields = {}) {
    write(LogLevel::kWarning, event, fields);
  }
  void error(std::string_view event, Fields fields = {}) { write(LogLevel::kError, event, fields); }
};

// "event key=value other=\"two words\"": the text of a line after time and level.
std::string log_line(std::string_view event, Logger::Fields fields);

}  // namespace temper
