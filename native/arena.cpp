#include "arena.hpp"

#include <algorithm>
#include <cstdlib>

namespace elman {
namespace {

constexpr std::size_t line = 64;

}  // namespace

Arena::~Arena() { std::free(memory_); }

void* Arena::at_least(std::size_t bytes) {
  if (memory_ && bytes <= bytes_) return memory_;
  std::free(memory_);
  bytes_ = std::max(line, std::size_t(whole_lines(int64_t(bytes))));
  memory_ = std::aligned_alloc(line, bytes_);
  if (!memory_) bytes_ = 0;
  return memory_;
}

void* workspace(std::size_t bytes) {
  static thread_local Arena arena;
  return arena.at_least(bytes);
}

}  // namespace elman
