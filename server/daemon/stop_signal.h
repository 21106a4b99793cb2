#pragma once
// SIGTERM and SIGINT as an event that main waits for. A thread that a library started before main
// takes signals too: whichever thread gets one, the process goes on until main has seen it.

namespace temper {

// Call once, before any thread is started.
void catch_stop_signals();

// Blocks until one arrives; returns which. For the main thread; later ones change nothing.
int wait_for_stop_signal();

}  // namespace temper
