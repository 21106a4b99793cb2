// Runs tests/ir/<pass>/*.ir: a graph, "# ----", and the graph after the pass. With --update the
// expectations are written anew; read the difference before keeping it.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "ir/graph/verifier.h"
#include "ir/text/text.h"
#include "kernels/ops/registry.h"
#include "passes/pass.h"

namespace temper {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSeparator = "\n# ----\n";
bool update = false;

const OpRegistry& ops() {
  static const OpRegistry* const registry = [] {
    auto* r = new OpRegistry;
    add_all_operators(*r);
    seal_operators(*r);
    return r;
  }();
  return *registry;
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string after(const PassInfo& pass, const std::string& input) {
  const auto graph = ir::parse_graph(input, ops());
  ir::verify(*graph);
  PassContext context(ops());
  const std::string before = ir::print(*graph);
  const bool changed = run_pass(pass, context, *graph);
  ir::verify(*graph);
  EXPECT_EQ(changed, ir::print(*graph) != before) << "the pass's answer is wrong";
  ir::PrintOptions options;
  options.ops = &ops();
  return ir::print(*graph, options);
}

class IrFile : public testing::Test {
 public:
  IrFile(const PassInfo& pass, fs::path path) : pass_(pass), path_(std::move(path)) {}

  void TestBody() override {
    const std::string text = read(path_);
    const size_t split = text.find(kSeparator);
    const std::string input = text.substr(0, split);
    const std::string result = after(pass_, input);
    if (update) {
      std::ofstream(path_, std::ios::binary) << input << kSeparator << result;
      return;
    }
    ASSERT_NE(split, std::string::npos) << path_ << " has no expectation: run with --update";
    EXPECT_EQ(result, text.substr(split + kSeparator.size()));
  }

 private:
  const PassInfo& pass_;
  fs::path path_;
};

void register_files() {
  for (const PassInfo& pass : all_passes()) {
    std::vector<fs::path> files;
    const fs::path folder = fs::path(TEMPER_IR_TESTS) / pass.name;
    if (!fs::exists(folder)) continue;
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().extension() == ".ir") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) {
      testing::RegisterTest(std::string(pass.name).c_str(), file.stem().c_str(), nullptr, nullptr,
                            __FILE__, __LINE__, [&pass, file] { return new IrFile(pass, file); });
    }
  }
}

}  // namespace
}  // namespace temper

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) temper::update |= std::string_view(argv[i]) == "--update";
  temper::register_files();
  return RUN_ALL_TESTS();
}
