#include <fcntl.h>
#include <unistd.h>

#include <csignal>

#include "absl/cleanup/cleanup.h"
#include "ir/archive/file_bytes.h"

namespace temper::ir {
namespace {

// What the kernel sends the holder of a lease that somebody wants broken, unless asked otherwise.
constexpr int kBreakSignal = SIGIO;

sigset_t break_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, kBreakSignal);
  return set;
}

// Closing alone would leave the lease to the mapping, which is of the same open file.
void end_lease(int file) {
  ::fcntl(file, F_SETLEASE, F_UNLCK);
  ::close(file);
}

}  // namespace

FileLeases::FileLeases() {
  // Blocked before the thread starts: a signal that nobody waits for would end the process.
  const sigset_t signals = break_signals();
  sigset_t before;
  ::pthread_sigmask(SIG_BLOCK, &signals, &before);
  thread_ = std::thread([this] { answer_breaks(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  thread_id_.wait(0);
}

FileLeases::~FileLeases() {
  stopping_ = true;
  ::pthread_kill(thread_.native_handle(), kBreakSignal);
  thread_.join();
}

void FileLeases::answer_breaks() {
  thread_id_ = ::gettid();
  thread_id_.notify_one();
  const sigset_t signals = break_signals();
  while (!stopping_) {
    int signal = 0;
    if (::sigwait(&signals, &signal) == 0) end_broken_leases();
  }
}

void FileLeases::end_broken_leases() {
  const std::lock_guard lock(mutex_);
  for (auto each = files_.begin(); each != files_.end();) {
    const auto [bytes, file] = *each;
    if (::fcntl(file, F_GETLEASE) == F_RDLCK) {
      ++each;
      continue;
    }
    bytes->leave_file();
    leased_ -= bytes->size_;
    end_lease(file);
    each = files_.erase(each);
  }
}

Ref<FileBytes> FileLeases::open(const std::string& path) {
  Ref<FileBytes> leased = open_leased(path);
  return leased ? leased : FileBytes::read(path);
}

bool FileLeases::lease(int file) const {
  // Only our thread is told: any other would be ended by the signal.
  const f_owner_ex owner = {F_OWNER_TID, thread_id_};
  return ::fcntl(file, F_SETOWN_EX, &owner) == 0 && ::fcntl(file, F_SETLEASE, F_RDLCK) == 0;
}

Ref<FileBytes> FileLeases::open_leased(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return nullptr;
  absl::Cleanup close_file = [file] { end_lease(file); };
  // Held until the file is listed, so that a break that comes meanwhile is answered.
  const std::lock_guard lock(mutex_);
  if (!lease(file)) return nullptr;
  Ref<FileBytes> bytes = FileBytes::map(file, path);
  if (bytes->size_ == 0 || bytes->size_ > kMost - leased_) return nullptr;
  std::move(close_file).Cancel();
  leased_ += bytes->size_;
  files_.emplace(bytes.get(), file);
  bytes->leases_ = Ref<FileLeases>(this);
  return bytes;
}

void FileLeases::forget(FileBytes* bytes) {
  const std::lock_guard lock(mutex_);
  const auto found = files_.find(bytes);
  if (found == files_.end()) return;
  leased_ -= bytes->size_;
  end_lease(found->second);
  files_.erase(found);
}

}  // namespace temper::ir
