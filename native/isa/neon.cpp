// Advanced SIMD, which every arm64 processor has.
#define ELMAN_NAMESPACE elman_neon
#define ELMAN_VECTOR_BYTES 16
#define ELMAN_REGISTERS 32
#include "table.hpp"

namespace elman {

static bool runs_here() { return true; }

extern const InstructionSet neon = {"neon", runs_here, elman_neon::cell};

}  // namespace elman
