#pragma once
// One version of a model that answers requests. Immutable but for its counters; requests hold it by
// shared_ptr, so it outlives its place in the repository until the last of them is answered.

#include <memory>
#include <string>

#include "protos/inference.pb.h"
#include "server/engine/model.h"
#include "server/engine/signature.h"
#include "server/observe/model_stats.h"
#include "server/repository/recent_requests.h"

namespace temper {

struct Servable {
  std::string name;
  int64_t version = 0;
  std::string version_text;
  std::string folder;  // of the model, where it comes from one; else empty
  std::shared_ptr<Model> model;
  const Model::Method* method = nullptr;
  Signature signature;
  inference::ModelConfig config;  // the effective one
  std::shared_ptr<ModelStats> stats;
  std::shared_ptr<RecentRequests> recent;  // of all versions
  double load_seconds = 0;
};

}  // namespace temper
