// Regions of feature maps brought to one size: by interpolation or by maxima, over all channels or
// with channels of their own for every bin.
#include <cmath>
#include <limits>
#include <vector>

#include "core/base/error.h"
#include "core/op/run_context.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/vision/kernels.h"

namespace temper {
namespace {

struct RoiCall {
  Tensor input, rois;
  double scale;
  int64_t height, width;  // of the result
  int64_t channels() const { return input.size(1); }
  int64_t rows() const { return input.size(2); }
  int64_t columns() const { return input.size(3); }
  int64_t plane() const { return rows() * columns(); }
  int64_t count() const { return rois.size(0); }
};

// Products of sizes below stay within 64 bits.
constexpr int64_t kMaxPooled = 1 << 20;

RoiCall read_roi(OpCall& call, const char* op) {
  RoiCall r{call.tensor(0).contiguous(), call.tensor(1).contiguous(), call.number(2),
            call.integer(3), call.integer(4)};
  if (r.input.dim() != 4) fail(op, ": expected a 4-D input, got ", to_string(r.input.sizes()));
  if (r.rois.dim() != 2 || r.rois.size(1) != 5) {
    fail("rois must have shape as Tensor[K, 5]");
  }
  if (r.input.dtype() != r.rois.dtype()) {
    fail("Expected tensor for ", op, " to have the same type, but got ",
         dtype_name(r.input.dtype()), " and ", dtype_name(r.rois.dtype()));
  }
  if (r.height <= 0 || r.width <= 0) fail(op, ": pooled sizes must be positive");
  if (r.height > kMaxPooled || r.width > kMaxPooled) {
    fail(op, ": pooled sizes of ", r.height, " x ", r.width, " are too large");
  }
  return r;
}

int64_t batch_of(const RoiCall& r, double index) {
  // Numbers beyond 64 bits must not become integers first.
  if (!(index >= 0 && index < static_cast<double>(r.input.size(0)))) {
    fail("a region names image ", index, " of a batch of ", r.input.size(0));
  }
  return static_cast<int64_t>(index);
}

// Four neighbours of a point and their weights; none when the point lies outside.
template <class T>
struct Point {
  int64_t at[4] = {0, 0, 0, 0};
  T weight[4] = {0, 0, 0, 0};
};

template <class T>
Point<T> point_at(T y, T x, int64_t rows, int64_t columns) {
  Point<T> p;
  if (!(y >= T(-1) && y <= static_cast<T>(rows) && x >= T(-1) && x <= static_cast<T>(columns))) {
    return p;
  }
  y = std::max(y, T(0));
  x = std::max(x, T(0));
  int64_t top = static_cast<int64_t>(y), left = static_cast<int64_t>(x);
  int64_t bottom = top + 1, right = left + 1;
  if (top >= rows - 1) {
    top = bottom = rows - 1;
    y = static_cast<T>(top);
  }
  if (left >= columns - 1) {
    left = right = columns - 1;
    x = static_cast<T>(left);
  }
  const T dy = y - static_cast<T>(top), dx = x - static_cast<T>(left);
  const int64_t at[4] = {top * columns + left, top * columns + right, bottom * columns + left,
                         bottom * columns + right};
  const T weight[4] = {(1 - dy) * (1 - dx), (1 - dy) * dx, dy * (1 - dx), dy * dx};
  std::copy(at, at + 4, p.at);
  std::copy(weight, weight + 4, p.weight);
  return p;
}

// Sampling points of every bin of one region.
template <class T>
struct Grid {
  int64_t per_bin = 0;
  std::vector<Point<T>> points;  // [height][width][per_bin]
};

// More points than these, per bin side and region, only come from regions that no image has.
constexpr double kMaxGrid = 16384;
constexpr int64_t kMaxPoints = 1 << 24;

template <class T>
Grid<T> make_grid(const RoiCall& r, const T* roi, T offset, bool at_least_one, int64_t sampling) {
  const T scale = static_cast<T>(r.scale);
  const T left = roi[1] * scale - offset, top = roi[2] * scale - offset;
  T width = roi[3] * scale - offset - left, height = roi[4] * scale - offset - top;
  if (at_least_one) {
    width = std::max(width, T(1));
    height = std::max(height, T(1));
  }
  const T bin_h = height / static_cast<T>(r.height), bin_w = width / static_cast<T>(r.width);
  if (!(std::fabs(bin_h) < kMaxGrid && std::fabs(bin_w) < kMaxGrid)) {
    fail("a region of ", static_cast<double>(height), " x ", static_cast<double>(width),
         " pixels is too large");
  }
  const auto side = [sampling](T bin) {
    return sampling > 0 ? std::min(sampling, kMaxPoints) : static_cast<int64_t>(std::ceil(bin));
  };
  const int64_t grid_h = side(bin_h), grid_w = side(bin_w);
  Grid<T> grid;
  grid.per_bin = std::max<int64_t>(grid_h, 0) * std::max<int64_t>(grid_w, 0);
  if (grid.per_bin > kMaxPoints / (r.height * r.width)) {
    fail("a region of ", r.height, " x ", r.width, " bins with ", grid.per_bin,
         " sampling points each is too large");
  }
  grid.points.reserve(static_cast<size_t>(r.height * r.width * grid.per_bin));
  for (int64_t y = 0; y < r.height; ++y) {
    for (int64_t x = 0; x < r.width; ++x) {
      for (int64_t i = 0; i < grid_h; ++i) {
        const T at_y = top + static_cast<T>(y) * bin_h +
                       (static_cast<T>(i) + T(0.5)) * bin_h / static_cast<T>(grid_h);
        for (int64_t j = 0; j < grid_w; ++j) {
          const T at_x = left + static_cast<T>(x) * bin_w +
                         (static_cast<T>(j) + T(0.5)) * bin_w / static_cast<T>(grid_w);
          grid.points.push_back(point_at<T>(at_y, at_x, r.rows(), r.columns()));
        }
      }
    }
  }
  return grid;
}

// Averages of one bin in kPlanes planes that lie one behind the other.
template <int kPlanes, class T>
void average(const T* plane, int64_t size, const Grid<T>& grid, int64_t bin, T* to, int64_t step) {
  T sums[kPlanes] = {};
  const Point<T>* points = grid.points.data() + bin * grid.per_bin;
  for (int64_t i = 0; i < grid.per_bin; ++i) {
    const Point<T>& p = points[i];
    for (int k = 0; k < kPlanes; ++k) {
      const T* from = plane + k * size;
      sums[k] += p.weight[0] * from[p.at[0]] + p.weight[1] * from[p.at[1]] +
                 p.weight[2] * from[p.at[2]] + p.weight[3] * from[p.at[3]];
    }
  }
  for (int k = 0; k < kPlanes; ++k) {
    to[k * step] = sums[k] / static_cast<T>(std::max<int64_t>(grid.per_bin, 1));
  }
}

template <class T>
void align(const RunContext& context, const RoiCall& r, int64_t sampling, bool aligned,
           const Tensor& out) {
  const int64_t bins = r.height * r.width, channels = r.channels(), size = r.plane();
  context.workers->parallel_for(0, r.count(), 1, [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; ++k) {
      const T* roi = r.rois.data<T>() + 5 * k;
      const Grid<T> grid = make_grid<T>(r, roi, aligned ? T(0.5) : T(0), !aligned, sampling);
      const int64_t n = batch_of(r, static_cast<double>(roi[0]));
      const T* plane = r.input.data<T>() + n * channels * size;
      T* to = out.data<T>() + k * channels * bins;
      int64_t c = 0;
      for (; c + 4 <= channels; c += 4, plane += 4 * size, to += 4 * bins) {
        for (int64_t bin = 0; bin < bins; ++bin) average<4>(plane, size, grid, bin, to + bin, bins);
      }
      for (; c < channels; ++c, plane += size, to += bins) {
        for (int64_t bin = 0; bin < bins; ++bin) average<1>(plane, size, grid, bin, to + bin, bins);
      }
    }
  });
}

struct Cells {
  int64_t top, bottom, left, right;  // half open
  bool empty() const { return bottom <= top || right <= left; }
};

// What is no number counts as far outside.
int64_t whole(double v) {
  return v >= -1e9 ? static_cast<int64_t>(std::min(v, 1e9)) : int64_t{-1'000'000'000};
}

template <class T>
std::vector<Cells> pool_cells(const RoiCall& r, const T* roi) {
  const T scale = static_cast<T>(r.scale);
  const int64_t left = whole(std::round(roi[1] * scale)), top = whole(std::round(roi[2] * scale));
  const int64_t right = whole(std::round(roi[3] * scale)),
                bottom = whole(std::round(roi[4] * scale));
  const T bin_h = static_cast<T>(std::max<int64_t>(bottom - top + 1, 1)) / static_cast<T>(r.height);
  const T bin_w = static_cast<T>(std::max<int64_t>(right - left + 1, 1)) / static_cast<T>(r.width);
  std::vector<Cells> cells;
  for (int64_t bin = 0; bin < r.height * r.width; ++bin) {
    const T y = static_cast<T>(bin / r.width), x = static_cast<T>(bin % r.width);
    const auto clip = [](int64_t v, int64_t high) { return std::clamp<int64_t>(v, 0, high); };
    cells.push_back({clip(whole(std::floor(y * bin_h)) + top, r.rows()),
                     clip(whole(std::ceil((y + 1) * bin_h)) + top, r.rows()),
                     clip(whole(std::floor(x * bin_w)) + left, r.columns()),
                     clip(whole(std::ceil((x + 1) * bin_w)) + left, r.columns())});
  }
  return cells;
}

template <class T>
void pool(const RunContext& context, const RoiCall& r, const Tensor& out, const Tensor& places) {
  const int64_t bins = r.height * r.width, channels = r.channels(), columns = r.columns();
  const int64_t size = r.plane();
  context.workers->parallel_for(0, r.count(), 1, [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; ++k) {
      const T* roi = r.rois.data<T>() + 5 * k;
      const int64_t n = batch_of(r, static_cast<double>(roi[0]));
      const std::vector<Cells> cells = pool_cells(r, roi);
      for (int64_t c = 0; c < channels; ++c) {
        const T* plane = r.input.data<T>() + (n * channels + c) * size;
        const int64_t first = (k * channels + c) * bins;
        for (int64_t bin = 0; bin < bins; ++bin) {
          const Cells& box = cells[static_cast<size_t>(bin)];
          T best = box.empty() ? T(0) : std::numeric_limits<T>::lowest();
          int32_t place = -1;
          for (int64_t i = box.top; i < box.bottom; ++i) {
            const T* row = plane + i * columns;
            for (int64_t j = box.left; j < box.right; ++j) {
              if (row[j] > best) {
                best = row[j];
                place = static_cast<int32_t>(i * columns + j);
              }
            }
          }
          out.data<T>()[first + bin] = best;
          places.data<int32_t>()[first + bin] = place;
        }
      }
    }
  });
}

// Channels of a position-sensitive result; the input has one of them per bin.
int64_t output_channels(const RoiCall& r) {
  if (r.channels() % (r.height * r.width) != 0) {
    fail("input channels must be a multiple of pooling height * pooling width");
  }
  return r.channels() / (r.height * r.width);
}

template <class T>
void align_channels(const RoiCall& r, int64_t sampling, const Tensor& out, const Tensor& from) {
  const int64_t bins = r.height * r.width, channels = output_channels(r);
  for (int64_t k = 0; k < r.count(); ++k) {
    const T* roi = r.rois.data<T>() + 5 * k;
    const Grid<T> grid = make_grid<T>(r, roi, T(0.5), false, sampling);
    const int64_t n = batch_of(r, static_cast<double>(roi[0]));
    for (int64_t c = 0; c < channels * bins; ++c) {
      const T* plane = r.input.data<T>() + (n * r.channels() + c) * r.plane();
      average<1>(plane, 0, grid, c % bins, out.data<T>() + k * channels * bins + c, 1);
      from.data<int32_t>()[k * channels * bins + c] = static_cast<int32_t>(c);
    }
  }
}

template <class T>
void pool_channels(const RoiCall& r, const Tensor& out, const Tensor& from) {
  const int64_t bins = r.height * r.width, channels = output_channels(r);
  for (int64_t k = 0; k < r.count(); ++k) {
    const T* roi = r.rois.data<T>() + 5 * k;
    const int64_t n = batch_of(r, static_cast<double>(roi[0]));
    const T scale = static_cast<T>(r.scale);
    const int64_t left = whole(std::round(roi[1] * scale)), top = whole(std::round(roi[2] * scale));
    const int64_t right = whole(std::round(roi[3] * scale)),
                  bottom = whole(std::round(roi[4] * scale));
    const T bin_h = static_cast<T>(std::max<int64_t>(bottom - top, 1)) / static_cast<T>(r.height);
    const T bin_w = static_cast<T>(std::max<int64_t>(right - left, 1)) / static_cast<T>(r.width);
    for (int64_t c = 0; c < channels * bins; ++c) {
      const T y = static_cast<T>(c % bins / r.width), x = static_cast<T>(c % r.width);
      const T* plane = r.input.data<T>() + (n * r.channels() + c) * r.plane();
      const auto clip = [](T v, int64_t high) {
        return std::clamp<int64_t>(whole(static_cast<double>(v)), 0, high);
      };
      const Cells cells{clip(std::floor(y * bin_h + static_cast<T>(top)), r.rows() - 1),
                        clip(std::ceil((y + 1) * bin_h + static_cast<T>(top)), r.rows() - 1),
                        clip(std::floor(x * bin_w + static_cast<T>(left)), r.columns() - 1),
                        clip(std::ceil((x + 1) * bin_w + static_cast<T>(left)), r.columns() - 1)};
      T sum = 0;
      for (int64_t i = cells.top; i < cells.bottom; ++i) {
        for (int64_t j = cells.left; j < cells.right; ++j) sum += plane[i * r.columns() + j];
      }
      const T area = static_cast<T>((cells.bottom - cells.top) * (cells.right - cells.left));
      out.data<T>()[k * channels * bins + c] = cells.empty() ? T(0) : sum / area;
      from.data<int32_t>()[k * channels * bins + c] = static_cast<int32_t>(c);
    }
  }
}

Tensor result_of(const RoiCall& r, int64_t channels, DType dtype) {
  return empty({r.count(), channels, r.height, r.width}, dtype);
}

}  // namespace

