// The few lines of a test framework that these tests need.
#pragma once

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "api.h"

#define CHECK(condition, about)                                                \
  do {                                                                         \
    if (!(condition)) {                                                        \
      std::fprintf(stderr, "%s:%d: %s (%s)\n", __FILE__, __LINE__, #condition, \
                   std::string(about).c_str());                                \
      std::exit(1);                                                            \
    }                                                                          \
  } while (false)

// Runs `test` once with each instruction set that this build and processor have, and names those
// that could not run.
template <class Test>
void with_each_set(const Test& test) {
  for (const char* name : {"baseline", "neon", "avx2", "avx512"}) {
    if (elman_native()->force_instruction_set(name) != ELMAN_OK) {
      std::printf("%s: not here, skipped\n", name);
      continue;
    }
    test(std::string(name));
    std::printf("%s: passed\n", name);
  }
  elman_native()->force_instruction_set(nullptr);
}

// Numbers in (-1, 1) that are the same everywhere.
class Numbers {
 public:
  double next() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return double(int64_t(state_ >> 11)) / double(int64_t(1) << 52) - 1.0;
  }

  template <class S>
  std::vector<S> vector(int64_t size, double scale) {
    std::vector<S> values(static_cast<size_t>(size));
    for (S& value : values) value = S(scale * next());
    return values;
  }

 private:
  uint64_t state_ = 1;
};
