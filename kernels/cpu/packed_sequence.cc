#include <cstring>
#include <vector>

#include "core/base/error.h"
#include "core/op/run_context.h"
#include "kernels/cpu/rnn.h"

namespace temper {

// (input, lengths, batch_first) -> (data, batch_sizes)
void pack_padded_sequence(OpCall& call) {
  Tensor input = call.tensor(0);
  const Tensor given = call.tensor(1);
  if (call.boolean(2)) input = input.transpose(0, 1);
  if (given.dim() != 1 || given.dtype() != DType::kInt64) {
    fail("'lengths' argument should be a 1D CPU int64 tensor, but got ", given.dim(), "D cpu ",
         dtype_name(given.dtype()), " tensor");
  }
  if (input.numel() == 0) fail("Cannot pack empty tensors.");
  const Tensor lengths = given.contiguous();
  const int64_t batch = input.size(1), longest = input.size(0);
  const int64_t* length = lengths.data<int64_t>();
  if (lengths.numel() != batch) {
    fail("Expected `len(lengths)` to be equal to batch_size, but got ", lengths.numel(),
         " (batch_size=", batch, ")");
  }
  for (int64_t i = 0; i < batch; ++i) {
    if (length[i] <= 0) {
      fail("Length of all samples has to be greater than 0, but found an element in 'lengths' ",
           "that is <= 0");
    }
    if (i > 0 && length[i] > length[i - 1]) {
      fail("`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. ",
           "You can pass `enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to ",
           "sidestep this requirement if you do not need ONNX exportability.");
    }
  }
  if (length[0] > longest) {
    fail("Expected `lengths` of at most ", longest, ", the length of the input, but got ",
         length[0]);
  }
  const Tensor sizes = empty({length[0]}, DType::kInt64);
  int64_t total = 0, active = batch;
  for (int64_t t = 0; t < length[0]; ++t) {
    while (length[active - 1] <= t) --active;
    sizes.data<int64_t>()[t] = active;
    total += active;
  }
  Dims shape(input.sizes().begin() + 1, input.sizes().end());
  shape[0] = total;
  const Tensor data = empty(shape, input.dtype());
  int64_t at = 0;
  for (int64_t t = 0; t < length[0]; ++t) {
    const int64_t rows = sizes.data<int64_t>()[t];
    copy_into(data.narrow(0, at, rows), input.select(0, t).narrow(0, 0, rows));
    at += rows;
  }
  call.ret(0, data);
  call.ret(1, sizes);
}

// (data, batch_sizes, batch_first, padding_value, total_length) -> (padded, lengths)
void pad_packed_sequence(OpCall& call) {
  const Tensor data = call.tensor(0);
  const Tensor sizes = to_dtype(call.tensor(1), DType::kInt64).contiguous();
  const int64_t steps = sizes.numel(), wanted = call.integer(4);
  if (steps == 0) fail("_pad_packed_sequence: batch_sizes is empty");
  const int64_t* size = sizes.data<int64_t>();
  if (wanted > 0 && wanted < steps) {
    fail("Expected total_length to be at least the length of the longest sequence in input, but ",
         "got total_length=", wanted, " and max sequence length being ", steps);
  }
  int64_t total = 0;
  for (int64_t t = 0; t < steps; ++t) {
    if (size[t] <= 0 || (t > 0 && size[t] > size[t - 1])) {
      fail("batch_sizes of packed sequences must be positive and must not grow");
    }
    if (size[t] > data.size(0) - total) {
      fail("batch_sizes sum to more than the ", data.size(0), " rows of the packed data");
    }
    total += size[t];
  }
  if (total != data.size(0)) {
    fail("batch_sizes sum to ", total, " but the packed data has ", data.size(0), " rows");
  }
  const int64_t length = wanted > 0 ? wanted : steps;
  Dims shape{length};
  shape.insert(shape.end(), data.sizes().begin(), data.sizes().end());
  shape[1] = size[0];
  Tensor out = full(shape, call.number(3), data.dtype());
  const Tensor lengths = empty({size[0]}, DType::kInt64);
  int64_t at = 0;
  for (int64_t t = 0; t < steps; ++t) {
    copy_into(out.select(0, t).narrow(0, 0, size[t]), data.narrow(0, at, size[t]));
    for (int64_t i = 0; i < size[t]; ++i) lengths.data<int64_t>()[i] = t + 1;
    at += size[t];
  }
  if (call.boolean(2)) out = out.transpose(0, 1);
  call.ret(0, out);
  call.ret(1, lengths);
}

}  // namespace temper
