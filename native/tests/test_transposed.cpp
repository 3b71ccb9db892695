// leftᵀ right agrees with its definition, whatever the sizes, strides and executors, and has the
// same bits for any number of threads.
#include "problem.hpp"

namespace {

template <class S>
struct Sizes {
  int64_t rows, left, right, gap;

  std::string name() const {
    std::string text;
    for (int64_t size : {rows, left, right, gap}) text += std::to_string(size) + " ";
    return text;
  }

  static constexpr S stood = 7;

  std::vector<S> product(const std::vector<S>& a, const std::vector<S>& b,
                         const elman_executor& executor, bool adds = false) const {
    std::vector<S> sums(size_t(left * right), stood);
    const elman_transposed product{sizeof(elman_transposed),
                                   element_of<S>(),
                                   rows,
                                   left,
                                   right,
                                   left + gap,
                                   right + gap,
                                   a.data(),
                                   b.data(),
                                   sums.data(),
                                   adds};
    CHECK(elman_native()->transposed(&product, &executor) == ELMAN_OK, name());
    return sums;
  }

  void check() const {
    Numbers numbers;
    const std::vector<S> a = numbers.vector<S>(rows * (left + gap) - gap, 1);
    const std::vector<S> b = numbers.vector<S>(rows * (right + gap) - gap, 1);
    const std::vector<S> sums = product(a, b, elman_native()->serial());
    const std::vector<S> added = product(a, b, elman_native()->serial(), true);
    for (int64_t i = 0; i < left; ++i) {
      for (int64_t j = 0; j < right; ++j) {
        double want = 0;
        for (int64_t k = 0; k < rows; ++k) {
          want +=
              double(a[size_t(k * (left + gap) + i)]) * double(b[size_t(k * (right + gap) + j)]);
        }
        const auto apart = [&](S found, double from) {
          return std::fabs(double(found) - from - want);
        };
        CHECK(apart(sums[size_t(i * right + j)], 0) <= tolerance<S>(rows, 1), name());
        CHECK(apart(added[size_t(i * right + j)], stood) <= tolerance<S>(rows, 1), name());
      }
    }
    CHECK(product(a, b, elman_native()->pool(3)) == sums, name());
  }
};

template <class S>
void check_sizes() {
  for (int64_t rows : {1, 2, 300}) {
    for (int64_t left : {1, 3, 17, 64}) {
      for (int64_t right : {1, 5, 33, 100}) Sizes<S>{rows, left, right, left % 2}.check();
    }
  }
  Sizes<S>{1100, 200, 70, 3}.check();  // more than is packed at once, of both, and several threads
}

void check_refusals() {
  float one = 1;
  elman_transposed product{
      sizeof(elman_transposed), ELMAN_FLOAT32, 1, 1, 1, 1, 1, &one, &one, &one, false};
  const elman_executor serial = elman_native()->serial();
  product.left_stride = 0;
  CHECK(elman_native()->transposed(&product, &serial) == ELMAN_BAD_ARGUMENT, "narrow rows");
  product.left_stride = 1, product.element = 5;
  CHECK(elman_native()->transposed(&product, &serial) == ELMAN_BAD_ARGUMENT, "no such type");
}

}  // namespace

int main() {
  with_each_set([](const std::string&) {
    check_sizes<float>();
    check_sizes<double>();
  });
  check_refusals();
}
