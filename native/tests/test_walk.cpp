// Every cell, type, direction and layout of rows agrees with the plain twin, to rounding.
#include "problem.hpp"

namespace {

template <class S>
void compare(const char* what, const S* got, const std::vector<double>& want, const Form& form) {
  for (size_t i = 0; i < want.size(); ++i) {
    const double apart = std::fabs(double(got[i]) - want[i]);
    if (apart > tolerance<S>(form.units, int64_t(form.counts.size())) * (1 + std::fabs(want[i]))) {
      std::fprintf(stderr, "%s[%zu] is %.9g, must be %.9g\n", what, i, double(got[i]), want[i]);
      CHECK(false, form.name());
    }
  }
}

// A row's gates as the library orders them, put into their usual order.
template <class S>
std::vector<S> gradient_columns(const Problem<S>& problem, bool recurrent) {
  const int64_t units = problem.form.units, stride = problem.width + problem.shift();
  std::vector<S> columns;
  for (int64_t row = 0; row < problem.rows; ++row) {
    for (int64_t g = 0; g < problem.gates; ++g) {
      int64_t block = g + (problem.is_gru() ? 1 : 0);
      if (recurrent && problem.is_gru() && g == 2) block = 0;
      const S* from = problem.gradient.data() + row * stride + block * units;
      columns.insert(columns.end(), from, from + units);
    }
  }
  return columns;
}

template <class S>
void check(const Form& form) {
  Problem<S> problem(form);
  Twin twin = problem.twin();
  twin.forward(), twin.backward();
  const elman_executor serial = elman_native()->serial();

  CHECK(problem.run_forward(serial, false) == ELMAN_OK, form.name());
  compare("output without keeping", problem.output(), twin.output, form);
  CHECK(problem.run_forward(serial, true) == ELMAN_OK, form.name());
  compare("output", problem.output(), twin.output, form);
  compare("gates", problem.kept.data(), twin.gates, form);
  compare("h_n", problem.h_n.data(), twin.h_n, form);
  if (problem.has_c()) compare("cells", problem.cells(), twin.cells, form);
  if (problem.has_c()) compare("c_n", problem.c_n.data(), twin.c_n, form);
  if (problem.is_gru()) compare("candidates", problem.candidates.data(), twin.candidates, form);

  CHECK(problem.run_backward(serial, true) == ELMAN_OK, form.name());
  compare("d_projected", gradient_columns(problem, false).data(), twin.d_projected, form);
  compare("d_recurrent", gradient_columns(problem, true).data(), twin.d_recurrent, form);
  compare("d_h", problem.d_h.data(), twin.d_h_0, form);
  compare("states_h", problem.states_h.data(), twin.states_h, form);
  if (problem.has_c()) compare("d_c", problem.d_c.data(), twin.d_c_0, form);
  if (problem.has_c()) compare("states_c", problem.states_c.data(), twin.states_c, form);
}

void check_cells(Form form) {
  for (form.cell = 0; form.cell < 3; ++form.cell) {
    const int activations = form.cell == ELMAN_CELL_ELMAN ? 4 : 1;
    for (form.activation = 0; form.activation < activations; ++form.activation) {
      check<float>(form);
      check<double>(form);
    }
  }
}

}  // namespace

int main() {
  struct Rows {
    int64_t batch;
    std::vector<int64_t> counts;
  };
  const std::vector<Rows> layouts = {
      {3, {3, 3, 3, 3}},      // dense
      {5, {4, 3, 3, 1, 1}},   // ragged, with an empty sequence
      {14, {14, 14, 13, 2}},  // more rows than a tile
      {1, {1}},
      {1, std::vector<int64_t>(20, 1)},  // more steps than are projected together
  };
  with_each_set([&](const std::string&) {
    for (const Rows& rows : layouts) {
      for (int flags = 0; flags < 8; ++flags) {
        Form form;
        form.batch = rows.batch, form.counts = rows.counts;
        form.reverse = flags & 1, form.resets = flags & 2, form.bias = flags & 4;
        for (int64_t units : {1, 3, 17, 33}) {
          form.units = units;
          for (int64_t inputs : {0, 1, 19}) {
            form.inputs = inputs;
            check_cells(form);
          }
        }
      }
    }
    Form wide;
    wide.units = 127, wide.inputs = 65;
    check_cells(wide);
  });
}
