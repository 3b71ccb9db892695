// Losses and gradients agree with their definition, whatever the sizes and executors, have the same
// bits for any number of threads, and say so where a score is no number.
#include <limits>

#include "problem.hpp"

namespace {

template <class S>
struct Rows {
  int64_t rows, words, gap;
  bool has_bias;

  std::vector<S> scores{}, bias{}, shares{};
  std::vector<int64_t> targets{};

  std::string name() const { return std::to_string(rows) + " x " + std::to_string(words); }

  void draw() {
    Numbers numbers;
    scores = numbers.vector<S>(rows * (words + gap), 8);
    bias = numbers.vector<S>(words, 2);
    shares = numbers.vector<S>(rows, 1);
    for (int64_t row = 0; row < rows; ++row) targets.push_back(row * 7 % words);
  }

  struct Result {
    std::vector<S> gradients, losses, d_bias;
    bool operator==(const Result& other) const {
      return gradients == other.gradients && losses == other.losses && d_bias == other.d_bias;
    }
  };

  Result run(const elman_executor& executor, bool with_gradients) const {
    Result found{scores, std::vector<S>(size_t(rows)), std::vector<S>(size_t(words), S(1))};
    const elman_cross_entropy job{sizeof(elman_cross_entropy),
                                  element_of<S>(),
                                  rows,
                                  words,
                                  words + gap,
                                  targets.data(),
                                  has_bias ? bias.data() : nullptr,
                                  with_gradients ? shares.data() : nullptr,
                                  found.gradients.data(),
                                  found.losses.data(),
                                  with_gradients ? found.d_bias.data() : nullptr};
    CHECK(elman_native()->cross_entropy(&job, &executor) == ELMAN_OK, name());
    return found;
  }

  void check() {
    draw();
    const Result found = run(elman_native()->serial(), true);
    std::vector<double> d_bias(size_t(words), 1.0);
    const double allowed = tolerance<S>(words, 1);
    for (int64_t row = 0; row < rows; ++row) {
      const S* z = scores.data() + row * (words + gap);
      const auto score = [&](int64_t v) {
        return double(z[v]) + (has_bias ? double(bias[size_t(v)]) : 0.0);
      };
      double largest = score(0), sum = 0;
      for (int64_t v = 1; v < words; ++v) largest = std::max(largest, score(v));
      for (int64_t v = 0; v < words; ++v) sum += std::exp(score(v) - largest);
      const int64_t target = targets[size_t(row)];
      const double loss = std::log(sum) + largest - score(target);
      CHECK(std::fabs(double(found.losses[size_t(row)]) - loss) <= allowed * (1 + loss), name());
      for (int64_t v = 0; v < words; ++v) {
        const double softmax = std::exp(score(v) - largest) / sum;
        const double gradient = double(shares[size_t(row)]) * (softmax - double(v == target));
        const size_t at = size_t(row * (words + gap) + v);
        CHECK(std::fabs(double(found.gradients[at]) - gradient) <= allowed, name());
        d_bias[size_t(v)] += gradient;
      }
      for (int64_t v = words; v < words + gap; ++v) {
        CHECK(found.gradients[size_t(row * (words + gap) + v)] == z[v], name() + ": the gap");
      }
    }
    for (size_t v = 0; v < size_t(words); ++v) {
      CHECK(std::fabs(double(found.d_bias[v]) - d_bias[v]) <= tolerance<S>(rows, 1), name());
    }
    CHECK(run(elman_native()->pool(3), true) == found, name() + ": threads");
    const Result alone = run(elman_native()->serial(), false);
    CHECK(alone.losses == found.losses && alone.gradients == scores, name() + ": losses alone");
  }
};

template <class S>
void check_sizes() {
  for (int64_t rows : {1, 2, 70}) {
    for (int64_t words : {1, 2, 7, 16, 33, 250}) {
      Rows<S>{rows, words, words % 3, words % 2 == 0}.check();
    }
  }
  Rows<S>{700, 400, 0, true}.check();  // several groups, and several threads
}

// One row of three scores; the second word came.
template <class S>
S loss_of(S first, S second, S third) {
  S scores[] = {first, second, third}, loss = 0;
  const int64_t target = 1;
  const elman_cross_entropy job{sizeof(elman_cross_entropy),
                                element_of<S>(),
                                1,
                                3,
                                3,
                                &target,
                                nullptr,
                                nullptr,
                                scores,
                                &loss,
                                nullptr};
  const elman_executor serial = elman_native()->serial();
  CHECK(elman_native()->cross_entropy(&job, &serial) == ELMAN_OK, "one row");
  return loss;
}

template <class S>
void check_extremes() {
  constexpr S infinity = std::numeric_limits<S>::infinity(),
              nan = std::numeric_limits<S>::quiet_NaN();
  CHECK(loss_of<S>(0, 1e4, -1e4) == 0, "certain");
  CHECK(loss_of<S>(1e4, 0, -infinity) == S(1e4), "hopeless");
  CHECK(loss_of<S>(0, -infinity, 0) == infinity, "impossible");
  for (S bad : {nan, infinity}) {
    CHECK(std::isnan(loss_of<S>(bad, 0, 0)) && std::isnan(loss_of<S>(0, 0, bad)), "no number");
  }
}

void check_refusals() {
  float number = 1;
  const int64_t target = 0;
  elman_cross_entropy job{sizeof(elman_cross_entropy),
                          ELMAN_FLOAT32,
                          1,
                          1,
                          1,
                          &target,
                          nullptr,
                          nullptr,
                          &number,
                          &number,
                          nullptr};
  const elman_executor serial = elman_native()->serial();
  job.stride = 0;
  CHECK(elman_native()->cross_entropy(&job, &serial) == ELMAN_BAD_ARGUMENT, "narrow rows");
  job.stride = 1, job.d_bias = &number;
  CHECK(elman_native()->cross_entropy(&job, &serial) == ELMAN_BAD_ARGUMENT, "no shares");
  job.d_bias = nullptr, job.element = 5;
  CHECK(elman_native()->cross_entropy(&job, &serial) == ELMAN_BAD_ARGUMENT, "no such type");
}

}  // namespace

int main() {
  with_each_set([](const std::string&) {
    check_sizes<float>();
    check_sizes<double>();
    check_extremes<float>();
    check_extremes<double>();
  });
  check_refusals();
}
