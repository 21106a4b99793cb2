#include <unordered_map>

#include "core/base/error.h"
#include "ir/archive/pickle.h"
#include "ir/import/archive_sources.h"

namespace temper::ir {
namespace {

// The original source of all files together is refused beyond this.
constexpr size_t kMaxText = size_t{256} << 20;

class OriginReader {
 public:
  explicit OriginReader(std::string_view where) : where_(where) {}

  std::vector<SourceText::Origin> read(const IValue& root) {
    const std::vector<IValue>* records = &tuple(root);
    if (!records->empty() && (*records)[0].is_string()) {
      if (records->size() != 3) bad();
      table_ = &tuple((*records)[1]);
      records = &tuple((*records)[2]);
    }
    std::vector<SourceText::Origin> origins;
    for (const IValue& record : *records) origins.push_back(origin(tuple(record)));
    std::stable_sort(origins.begin(), origins.end(),
                     [](const auto& a, const auto& b) { return a.offset < b.offset; });
    return origins;
  }

 private:
  struct Source {
    std::shared_ptr<const SourceText> text;
    uint32_t first_line = 1;
  };

  [[noreturn]] void bad() const { fail("'", where_, "' is not a table of source ranges"); }

  const std::vector<IValue>& tuple(const IValue& value) const {
    if (!value.is_tuple()) bad();
    return value.to_tuple().items;
  }
  uint32_t offset(const IValue& value) const {
    if (!value.is_int() || value.to_int() < 0 || value.to_int() > UINT32_MAX) bad();
    return static_cast<uint32_t>(value.to_int());
  }
  const std::string& text_at(const IValue& index) const {
    if (!table_ || offset(index) >= table_->size() || !(*table_)[offset(index)].is_string()) bad();
    return (*table_)[offset(index)].to_string();
  }

  SourceText::Origin origin(const std::vector<IValue>& record) {
    if (record.size() < 2) bad();
    const std::vector<IValue>& range = tuple(record[1]);
    if (range.size() != 3) bad();
    const Source& source = this->source(range[0]);
    SourceText::Origin origin{offset(record[0]), source.text, offset(range[1]), offset(range[2]),
                              source.first_line};
    // Places outside their text tell nothing.
    if (!source.text || origin.begin > origin.end || origin.end > source.text->text().size()) {
      origin.text = nullptr;
    }
    return origin;
  }

  // Sources are shared by the pickle's memo: one text each.
  const Source& source(const IValue& value) {
    const auto [place, fresh] = sources_.try_emplace(value.to_reference());
    if (!fresh) return place->second;
    const std::vector<IValue>& parts = tuple(value);
    if (parts.size() < 3) bad();
    std::string text, file;
    if (parts[0].is_list()) {
      for (const IValue& line : parts[0].to_list().items) append(&text, text_at(line));
      if (parts[1].is_int()) file = text_at(parts[1]);
    } else if (parts[0].is_string()) {
      append(&text, parts[0].to_string());
      if (parts[1].is_string()) file = parts[1].to_string();
    }
    if (file.empty()) return place->second;
    place->second.text = std::make_shared<SourceText>(std::move(text), std::move(file));
    if (parts[2].is_int()) place->second.first_line = std::max<uint32_t>(offset(parts[2]), 1);
    return place->second;
  }

  void append(std::string* text, const std::string& piece) {
    total_ += piece.size();
    if (total_ > kMaxText) fail("'", where_, "' holds too much source text");
    *text += piece;
  }

  std::string_view where_;
  const std::vector<IValue>* table_ = nullptr;
  std::unordered_map<const RefCounted*, Source> sources_;
  size_t total_ = 0;
};

}  // namespace

std::vector<SourceText::Origin> read_origins(std::string_view pickle, std::string_view where) {
  const IValue root = unpickle(pickle, where, {});
  return OriginReader(where).read(root);
}

}  // namespace temper::ir
