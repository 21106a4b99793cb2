// Operator signatures: what is read must be written so that it is read again alike.

#include "core/base/error.h"
#include "core/value/schema.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace temper;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string written;
  try {
    written = parse_schema(text).text();
  } catch (const Error& error) {
    TEMPER_CHECK(error.kind() != ErrorKind::kInternal);
    return 0;
  }
  TEMPER_CHECK(parse_schema(written).text() == written);
  return 0;
}
