#include "kernels/cpu/fft/transform.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <unsupported/Eigen/FFT>
#include <vector>

#include "core/tensor/storage.h"

namespace temper {
namespace {

// From here on a stage of the library, which takes as many steps as the factor for each element,
// loses digits and time to the convolution of `Chirp`.
constexpr int64_t kLargestFactor = 100;

int64_t largest_factor(int64_t n) {
  int64_t largest = 1;
  for (int64_t p = 2; p * p <= n; ++p) {
    for (; n % p == 0; n /= p) largest = p;
  }
  return std::max(largest, n);
}

template <class T>
void transform_with(Eigen::FFT<T>& fft, std::complex<T>* out, const std::complex<T>* in, int64_t n,
                    bool forward) {
  if (forward) {
    fft.fwd(out, in, static_cast<Eigen::Index>(n));
  } else {
    fft.inv(out, in, static_cast<Eigen::Index>(n));
  }
}

// Bluestein's way for lengths with a large prime factor: with jk = (j^2 + k^2 - (k-j)^2) / 2 a
// transform is a convolution with a chirp, which has any length that is long enough. In double,
// because rounding errors of the three transforms add up.
class Chirp {
 public:
  Chirp() { fft_.SetFlag(Eigen::FFT<double>::Unscaled); }

  template <class T>
  void run(std::complex<T>* data, int64_t n, bool forward) {
    prepare(n);
    for (int64_t i = 0; i < n; ++i) line_[i] = turned(data[i], forward) * factors_[i];
    std::fill(line_.begin() + n, line_.end(), Complex128());
    const int64_t size = static_cast<int64_t>(line_.size());
    transform_with(fft_, image_.data(), line_.data(), size, true);
    for (int64_t i = 0; i < size; ++i) image_[i] *= kernel_[i];
    transform_with(fft_, line_.data(), image_.data(), size, false);
    for (int64_t i = 0; i < n; ++i) {
      data[i] = std::complex<T>(turned(line_[i] * factors_[i], forward));
    }
  }

 private:
  using Complex128 = std::complex<double>;

  // The inverse is the conjugate of the conjugate's transform.
  static Complex128 turned(Complex128 v, bool forward) { return forward ? v : std::conj(v); }

  void prepare(int64_t n) {
    if (static_cast<int64_t>(factors_.size()) == n) return;
    int64_t size = 1;
    while (size < 2 * n - 1) size *= 2;
    check_scratch(size, 3 * sizeof(Complex128));
    factors_.resize(n);
    line_.assign(size, Complex128());
    image_.resize(size);
    kernel_.resize(size);
    // exp(-pi*i*j^2/n); j^2 modulo 2n, which keeps the angle's digits.
    int64_t square = 0;
    for (int64_t j = 0; j < n; ++j) {
      factors_[j] = std::polar(1.0, -std::numbers::pi * static_cast<double>(square) / n);
      square = (square + 2 * j + 1) % (2 * n);
      line_[j] = std::conj(factors_[j]) / static_cast<double>(size);
      if (j > 0) line_[size - j] = line_[j];
    }
    transform_with(fft_, kernel_.data(), line_.data(), size, true);
  }

  Eigen::FFT<double> fft_;
  std::vector<Complex128> factors_, line_, image_, kernel_;
};

}  // namespace

template <class T>
struct Transform<T>::State {
  Eigen::FFT<T> fft;
  Chirp chirp;
  std::vector<std::complex<T>> scratch;
  int64_t length = 0;
  bool chirped = false;
};

template <class T>
Transform<T>::Transform() : state_(std::make_unique<State>()) {
  state_->fft.SetFlag(Eigen::FFT<T>::Unscaled);
}

template <class T>
Transform<T>::~Transform() = default;

template <class T>
void Transform<T>::run(std::complex<T>* data, int64_t n, bool forward) {
  if (n <= 1) return;
  if (n != state_->length) {
    state_->length = n;
    state_->chirped = largest_factor(n) > kLargestFactor;
  }
  if (state_->chirped) return state_->chirp.run(data, n, forward);
  state_->scratch.assign(data, data + n);
  transform_with(state_->fft, data, state_->scratch.data(), n, forward);
}

template class Transform<float>;
template class Transform<double>;

}  // namespace temper
