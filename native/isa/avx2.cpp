// AVX2 with FMA: Haswell, Zen and later.
#define ELMAN_NAMESPACE elman_avx2
#define ELMAN_VECTOR_BYTES 32
#define ELMAN_REGISTERS 16
#include "table.hpp"

namespace elman {

static bool runs_here() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

extern const InstructionSet avx2 = {"avx2", runs_here, elman_avx2::cell};

}  // namespace elman
