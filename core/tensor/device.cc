#include "core/tensor/device.h"

#include "absl/strings/numbers.h"
#include "core/base/error.h"

namespace temper {

std::string to_string(Device device) {
  const char* name = device.kind == DeviceKind::kCpu    ? "cpu"
                     : device.kind == DeviceKind::kCuda ? "cuda"
                                                        : "meta";
  return device.index < 0 ? name : str_cat(name, ":", device.index);
}

Device parse_device(std::string_view text) {
  const size_t colon = text.find(':');
  const std::string_view kind = text.substr(0, colon);
  Device device;
  if (kind == "cpu") {
    device.kind = DeviceKind::kCpu;
  } else if (kind == "cuda") {
    device.kind = DeviceKind::kCuda;
  } else if (kind == "meta") {
    device.kind = DeviceKind::kMeta;
  } else {
    fail("unknown device '", text, "': expected cpu, cuda or cuda:N");
  }
  if (colon != std::string_view::npos) {
    int index = 0;
    const std::string_view digits = text.substr(colon + 1);
    if (!absl::SimpleAtoi(as_absl(digits), &index) || index < 0 || index > 127) {
      fail("invalid device index in '", text, "'");
    }
    device.index = static_cast<int8_t>(index);
  }
  return device;
}

}  // namespace temper
