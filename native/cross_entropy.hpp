// Cross entropy of rows of scores, divided among threads.
#pragma once

#include "api.h"
#include "kernels.hpp"

namespace elman {

bool fits(const elman_cross_entropy& job);

elman_status run(const elman_cross_entropy& job, const Cell& cell, const elman_executor& executor);

}  // namespace elman