void roi_align(OpCall& call) {
  const DType dtype = call.tensor(0).dtype();
  const RoiCall r = read_roi(call, "roi_align");
  const Tensor out = result_of(r, r.channels(), dtype);
  visit(dtype, "roi_align", FloatTypes{},
        [&]<class T>() { align<T>(call.context(), r, call.integer(5), call.boolean(6), out); });
  call.ret(out);
}

void roi_pool(OpCall& call) {
  const RoiCall r = read_roi(call, "roi_pool");
  const Tensor out = result_of(r, r.channels(), r.input.dtype());
  const Tensor places = result_of(r, r.channels(), DType::kInt32);
  visit(r.input.dtype(), "roi_pool", FloatTypes{},
        [&]<class T>() { pool<T>(call.context(), r, out, places); });
  call.ret(0, out);
  call.ret(1, places);
}

void ps_roi_align(OpCall& call) {
  const RoiCall r = read_roi(call, "ps_roi_align");
  const Tensor out = result_of(r, output_channels(r), r.input.dtype());
  const Tensor from = result_of(r, output_channels(r), DType::kInt32);
  visit(r.input.dtype(), "ps_roi_align", FloatTypes{},
        [&]<class T>() { align_channels<T>(r, call.integer(5), out, from); });
  call.ret(0, out);
  call.ret(1, from);
}

void ps_roi_pool(OpCall& call) {
  const RoiCall r = read_roi(call, "ps_roi_pool");
  const Tensor out = result_of(r, output_channels(r), r.input.dtype());
  const Tensor from = result_of(r, output_channels(r), DType::kInt32);
  visit(r.input.dtype(), "ps_roi_pool", FloatTypes{},
        [&]<class T>() { pool_channels<T>(r, out, from); });
  call.ret(0, out);
  call.ret(1, from);
}

}  // namespace temper
