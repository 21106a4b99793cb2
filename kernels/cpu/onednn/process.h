#pragma once
// What of oneDNN belongs to the whole process.

namespace temper::onednn {

// The library keeps primitives by count, which bounds no bytes; ours are kept by `PackedStore`.
void keep_no_primitives();

}  // namespace temper::onednn
