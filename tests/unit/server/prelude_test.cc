// Every composite operator: compiled as a request would compile it, and called as its schema says.
#include <gtest/gtest.h>

#include "ir/graph/verifier.h"
#include "kernels/ops/registry.h"
#include "server/engine/runtime.h"

namespace temper {
namespace {

ir::ScriptFunction* body_of(const OpDef& op) {
  return dynamic_cast<ir::ScriptFunction*>(op.composite());
}

TEST(Prelude, EveryFunctionCompiles) {
  const Runtime runtime;
  size_t count = 0;
  for (const OpDef* op : runtime.ops().all()) {
    if (!op->composite()) continue;
    ++count;
    ir::ScriptFunction* body = body_of(*op);
    ASSERT_NE(body, nullptr) << op->key();
    EXPECT_NO_THROW(ir::verify(*body->graph())) << op->key();
  }
  EXPECT_GT(count, 100u);
}

TEST(Prelude, FunctionsTakeWhatTheirOperatorsTake) {
  const Runtime runtime;
  OpRegistry declared;
  add_all_operators(declared);
  for (const OpDef* op : runtime.ops().all()) {
    if (!op->composite()) continue;
    EXPECT_NE(declared.find(op->key()), nullptr) << op->key() << " is no operator";
    const Schema &schema = op->schema(), &body = body_of(*op)->schema();
    ASSERT_EQ(schema.arguments.size(), body.arguments.size()) << op->key();
    for (size_t i = 0; i < schema.arguments.size(); ++i) {
      EXPECT_EQ(schema.arguments[i].name, body.arguments[i].name) << op->key();
    }
  }
}

TEST(Prelude, NoOperatorHasTwoBodies) {
  const Runtime runtime;
  for (const OpDef* op : runtime.ops().all()) {
    EXPECT_FALSE(op->composite() && op->kernel()) << op->key();
  }
}

}  // namespace
}  // namespace temper
