#include "server/engine/model.h"

#include <algorithm>
#include <unordered_set>

#include "core/base/error.h"
#include "core/sync/float_mode.h"
#include "core/value/class_type.h"
#include "core/value/containers.h"
#include "ir/import/import.h"
#include "ir/interp/interpreter.h"
#include "passes/analysis/alias.h"
#include "passes/analysis/effects.h"
#include "passes/freeze/attributes.h"
#include "passes/pass.h"
#include "server/engine/snapshot.h"

namespace temper {
namespace {

// Bytes of the distinct storages that values refer to. What a program built while it was read may
// nest without a bound, so values wait in a list instead of on the stack.
class WeightCounter {
 public:
  void visit(const IValue& value) {
    add(value);
    while (!waiting_.empty()) {
      const IValue next = std::move(waiting_.back());
      waiting_.pop_back();
      add_parts(next);
    }
  }
  int64_t bytes() const { return bytes_; }

 private:
  void add(const IValue& value) {
    if (value.is_tensor()) return add_tensor(value.to_tensor());
    const RefCounted* reference = value.to_reference();
    if (reference && seen_.insert(reference).second) waiting_.push_back(value);
  }

  void add_parts(const IValue& value) {
    if (value.is_object()) {
      for (const IValue& slot : value.to_object().slots) add(slot);
    } else if (value.is_list()) {
      for (const IValue& item : value.to_list().items) add(item);
    } else if (value.is_tuple()) {
      for (const IValue& item : value.to_tuple().items) add(item);
    } else if (value.is_dict()) {
      value.to_dict().each([this](const IValue& key, const IValue& item) {
        add(key);
        add(item);
      });
    }
  }

  void add_tensor(const Tensor& tensor) {
    if (!tensor.defined()) return;
    if (seen_.insert(tensor.storage().get()).second) bytes_ += tensor.storage()->size();
  }

  std::unordered_set<const void*> seen_;
  std::vector<IValue> waiting_;
  int64_t bytes_ = 0;
};

// Whether running the graph may change what other requests see.
bool writes_shared_state(const ir::Graph& graph) {
  const AliasAnalysis aliases(graph);
  for (const ir::Node* node : *graph.block()) {
    if (aliases.writes_outside(node)) return true;
  }
  return false;
}

bool is_new_container(const ir::Value* value) {
  const ir::Node* made_by = value->node();
  return made_by &&
         (made_by->is(ir::Kind::kListConstruct) || made_by->is(ir::Kind::kDictConstruct));
}

// Whether a node, other than a fork, may write what a fork that runs beside it can see.
bool may_disturb_forks(const AliasAnalysis& aliases, const ir::Node& node) {
  if (!is_opaque(node)) return aliases.writes_outside(&node);
  if (!node.op()) return true;
  // Futures are synchronised, and forks that take containers do not run beside anything.
  const auto& arguments = node.op()->schema().arguments;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].is_write() && !is_new_container(node.input(i))) return true;
  }
  return false;
}

