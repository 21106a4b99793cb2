#pragma once
// Batches of images that go through a region of layers some images at a time.

#include <cstdint>

#include "core/op/op_call.h"

namespace temper {

// How many images to take at a time when a region of layers has `bytes` in use at once for each:
// all of them while the cache holds them, else as many as leave it room, and no fewer than keep
// `threads` threads at work.
int64_t images_at_a_time(int64_t images, double bytes, int threads);

// (self, channels, live): the parts of self to go through a region one after the other, views along
// dim 0, where `live` elements are in use at once for each of self's. Self alone where it is not
// what the region was made for: images of so many channels.
void split_batch(OpCall& call);
// (parts): what the region gave for each, as one tensor; a single part as it is.
void join_batch(OpCall& call);

}  // namespace temper
