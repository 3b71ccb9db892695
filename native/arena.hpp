// Memory for packed weights, and one that a thread keeps from call to call: fresh pages cost more
// than packing.
#pragma once

#include <cstddef>
#include <cstdint>

namespace elman {

// Some bytes, aligned to a cache line.
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena();

  // At least so many bytes, until the next call; NULL when there is no memory left. Contents are
  // not kept.
  void* at_least(std::size_t bytes);
  void* memory() const { return memory_; }

 private:
  void* memory_ = nullptr;
  std::size_t bytes_ = 0;
};

// The same from an arena of the calling thread.
void* workspace(std::size_t bytes);

// So many bytes, rounded up to whole cache lines.
constexpr int64_t whole_lines(int64_t bytes) { return (bytes + 63) / 64 * 64; }

}  // namespace elman
