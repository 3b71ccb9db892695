#include "pace.hpp"

#include "kernels.hpp"

namespace elman {
namespace {

constexpr int spins_before_yielding = 4096;

void pause_briefly() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

}  // namespace

bool keep_pace(Pace& pace, int64_t step) { return pace.keep(step); }

bool Pacer::keep(int64_t pieces, int64_t step) {
  if (step % poll_steps_ == 0) poll();
  if (lockstep_ && !wait(pieces)) return false;
  return !stopped();
}

void Pacer::poll() {
  if (!stop_ || !stop_->poll || std::this_thread::get_id() != caller_) return;
  if (stop_->poll(stop_->context)) stopped_.store(true, std::memory_order_relaxed);
}

// A barrier that counts pieces, not threads, and that opens for good once the walk is stopped.
bool Pacer::wait(int64_t pieces) {
  const int64_t round = round_.load(std::memory_order_relaxed);
  if (arrived_.fetch_add(pieces, std::memory_order_acq_rel) + pieces == pieces_) {
    arrived_.store(0, std::memory_order_relaxed);
    round_.store(round + 1, std::memory_order_release);
    return true;
  }
  for (int spins = 0; round_.load(std::memory_order_acquire) == round; ++spins) {
    if (stopped()) return false;
    if (spins < spins_before_yielding) {
      pause_briefly();
    } else {
      std::this_thread::yield();
    }
  }
  return true;
}

}  // namespace elman
