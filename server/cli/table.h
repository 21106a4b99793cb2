#pragma once
// Columns for people.

#include <string>
#include <vector>

namespace temper::cli {

class Table {
 public:
  explicit Table(std::vector<std::string> header) : rows_{std::move(header)} {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  // Columns wide enough for their cells; numbers align right.
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

std::string human_bytes(double bytes);  // "1.5 MiB"
std::string fixed(double value, int digits);

}  // namespace temper::cli
