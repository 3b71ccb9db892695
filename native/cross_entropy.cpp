#include "cross_entropy.hpp"

#include <algorithm>
#include <cstring>

#include "arena.hpp"

namespace elman {
namespace {

constexpr int64_t rows_of_group = 32, most_groups = 16;
constexpr double worth_a_thread = 1e5;  // scores, some twenty microseconds

// Rows are taken in groups whose number hangs on theirs alone: each group sums its gradients by
// the bias apart, so that the bits of the total do not depend on the number of threads.
struct Job {
  const elman_cross_entropy& job;
  const Softmax softmax;
  const int64_t groups;
  char* const sums;  // of each group, NULL if not wanted
  const int64_t sums_bytes;

  void* sums_of(int64_t group) const { return sums ? sums + group * sums_bytes : nullptr; }

  static void run(int64_t begin, int64_t end, void* context) {
    const Job& all = *static_cast<const Job*>(context);
    for (int64_t group = begin; group < end; ++group) {
      if (all.sums) std::memset(all.sums_of(group), 0, size_t(all.sums_bytes));
      all.softmax(all.job, all.job.rows * group / all.groups,
                  all.job.rows * (group + 1) / all.groups, all.sums_of(group));
    }
  }

  template <class S>
  void add_up() const {
    S* const total = static_cast<S*>(job.d_bias);
    for (int64_t group = 0; group < groups; ++group) {
      const S* const part = static_cast<const S*>(sums_of(group));
      for (int64_t word = 0; word < job.words; ++word) total[word] += part[word];
    }
  }
};

}  // namespace

bool fits(const elman_cross_entropy& job) {
  return job.size >= sizeof(elman_cross_entropy) && job.rows > 0 && job.words > 0 &&
         job.stride >= job.words && job.targets && job.scores && job.losses &&
         (job.shares || !job.d_bias);
}

elman_status run(const elman_cross_entropy& job, const Cell& cell, const elman_executor& executor) {
  const int64_t groups = std::clamp<int64_t>(job.rows / rows_of_group, 1, most_groups);
  const int64_t sums_bytes = whole_lines(job.words * cell.element_bytes);
  char* sums = nullptr;
  if (job.d_bias) {
    sums = static_cast<char*>(workspace(size_t(groups * sums_bytes)));
    if (!sums) return ELMAN_OUT_OF_MEMORY;
  }
  Job all{job, cell.softmax, groups, sums, sums_bytes};
  if (executor.threads > 1 && double(job.rows) * double(job.words) > worth_a_thread) {
    if (executor.run(&executor, groups, Job::run, &all)) return ELMAN_EXECUTOR_FAILED;
  } else {
    Job::run(0, groups, &all);
  }
  if (sums) cell.element_bytes == sizeof(float) ? all.add_up<float>() : all.add_up<double>();
  return ELMAN_OK;
}

}  // namespace elman
