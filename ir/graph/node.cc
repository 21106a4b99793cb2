#include "ir/graph/names.h"

namespace temper::ir {
namespace {

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '$';
}

// "x.12" -> base "x", suffix 12. A suffix too long to count is part of the base.
uint64_t split_suffix(std::string_view name, std::string_view* base) {
  *base = name;
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return 1;
  const std::string_view digits = name.substr(dot + 1);
  if (!all_digits(digits) || digits.size() > 9) return 1;
  *base = name.substr(0, dot);
  return std::stoull(std::string(digits));
}

void drop_use(std::vector<Use>* uses, const Node* node, size_t index) {
  for (size_t i = uses->size(); i-- > 0;) {
    if ((*uses)[i].node == node && (*uses)[i].index == index) {
      uses->erase(uses->begin() + static_cast<ptrdiff_t>(i));
      return;
    }
  }
  TEMPER_CHECK(false && "use list lost an entry");
}

}  // namespace

void Value::set_name(std::string_view name) {
  if (name == name_) return;
  Graph::Names& names = *node_->graph()->names_;
  if (!name_.empty()) names.owners.erase(name_);
  name_.clear();
  if (name.empty()) return;
  if (all_digits(name)) fail("'", name, "' is not a name: numbers name values without one");
  std::string mine(name);
  // Names stand in texts as they are: only characters that the parser takes back.
  for (char& c : mine) {
    if (!is_name_character(c)) c = '_';
  }
  const auto owner = names.owners.find(mine);
  if (owner != names.owners.end()) {
    std::string_view base;
    const uint64_t first = split_suffix(mine, &base);
    uint64_t& next = names.next_suffix[std::string(base)];
    next = std::max(next, first);
    std::string free_name;
    do {
      free_name = str_cat(base, ".", next++);
    } while (names.owners.count(free_name));
    Value* previous = owner->second;
    names.owners.erase(owner);
    previous->name_ = free_name;
    names.owners.emplace(std::move(free_name), previous);
  }
  name_ = std::move(mine);
  names.owners.emplace(name_, this);
}

void Value::replace_all_uses_with(Value* other) {
  if (other == this) return;
  for (const Use& use : uses_) {
    use.node->inputs_[use.index] = other;
    other->uses_.push_back(use);
  }
  uses_.clear();
}

Value* Node::add_input(Value* value) {
  TEMPER_CHECK(value->node()->graph() == graph_);
  value->uses_.push_back({this, static_cast<uint32_t>(inputs_.size())});
  inputs_.push_back(value);
  return value;
}

void Node::set_input(size_t i, Value* value) {
  if (inputs_[i] == value) return;
  TEMPER_CHECK(value->node()->graph() == graph_);
  drop_use(&inputs_[i]->uses_, this, i);
  inputs_[i] = value;
  value->uses_.push_back({this, static_cast<uint32_t>(i)});
}

void Node::insert_input(size_t i, Value* value) {
  TEMPER_CHECK(i <= inputs_.size());
  std::vector<Value*> tail(inputs_.begin() + static_cast<ptrdiff_t>(i), inputs_.end());
  while (inputs_.size() > i) remove_input(inputs_.size() - 1);
  add_input(value);
  for (Value* v : tail) add_input(v);
}

void Node::remove_input(size_t i) {
  drop_use(&inputs_[i]->uses_, this, i);
  for (size_t j = i + 1; j < inputs_.size(); ++j) {
    for (Use& use : inputs_[j]->uses_) {
      if (use.node == this && use.index == j) use.index = static_cast<uint32_t>(j - 1);
    }
  }
  inputs_.erase(inputs_.begin() + static_cast<ptrdiff_t>(i));
}

void Node::remove_all_inputs() {
  while (!inputs_.empty()) remove_input(inputs_.size() - 1);
}

Value* Node::add_output(TypePtr type) {
  Value* value = graph_->new_value(this, static_cast<uint32_t>(outputs_.size()), std::move(type));
  outputs_.push_back(value);
  return value;
}

void Node::remove_output(size_t i) {
  TEMPER_CHECK(outputs_[i]->uses().empty());
  outputs_[i]->set_name("");
  outputs_.erase(outputs_.begin() + static_cast<ptrdiff_t>(i));
  for (size_t j = i; j < outputs_.size(); ++j) outputs_[j]->index_ = static_cast<uint32_t>(j);
}

Block* Node::add_block() {
  blocks_.push_back(graph_->new_block(this));
  return blocks_.back();
}

bool Node::has_attribute(std::string_view name) const {
  for (const auto& [key, value] : attributes_) {
    if (key == name) return true;
  }
  return false;
}

const AttributeValue& Node::attribute(std::string_view name) const {
  for (const auto& [key, value] : attributes_) {
    if (key == name) return value;
  }
  throw_error(ErrorKind::kInternal, str_cat(kind_text(), " has no attribute '", name, "'"));
}

void Node::set_attribute(std::string_view name, AttributeValue value) {
  for (auto& [key, old] : attributes_) {
    if (key == name) {
      old = std::move(value);
      return;
    }
  }
  attributes_.emplace_back(name, std::move(value));
}

const IValue& Node::value() const {
  TEMPER_CHECK(kind_ == Kind::kConstant);
  static const IValue none;
  if (attributes_.empty()) return none;
  return std::get<IValue>(attribute("value"));
}

const std::string& Node::name() const { return std::get<IValue>(attribute("name")).to_string(); }

int64_t Node::int_attribute(std::string_view name) const {
  return std::get<IValue>(attribute(name)).to_int();
}

void Node::insert_before(Node* other) {
  TEMPER_CHECK(block_ == nullptr && other->block_ != nullptr && other->prev_ != nullptr);
  block_ = other->block_;
  next_ = other;
  prev_ = other->prev_;
  prev_->next_ = this;
  other->prev_ = this;
}

void Node::insert_after(Node* other) {
  TEMPER_CHECK(other->next_ != nullptr);
  insert_before(other->next_);
}

void Node::unlink() {
  if (!block_) return;
  TEMPER_CHECK(prev_ && next_);  // not a block's param or return
  if (graph_->insert_before_ == this) graph_->insert_before_ = next_;
  prev_->next_ = next_;
  next_->prev_ = prev_;
  block_ = nullptr;
  next_ = prev_ = nullptr;
}

void Node::move_before(Node* other) {
  if (other == this) return;
  unlink();
  insert_before(other);
}

void Node::destroy() {
  for (const Value* output : outputs_) TEMPER_CHECK(output->uses().empty());
  for (Block* block : blocks_) {
    block->return_->remove_all_inputs();
    while (!block->empty()) block->return_->prev_->destroy();
    for (Value* input : block->inputs()) input->set_name("");
  }
  remove_all_inputs();
  for (Value* output : outputs_) output->set_name("");
  attributes_.clear();  // gives constants back at once
  unlink();
}

}  // namespace temper::ir
