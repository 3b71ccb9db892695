// Who runs the pieces of a walk; see elman_executor.
#pragma once

#include "api.h"

namespace elman {

elman_executor serial_executor();
elman_executor pool_executor(int32_t threads);
elman_executor torch_executor(void* torch_parallel_for, int32_t threads);

}  // namespace elman
