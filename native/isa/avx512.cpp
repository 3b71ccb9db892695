// AVX-512 F, BW, DQ and VL: Skylake-X, Zen 4 and later.
#define ELMAN_NAMESPACE elman_avx512
#define ELMAN_VECTOR_BYTES 64
#define ELMAN_REGISTERS 32
#include "table.hpp"

namespace elman {

static bool runs_here() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

extern const InstructionSet avx512 = {"avx512", runs_here, elman_avx512::cell};

}  // namespace elman
