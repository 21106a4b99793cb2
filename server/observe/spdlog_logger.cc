#include "server/observe/spdlog_logger.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace temper {
namespace {

class SpdlogLogger final : public Logger {
 public:
  explicit SpdlogLogger(const std::string& level)
      : log_("temper", std::make_shared<spdlog::sinks::stderr_color_sink_mt>()) {
    log_.set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v", spdlog::pattern_time_type::utc);
    log_.set_level(spdlog::level::from_str(level));
    log_.flush_on(spdlog::level::info);
  }
  void write(LogLevel level, std::string_view event, Fields fields) override {
    constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::debug, spdlog::level::info,
                                                     spdlog::level::warn, spdlog::level::err};
    const auto wanted = kLevels[static_cast<int>(level)];
    if (log_.should_log(wanted)) log_.log(wanted, log_line(event, fields));
  }

 private:
  spdlog::logger log_;
};

}  // namespace

std::unique_ptr<Logger> make_logger(const std::string& level) {
  return std::make_unique<SpdlogLogger>(level);
}

}  // namespace temper
