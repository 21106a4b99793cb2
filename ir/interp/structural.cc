#include "core/value/class_type.h"
#include "core/value/containers.h"
#include "core/value/function.h"
#include "ir/interp/frame.h"

namespace temper::ir {
namespace {

const Node& node_of(const Instruction& instruction) {
  return *static_cast<const Node*>(instruction.payload);
}

std::vector<IValue> collect(const Instruction& instruction, const Operands& operands) {
  std::vector<IValue> items;
  items.reserve(instruction.num_in);
  for (size_t i = 0; i < instruction.num_in; ++i) items.push_back(operands.input(i));
  return items;
}

IValue make_dict(const Instruction& instruction, const Operands& operands) {
  const auto& type = node_of(instruction).output()->type()->expect<DictType>();
  auto dict = make_ref<DictValue>(type.key(), type.value());
  for (size_t i = 0; i + 1 < instruction.num_in; i += 2) {
    dict->set(operands.input(i), operands.input(i + 1));
  }
  return dict;
}

IValue make_tuple_value(const Instruction& instruction, const Operands& operands) {
  const TypePtr& type = node_of(instruction).output()->type();
  const bool named = type->expect<TupleType>().named();
  return make_ref<TupleValue>(collect(instruction, operands), named ? type : nullptr);
}

void unpack(const std::vector<IValue>& items, const Instruction& instruction,
            const Operands& operands) {
  if (items.size() != instruction.num_out) {
    fail("Expected ", instruction.num_out, " elements in a list but found ", items.size());
  }
  // The container may live in one of the outputs' registers.
  const std::vector<IValue> copies = items;
  for (size_t i = 0; i < copies.size(); ++i) operands.output(i) = copies[i];
}

IValue tuple_index(const Operands& operands) {
  const auto& items = operands.input(0).to_tuple().items;
  int64_t index = operands.input(1).to_int();
  const int64_t size = static_cast<int64_t>(items.size());
  if (index < 0) index += size;
  if (index < 0 || index >= size) fail("Tuple index out of range");
  return items[static_cast<size_t>(index)];
}

IValue tuple_slice(const Node& node, const Operands& operands) {
  const auto& items = operands.input(0).to_tuple().items;
  const auto begin = items.begin() + node.int_attribute("beg");
  return make_ref<TupleValue>(
      std::vector<IValue>(begin, items.begin() + node.int_attribute("end")));
}

// A tuple that a path not taken left unset has unset elements: lowering moves unpacks up.
void unpack_tuple(const Instruction& instruction, const Operands& operands) {
  if (operands.input(0).tag() != Tag::kUninitialized) {
    return unpack(operands.input(0).to_tuple().items, instruction, operands);
  }
  for (size_t i = 0; i < instruction.num_out; ++i) operands.output(i) = IValue::uninitialized();
}

void set_attribute(uint32_t slot, const Operands& operands) {
  auto& slots = operands.input(0).to_object().slots;
  TEMPER_CHECK(slot < slots.size());
  slots[slot] = operands.input(1);
}

IValue get_attribute(uint32_t slot, const Node& node, const Operands& operands) {
  const ObjectValue& object = operands.input(0).to_object();
  TEMPER_CHECK(slot < object.slots.size());
  const IValue& value = object.slots[slot];
  if (value.tag() == Tag::kUninitialized) {
    fail("attribute '", node.name(), "' of ", object.type->name(), " is read before it is set");
  }
  return value;
}

bool is_instance(const Node& node, const IValue& value) {
  const TypePtr actual = type_of(value);
  for (const TypePtr& type : std::get<std::vector<TypePtr>>(node.attribute("types"))) {
    if (is_subtype(actual, type)) return true;
  }
  return false;
}

[[noreturn]] void raise_exception(const Instruction& instruction, const Operands& operands) {
  std::string message = to_text(operands.input(0));
  if (instruction.num_in > 1 && operands.input(1).is_string()) {
    message = str_cat(operands.input(1).to_string(), ": ", message);
  }
  throw_error(ErrorKind::kScript, std::move(message));
}

void print_values(const Instruction& instruction, const Operands& operands, RunContext& context) {
  if (!context.print) return;
  std::string line;
  for (size_t i = 0; i < instruction.num_in; ++i) {
    if (i > 0) line += ' ';
    line += to_text(operands.input(i));
  }
  line += '\n';
  context.print(line);
}

// ModuleList by position, ModuleDict by key: both are attributes of the container.
IValue container_index(const Operands& operands) {
  const ObjectValue& object = operands.input(0).to_object();
  const IValue& key = operands.input(1);
  const std::string name = key.is_string() ? key.to_string() : str_cat(key.to_int());
  const int slot = object.type->find_attribute(name);
  if (slot < 0) fail(object.type->name(), " does not have a field with name '", name, "'");
  return object.slots[static_cast<size_t>(slot)];
}

}  // namespace

void execute_structural(const Instruction& instruction, const Operands& operands,
                        RunContext& context) {
  switch (instruction.opcode) {
    case Opcode::kList: {
      const auto& type = node_of(instruction).output()->type()->expect<WrapperType>();
      operands.output() = make_list(type.element(), collect(instruction, operands));
      return;
    }
    case Opcode::kDict: operands.output() = make_dict(instruction, operands); return;
    case Opcode::kTuple: operands.output() = make_tuple_value(instruction, operands); return;
    case Opcode::kListUnpack:
      return unpack(operands.input(0).to_list().items, instruction, operands);
    case Opcode::kTupleUnpack: return unpack_tuple(instruction, operands);
    case Opcode::kTupleIndex: operands.output() = tuple_index(operands); return;
    case Opcode::kTupleSlice:
      operands.output() = tuple_slice(node_of(instruction), operands);
      return;
    case Opcode::kGetAttr:
      operands.output() = get_attribute(instruction.target, node_of(instruction), operands);
      return;
    case Opcode::kSetAttr: return set_attribute(instruction.target, operands);
    case Opcode::kCreateObject:
      operands.output() = make_ref<ObjectValue>(
          Ref<const ClassType>(&node_of(instruction).output()->type()->expect<ClassType>()));
      return;
    case Opcode::kIsInstance:
      operands.output() = is_instance(node_of(instruction), operands.input(0));
      return;
    case Opcode::kRaise: raise_exception(instruction, operands);
    case Opcode::kPrint: return print_values(instruction, operands, context);
    case Opcode::kToList:
      operands.output() = tensor_to_list(operands.input(0).to_tensor(), operands.input(1).to_int(),
                                         operands.input(2).to_int());
      return;
    case Opcode::kEnumName: operands.output() = operands.input(0).to_enum().name; return;
    case Opcode::kEnumValue: operands.output() = operands.input(0).to_enum().value; return;
    case Opcode::kContainerIndex: operands.output() = container_index(operands); return;
    case Opcode::kUninitialized: operands.output() = IValue::uninitialized(); return;
    default: TEMPER_CHECK(false);
  }
}

}  // namespace temper::ir
