// Largest and smallest elements and their places, truth reductions.
#include "core/base/error.h"
#include "kernels/cpu/reduce/reduce.h"
#include "kernels/cpu/reduce/rows.h"

namespace temper {
namespace {

// The first place of the extreme; NaN wins over everything.
template <class T>
int64_t extreme_index(const T* row, int64_t n, bool largest) {
  using C = Compute<T>;
  int64_t best = 0;
  C value = static_cast<C>(row[0]);
  if (is_nan_value(value)) return 0;
  for (int64_t i = 1; i < n; ++i) {
    const C v = static_cast<C>(row[i]);
    if (is_nan_value(v)) return i;
    if (largest ? v > value : v < value) {
      best = i;
      value = v;
    }
  }
  return best;
}

void check_not_empty(const Rows& rows, const char* op) {
  if (rows.length == 0 && rows.rows > 0) {
    fail(op,
         "(): Expected reduction dim to be specified for input.numel() == 0. Specify the "
         "reduction dim with the 'dim' argument.");
  }
}

Tensor extreme_values(OpCall& call, const Rows& rows, bool largest, const char* op) {
  check_not_empty(rows, op);
  Tensor out;
  visit(rows.data.dtype(), op, RealAndBool{}, [&]<class T>() {
    out = reduce_rows<T, T>(call.context(), rows, rows.data.dtype(), [&](const T* row, int64_t n) {
      return row[extreme_index(row, n, largest)];
    });
  });
  return out;
}

Tensor extreme_indices(OpCall& call, const Rows& rows, bool largest, const char* op) {
  check_not_empty(rows, op);
  Tensor out;
  visit(rows.data.dtype(), op, RealAndBool{}, [&]<class T>() {
    out = reduce_rows<T, int64_t>(
        call.context(), rows, DType::kInt64,
        [&](const T* row, int64_t n) { return extreme_index(row, n, largest); });
  });
  return out;
}

void extreme_dim(OpCall& call, bool largest, const char* op) {
  const Rows rows = make_rows_along(call.tensor(0), call.integer(1), call.boolean(2));
  call.ret(0, extreme_values(call, rows, largest, op));
  call.ret(1, extreme_indices(call, rows, largest, op));
}

void extreme_argument(OpCall& call, bool largest, const char* op) {
  const Tensor self = call.tensor(0);
  if (!call.is_none(1)) {
    return call.ret(extreme_indices(call, make_rows_along(self, call.integer(1), call.boolean(2)),
                                    largest, op));
  }
  Rows rows = make_rows(self, {}, call.boolean(2));
  call.ret(extreme_indices(call, rows, largest, op));
}

// (self), (self, dim, keepdim) and (self, dims?, keepdim). uint8 stays uint8.
void truth(OpCall& call, bool all) {
  const Tensor self = call.tensor(0);
  const Tensor mask = to_dtype(self, DType::kBool);
  const Rows rows = call.size() == 1 ? make_rows(mask, {}, false)
                    : call.in(1).is_int()
                        ? make_rows_along(mask, call.integer(1), call.boolean(2))
                        : make_rows(mask, call.opt_ints(1).value_or(Dims{}), call.boolean(2));
  const Tensor out = reduce_rows<bool, bool>(
      call.context(), rows, DType::kBool, [all](const bool* row, int64_t n) {
        return all ? std::all_of(row, row + n, [](bool b) { return b; })
                   : std::any_of(row, row + n, [](bool b) { return b; });
      });
  call.ret(self.dtype() == DType::kUInt8 ? to_dtype(out, DType::kUInt8) : out);
}

}  // namespace

void max_all(OpCall& call) {
  call.ret(extreme_values(call, make_rows(call.tensor(0), {}, false), true, "max"));
}
void min_all(OpCall& call) {
  call.ret(extreme_values(call, make_rows(call.tensor(0), {}, false), false, "min"));
}
void max_dim(OpCall& call) { extreme_dim(call, true, "max"); }
void min_dim(OpCall& call) { extreme_dim(call, false, "min"); }
void amax(OpCall& call) {
  call.ret(
      extreme_values(call, make_rows(call.tensor(0), call.ints(1), call.boolean(2)), true, "amax"));
}
void amin(OpCall& call) {
  call.ret(extreme_values(call, make_rows(call.tensor(0), call.ints(1), call.boolean(2)), false,
                          "amin"));
}

void aminmax(OpCall& call) {
  const Tensor self = call.tensor(0);
  const Rows rows = call.is_none(1) ? make_rows(self, {}, call.boolean(2))
                                    : make_rows_along(self, call.integer(1), call.boolean(2));
  Tensor low = extreme_values(call, rows, false, "aminmax");
  Tensor high = extreme_values(call, rows, true, "aminmax");
  if (self.dim() == 0 && !call.is_none(1) && call.boolean(2)) {  // as the oracle does
    low = low.unsqueeze(0);
    high = high.unsqueeze(0);
  }
  call.ret(0, low);
  call.ret(1, high);
}

void argmax(OpCall& call) { extreme_argument(call, true, "argmax"); }
void argmin(OpCall& call) { extreme_argument(call, false, "argmin"); }
void any(OpCall& call) { truth(call, false); }
void all(OpCall& call) { truth(call, true); }

void equal_tensors(OpCall& call) {
  const Tensor a = call.tensor(0), b = call.tensor(1);
  if (a.dtype() != b.dtype()) {
    fail("Expected object of scalar type ", dtype_name(a.dtype()), " but got scalar type ",
         dtype_name(b.dtype()), " for argument 'other'");
  }
  if (a.sizes() != b.sizes()) return call.ret(IValue(false));
  const Tensor x = a.contiguous(), y = b.contiguous();
  bool same = true;
  visit(a.dtype(), "equal", AllTypes{}, [&]<class T>() {
    using C = Compute<T>;
    for (int64_t i = 0; same && i < x.numel(); ++i) {
      same = static_cast<C>(x.data<T>()[i]) == static_cast<C>(y.data<T>()[i]);
    }
  });
  call.ret(IValue(same));
}

}  // namespace temper
