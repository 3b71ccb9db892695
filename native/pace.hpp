// How the pieces of one walk keep step with each other, and learn that they should stop.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "api.h"

namespace elman {

// Shared by all pieces of one walk; made and destroyed on the calling thread.
class Pacer {
 public:
  Pacer(int64_t pieces, bool lockstep, int64_t poll_steps, const elman_stop* stop)
      : pieces_(pieces), lockstep_(lockstep), poll_steps_(poll_steps), stop_(stop) {}

  bool keep(int64_t pieces, int64_t step);
  bool stopped() const { return stopped_.load(std::memory_order_relaxed); }

 private:
  void poll();
  bool wait(int64_t pieces);

  const int64_t pieces_;
  const bool lockstep_;
  const int64_t poll_steps_;
  const elman_stop* const stop_;
  const std::thread::id caller_ = std::this_thread::get_id();
  alignas(64) std::atomic<bool> stopped_{false};
  alignas(64) std::atomic<int64_t> arrived_{0};
  alignas(64) std::atomic<int64_t> round_{0};
};

// One thread's part in it. A thread that was handed several pieces counts as all of them.
class Pace {
 public:
  Pace(Pacer& pacer, int64_t pieces) : pacer_(pacer), pieces_(pieces) {}
  bool keep(int64_t step) { return pacer_.keep(pieces_, step); }

 private:
  Pacer& pacer_;
  const int64_t pieces_;
};

}  // namespace elman
