#include "kernels/cpu/fft/transform.h"

#include <unsupported/Eigen/FFT>
#include <vector>

namespace temper {

template <class T>
struct Transform<T>::State {
  Eigen::FFT<T> fft;
  std::vector<std::complex<T>> scratch;
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
  state_->scratch.assign(data, data + n);
  if (forward) {
    state_->fft.fwd(data, state_->scratch.data(), static_cast<Eigen::Index>(n));
  } else {
    state_->fft.inv(data, state_->scratch.data(), static_cast<Eigen::Index>(n));
  }
}

template class Transform<float>;
template class Transform<double>;

}  // namespace temper
