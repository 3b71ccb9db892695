// tanh and the logistic function within a few units in the last place, tails and NaN included;
// read through an Elman cell with no weights, so that h = f(x).
#include <limits>

#include "problem.hpp"

namespace {

template <class S>
std::vector<S> apply(int activation, const std::vector<S>& x) {
  const int64_t n = int64_t(x.size());
  std::vector<S> y(x.size()), previous(x.size()), h(x.size(), 0), weight(1, 0);
  const elman_scan scan{sizeof(elman_scan),
                        ELMAN_CELL_ELMAN,
                        activation,
                        sizeof(S) == 4 ? ELMAN_FLOAT32 : ELMAN_FLOAT64,
                        0,
                        1,
                        n,
                        1,
                        nullptr,
                        nullptr};
  const elman_forward arrays{sizeof(elman_forward),
                             1,
                             x.data(),
                             0,
                             0,
                             nullptr,
                             nullptr,
                             nullptr,
                             weight.data(),
                             nullptr,
                             y.data(),
                             previous.data(),
                             h.data(),
                             nullptr,
                             nullptr,
                             nullptr,
                             nullptr,
                             nullptr};
  const elman_executor serial = elman_native()->serial();
  CHECK(elman_native()->forward(&scan, &arrays, &serial, nullptr) == ELMAN_OK, "apply");
  return y;
}

template <class S>
void check_accuracy(int activation, double (*f)(double)) {
  std::vector<S> x;
  for (double size = 1e-30; size < 80; size *= 1.0003) {
    x.push_back(S(size)), x.push_back(S(-size));
  }
  const std::vector<S> y = apply(activation, x);
  for (size_t i = 0; i < x.size(); ++i) {
    const double want = f(double(x[i]));
    const double units =
        std::fabs(double(y[i]) - want) / std::fabs(want) / std::numeric_limits<S>::epsilon();
    CHECK(units < 3, std::to_string(activation) + " at " + std::to_string(double(x[i])));
  }
}

template <class S>
void check_ends() {
  const S infinity = std::numeric_limits<S>::infinity(), nan = std::numeric_limits<S>::quiet_NaN();
  const std::vector<S> x = {infinity, -infinity, nan, 0, S(1e4), S(-1e4)};
  const std::vector<S> squashed = apply(ELMAN_TANH, x), logistic = apply(ELMAN_SIGMOID, x);
  const std::vector<S> positive = apply(ELMAN_RELU, x), same = apply(ELMAN_IDENTITY, x);
  CHECK(squashed[0] == 1 && squashed[1] == -1 && squashed[3] == 0, "tanh");
  CHECK(logistic[0] == 1 && logistic[1] == 0 && logistic[3] == S(0.5) && logistic[5] == 0,
        "sigmoid");
  CHECK(positive[0] == infinity && positive[1] == 0 && positive[3] == 0, "relu");
  CHECK(same[0] == infinity && same[1] == -infinity && same[4] == S(1e4), "identity");
  for (const auto* y : {&squashed, &logistic, &positive, &same}) CHECK(std::isnan((*y)[2]), "NaN");
}

double exact_tanh(double x) { return std::tanh(x); }
double exact_sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

int main() {
  with_each_set([](const std::string&) {
    check_accuracy<float>(ELMAN_TANH, exact_tanh);
    check_accuracy<float>(ELMAN_SIGMOID, exact_sigmoid);
    check_accuracy<double>(ELMAN_TANH, exact_tanh);
    check_accuracy<double>(ELMAN_SIGMOID, exact_sigmoid);
    check_ends<float>();
    check_ends<double>();
  });
}
