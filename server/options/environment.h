#pragma once
// What libraries read from the environment before main begins.

namespace temper {

// Threads of OpenMP, which oneDNN computes with, spin for some tens of microseconds when their work
// is done, instead of milliseconds. The library reads that when it is loaded, so this starts the
// program again with it; returns when the user has chosen already, or when that cannot be done.
// Call it first in main.
void settle_environment(char** argv);

}  // namespace temper
