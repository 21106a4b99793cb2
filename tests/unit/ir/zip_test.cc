#include "ir/archive/zip.h"

#include <gtest/gtest.h>
#include <libdeflate.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "core/base/error.h"
#include "ir/archive/zip_writer.h"

namespace temper::ir {
namespace {

std::string scratch(const std::string& name) { return testing::TempDir() + name; }

std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string sample() {
  const std::string path = scratch("zip_test_sample.zip");
  ZipWriter writer(path, "m");
  writer.add("data/0", std::string(100, 'x'));
  writer.add("data/empty", "");
  writer.add("version", "3\n");
  writer.finish();
  return slurp(path);
}

std::string error_of(const std::string& bytes, ZipLimits limits = {}) {
  try {
    ZipReader zip(FileBytes::copy(bytes), limits);
    for (const ZipReader::Entry& entry : zip.entries()) zip.read(entry);
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

template <class T>
void put(std::string* out, T value) {
  out->append(reinterpret_cast<const char*>(&value), sizeof(T));
}

struct RawMember {
  std::string name;
  std::string data;  // as stored
  uint16_t method = 0;
  uint16_t flags = 0;
  uint32_t crc = 0;
  uint32_t size = 0;
};

// A plain zip without zip64, as ordinary tools write it: sizes follow in data descriptors.
std::string plain_zip(const std::vector<RawMember>& members) {
  std::string out, directory;
  for (const RawMember& m : members) {
    const uint32_t offset = static_cast<uint32_t>(out.size());
    put<uint32_t>(&out, 0x04034b50);
    put<uint16_t>(&out, 20);
    put<uint16_t>(&out, m.flags | 8);
    put<uint16_t>(&out, m.method);
    out.append(16, '\0');
    put<uint16_t>(&out, static_cast<uint16_t>(m.name.size()));
    put<uint16_t>(&out, 0);
    out += m.name + m.data;
    put<uint32_t>(&out, 0x08074b50);
    put<uint32_t>(&out, m.crc);
    put<uint32_t>(&out, static_cast<uint32_t>(m.data.size()));
    put<uint32_t>(&out, m.size);
    put<uint32_t>(&directory, 0x02014b50);
    put<uint16_t>(&directory, 20);
    put<uint16_t>(&directory, 20);
    put<uint16_t>(&directory, m.flags | 8);
    put<uint16_t>(&directory, m.method);
    put<uint32_t>(&directory, 0);
    put<uint32_t>(&directory, m.crc);
    put<uint32_t>(&directory, static_cast<uint32_t>(m.data.size()));
    put<uint32_t>(&directory, m.size);
    put<uint16_t>(&directory, static_cast<uint16_t>(m.name.size()));
    directory.append(12, '\0');
    put<uint32_t>(&directory, offset);
    directory += m.name;
  }
  const uint32_t start = static_cast<uint32_t>(out.size());
  out += directory;
  put<uint32_t>(&out, 0x06054b50);
  put<uint32_t>(&out, 0);
  put<uint16_t>(&out, static_cast<uint16_t>(members.size()));
  put<uint16_t>(&out, static_cast<uint16_t>(members.size()));
  put<uint32_t>(&out, static_cast<uint32_t>(directory.size()));
  put<uint32_t>(&out, start);
  put<uint16_t>(&out, 0);
  return out;
}

RawMember deflated(const std::string& name, const std::string& text) {
  libdeflate_compressor* compressor = libdeflate_alloc_compressor(9);
  std::string out(libdeflate_deflate_compress_bound(compressor, text.size()), '\0');
  out.resize(
      libdeflate_deflate_compress(compressor, text.data(), text.size(), out.data(), out.size()));
  libdeflate_free_compressor(compressor);
  const uint32_t crc = libdeflate_crc32(0, text.data(), text.size());
  return {name, out, 8, 0, crc, static_cast<uint32_t>(text.size())};
}

RawMember stored(const std::string& name, const std::string& text) {
  RawMember member = deflated(name, text);
  member.data = text;
  member.method = 0;
  return member;
}

TEST(Zip, ReadsWhatItWrites) {
  const ZipReader zip(FileBytes::copy(sample()));
  ASSERT_EQ(zip.entries().size(), 3u);
  EXPECT_EQ(zip.read(*zip.find("m/data/0")), std::string(100, 'x'));
  EXPECT_EQ(zip.read(*zip.find("m/data/empty")), "");
  EXPECT_EQ(zip.find("m/nothing"), nullptr);
  EXPECT_EQ(zip.find("M/version"), nullptr);
  for (const ZipReader::Entry& entry : zip.entries()) EXPECT_EQ(entry.data_offset % 64, 0u);
}

TEST(Zip, MapsFilesPrivately) {
  const std::string path = scratch("zip_test_map.zip");
  std::ofstream(path, std::ios::binary) << sample();
  {
    const ZipReader zip(FileBytes::map(path));
    const ZipReader::Entry& entry = *zip.find("m/data/0");
    zip.file()->data()[entry.data_offset] = 'y';
    EXPECT_EQ(zip.stored(entry)[0], 'y');
  }
  EXPECT_EQ(slurp(path), sample());
  EXPECT_THROW(FileBytes::map(scratch("no such file")), Error);
}

TEST(Zip, InflatesAndReadsDescriptors) {
  const std::string text(5000, 'c');
  const ZipReader zip(
      FileBytes::copy(plain_zip({deflated("a/code.py", text), stored("a/b", "42")})));
  EXPECT_TRUE(zip.find("a/code.py")->deflated);
  EXPECT_EQ(zip.read(*zip.find("a/code.py")), text);
  EXPECT_EQ(zip.read(*zip.find("a/b")), "42");
  EXPECT_THROW(zip.stored(*zip.find("a/code.py")), Error);
}

TEST(Zip, ChecksContent) {
  RawMember wrong = stored("a/b", "42");
  wrong.crc ^= 1;
  EXPECT_NE(error_of(plain_zip({wrong})).find("'a/b' is damaged"), std::string::npos);
  const ZipReader zip(FileBytes::copy(plain_zip({wrong})));
  EXPECT_EQ(zip.read(zip.entries()[0], false), "42");
  RawMember longer = deflated("a/c", std::string(100, 'c'));
  longer.size = 99;
  EXPECT_NE(error_of(plain_zip({longer})).find("does not inflate"), std::string::npos);
  longer.size = 0x7fffffff;
  EXPECT_NE(error_of(plain_zip({longer})), "");
}

TEST(Zip, EnforcesLimits) {
  const std::string bomb = plain_zip({deflated("a/c", std::string(100000, 'c'))});
  EXPECT_NE(error_of(bomb, {.max_inflated = 1000}).find("exceeds the limit"), std::string::npos);
  EXPECT_EQ(error_of(bomb, {.max_inflated = 100000}), "");
  EXPECT_NE(error_of(sample(), {.max_entries = 2}), "");
  EXPECT_NE(error_of(sample(), {.max_name = 3}), "");
}

TEST(Zip, RejectsDangerousNames) {
  for (const std::string& name : {std::string("/abs"), std::string("a/../b"), std::string(".."),
                                  std::string("a\0b", 3), std::string()}) {
    EXPECT_NE(error_of(plain_zip({stored(name, "1")})), "") << name;
  }
  EXPECT_EQ(error_of(plain_zip({stored("a/..b/c..", "1"), stored("a/dir/", "")})), "");
  EXPECT_NE(error_of(plain_zip({stored("a/b", "1"), stored("a/b", "2")})), "");
  EXPECT_NE(error_of(plain_zip({stored("a/b", "1"), stored("A/B", "2")})), "");
}

TEST(Zip, RejectsOtherFiles) {
  EXPECT_NE(error_of(""), "");
  EXPECT_NE(error_of("junk" + sample()).find("invalid header"), std::string::npos);
  EXPECT_NE(error_of(std::string("\x80\x02junk and more junk to read")).find("bare pickle"),
            std::string::npos);
  EXPECT_NE(error_of("1234PTMF and more junk to read").find("flatbuffer"), std::string::npos);
  RawMember secret = stored("a/b", "1");
  secret.flags = 1;
  EXPECT_NE(error_of(plain_zip({secret})).find("encrypted"), std::string::npos);
  RawMember odd = stored("a/b", "1");
  odd.method = 12;
  EXPECT_NE(error_of(plain_zip({odd})).find("compression method 12"), std::string::npos);
}

TEST(Zip, WriterLeavesNothingBehindOnFailure) {
  const std::string path = scratch("zip_test_unfinished.zip");
  {
    ZipWriter writer(path, "m");
    writer.add("a", "1");
    EXPECT_THROW(writer.add("a", "2"), Error);
  }
  EXPECT_THROW(FileBytes::map(path), Error);
  EXPECT_THROW(ZipWriter(scratch("no/such/folder/x"), "m"), Error);
}

// Damage anywhere gives an answer or an Error, never a crash.
TEST(Zip, SurvivesDamage) {
  const std::string good = plain_zip(
      {deflated("a/code.py", std::string(3000, 'q')), stored("a/data", std::string(200, 'z'))});
  const std::string aligned = sample();
  std::srand(7);
  int errors = 0;
  for (int i = 0; i < 500; ++i) {
    std::string bytes = i % 2 ? good : aligned;
    const size_t where = static_cast<size_t>(std::rand()) % bytes.size();
    if (i % 5 == 0) {
      bytes.resize(where);
    } else {
      bytes[where] = static_cast<char>(bytes[where] ^ (1 << (std::rand() % 8)));
    }
    errors += error_of(bytes) != "";
  }
  EXPECT_GT(errors, 300);
}

}  // namespace
}  // namespace temper::ir
