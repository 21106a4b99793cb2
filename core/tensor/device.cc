#include "core/tensor/device.h"

#include <algorithm>

#include "absl/strings/ascii.h"
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
  if (text.empty()) fail("Device string must not be empty");
  const size_t colon = text.find(':');
  const std::string_view kind = text.substr(0, colon);
  const std::string_view digits = colon == std::string_view::npos ? "0" : text.substr(colon + 1);
  const bool well_formed = !kind.empty() && !digits.empty() &&
                           (digits[0] != '0' || digits.size() == 1) &&
                           std::all_of(kind.begin(), kind.end(),
                                       [](char c) { return absl::ascii_isalpha(c) || c == '_'; }) &&
                           std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit);
  if (!well_formed) fail("Invalid device string: '", text, "'");
  Device device;
  if (kind == "cpu") {
    device.kind = DeviceKind::kCpu;
  } else if (kind == "cuda") {
    device.kind = DeviceKind::kCuda;
  } else if (kind == "meta") {
    device.kind = DeviceKind::kMeta;
  } else {
    fail("Expected one of cpu, cuda, meta device type at start of device string: ", kind);
  }
  if (colon != std::string_view::npos) {
    int index = 0;
    if (!absl::SimpleAtoi(as_absl(digits), &index) || index > 127) {
      fail("Could not parse device index '", digits, "' in device string '", text, "'");
    }
    device.index = static_cast<int8_t>(index);
  }
  return device;
}

}  // namespace temper
