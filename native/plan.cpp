#include "plan.hpp"

#include <unistd.h>

#include <algorithm>

namespace elman {
namespace {

// Orders of magnitude that hold for the processors of the last ten years; only their ratios count.
constexpr double cached_bytes_per_cycle = 32;   // from the second-level cache
constexpr double streamed_bytes_per_cycle = 8;  // from beyond it
constexpr double barrier_cycles = 1500;
constexpr double team_cycles = 10000;  // to fork and join
constexpr double poll_cycles = 1e6;    // of work between two looks at the stop callback
constexpr double cell_cycles = 15;     // for one vector of one gate
constexpr double tile_rows = 6;
constexpr int64_t projected_steps = 16, projected_rows = 256;
constexpr int64_t all_rows = INT64_MAX / 2;

double second_level_bytes() {
#ifdef _SC_LEVEL2_CACHE_SIZE
  static const long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
  if (bytes > 0) return double(bytes);
#endif
  return 1 << 20;
}

int64_t blocks_of(const elman_scan& scan, const Work& work) {
  return (scan.units + work.lanes - 1) / work.lanes;
}

double weight_bytes(const Work& work, int64_t blocks) {
  return double(blocks * work.block_vectors * work.lanes * work.depth * work.element_bytes);
}

bool stays_near(double bytes) { return bytes < 0.75 * second_level_bytes(); }

// Cycles that one piece needs for an average step, when it owns so many rows and blocks.
double step_cycles(const Work& work, double rows, int64_t blocks) {
  const double vectors = double(blocks * work.block_vectors);
  const double bytes = weight_bytes(work, blocks);
  const double multiplying = rows * vectors * double(work.depth);
  const double tiles = std::max(1.0, rows / tile_rows), last_tiles = multiplying * (1 - 1 / tiles);
  const double finishing = rows * vectors * (cell_cycles + double(work.inputs));
  if (stays_near(bytes)) {  // each tile reads the weights from there
    return std::max(multiplying, tiles * bytes / cached_bytes_per_cycle) + finishing;
  }
  // The first tile of each panel waits for it to come; the others find it near.
  return std::max(multiplying / tiles, bytes / streamed_bytes_per_cycle) + last_tiles + finishing;
}

// Panels of nearly equal width within each piece's blocks.
void cut_panels(Plan& plan, int64_t blocks, int64_t pieces, int64_t widest) {
  plan.cuts = {0};
  for (int64_t piece = 0; piece < pieces; ++piece) {
    const int64_t begin = blocks * piece / pieces, end = blocks * (piece + 1) / pieces;
    const int64_t count = (end - begin + widest - 1) / widest;
    Share& share = plan.shares[size_t(piece)];
    share.panel_begin = int64_t(plan.cuts.size()) - 1;
    for (int64_t i = 1; i <= count; ++i) plan.cuts.push_back(begin + (end - begin) * i / count);
    share.panel_end = int64_t(plan.cuts.size()) - 1;
  }
}

// Sequences divided so that each piece gets about as many real steps.
void cut_rows(Plan& plan, const elman_scan& scan, int64_t rows, int64_t pieces) {
  std::vector<int64_t> steps(size_t(scan.batch), scan.offsets ? 0 : scan.steps);
  for (int64_t t = 0; scan.offsets && t < scan.steps; ++t) {
    const int64_t count = scan.offsets[t + 1] - scan.offsets[t];
    const int64_t ending = t + 1 < scan.steps ? scan.offsets[t + 2] - scan.offsets[t + 1] : 0;
    for (int64_t b = ending; b < count; ++b) steps[size_t(b)] = t + 1;
  }
  int64_t b = 0, walked = 0;
  for (int64_t piece = 0; piece < pieces; ++piece) {
    plan.shares[size_t(piece)].row_begin = b;
    while (b < scan.batch && (piece == pieces - 1 || walked * pieces < rows * (piece + 1))) {
      walked += steps[size_t(b++)];
    }
    plan.shares[size_t(piece)].row_end = b;
  }
}

}  // namespace

int64_t steps_to_project(int64_t steps, int64_t batch) {
  return std::min(steps, std::clamp<int64_t>(projected_rows / batch, 1, projected_steps));
}

Plan make_plan(const elman_scan& scan, const Work& work, int threads, bool lockstep) {
  const int64_t blocks = blocks_of(scan, work);
  const int64_t rows = scan.offsets ? scan.offsets[scan.steps] : scan.steps * scan.batch;
  const double mean = double(rows) / double(std::max<int64_t>(scan.steps, 1));
  const double steps = double(scan.steps);
  const double alone = steps * step_cycles(work, mean, blocks);
  const int64_t row_pieces = std::min<int64_t>(threads, scan.batch);
  const int64_t unit_pieces = lockstep ? std::min<int64_t>(threads, blocks) : 1;
  const double by_rows = steps * step_cycles(work, mean / double(row_pieces), blocks) + team_cycles;
  const double by_units =
      team_cycles +
      steps * (barrier_cycles + step_cycles(work, mean, (blocks + unit_pieces - 1) / unit_pieces));
  Plan plan;
  plan.poll_steps = std::max<int64_t>(1, int64_t(poll_cycles * steps / (alone + 1)));
  plan.by_units = unit_pieces > 1 && by_units < std::min(alone, by_rows);
  const bool split_rows = !plan.by_units && row_pieces > 1 && by_rows < alone;
  const int64_t pieces = plan.by_units ? unit_pieces : split_rows ? row_pieces : 1;
  plan.shares.assign(size_t(pieces), Share{0, scan.batch, 0, 0});
  cut_panels(plan, blocks, plan.by_units ? pieces : 1, work.panel_blocks);
  if (split_rows) {
    for (Share& share : plan.shares) share.panel_end = plan.shares[0].panel_end;
    cut_rows(plan, scan, rows, pieces);
  }
  const bool near = stays_near(weight_bytes(work, plan.by_units ? blocks / pieces : blocks));
  plan.rows_at_once = near && scan.steps > 1 ? 2 * int64_t(tile_rows) : all_rows;
  return plan;
}

}  // namespace elman
