#pragma once
// What the server and the tools call themselves.

namespace temper {

inline constexpr const char* kServerName = "temper";
inline constexpr const char* kServerVersion = "0.1.0";

}  // namespace temper
