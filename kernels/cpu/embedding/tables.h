#pragma once
// Bags of one table as a piece of work that may be done together with others.

#include <functional>
#include <optional>

#include "core/tensor/tensor.h"

namespace temper {

struct BagWork {
  Tensor output;                                            // one row a bag, zero before `combine`
  int64_t count = 0;                                        // bags
  int64_t elements = 0;                                     // that are read for all of them
  std::function<void(int64_t begin, int64_t end)> combine;  // some bags; on any thread
};

// Checks the arguments as embedding_bag does. A negative padding counts from the end of the table.
BagWork prepare_bags(const Tensor& weight, const Tensor& indices, const Tensor& offsets,
                     int64_t mode, bool last_included, std::optional<int64_t> padding);

}  // namespace temper
