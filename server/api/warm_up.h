#pragma once
// Calls a version before requests reach it: its weights are packed, the primitives of its shapes
// made, its memory planned by the time that it takes over.

#include "core/sync/thread_pool.h"
#include "server/observe/log.h"
#include "server/repository/servable.h"

namespace temper {

// Runs the samples of the configuration's `model_warmup`; throws Error, naming the sample, when one
// fails. Without any, a version that replaces another is called with zeros in the shapes of recent
// requests; what these calls say does not matter, and methods that change their model are not
// called. Blocks, for at most some seconds beyond what the configuration asks for.
void warm_up(const Servable& servable, ThreadPool& pool, Logger& log);

}  // namespace temper
