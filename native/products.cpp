#include "products.hpp"

#include <algorithm>

#include "arena.hpp"

namespace elman {
namespace {

constexpr double worth_a_thread = 1e6;  // multiplications, some twenty microseconds

struct Job {
  const elman_transposed& product;
  const Transposed& transposed;
  const int64_t vectors, pieces;
  char* const memory;
  const int64_t piece_bytes;

  static void run(int64_t begin, int64_t end, void* context) {
    const Job& job = *static_cast<const Job*>(context);
    job.transposed.run(job.product, job.vectors * begin / job.pieces,
                       job.vectors * end / job.pieces, job.memory + begin * job.piece_bytes);
  }
};

}  // namespace

bool fits(const elman_transposed& product) {
  return product.size >= sizeof(elman_transposed) && product.rows > 0 && product.left_columns > 0 &&
         product.right_columns > 0 && product.left_stride >= product.left_columns &&
         product.right_stride >= product.right_columns && product.left && product.right &&
         product.sums;
}

elman_status run(const elman_transposed& product, const Cell& cell,
                 const elman_executor& executor) {
  const int64_t vectors = (product.left_columns + cell.lanes - 1) / cell.lanes;
  const double work =
      double(product.rows) * double(product.left_columns) * double(product.right_columns);
  const int64_t pieces =
      std::clamp<int64_t>(std::min(vectors, int64_t(work / worth_a_thread)), 1, executor.threads);
  const int64_t piece_bytes = whole_lines(cell.transposed.memory_bytes(product));
  char* memory = static_cast<char*>(workspace(size_t(pieces * piece_bytes)));
  if (!memory) return ELMAN_OUT_OF_MEMORY;
  Job job{product, cell.transposed, vectors, pieces, memory, piece_bytes};
  if (pieces == 1) {
    Job::run(0, 1, &job);
    return ELMAN_OK;
  }
  return executor.run(&executor, pieces, Job::run, &job) ? ELMAN_EXECUTOR_FAILED : ELMAN_OK;
}

}  // namespace elman
