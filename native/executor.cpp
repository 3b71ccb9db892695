#include "executor.hpp"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace elman {
namespace {

// Threads do not survive a fork, and torch's team would wait for its own for ever.
std::atomic<bool> forked{false};

void watch_for_forks() {
  static const int registered =
      pthread_atfork(nullptr, nullptr, [] { forked.store(true, std::memory_order_relaxed); });
  (void)registered;
}

int32_t run_serially(const elman_executor*, int64_t count, elman_body body, void* context) {
  body(0, count, context);
  return 0;
}

// Threads of our own, asleep between calls. One walk at a time has them; others run serially.
class Pool {
 public:
  // Never destroyed: threads that sleep at exit are the system's to end.
  static Pool& shared() {
    static Pool* const pool = new Pool;
    return *pool;
  }

  void run(int32_t threads, int64_t count, elman_body body, void* context) {
    const std::unique_lock<std::mutex> mine(busy_, std::try_to_lock);
    const int64_t pieces = std::min<int64_t>(threads, count);
    if (!mine.owns_lock() || pieces < 2) return body(0, count, context);
    grow(size_t(pieces - 1));
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      body_ = body, context_ = context, count_ = count, pieces_ = pieces;
      next_ = 1, unfinished_ = pieces - 1;
    }
    wake_.notify_all();
    run_piece(0);
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [this] { return unfinished_ == 0; });
  }

 private:
  void grow(size_t workers) {
    while (workers_.size() < workers) {
      workers_.emplace_back([this] { work(); });
      workers_.back().detach();
    }
  }

  void work() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return next_ < pieces_; });
      const int64_t piece = next_++;
      lock.unlock();
      run_piece(piece);
      lock.lock();
      if (--unfinished_ == 0) done_.notify_one();
    }
  }

  void run_piece(int64_t i) const {
    const int64_t begin = count_ * i / pieces_, end = count_ * (i + 1) / pieces_;
    if (begin < end) body_(begin, end, context_);
  }

  std::mutex busy_;   // held by the walk that has the pool
  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_, done_;
  std::vector<std::thread> workers_;
  elman_body body_ = nullptr;
  void* context_ = nullptr;
  int64_t count_ = 0, pieces_ = 0, next_ = 0, unfinished_ = 0;
};

int32_t run_in_pool(const elman_executor* self, int64_t count, elman_body body, void* context) {
  Pool::shared().run(self->threads, count, body, context);
  return 0;
}

// As in torch/csrc/stable/c/shim.h of torch 2.10 and later; nonzero is an error.
using TorchParallelFor = int32_t (*)(int64_t begin, int64_t end, int64_t grain, elman_body body,
                                     void* context);

int32_t run_in_torch(const elman_executor* self, int64_t count, elman_body body, void* context) {
  return reinterpret_cast<TorchParallelFor>(self->state)(0, count, 1, body, context);
}

}  // namespace

elman_executor serial_executor() { return {sizeof(elman_executor), 1, 0, run_serially, nullptr}; }

elman_executor pool_executor(int32_t threads) {
  watch_for_forks();
  if (forked.load(std::memory_order_relaxed) || threads < 2) return serial_executor();
  return {sizeof(elman_executor), threads, 1, run_in_pool, nullptr};
}

elman_executor torch_executor(void* torch_parallel_for, int32_t threads) {
  watch_for_forks();
  if (forked.load(std::memory_order_relaxed) || threads < 2) return serial_executor();
  return {sizeof(elman_executor), threads, 1, run_in_torch, torch_parallel_for};
}

}  // namespace elman
