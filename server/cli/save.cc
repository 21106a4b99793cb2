#include "server/cli/save.h"

#include "core/base/error.h"
#include "ir/export/export.h"
#include "ir/import/import.h"
#include "server/cli/exit_code.h"
#include "server/engine/runtime.h"

namespace temper::cli {

int save(const SaveOptions& options) {
  try {
    const Runtime runtime;
    ir::ImportOptions import;
    // The program is copied: nothing but what loading runs needs its operators.
    import.compile = false;
    import.verify_data_crc = true;
    const auto module = ir::import_module(ir::FileBytes::map(options.file), runtime.ops(), import);
    ir::export_module(*module, options.output);
    return kDone;
  } catch (const Error& error) {
    return report_failure(error.message());
  }
}

}  // namespace temper::cli
