#pragma once
// Inner loops over images, boxes and points of float32, compiled for several instruction sets.

#include <cstdint>

#include "core/base/isa.h"

namespace temper {

enum class GridMode { kLinear = 0, kNearest = 1, kCubic = 2 };
enum class Border { kZeros = 0, kBorder = 1, kReflection = 2 };

struct Sampling {
  GridMode mode;
  Border border;
  bool align_corners;
  // Of three dims, where the reference rounds half places away from zero, and takes what is no
  // number for the far end instead of the near one.
  bool volume = false;
};

// One dim of what is sampled.
struct GridAxis {
  int64_t size, stride;  // elements
};

struct Boxes {
  const float *left, *top, *right, *bottom, *area;
};

struct SpatialLoops {
  static constexpr int64_t kMostTaps = 16;

  // Where `n` places of a grid, each of `dims` coordinates in [-1, 1] with that of the innermost
  // dim first, read an image: tap t of place i is element index[t * n + i], counted weight[t * n +
  // i] times; taps outside have negative indices. `axes` has the innermost dim first. Returns the
  // number of taps.
  int64_t (*grid_taps)(const float* grid, int64_t n, int64_t dims, const GridAxis* axes,
                       const Sampling& sampling, int32_t* index, float* weight);
  // to[i] = sum over these taps of one plane.
  void (*sample)(const float* plane, const int32_t* index, const float* weight, int64_t taps,
                 float* to, int64_t n);
  // Like NnLoops::max_row; place[i] follows the element that is the largest, base for the first of
  // the row.
  void (*max_row_places)(const float* row, int64_t n, float* to, int32_t* place, int32_t base,
                         int64_t out, int64_t kernel, int64_t stride, int64_t padding,
                         int64_t dilation);
  // to[j] = the distance of a point to column j of points [dims][n]; `order` is 0, 1, 2 or
  // infinity.
  void (*distances)(const float* point, const float* points, int64_t dims, int64_t n, double order,
                    float* to);
  // hidden[j] = 1 for boxes j in (i, n) whose overlap with box i is above `limit` of their union.
  void (*hide_overlaps)(const Boxes& boxes, int64_t i, int64_t n, float limit, uint8_t* hidden);
};

const SpatialLoops& spatial_loops();

TEMPER_DECLARE_ISA(void fill(SpatialLoops& loops))

}  // namespace temper
