#include "core/value/containers.h"

namespace temper {

void FutureValue::set(IValue value) {
  std::vector<std::function<void()>> callbacks;
  {
    std::lock_guard lock(mutex_);
    TEMPER_CHECK(!ready_);
    value_ = std::move(value);
    ready_ = true;
    callbacks.swap(callbacks_);
  }
  changed_.notify_all();
  for (auto& callback : callbacks) callback();
}

void FutureValue::set_error(std::exception_ptr error) {
  {
    std::lock_guard lock(mutex_);
    error_ = std::move(error);
  }
  set(IValue());
}

bool FutureValue::ready() const {
  std::lock_guard lock(mutex_);
  return ready_;
}

void FutureValue::set_task(std::function<void()> task) {
  std::lock_guard lock(mutex_);
  task_ = std::move(task);
}

void FutureValue::run_task() {
  std::function<void()> task;
  {
    std::lock_guard lock(mutex_);
    task.swap(task_);
  }
  if (task) task();
}

IValue FutureValue::wait() {
  run_task();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return ready_; });
  if (error_) std::rethrow_exception(error_);
  return value_;
}

void FutureValue::then(std::function<void()> callback) {
  {
    std::lock_guard lock(mutex_);
    if (!ready_) {
      callbacks_.push_back(std::move(callback));
      return;
    }
  }
  callback();
}

}  // namespace temper
