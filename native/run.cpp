#include "run.hpp"

#include <algorithm>
#include <new>

#include "arena.hpp"
#include "pace.hpp"
#include "plan.hpp"

namespace elman {
namespace {

constexpr int64_t pack_alone_bytes = 1 << 16;  // not worth a team's time

int64_t gates_of(const elman_scan& scan) {
  constexpr int64_t gates[] = {1, 3, 4};
  return gates[scan.cell];
}

// Everything that the pieces of one walk share.
template <class Arguments>
struct Job {
  const elman_scan& scan;
  const Arguments& arrays;
  const Walk<Arguments>& walk;
  const Plan& plan;
  const Panels panels;
  const int64_t panel_bytes;  // of the widest
  Pacer pacer;

  bool run(bool alone, int64_t count, elman_body body, const elman_executor& executor) {
    if (!alone) return executor.run(&executor, count, body, this) == 0;
    body(0, count, this);
    return true;
  }

  static void pack(int64_t begin, int64_t end, void* context) {
    const Job& job = *static_cast<const Job*>(context);
    job.walk.pack(job.scan, job.arrays, job.panels, begin, end);
  }

  static void step(int64_t begin, int64_t end, void* context) {
    Job& job = *static_cast<Job*>(context);
    const Share& first = job.plan.shares[size_t(begin)];
    const Share& last = job.plan.shares[size_t(end - 1)];
    const Share share{first.row_begin, last.row_end, first.panel_begin, last.panel_end};
    Panels panels = job.panels;
    if (panels.one_by_one) {
      panels.data = panels.inputs = static_cast<char*>(panels.data) + begin * job.panel_bytes;
    }
    Pace pace(job.pacer, end - begin);
    job.walk.walk(job.scan, job.arrays, panels, share, pace);
  }
};

// Inputs that a walk projects itself, or 0.
int64_t inputs_of(const elman_forward& arrays) { return arrays.x ? arrays.inputs : 0; }
int64_t inputs_of(const elman_backward&) { return 0; }

bool keeps_gates(const elman_forward& arrays) { return arrays.gates != nullptr; }
bool keeps_gates(const elman_backward&) { return false; }

// Bytes of each part of the memory that one walk works in.
struct Room {
  int64_t panel;      // one panel of V or of U, for each piece, where panels are packed one by one
  int64_t recurrent;  // all panels of V
  int64_t inputs;     // all panels of U
  int64_t projected;  // projections of some steps

  template <class Arguments>
  Room(const elman_scan& scan, const Arguments& arrays, const Plan& plan, const Work& work,
       int64_t panel_blocks)
      : panel(whole_lines(panel_blocks * work.block_bytes(std::max(work.depth, work.inputs)))),
        recurrent(one_by_one(scan) ? panel * int64_t(plan.shares.size())
                                   : whole_lines(plan.cuts.back() * work.block_bytes(work.depth))),
        inputs(one_by_one(scan) || !work.inputs
                   ? 0
                   : whole_lines(plan.cuts.back() * work.block_bytes(work.inputs))),
        projected(!work.inputs || keeps_gates(arrays)
                      ? 0
                      : steps_to_project(scan.steps, scan.batch) * scan.batch * gates_of(scan) *
                            scan.units * work.element_bytes) {}

