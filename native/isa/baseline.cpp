// What every processor of the architecture has: SSE2 on x86-64, and elsewhere whatever the
// compiler makes of 16-byte vectors.
#define ELMAN_NAMESPACE elman_baseline
#define ELMAN_VECTOR_BYTES 16
#define ELMAN_REGISTERS 16
#include "table.hpp"

namespace elman {

static bool runs_here() { return true; }

extern const InstructionSet baseline = {"baseline", runs_here, elman_baseline::cell};

}  // namespace elman
