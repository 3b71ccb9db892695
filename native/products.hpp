// Products over all rows of a walk, divided among threads.
#pragma once

#include "api.h"
#include "kernels.hpp"

namespace elman {

bool fits(const elman_transposed& product);

elman_status run(const elman_transposed& product, const Cell& cell, const elman_executor& executor);

}  // namespace elman