  static bool one_by_one(const elman_scan& scan) { return scan.steps == 1; }
  int64_t all() const { return recurrent + inputs + projected; }
};

}  // namespace

bool fits(const elman_scan& scan) {
  if (scan.size < sizeof(elman_scan) || scan.steps < 0 || scan.batch < 0 || scan.units < 1) {
    return false;
  }
  if (!scan.offsets) return true;
  int64_t before = scan.batch;
  for (int64_t t = 0; t < scan.steps; ++t) {
    const int64_t count = scan.offsets[t + 1] - scan.offsets[t];
    if (count < 1 || count > before) return false;
    before = count;
  }
  return scan.offsets[0] == 0;
}

bool fits(const elman_scan& scan, const elman_forward& arrays) {
  if (arrays.size < sizeof(elman_forward)) return false;
  const int64_t width = gates_of(scan) * scan.units;
  const bool has_c = scan.cell == ELMAN_CELL_LSTM;
  const bool enters = arrays.x ? !arrays.projected && arrays.input_weight && arrays.inputs > 0 &&
                                     arrays.x_stride >= arrays.inputs
                               : arrays.projected && arrays.projected_stride >= width;
  return enters && arrays.weight && arrays.output && arrays.previous && arrays.h_n &&
         has_c == (arrays.c_n != nullptr) && (has_c || !arrays.cells) &&
         !arrays.cells == !arrays.previous_cells &&
         (!arrays.gates || arrays.gates != arrays.projected || arrays.projected_stride == width);
}

bool fits(const elman_scan& scan, const elman_backward& arrays) {
  if (arrays.size < sizeof(elman_backward)) return false;
  const bool has_c = scan.cell == ELMAN_CELL_LSTM, is_gru = scan.cell == ELMAN_CELL_GRU;
  const int64_t element = scan.element == ELMAN_FLOAT32 ? 4 : 8;
  const char* recurrent = static_cast<const char*>(arrays.d_recurrent);
  const int64_t apart = is_gru ? scan.units * element : 0;
  return arrays.weight && arrays.gates && arrays.d_h && arrays.d_projected && recurrent &&
         recurrent + apart == arrays.d_projected && has_c == (arrays.d_c != nullptr) &&
         (!has_c || (arrays.cells && arrays.previous_cells)) &&
         (!is_gru || (arrays.candidates && arrays.previous)) &&
         arrays.d_projected_stride >= (gates_of(scan) + is_gru) * scan.units &&
         (!arrays.d_output || arrays.d_output_stride >= scan.units);
}

template <class Arguments>
elman_status run(const elman_scan& scan, const Arguments& arrays, const Cell& cell,
                 const Walk<Arguments>& walk, const elman_executor& executor,
                 const elman_stop* stop) try {
  const Work work = work_of(scan, cell, walk, inputs_of(arrays));
  const Plan plan = make_plan(scan, work, executor.threads, executor.lockstep != 0);
  const int64_t panels = int64_t(plan.cuts.size()) - 1, pieces = int64_t(plan.shares.size());
  const bool one_by_one = Room::one_by_one(scan);
  const Room room(scan, arrays, plan, work, walk.panel_blocks);
  char* memory = static_cast<char*>(workspace(size_t(room.all())));
  if (!memory) return ELMAN_OUT_OF_MEMORY;
  char *inputs = memory + room.recurrent, *projected = inputs + room.inputs;
  Job<Arguments> job{scan,
                     arrays,
                     walk,
                     plan,
                     {plan.cuts.data(), panels, memory, one_by_one, plan.rows_at_once, inputs,
                      projected, steps_to_project(scan.steps, scan.batch)},
                     room.panel,
                     Pacer(pieces, plan.by_units && pieces > 1, plan.poll_steps, stop)};
  const bool pack_alone = pieces == 1 || room.recurrent + room.inputs < pack_alone_bytes;
  if (!one_by_one && !job.run(pack_alone, panels, Job<Arguments>::pack, executor)) {
    return ELMAN_EXECUTOR_FAILED;
  }
  if (!job.run(pieces == 1, pieces, Job<Arguments>::step, executor)) return ELMAN_EXECUTOR_FAILED;
  return job.pacer.stopped() ? ELMAN_STOPPED : ELMAN_OK;
} catch (const std::bad_alloc&) {
  return ELMAN_OUT_OF_MEMORY;
}

template elman_status run(const elman_scan&, const elman_forward&, const Cell&,
                          const Walk<elman_forward>&, const elman_executor&, const elman_stop*);
template elman_status run(const elman_scan&, const elman_backward&, const Cell&,
                          const Walk<elman_backward>&, const elman_executor&, const elman_stop*);

}  // namespace elman
