// One walk from its arguments to its results: checked, planned, packed, walked.
#pragma once

#include "api.h"
#include "kernels.hpp"

namespace elman {

template <class Arguments>
elman_status run(const elman_scan& scan, const Arguments& arrays, const Cell& cell,
                 const Walk<Arguments>& walk, const elman_executor& executor,
                 const elman_stop* stop);

// Whether the scan and the arrays fit together; the instruction set does not matter here.
bool fits(const elman_scan& scan);
bool fits(const elman_scan& scan, const elman_forward& arrays);
bool fits(const elman_scan& scan, const elman_backward& arrays);

}  // namespace elman
