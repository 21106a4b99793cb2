#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "core/base/error.h"
#include "ir/archive/file_bytes.h"

namespace temper::ir {
namespace {

[[noreturn]] void system_error(const std::string& path, const char* action) {
  const int code = errno;
  throw_error(code == ENOENT ? ErrorKind::kNotFound : ErrorKind::kInvalidArgument,
              str_cat("cannot ", action, " ", path, ": ", std::strerror(code)));
}

struct Descriptor {
  int fd;
  ~Descriptor() { ::close(fd); }
};

Descriptor open_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) system_error(path, "open");
  return Descriptor{fd};
}

size_t file_size(int file, const std::string& path) {
  struct stat info;
  if (::fstat(file, &info) != 0) system_error(path, "examine");
  if (!S_ISREG(info.st_mode)) fail(path, " is not a regular file");
  return static_cast<size_t>(info.st_size);
}

uintptr_t page_size() {
  static const auto size = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
  return size;
}

}  // namespace

Ref<FileBytes> FileBytes::map(const std::string& path) { return map(open_file(path).fd, path); }

Ref<FileBytes> FileBytes::map(int file, const std::string& path) {
  const size_t size = file_size(file, path);
  Ref<FileBytes> bytes(new FileBytes());
  if (size == 0) return bytes;
  // Writable so that programs may update weights in place; private so that the file never changes.
  void* data = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, file, 0);
  if (data == MAP_FAILED) system_error(path, "map");
  bytes->data_ = static_cast<uint8_t*>(data);
  bytes->size_ = size;
  bytes->mapped_ = bytes->of_file_ = true;
  return bytes;
}

Ref<FileBytes> FileBytes::read(const std::string& path) {
  const Descriptor file = open_file(path);
  const size_t size = file_size(file.fd, path);
  Ref<FileBytes> bytes(new FileBytes());
  if (size == 0) return bytes;
  void* data = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (data == MAP_FAILED) {
    throw_error(ErrorKind::kResourceExhausted, str_cat("out of memory reading ", path));
  }
  bytes->data_ = static_cast<uint8_t*>(data);
  bytes->size_ = size;
  bytes->mapped_ = true;
  for (size_t done = 0; done < size;) {
    const ssize_t count = ::read(file.fd, bytes->data_ + done, size - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) system_error(path, "read");
    if (count == 0) fail(path, " became shorter while it was read");
    done += static_cast<size_t>(count);
  }
  return bytes;
}

Ref<FileBytes> FileBytes::copy(std::string_view content) {
  Ref<FileBytes> bytes(new FileBytes());
  const size_t rounded = (content.size() + 63) / 64 * 64;
  bytes->data_ = static_cast<uint8_t*>(std::aligned_alloc(64, rounded == 0 ? 64 : rounded));
  if (!bytes->data_) {
    throw_error(ErrorKind::kResourceExhausted,
                str_cat("out of memory copying a file of ", content.size(), " bytes"));
  }
  std::memcpy(bytes->data_, content.data(), content.size());
  bytes->size_ = content.size();
  return bytes;
}

void FileBytes::give_back(const void* first, size_t bytes) const {
  const uintptr_t page = page_size();
  const auto begin = reinterpret_cast<uintptr_t>(first);
  const uintptr_t from = (begin + page - 1) / page * page, to = (begin + bytes) / page * page;
  const auto mapping = reinterpret_cast<uintptr_t>(data_);
  const std::lock_guard lock(mutex_);
  if (!of_file_ || from >= to || from < mapping || to > mapping + size_) return;
  ::madvise(reinterpret_cast<void*>(from), to - from, MADV_DONTNEED);
}

void FileBytes::leave_file() {
  const std::lock_guard lock(mutex_);
  if (!of_file_) return;
  // Pages that were written are no better: they go as well when the file is cut off.
  void* own = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (own == MAP_FAILED) return;
  std::memcpy(own, data_, size_);
  // In one step: whoever reads meanwhile sees one of the two.
  const void* moved = ::mremap(own, size_, size_, MREMAP_MAYMOVE | MREMAP_FIXED, data_);
  of_file_ = moved == MAP_FAILED;
}

FileBytes::~FileBytes() {
  if (leases_) leases_->forget(this);
  if (mapped_) {
    ::munmap(data_, size_);
  } else {
    std::free(data_);
  }
}

}  // namespace temper::ir
