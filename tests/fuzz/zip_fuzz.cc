// The zip reader on arbitrary bytes: an Error or an answer, never more.

#include "core/base/error.h"
#include "ir/archive/zip.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace temper;
  try {
    const ir::ZipLimits limits{.max_inflated = 1 << 20};
    const ir::ZipReader zip(ir::FileBytes::copy({reinterpret_cast<const char*>(data), size}),
                            limits);
    for (const ir::ZipReader::Entry& entry : zip.entries()) zip.read(entry, false);
  } catch (const Error&) {
  }
  return 0;
}
