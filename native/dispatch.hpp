// Which instruction set is in use.
#pragma once

#include "kernels.hpp"

namespace elman {

// The forced one, or the one that ELMAN_ISA names, or the widest that runs here.
elman_status chosen_set(const InstructionSet** set);

}  // namespace elman
