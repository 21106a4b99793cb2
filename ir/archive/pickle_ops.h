#pragma once
// Opcodes of pickle protocol 2 that archives use.

#include <cstdint>

namespace temper::ir::pickle {

inline constexpr uint8_t kProto = 0x80, kStop = '.', kMark = '(';
inline constexpr uint8_t kEmptyTuple = ')', kTuple1 = 0x85, kTuple2 = 0x86, kTuple3 = 0x87,
                         kTuple = 't';
inline constexpr uint8_t kEmptyList = ']', kAppend = 'a', kAppends = 'e', kList = 'l';
inline constexpr uint8_t kEmptyDict = '}', kSetItem = 's', kSetItems = 'u', kDict = 'd';
inline constexpr uint8_t kNone = 'N', kTrue = 0x88, kFalse = 0x89;
inline constexpr uint8_t kInt8 = 'K', kInt16 = 'M', kInt32 = 'J', kLong1 = 0x8a, kFloat = 'G';
inline constexpr uint8_t kUnicode = 'X', kGlobal = 'c', kReduce = 'R', kBuild = 'b',
                         kNewObject = 0x81;
inline constexpr uint8_t kPersistentId = 'Q';
inline constexpr uint8_t kPut = 'q', kLongPut = 'r', kGet = 'h', kLongGet = 'j';

}  // namespace temper::ir::pickle
