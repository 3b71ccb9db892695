// Memory that a thread keeps from call to call: fresh pages cost more than packing weights.
#pragma once

#include <cstddef>

namespace elman {

// At least so many bytes, aligned to a cache line, belonging to the calling thread until its next
// call of this function; NULL when there is no memory left. Contents are not kept.
void* workspace(std::size_t bytes);

}  // namespace elman
