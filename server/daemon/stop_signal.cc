#include "server/daemon/stop_signal.h"

#include <semaphore.h>

#include <atomic>
#include <cerrno>
#include <csignal>

namespace temper {
namespace {

// All that a handler can reach.
sem_t arrived;
std::atomic<int> which{0};
static_assert(std::atomic<int>::is_always_lock_free);

void note_signal(int signal) {
  const int error = errno;
  int none = 0;
  which.compare_exchange_strong(none, signal);
  sem_post(&arrived);
  errno = error;
}

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

void catch_stop_signals() {
  sem_init(&arrived, 0, 0);
  struct sigaction action = {};
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  // Threads inherit this: none of ours is interrupted.
  const sigset_t set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

int wait_for_stop_signal() {
  const sigset_t set = stop_signals();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  while (sem_wait(&arrived) != 0) {
  }
  return which;
}

}  // namespace temper
