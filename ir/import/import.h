#pragma once
// An archive file -> Module, and pickled values in.

#include <memory>
#include <string>
#include <vector>

#include "ir/archive/zip.h"
#include "ir/module/module.h"

namespace temper::ir {

struct ImportOptions {
  bool verify_crc = true;  // of code and pickles; tensor data is checked on request only
  bool verify_data_crc = false;
  int64_t max_setstate_steps = 10'000'000;
  bool compile = true;  // all methods of all classes; false compiles lazily
};

// Throws Error naming the member and what is wrong with it.
std::unique_ptr<Module> import_module(Ref<FileBytes> file, const OpRegistry& ops,
                                      const ImportOptions& options = {});

// What an archive says without compiling it: for `temper inspect`.
struct OperatorUse {
  std::string name;  // "aten::conv2d"
  size_t count = 0;
  bool known = true;  // some overload has a schema
  bool implemented = true;
  std::string first_place;  // "code/__torch__/m.py:12"
};
std::vector<OperatorUse> list_operators(const ZipReader& zip, const OpRegistry& ops);

// A zip of torch.save (or a bare member data.pkl) holding one value, e.g. a tuple of arguments.
IValue load_value(Ref<FileBytes> file);

// Positional arguments of a method as its schema declares them; throws what PyTorch says when one
// does not fit. as_declared() converts one value as far as it can.
std::vector<IValue> bind_arguments(const Function& method, std::vector<IValue> args);
IValue as_declared(IValue value, const TypePtr& type);

}  // namespace temper::ir
