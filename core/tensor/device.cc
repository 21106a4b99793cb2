#include "core/tensor/device.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "core/base/error.h"

namespace temper {
namespace {

// In the order in which the reference lists them; an alias follows the name that is printed.
struct KindName {
  std::string_view name;
  DeviceKind kind;
};
constexpr KindName kKinds[] = {
    {"cpu", DeviceKind::kCpu},
    {"cuda", DeviceKind::kCuda},
    {"ipu", DeviceKind::kIpu},
    {"xpu", DeviceKind::kXpu},
    {"mkldnn", DeviceKind::kMkldnn},
    {"opengl", DeviceKind::kOpenGl},
    {"opencl", DeviceKind::kOpenCl},
    {"ideep", DeviceKind::kIdeep},
    {"hip", DeviceKind::kHip},
    {"ve", DeviceKind::kVe},
    {"fpga", DeviceKind::kFpga},
    {"ort", DeviceKind::kMaia},
    {"maia", DeviceKind::kMaia},
    {"xla", DeviceKind::kXla},
    {"lazy", DeviceKind::kLazy},
    {"vulkan", DeviceKind::kVulkan},
    {"mps", DeviceKind::kMps},
    {"meta", DeviceKind::kMeta},
    {"hpu", DeviceKind::kHpu},
    {"mtia", DeviceKind::kMtia},
    {"privateuseone", DeviceKind::kPrivateUse},
};

DeviceKind parse_kind(std::string_view name) {
  std::string known;
  for (const KindName& row : kKinds) {
    if (row.name == name) return row.kind;
    known += str_cat(known.empty() ? "" : ", ", row.name);
  }
  fail("Expected one of ", known, " device type at start of device string: ", name);
}

}  // namespace

std::string to_string(Device device) {
  const auto* row = std::find_if(std::begin(kKinds), std::end(kKinds),
                                 [&](const KindName& k) { return k.kind == device.kind; });
  const std::string name(row->name);
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
  device.kind = parse_kind(kind);
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
