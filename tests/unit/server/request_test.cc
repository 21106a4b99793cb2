// Requests that ask for more than they bring.

#include "server/api/tensor_in.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/error.h"
#include "core/value/containers.h"

namespace temper {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

WireInput empty_of(std::initializer_list<int64_t> shape) {
  WireInput wire;
  wire.set_name("x");
  wire.set_datatype("INT64");
  for (const int64_t dim : shape) wire.add_shape(dim);
  return wire;
}

IValue read_lists(const WireInput& wire) {
  const std::string nothing;
  const TypePtr lists = list_of(list_of(Type::integer()));
  return TensorIn(wire, &nothing, {}).value(lists);
}

TEST(Request, AFewEmptyListsAreLists) {
  EXPECT_EQ(read_lists(empty_of({3, 0})).to_list().items.size(), 3u);
  EXPECT_EQ(read_lists(empty_of({0, int64_t{1} << 60})).to_list().items.size(), 0u);
}

TEST(Request, EndlessEmptyListsAreRefused) {
  EXPECT_THAT(
      [] {
        read_lists(empty_of({int64_t{1} << 40, 0}));
      },
      ThrowsMessage<Error>(HasSubstr("100000 empty lists")));
}

}  // namespace
}  // namespace temper
