// Type strings, in both spellings: what is read must be written so that it is read again alike.

#include "core/base/error.h"
#include "ir/script/parser.h"
#include "ir/script/source.h"
#include "ir/script/type_annotations.h"
#include "ir/text/type_parser.h"

namespace {

using namespace temper;

TypePtr from_annotation(const std::string& text, ir::TextNames* names) {
  const auto source = std::make_shared<const ir::SourceText>(text, "fuzz");
  return ir::resolve_annotation(*ir::parse_expression(source), [names](std::string_view name) {
    // Classes live in modules: a bare name may be one of the IR's own.
    return name.find('.') == std::string_view::npos ? nullptr : names->find_type(std::string(name));
  });
}

TypePtr from_ir(const std::string& text, ir::TextNames* names) {
  ir::Cursor cursor(text);
  const TypePtr type = ir::TypeParser(&cursor, names).parse();
  if (!cursor.at_end()) cursor.error("there is more text");
  return type;
}

template <class Read>
TypePtr attempt(const Read& read, const std::string& text, ir::TextNames* names) {
  try {
    return read(text, names);
  } catch (const Error& error) {
    TEMPER_CHECK(error.kind() != ErrorKind::kInternal);
    return nullptr;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  ir::TextNames names(nullptr);
  for (const TypePtr& type :
       {attempt(from_annotation, text, &names), attempt(from_ir, text, &names)}) {
    if (!type) continue;
    const TypePtr any = Type::any();
    TEMPER_CHECK(equal(type, type) && is_subtype(type, any) && unify(type, type));
    const std::string spelled = type->ir_text();
    if (const TypePtr again = attempt(from_ir, spelled, &names)) {
      TEMPER_CHECK(again->ir_text() == spelled);
    }
  }
  return 0;
}
