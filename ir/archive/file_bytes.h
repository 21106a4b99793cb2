#pragma once
// The bytes of a file, or of a copy, that archives are read from and tensors lie in.

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "absl/types/span.h"
#include "core/base/ref.h"

namespace temper::ir {

class FileLeases;

// A private copy-on-write mapping of a file, or a copy of bytes. Writing through data() changes
// this process's view only, never the file. Thread-safe as far as nobody writes.
class FileBytes : public RefCounted {
 public:
  // The file must not be written in place while it is mapped: replace model files by renaming.
  static Ref<FileBytes> map(const std::string& path);
  // The content at this moment: later changes of the file, in place too, do not matter.
  static Ref<FileBytes> read(const std::string& path);
  static Ref<FileBytes> copy(std::string_view bytes);
  ~FileBytes() override;
  absl::Span<const uint8_t> bytes() const { return {data_, size_}; }
  // For storages that borrow a member: in-place operators may write there.
  uint8_t* data() const { return data_; }
  // Gives back the memory of the whole pages in this range: they are read from the file again when
  // they are needed. Nobody may have written there. Does nothing unless a file is mapped.
  void give_back(const void* first, size_t bytes) const;
  // Copies what is of the file, so that its fate no longer matters. Others may read meanwhile;
  // before somebody writes this must be called, because what is written meanwhile may be lost.
  void leave_file();

 private:
  friend class FileLeases;
  FileBytes() = default;
  static Ref<FileBytes> map(int file, const std::string& path);

  uint8_t* data_ = nullptr;
  size_t size_ = 0;
  bool mapped_ = false;
  mutable std::mutex mutex_;
  bool of_file_ = false;  // guarded by mutex_
  Ref<FileLeases> leases_;
};

// Uses files in place although others may write there: while a file is leased, the kernel holds up
// whoever opens it for writing or truncates it, until a thread of this object has made the bytes
// the process's own. Writers wait some milliseconds; they need not know of it. Thread-safe.
class FileLeases : public RefCounted {
 public:
  FileLeases();
  ~FileLeases() override;
  // The content at this moment, as FileBytes::read() gives it: mapped under a lease where the file
  // system grants one and the files under leases stay within kMost bytes, else read.
  Ref<FileBytes> open(const std::string& path);

  // The kernel gives us 45 seconds (/proc/sys/fs/lease-break-time) to read what is not in memory.
  static constexpr size_t kMost = size_t{4} << 30;

 private:
  friend class FileBytes;
  Ref<FileBytes> open_leased(const std::string& path);  // null when there is no lease
  bool lease(int file) const;
  void forget(FileBytes* bytes);
  void answer_breaks();
  void end_broken_leases();

  std::mutex mutex_;
  std::map<FileBytes*, int> files_;  // under a lease, with their descriptors
  size_t leased_ = 0;                // bytes of them
  std::atomic<bool> stopping_{false};
  std::atomic<pid_t> thread_id_{0};
  std::thread thread_;
};

}  // namespace temper::ir
