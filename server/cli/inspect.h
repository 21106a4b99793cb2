#pragma once
// `temper inspect` and `temper graph`: what is in an archive.

#include <string>
#include <vector>

namespace temper::cli {

struct InspectOptions {
  std::string file;
  bool json = false;
};
int inspect(const InspectOptions& options);

struct GraphOptions {
  std::string file;
  std::string method = "forward";
  std::string after;        // run the load pipeline up to and with this pass
  bool all_passes = false;  // the whole load pipeline
  bool plan = false;        // the flat plan that runs
  bool list_passes = false;
  bool ranges = true;  // source places behind the nodes
};
int graph(const GraphOptions& options);

}  // namespace temper::cli
