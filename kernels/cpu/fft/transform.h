#pragma once
// The one door to the FFT library. Not synchronised: one Transform per thread.

#include <complex>
#include <cstdint>
#include <memory>

namespace temper {

// In-place complex transforms of one length after another; keeps twiddle factors between calls.
template <class T>
class Transform {
 public:
  Transform();
  ~Transform();
  // Unnormalized. forward: exponent -2*pi*i*j*k/n.
  void run(std::complex<T>* data, int64_t n, bool forward);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace temper
