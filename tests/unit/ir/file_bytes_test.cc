#include "ir/archive/file_bytes.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "core/base/error.h"

namespace temper::ir {
namespace {

constexpr size_t kSize = 300'000;  // some pages and a bit

// A file of equal bytes that goes away with its owner.
class Scratch {
 public:
  explicit Scratch(const std::string& name) : path_(testing::TempDir() + name) {
    write(kSize, 'a');
  }
  ~Scratch() { ::unlink(path_.c_str()); }
  // In place: truncates first, as cp does.
  void write(size_t size, char byte) const {
    std::ofstream(path_, std::ios::binary) << std::string(size, byte);
  }
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

std::string text(const Ref<FileBytes>& bytes) {
  return {reinterpret_cast<const char*>(bytes->bytes().data()), bytes->bytes().size()};
}

bool may_lease(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY);
  const bool leased = ::fcntl(file, F_SETLEASE, F_RDLCK) == 0;
  ::close(file);
  return leased;
}

TEST(FileBytes, LeasedBytesStayWhenTheFileIsWrittenInPlace) {
  const Scratch file("file_bytes_written");
  const auto leases = make_ref<FileLeases>();
  const auto first = leases->open(file.path()), second = leases->open(file.path());
  first->leave_file();
  first->data()[kSize / 2] = 'w';  // as a program may
  second->give_back(second->data() + kSize / 2 + 8192, 100'000);
  file.write(10, 'b');
  file.write(kSize, 'c');
  std::string expected(kSize, 'a');
  EXPECT_TRUE(text(second) == expected);
  expected[kSize / 2] = 'w';
  EXPECT_TRUE(text(first) == expected);
  // What left its file has no other place to be read from.
  first->give_back(first->data(), kSize);
  EXPECT_TRUE(text(first) == expected);
  EXPECT_TRUE(text(leases->open(file.path())) == std::string(kSize, 'c'));
}

TEST(FileBytes, PagesOfALeasedFileAreGivenBack) {
  const Scratch file("file_bytes_given_back");
  if (!may_lease(file.path())) GTEST_SKIP() << "no leases in this folder";
  const auto bytes = make_ref<FileLeases>()->open(file.path());  // keeps the leases alive
  bytes->data()[kSize / 2] = 'w';  // only to see that the page comes from the file again
  bytes->give_back(bytes->data(), kSize);
  EXPECT_TRUE(text(bytes) == std::string(kSize, 'a'));
}

TEST(FileBytes, AFileThatSomebodyWritesIsRead) {
  const Scratch file("file_bytes_busy");
  std::ofstream writer(file.path(), std::ios::binary | std::ios::app);
  const auto leases = make_ref<FileLeases>();
  const auto bytes = leases->open(file.path());
  writer << 'b' << std::flush;
  file.write(10, 'c');
  EXPECT_TRUE(text(bytes) == std::string(kSize, 'a'));
  EXPECT_THROW(leases->open(file.path() + ".none"), Error);
  EXPECT_THROW(leases->open(testing::TempDir()), Error);
}

TEST(FileBytes, EndedLeasesHoldUpNobody) {
  const Scratch file("file_bytes_ended");
  const auto leases = make_ref<FileLeases>();
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(leases->open(file.path())->bytes().size(), kSize);
    file.write(kSize, 'd');
  }
}

}  // namespace
}  // namespace temper::ir
