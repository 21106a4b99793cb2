#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace temper {

// Every kind that programs may name; tensors are on the CPU only.
enum class DeviceKind : int8_t {
  kCpu = 0,
  kCuda = 1,
  kMkldnn = 2,
  kOpenGl = 3,
  kOpenCl = 4,
  kIdeep = 5,
  kHip = 6,
  kFpga = 7,
  kMaia = 8,
  kXla = 9,
  kVulkan = 10,
  kXpu = 12,
  kMps = 13,
  kMeta = 14,
  kHpu = 15,
  kVe = 16,
  kLazy = 17,
  kIpu = 18,
  kMtia = 19,
  kPrivateUse = 20,
};

struct Device {
  DeviceKind kind = DeviceKind::kCpu;
  int8_t index = -1;  // -1: the current device of that kind
  friend bool operator==(const Device&, const Device&) = default;
};

std::string to_string(Device device);        // "cpu", "cuda:0"
Device parse_device(std::string_view text);  // throws on unknown text

}  // namespace temper
