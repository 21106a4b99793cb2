#pragma once
// One source file and its lines; ranges of the IR point into it.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ir/graph/graph.h"

namespace temper::ir {

class SourceText {
 public:
  SourceText(std::string text, std::string file_name);
  const std::string& text() const { return text_; }
  const std::string& file_name() const { return file_name_; }
  // 1-based line and 0-based column of a byte offset.
  std::pair<uint32_t, uint32_t> position(uint32_t offset) const;
  std::string_view line(uint32_t number) const;  // 1-based

  // Ranges of the user's original source for byte offsets of this file, from .debug_pkl.
  struct Origin {
    uint32_t offset;  // in this file
    std::shared_ptr<const SourceText> text;
    uint32_t begin, end;
    uint32_t first_line;
  };
  void set_origins(std::vector<Origin> origins) { origins_ = std::move(origins); }
  const Origin* find_origin(uint32_t offset) const;

 private:
  std::string text_;
  std::string file_name_;
  std::vector<uint32_t> line_starts_;
  std::vector<Origin> origins_;
};

// "file.py:12:4", of the original source when known.
std::string describe(const SourceRange& range);
// The line with a marker below it, for messages.
std::string highlight(const SourceRange& range);

}  // namespace temper::ir
