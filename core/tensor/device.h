#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace temper {

enum class DeviceKind : int8_t { kCpu = 0, kCuda = 1, kMeta = 14 };

struct Device {
  DeviceKind kind = DeviceKind::kCpu;
  int8_t index = -1;  // -1: the current device of that kind
  friend bool operator==(const Device&, const Device&) = default;
};

std::string to_string(Device device);        // "cpu", "cuda:0"
Device parse_device(std::string_view text);  // throws on unknown text

}  // namespace temper
