// However a walk is divided, and whoever runs it, its bits are the same; and it can be stopped.
#include <atomic>
#include <thread>

#include "problem.hpp"

namespace {

// An executor that hands over all pieces at once, as torch does within a parallel region.
int32_t run_merged(const elman_executor*, int64_t count, elman_body body, void* context) {
  body(0, count, context);
  return 0;
}

// One that runs a thread for each piece.
int32_t run_apart(const elman_executor*, int64_t count, elman_body body, void* context) {
  std::vector<std::thread> threads;
  for (int64_t i = 1; i < count; ++i) threads.emplace_back(body, i, i + 1, context);
  body(0, 1, context);
  for (std::thread& thread : threads) thread.join();
  return 0;
}

int32_t run_failing(const elman_executor*, int64_t, elman_body, void*) { return 1; }

std::vector<elman_executor> executors() {
  std::vector<elman_executor> all;
  for (int32_t threads : {2, 3}) {
    all.push_back(elman_native()->pool(threads));
    for (int32_t lockstep : {0, 1}) {
      all.push_back({sizeof(elman_executor), threads, lockstep, run_merged, nullptr});
      all.push_back({sizeof(elman_executor), threads, lockstep, run_apart, nullptr});
    }
  }
  return all;
}

template <class S>
std::vector<S> everything(Problem<S>& problem, const elman_executor& executor) {
  CHECK(problem.run_forward(executor, false) == ELMAN_OK, problem.form.name());
  std::vector<S> all = problem.history_h;
  CHECK(problem.run_forward(executor, true) == ELMAN_OK, problem.form.name());
  CHECK(problem.run_backward(executor, true) == ELMAN_OK, problem.form.name());
  all.insert(all.end(), problem.h_n.begin(), problem.h_n.end());
  for (const auto* more : {&problem.history_h, &problem.kept, &problem.gradient, &problem.states_h,
                           &problem.d_h, &problem.history_c}) {
    all.insert(all.end(), more->begin(), more->end());
  }
  return all;
}

void check_bits(const Form& form) {
  Problem<float> problem(form);
  const std::vector<float> want = everything(problem, elman_native()->serial());
  for (const elman_executor& executor : executors()) {
    CHECK(everything(problem, executor) == want, form.name());
  }
}

// Large enough that a team is worth its while: some by rows, some by units.
std::vector<Form> large_forms() {
  std::vector<Form> forms;
  for (int cell = 0; cell < 3; ++cell) {
    Form form;
    form.cell = cell;
    form.batch = 13, form.units = 150, form.counts.assign(12, 13);
    forms.push_back(form);
    form.counts = {13, 13, 12, 12, 12, 9, 9, 9, 9, 9, 7, 5, 2, 2, 1, 1, 1, 1, 1, 1};
    form.resets = form.reverse = true;
    forms.push_back(form);
    form = Form();
    form.cell = cell, form.batch = 1, form.units = 300, form.counts.assign(8, 1);
    forms.push_back(form);
    form.batch = 4, form.units = 128, form.counts.assign(1, 4);  // one step, of few rows a piece
    forms.push_back(form);
  }
  for (size_t i = 0, count = forms.size(); i < count; ++i) {
    forms.push_back(forms[i]);
    forms.back().inputs = 40;
  }
  return forms;
}

struct Stopper {
  int asked = 0, at = 0;
  std::thread::id caller = std::this_thread::get_id();

  static int32_t poll(void* context) {
    Stopper& self = *static_cast<Stopper*>(context);
    CHECK(std::this_thread::get_id() == self.caller, "polled on another thread");
    return ++self.asked >= self.at;
  }
};

void check_stop(const elman_executor& executor, const Form& form) {
  Problem<float> problem(form);
  for (int at : {1, 3}) {
    Stopper stopper;
    stopper.at = at;
    const elman_stop stop{Stopper::poll, &stopper};
    const elman_status forward = problem.run_forward(executor, true, &stop);
    CHECK(forward == (stopper.asked >= at ? ELMAN_STOPPED : ELMAN_OK), form.name());
    CHECK(at > 1 || forward == ELMAN_STOPPED, form.name());
    stopper.asked = 0;
    const elman_status backward = problem.run_backward(executor, true, &stop);
    CHECK(backward == (stopper.asked >= at ? ELMAN_STOPPED : ELMAN_OK), form.name());
  }
}

// Several threads may walk at once; the pool serves one of them and the others go on alone.
void check_concurrent_callers(const Form& form) {
  Problem<float> first(form);
  const std::vector<float> want = everything(first, elman_native()->serial());
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      Problem<float> mine(form);
      for (int k = 0; k < 2; ++k) {
        CHECK(everything(mine, elman_native()->pool(2)) == want, form.name());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

int main() {
  with_each_set([](const std::string&) {
    for (const Form& form : large_forms()) check_bits(form);
  });
  for (const Form& form : large_forms()) {
    check_stop(elman_native()->serial(), form);
    for (const elman_executor& executor : executors()) check_stop(executor, form);
    check_concurrent_callers(form);
  }
  const elman_executor failing{sizeof(elman_executor), 2, 0, run_failing, nullptr};
  Problem<float> problem(large_forms()[0]);
  CHECK(problem.run_forward(failing, true) == ELMAN_EXECUTOR_FAILED, "a failing executor");
}