// Whether all forks write only what they made, and their parents nothing that forks may read:
// values are not synchronised.
bool forks_are_alone(const AliasAnalysis& aliases, const ir::Block& block) {
  for (const ir::Node* node : block) {
    if (node->is(ir::Kind::kFork)) {
      const auto& body = *std::get<std::shared_ptr<ir::Graph>>(node->attribute("Subgraph"));
      if (!forks_are_alone(AliasAnalysis(body), *body.block())) return false;
    } else if (!node->blocks().empty()) {
      for (const ir::Block* inner : node->blocks()) {
        if (!forks_are_alone(aliases, *inner)) return false;
      }
    } else if (may_disturb_forks(aliases, *node)) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::shared_ptr<Model> Model::load(const Runtime& runtime, Ref<ir::FileBytes> archive,
                                   ModelOptions options) {
  return std::shared_ptr<Model>(new Model(runtime, std::move(archive), options));
}

Model::Model(const Runtime& runtime, Ref<ir::FileBytes> archive, ModelOptions options)
    : runtime_(runtime),
      options_(options),
      archive_(std::move(archive)),
      account_(make_ref<MemoryAccount>(options.memory_bytes)),
      packed_(make_ref<PackedCache>(runtime.packed(), account_,
                                    [archive = archive_](const std::byte* first, int64_t bytes) {
                                      archive->give_back(first, static_cast<size_t>(bytes));
                                    })),
      memory_plans_(account_) {
  const AccountScope scope(account_.get());
  ir::ImportOptions import_options;
  import_options.verify_data_crc = options_.verify_data;
  module_ = ir::import_module(archive_, runtime.ops(), import_options);
  if (options_.optimize) {
    PassContext context(runtime.ops());
    context.inline_budget = &inline_budget_;
    attributes_ = find_constant_attributes(*module_, module_->methods(), context);
    set_optimizers();
  }
  WeightCounter counter;
  counter.visit(module_->root());
  for (const IValue& constant : module_->unit().constants()) counter.visit(constant);
  weight_bytes_ = counter.bytes();
  // Tensors over the archive's bytes were not allocated, but they are the model's all the same.
  borrowed_bytes_ = std::max<int64_t>(weight_bytes_ - account_->used(), 0);
  account_->charge(borrowed_bytes_);
  if (module_->find_method("forward")) method("forward");
}

Model::~Model() = default;

void Model::optimize(ir::Graph& graph) const {
  PassContext context(runtime_.ops());
  context.self = module_->root().get();
  context.attributes = attributes_.get();
  context.inline_budget = &inline_budget_;
  run_pipeline(load_pipeline(), context, graph);
}

void Model::set_optimizers() {
  const auto set = [this](Function* function) {
    auto* script = dynamic_cast<ir::ScriptFunction*>(function);
    if (!script) return;
    script->set_optimizer([this](ir::Graph& graph) { optimize(graph); });
  };
  for (const auto& type : module_->unit().classes()) {
    for (const Ref<Function>& method : type->methods()) set(method.get());
  }
  for (ir::ScriptFunction* function : module_->unit().functions()) set(function);
}

Model::Method Model::prepare(ir::ScriptFunction& function) {
  // The graph that decides is the one that runs: calls are seen through only once inlined.
  Method method{&function, true, false};
  if (options_.optimize) {
    function.set_optimizer([this, &method](ir::Graph& graph) {
      optimize(graph);
      method.stateful = writes_shared_state(graph);
      method.spawns = forks_are_alone(AliasAnalysis(graph), *graph.block());
    });
  }
  ir::prepare(function);
  function.set_optimizer(nullptr);
  return method;
}

const Model::Method& Model::method(std::string_view name) {
  const std::lock_guard lock(methods_mutex_);
  std::unique_ptr<const Method>& method = methods_[std::string(name)];
  if (method) return *method;
  ir::ScriptFunction* function = module_->find_method(name);
  if (!function) {
    std::string known;
    for (const std::string& each : method_names())
      known += str_cat(known.empty() ? "" : ", ", each);
    methods_.erase(std::string(name));
    throw_error(ErrorKind::kNotFound,
                str_cat("the model has no method '", name, "'; it has: ", known));
  }
  method = std::make_unique<const Method>(prepare(*function));
  // Weights that a program writes must not be the file's.
  if (method->stateful) archive_->leave_file();
  return *method;
}

std::vector<std::string> Model::method_names() const {
  std::vector<std::string> names;
  for (const ir::ScriptFunction* method : module_->methods()) {
    names.emplace_back(method->name());
  }
  return names;
}

IValue Model::call(const Method& method, std::vector<IValue> args, const CallOptions& options) {
  RunContext context;
  if (options.pool) context.workers = options.pool;
  if (options.pool && method.spawns) {
    context.spawn = [pool = options.pool, model = this](std::function<void()> task) {
      // A fork's result may outlive its request by a moment, and must not outlive the program.
      pool->submit([task = std::move(task), pool, keep = model->shared_from_this()]() mutable {
        const ThreadPool::Caller caller(pool);
        const DenormalScope mode(keep->options_.flush_denormals);
        task();
        task = nullptr;
      });
    };
  }
  context.deadline = options.deadline;
  context.cancelled = options.cancelled;
  context.max_steps = options_.max_steps;
  context.max_depth = options_.max_depth;
  context.packed = packed_.get();
  context.print = options.print;
  context.check_interrupts();
  const uint64_t kind = kind_of_call(&method, args);
  args.insert(args.begin(), module_->root());
  const AccountScope scope(account_.get());
  const DenormalScope mode(options_.flush_denormals);
  std::unique_lock lock(state_mutex_, std::defer_lock);
  if (method.stateful) lock.lock();
  const ThreadPool::Caller caller(options.pool);
  const MemoryPlans::Run run(memory_plans_, kind);
  IValue result = ir::run(*method.function, std::move(args), context);
  // The next call may write what this one returned.
  return method.stateful ? snapshot(result) : std::move(result);
}

}  // namespace temper
