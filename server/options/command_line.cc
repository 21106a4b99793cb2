#include "server/options/command_line.h"

#include <algorithm>
#include <cstdio>
#include <numeric>

#include "core/base/strings.h"
#include "server/options/version.h"

namespace temper {
namespace {

constexpr size_t kNameColumns = 30;
constexpr size_t kHelpColumns = 100;

// Breaks lines at spaces.
std::string wrap(const std::string& text, size_t columns) {
  std::string wrapped, word;
  size_t used = 0;
  std::istringstream words(text);
  while (words >> word) {
    if (used > 0 && used + 1 + word.size() > columns) {
      wrapped += '\n';
      used = 0;
    }
    if (used > 0) wrapped += ' ';
    wrapped += word;
    used += word.size() + (used > 0 ? 1 : 0);
  }
  return wrapped;
}

// Names and the kind of value on the left; all else in words on the right.
class HelpFormatter final : public CLI::Formatter {
 public:
  HelpFormatter() { column_width(kNameColumns); }
  std::string make_option_name(const CLI::Option* option, bool positional) const override {
    // Flags that switch off are listed as `--no-x{false}`.
    std::string name = CLI::Formatter::make_option_name(option, positional);
    for (size_t at; (at = name.find("{false}")) != std::string::npos;) name.erase(at, 7);
    return name;
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    const std::string type = option->get_type_name();
    if (option->get_type_size() == 0 || type.empty()) return "";
    const size_t colon = type.find(':');
    if (colon == std::string::npos) return " " + type;
    // Of a type and its check: the words to choose from, else the type.
    return " " + (type[colon + 1] == '{' ? type.substr(colon + 1) : type.substr(0, colon));
  }
  std::string make_option_desc(const CLI::Option* option) const override {
    std::string text = option->get_description();
    if (option->get_required()) text += " (required)";
    const std::string value = option->get_default_str();
    if (!value.empty()) text += str_cat(" (default ", value, ")");
    if (!option->get_envname().empty()) text += str_cat(" (or $", option->get_envname(), ")");
    return wrap(text, kHelpColumns - kNameColumns);
  }
  std::string make_subcommand(const CLI::App* command) const override {
    std::ostringstream out;
    const std::string text = wrap(command->get_description(), kHelpColumns - kNameColumns);
    CLI::detail::format_help(out, command->get_name(), text, kNameColumns);
    return out.str();
  }
  std::string make_footer(const CLI::App* app) const override {
    std::string text;
    std::istringstream lines(app->get_footer());
    for (std::string line; std::getline(lines, line);) text += wrap(line, kHelpColumns) + '\n';
    return text;
  }
};

size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string suggestion(const std::string& wrong, const std::vector<std::string>& known) {
  const std::string* best = nullptr;
  size_t best_distance = 3;
  for (const std::string& each : known) {
    const size_t distance = edit_distance(wrong, each);
    if (distance >= best_distance) continue;
    best = &each;
    best_distance = distance;
  }
  return best ? str_cat("; did you mean ", *best, "?") : "";
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* each : app.get_subcommands(nullptr)) names.push_back(each->get_name());
  return names;
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// The command that was given, or else the program.
const CLI::App& parsed_command(const CLI::App& app) {
  const auto given = app.get_subcommands();
  return given.empty() ? app : *given.front();
}

std::string message_of(const CLI::App& app, const CLI::App& command, const CLI::ParseError& error) {
  // A misspelled name is more to the point than the required option that is missing because of it.
  const std::vector<std::string> unknown = command.remaining();
  if (!unknown.empty() && unknown.front().rfind('-', 0) == 0) {
    const std::string name = unknown.front().substr(0, unknown.front().find('='));
    return str_cat("unknown option ", name, suggestion(name, option_names(command)));
  }
  const std::vector<std::string> commands = command_names(command);
  if (!unknown.empty() && !commands.empty()) {
    return str_cat("unknown command '", unknown.front(), "'",
                   suggestion(unknown.front(), commands));
  }
  if (!unknown.empty()) return str_cat("unexpected argument '", unknown.front(), "'");
  return error.what();
}

}  // namespace

void style_command_line(CLI::App& app) {
  app.formatter(std::make_shared<HelpFormatter>());
  app.get_help_ptr()->description("Show this help");
  app.set_version_flag("--version", str_cat(app.get_name(), " ", kServerVersion),
                       "Show the version");
}

int explain_parse_error(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);
  const CLI::App& command = parsed_command(app);
  const bool nothing_given = &command == &app && app.remaining().empty();
  if (nothing_given && app.get_require_subcommand_min() > 0) {
    std::fprintf(stderr, "%s", app.help().c_str());
    return 2;
  }
  std::string name = app.get_name();
  if (&command != &app) name += " " + command.get_name();
  std::fprintf(stderr, "%s: %s\nsee `%s --help`\n", app.get_name().c_str(),
               message_of(app, command, error).c_str(), name.c_str());
  return 2;
}

}  // namespace temper
