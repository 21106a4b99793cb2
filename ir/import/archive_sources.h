#pragma once
// The code of an archive: files parsed on demand and kept, with the places in the user's own source
// that the archive records for them. Not synchronised: loading is one thread.

#include <map>
#include <memory>
#include <string>

#include "ir/archive/zip.h"
#include "ir/module/module.h"
#include "ir/script/ast.h"
#include "ir/script/source.h"

namespace temper::ir {

// The text of a code member; throws when it is longer than any program that people export.
std::string read_source(const ZipReader& zip, const ZipReader::Entry& entry,
                        bool verify_crc = true);

class ArchiveSources {
 public:
  // `prefix` is the folder of all members with its '/'.
  ArchiveSources(ZipReader zip, std::string prefix, bool verify_crc)
      : zip_(std::move(zip)), prefix_(std::move(prefix)), verify_crc_(verify_crc) {}

  // The file of "__torch__.a.b"; null when the archive has none. Throws when it cannot be parsed.
  const SourceFile* find(std::string_view qualifier);
  // Code, its places in the user's source, and files that the user added, as they are.
  std::vector<SourceMember> members() const;
  const ZipReader& zip() const { return zip_; }

 private:
  ZipReader zip_;
  std::string prefix_;
  bool verify_crc_;
  std::map<std::string, std::unique_ptr<SourceFile>, std::less<>> files_;
};

// Decodes a .debug_pkl member: the original place of each byte range of a code file, by offset.
std::vector<SourceText::Origin> read_origins(std::string_view pickle, std::string_view where);

}  // namespace temper::ir
