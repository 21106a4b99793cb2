#pragma once

#include <complex>

namespace temper {

// The plain formula: zero and infinite divisors give NaN, as in the reference.
inline std::complex<double> divide(std::complex<double> a, std::complex<double> b) {
  const double norm = b.real() * b.real() + b.imag() * b.imag();
  return {(a.real() * b.real() + a.imag() * b.imag()) / norm,
          (a.imag() * b.real() - a.real() * b.imag()) / norm};
}

}  // namespace temper
