#include "ir/script/source.h"

#include <algorithm>

namespace temper::ir {

SourceText::SourceText(std::string text, std::string file_name)
    : text_(std::move(text)), file_name_(std::move(file_name)) {
  line_starts_.push_back(0);
  for (size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') line_starts_.push_back(static_cast<uint32_t>(i + 1));
  }
}

std::pair<uint32_t, uint32_t> SourceText::position(uint32_t offset) const {
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const uint32_t line = static_cast<uint32_t>(next - line_starts_.begin());
  return {line, offset - line_starts_[line - 1]};
}

std::string_view SourceText::line(uint32_t number) const {
  if (number == 0 || number > line_starts_.size()) return {};
  const size_t begin = line_starts_[number - 1];
  const size_t end = std::min(text_.find('\n', begin), text_.size());
  return std::string_view(text_).substr(begin, end - begin);
}

const SourceText::Origin* SourceText::find_origin(uint32_t offset) const {
  const auto next =
      std::upper_bound(origins_.begin(), origins_.end(), offset,
                       [](uint32_t value, const Origin& origin) { return value < origin.offset; });
  if (next == origins_.begin()) return nullptr;
  const Origin& origin = *(next - 1);
  return origin.text ? &origin : nullptr;
}

std::string describe(const SourceRange& range) {
  if (!range.text) return "<unknown place>";
  if (const SourceText::Origin* origin = range.text->find_origin(range.begin)) {
    const auto [line, column] = origin->text->position(origin->begin);
    return str_cat(origin->text->file_name(), ":", line + origin->first_line - 1, ":", column);
  }
  const auto [line, column] = range.text->position(range.begin);
  return str_cat(range.text->file_name(), ":", line, ":", column);
}

std::string highlight(const SourceRange& range) {
  // Generated lines can be megabytes long: what surrounds the place is enough.
  constexpr size_t kBefore = 200, kLongest = 400;
  if (!range.text) return "";
  const auto [number, place] = range.text->position(range.begin);
  std::string_view line = range.text->line(number);
  const size_t skipped = line.size() > kLongest && place > kBefore ? place - kBefore : 0;
  line.remove_prefix(std::min(skipped, line.size()));
  const bool cut = line.size() > kLongest;
  line = line.substr(0, kLongest);
  const size_t column = place - skipped;
  const size_t room = line.size() > column ? line.size() - column : 1;
  const size_t width = std::clamp<size_t>(range.end - range.begin, 1, room);
  const std::string_view before = skipped > 0 ? "..." : "", after = cut ? "..." : "";
  return str_cat("  File \"", range.text->file_name(), "\", line ", number, "\n    ", before, line,
                 after, "\n    ", std::string(column + before.size(), ' '), std::string(width, '~'),
                 " <--- HERE");
}

}  // namespace temper::ir
