#include "ir/export/program_printer.h"

#include <algorithm>

#include "core/base/error.h"
#include "ir/export/function_printer.h"

namespace temper::ir {
namespace {

std::string last_name(const std::string& qualified_name) {
  return qualified_name.substr(qualified_name.rfind('.') + 1);
}

template <class Items, class Keep>
std::string name_list(std::string_view list, const Items& items, Keep&& keep) {
  std::string text = str_cat("  ", list, " = [");
  for (const auto& item : items) {
    if (const std::string name = keep(item); !name.empty()) text += quoted(name) + ", ";
  }
  return text + "]\n";
}

}  // namespace

std::vector<SourceMember> ProgramPrinter::print() {
  for (const auto& [name, type] : reach_.types()) add(name, definition(*type));
  for (const auto& [name, body] : reach_.functions()) {
    add(name, function(last_name(name), *body, 0));
  }
  std::vector<SourceMember> members;
  for (auto& [name, text] : files_) members.push_back({name, std::move(text)});
  return members;
}

void ProgramPrinter::add(const std::string& qualified_name, const std::string& definition) {
  const size_t dot = qualified_name.rfind('.');
  if (dot == std::string::npos) unimplemented("saving '", qualified_name, "', which has no file");
  std::string file = qualified_name.substr(0, dot);
  std::replace(file.begin(), file.end(), '.', '/');
  files_[str_cat("code/", file, ".py")] += definition;
}

std::string ProgramPrinter::function(std::string_view name, ScriptFunction& function, int level) {
  try {
    const Graph& graph = reach_.graph(function);
    return FunctionPrinter(ops_, table_).print(name, function.schema(), graph, level);
  } catch (const Error& error) {
    throw_error(error.kind(), str_cat(function.qualified_name(), ": ", error.message()));
  }
}

std::string ProgramPrinter::definition(const Type& type) {
  if (const auto* klass = type.as<ClassType>()) return class_text(*klass);
  if (const auto* enumeration = type.as<EnumType>()) return enum_text(*enumeration);
  if (const auto* interface = type.as<InterfaceType>()) return interface_text(*interface);
  return tuple_text(type.expect<TupleType>());
}

std::string ProgramPrinter::module_lists(const ClassType& type) const {
  const auto marked = [&](bool ClassType::Attribute::*mark) {
    return [&, mark](const ClassType::Attribute& attribute) {
      const bool listed = attribute.*mark && reach_.keeps_attribute(type, attribute.name);
      return listed ? attribute.name : "";
    };
  };
  const auto self = [](const std::string& name) { return name; };
  std::string text =
      name_list("__parameters__", type.attributes(), marked(&ClassType::Attribute::is_parameter));
  text += name_list("__buffers__", type.attributes(), marked(&ClassType::Attribute::is_buffer));
  if (!reach_.keeps_hooks(type)) return text;
  if (!type.forward_pre_hooks.empty()) {
    text += name_list("__forward_pre_hooks__", type.forward_pre_hooks, self);
  }
  if (!type.forward_hooks.empty()) {
    text += name_list("__forward_hooks__", type.forward_hooks, self);
  }
  return text;
}

std::string ProgramPrinter::attributes(const ClassType& type) const {
  std::string text;
  for (const ClassType::Attribute& attribute : type.attributes()) {
    if (!reach_.keeps_attribute(type, attribute.name)) continue;
    const std::string annotation = annotation_of(attribute.type);
    if (is_identifier(attribute.name)) {
      text += str_cat("  ", attribute.name, " : ", annotation, "\n");
    } else {
      // Readers look for the first one's name in a dict that somebody must have made.
      if (text.empty()) text += "  __annotations__ = []\n";
      text += str_cat("  __annotations__[", quoted(attribute.name), "] = ", annotation, "\n");
    }
  }
  return text;
}

std::string ProgramPrinter::class_constants(const ClassType& type) {
  std::string text;
  for (const auto& [name, value] : type.constants()) {
    if (!is_identifier(name) || value.is_tensor() || value.is_object()) continue;
    text += str_cat("  ", name, " : Final[", annotation_of(type_of(value)),
                    "] = ", literal(value, table_), "\n");
  }
  return text;
}

std::string ProgramPrinter::class_text(const ClassType& type) {
  std::string body = type.is_module() ? module_lists(type) : "";
  body += attributes(type);
  body += class_constants(type);
  for (const Ref<Function>& method : type.methods()) {
    if (!reach_.keeps_method(type, method->name())) continue;
    body += function(method->name(), dynamic_cast<ScriptFunction&>(*method), 1);
  }
  std::set<std::string> hooks;
  if (reach_.keeps_hooks(type)) {
    hooks.insert(type.forward_pre_hooks.begin(), type.forward_pre_hooks.end());
    hooks.insert(type.forward_hooks.begin(), type.forward_hooks.end());
  }
  for (const std::string& hook : hooks) {
    body += function(hook, dynamic_cast<ScriptFunction&>(*type.find_hook(hook)), 1);
  }
  return str_cat("class ", last_name(type.name()), type.is_module() ? "(Module)" : "", ":\n",
                 body.empty() ? "  pass\n" : body);
}

std::string ProgramPrinter::enum_text(const EnumType& type) {
  std::string text = str_cat("class ", last_name(type.name()), "(Enum):\n");
  for (const IValue& member : type.members()) {
    const EnumValue& value = member.to_enum();
    text += str_cat("  ", value.name, " = ", literal(value.value, table_), "\n");
  }
  return text;
}

std::string ProgramPrinter::tuple_text(const TupleType& type) const {
  std::string text = str_cat("class ", last_name(type.name()), "(NamedTuple):\n");
  for (size_t i = 0; i < type.fields().size(); ++i) {
    text += str_cat("  ", type.fields()[i], " : ", annotation_of(type.elements()[i]), "\n");
  }
  return text;
}

std::string ProgramPrinter::interface_text(const InterfaceType& type) const {
  std::string text = str_cat("class ", last_name(type.name()),
                             type.is_module() ? "(ModuleInterface):\n" : "(Interface):\n");
  for (const MethodSignature& method : type.methods()) {
    text += str_cat("  def ", method.name, "(self");
    const std::vector<Argument>& arguments = method.schema.arguments;
    for (size_t i = 1; i < arguments.size(); ++i) {
      text += str_cat(",\n    ", arguments[i].name, ": ", annotation_of(arguments[i].type));
    }
    text += str_cat(") -> ", annotation_of(method.schema.returns.at(0).type), ":\n    pass\n");
  }
  return text;
}

}  // namespace temper::ir
