#include <gtest/gtest.h>

#include "core/base/error.h"
#include "ir/interp/code.h"

namespace temper::ir {
namespace {

// r0 is a parameter, r1 a constant, the rest is free.
class Laws : public ::testing::Test {
 protected:
  Laws() {
    code.num_registers = 4;
    code.num_params = 1;
    code.constants.emplace_back(1, IValue(int64_t{3}));
  }

  Instruction& add(Opcode opcode, std::vector<Register> in, std::vector<Register> out = {},
                   std::vector<Register> kill = {}) {
    Instruction& instruction = code.instructions.emplace_back();
    instruction.opcode = opcode;
    instruction.num_in = static_cast<uint16_t>(in.size());
    instruction.num_out = static_cast<uint16_t>(out.size());
    instruction.num_kill = static_cast<uint16_t>(kill.size());
    instruction.operands = static_cast<uint32_t>(code.operands.size());
    for (const auto& list : {in, out, kill}) {
      code.operands.insert(code.operands.end(), list.begin(), list.end());
    }
    return instruction;
  }

  void expect_broken(int law) {
    try {
      verify_code(code);
      ADD_FAILURE() << "law " << law << " is not checked";
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.message()).find(str_cat("law ", law, " ")), std::string::npos)
          << error.message();
    }
  }

  Code code;
};

TEST_F(Laws, HoldForALoop) {
  add(Opcode::kCopy, {0}, {3});
  add(Opcode::kLoopEnter, {2, 1}).target = 4;
  add(Opcode::kCopy, {3}, {3});
  add(Opcode::kLoopNext, {2, 1}).target = 2;
  add(Opcode::kReturn, {3});
  EXPECT_NO_THROW(verify_code(code));
}

TEST_F(Laws, OneRegistersLieInTheFrame) {
  add(Opcode::kReturn, {4});
  expect_broken(1);
}

TEST_F(Laws, OneOperandsLieInTheTable) {
  add(Opcode::kReturn, {0}).num_in = 2;
  expect_broken(1);
}

TEST_F(Laws, TwoJumpsStayInside) {
  add(Opcode::kJumpIfFalse, {0}).target = 9;
  add(Opcode::kReturn, {0});
  expect_broken(2);
}

TEST_F(Laws, TwoNothingRunsOffTheEnd) {
  add(Opcode::kCopy, {0}, {2});
  expect_broken(2);
}

TEST_F(Laws, ThreeReadsComeAfterWritesOnEveryWay) {
  add(Opcode::kJumpIfFalse, {0}).target = 2;
  add(Opcode::kCopy, {0}, {2});
  add(Opcode::kReturn, {2});
  expect_broken(3);
}

TEST_F(Laws, ThreeClearedRegistersAreNotRead) {
  add(Opcode::kCopy, {0}, {2}, {0});
  add(Opcode::kReturn, {0});
  expect_broken(3);
}

TEST_F(Laws, ThreeWhatALoopClearsItDoesNotReadAgain) {
  add(Opcode::kCopy, {0}, {3});
  add(Opcode::kLoopEnter, {2, 1}).target = 4;
  add(Opcode::kList, {3}, {0}, {3});
  add(Opcode::kLoopNext, {2, 1}).target = 2;
  add(Opcode::kReturn, {0});
  expect_broken(3);
}

TEST_F(Laws, FourConstantsStay) {
  add(Opcode::kCopy, {0}, {1});
  add(Opcode::kReturn, {1});
  expect_broken(4);
}

}  // namespace
}  // namespace temper::ir
