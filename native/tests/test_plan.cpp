// Every row and unit belongs to exactly one piece, pieces are about equal, and small walks are
// left whole.
#include "check.hpp"
#include "plan.hpp"

namespace {

using elman::make_plan;
using elman::Plan;
using elman::Share;
using elman::Work;

constexpr Work lstm_on_avx512(int64_t units) { return {4, 16, 1, 4, units}; }
constexpr Work elman_on_avx2(int64_t units) { return {4, 8, 4, 1, units}; }

elman_scan scan_of(int64_t steps, int64_t batch, int64_t units, const int64_t* offsets = nullptr) {
  return {sizeof(elman_scan), 0, 0, 0, 0, steps, batch, units, offsets, nullptr};
}

std::string describe(const elman_scan& scan, const Plan& plan) {
  return std::to_string(scan.steps) + " steps, " + std::to_string(scan.batch) + " sequences, " +
         std::to_string(scan.units) + " units, " + std::to_string(plan.shares.size()) + " pieces";
}

void check_covers(const elman_scan& scan, const Work& work, const Plan& plan) {
  const std::string about = describe(scan, plan);
  const int64_t blocks = (scan.units + work.lanes - 1) / work.lanes;
  CHECK(plan.cuts.front() == 0 && plan.cuts.back() == blocks, about);
  for (size_t i = 1; i < plan.cuts.size(); ++i) {
    const int64_t width = plan.cuts[i] - plan.cuts[i - 1];
    CHECK(width >= 1 && width <= work.panel_blocks, about);
  }
  const int64_t panels = int64_t(plan.cuts.size()) - 1;
  int64_t row = 0, panel = 0;
  for (const Share& share : plan.shares) {
    CHECK(share.row_begin == (plan.by_units ? 0 : row), about);
    CHECK(share.panel_begin == (plan.by_units ? panel : 0), about);
    row = share.row_end, panel = share.panel_end;
  }
  CHECK(row == scan.batch && panel == panels, about);
}

void check_all_shapes() {
  for (int64_t units : {1, 3, 17, 64, 127, 650}) {
    for (int64_t batch : {1, 2, 5, 20, 64}) {
      for (int threads : {1, 2, 3, 8}) {
        for (const Work& work : {lstm_on_avx512(units), elman_on_avx2(units)}) {
          const elman_scan scan = scan_of(40, batch, units);
          for (bool lockstep : {false, true}) {
            const Plan plan = make_plan(scan, work, threads, lockstep);
            check_covers(scan, work, plan);
            CHECK(int(plan.shares.size()) <= threads, describe(scan, plan));
            CHECK(lockstep || !plan.by_units, describe(scan, plan));
          }
        }
      }
    }
  }
}

void check_choices() {
  const Plan tiny = make_plan(scan_of(3, 2, 8), lstm_on_avx512(8), 4, true);
  CHECK(tiny.shares.size() == 1, "too little work to share");
  const Plan narrow = make_plan(scan_of(200, 128, 64), lstm_on_avx512(64), 2, true);
  CHECK(narrow.shares.size() == 2 && !narrow.by_units, "small weights: by sequences");
  const Plan single = make_plan(scan_of(100, 1, 1024), lstm_on_avx512(1024), 2, true);
  CHECK(single.shares.size() == 2 && single.by_units, "one sequence: by units");
  const Plan apart = make_plan(scan_of(100, 1, 1024), lstm_on_avx512(1024), 2, false);
  CHECK(apart.shares.size() == 1, "one sequence, no lockstep: whole");
}

// What tests/kernels/test_core.py divides. Weights of 120 units fit any second-level cache.
void check_shapes_of_python_tests() {
  const std::vector<int64_t> sizes = {16, 16, 9, 9, 8, 3, 3, 1, 1, 1};
  std::vector<int64_t> offsets = {0};
  for (int64_t count : sizes) offsets.push_back(offsets.back() + count);
  for (int threads : {2, 3}) {
    for (const elman_scan& scan : {scan_of(12, 16, 120), scan_of(10, 16, 120, offsets.data())}) {
      const Plan plan = make_plan(scan, elman_on_avx2(120), threads, true);
      CHECK(int(plan.shares.size()) == threads && !plan.by_units, "by sequences");
    }
    const Plan plan = make_plan(scan_of(12, 1, 400), elman_on_avx2(400), threads, true);
    CHECK(int(plan.shares.size()) == threads && plan.by_units, "by units");
  }
}

// The first of four sequences is as long as the others together.
void check_ragged_balance() {
  std::vector<int64_t> offsets = {0};
  for (int64_t t = 0; t < 600; ++t) offsets.push_back(offsets.back() + (t < 200 ? 4 : 1));
  const elman_scan scan = scan_of(600, 4, 200, offsets.data());
  const Plan plan = make_plan(scan, lstm_on_avx512(200), 2, false);
  check_covers(scan, lstm_on_avx512(200), plan);
  CHECK(plan.shares.size() == 2 && plan.shares[0].row_end == 1, "divided by steps, not sequences");
}

}  // namespace

int main() {
  check_all_shapes();
  check_choices();
  check_shapes_of_python_tests();
  check_ragged_balance();
}
