#include "arena.hpp"

#include <cstdlib>

namespace elman {
namespace {

constexpr std::size_t line = 64;

struct Arena {
  void* memory = nullptr;
  std::size_t bytes = 0;

  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() { std::free(memory); }

  void* at_least(std::size_t wanted) {
    if (wanted <= bytes) return memory;
    std::free(memory);
    bytes = (wanted + line - 1) / line * line;
    memory = std::aligned_alloc(line, bytes);
    if (!memory) bytes = 0;
    return memory;
  }
};

}  // namespace

void* workspace(std::size_t bytes) {
  static thread_local Arena arena;
  return arena.at_least(bytes < line ? line : bytes);
}

}  // namespace elman
