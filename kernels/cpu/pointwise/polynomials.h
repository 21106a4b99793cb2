#pragma once
// Orthogonal polynomials of degree n at x by their recurrences. Every one is 0 for negative
// degrees; closed forms stand in where the recurrence would lose digits.

#include <cmath>

#include "core/base/error.h"

namespace temper::polynomials {

// A recurrence is one multiplication a degree: longer ones would hold a worker for minutes.
inline constexpr double kMaxDegree = 1e7;

// The value of degree n from those of degrees 0 and 1; next(k, p, q) gives degree k + 1 from
// degrees k - 1 and k. Stops early when nothing but NaN can follow.
template <class T, class Next>
T recur(int64_t n, T first, T second, Next next) {
  if (n < 0) return T(0);
  if (n == 0) return first;
  T p = first, q = second;
  for (int64_t k = 1; k < n && q == q; ++k) {
    const T r = next(static_cast<T>(k), p, q);
    p = q;
    q = r;
  }
  return q;
}

template <class T>
int64_t degree_of(T n) {
  if (!(static_cast<double>(n) <= kMaxDegree)) {
    unimplemented("polynomials of degree ", static_cast<double>(n));
  }
  return static_cast<double>(n) <= -1 ? -1 : static_cast<int64_t>(n);
}

template <class T>
T alternate(int64_t n, T value) {
  return n % 2 == 0 ? value : -value;
}

template <class T>
T chebyshev_recurrence(T x, int64_t n, T second) {
  return recur(n, T(1), second, [x](T, T p, T q) { return (x + x) * q - p; });
}

template <class T>
T chebyshev_t(T x, T degree) {
  const int64_t n = degree_of(degree);
  if (n < 0) return T(0);
  if (std::fabs(x) == T(1)) return x > 0 ? T(1) : alternate(n, T(1));
  if (n > 6 && std::fabs(x) < T(1)) return std::cos(n * std::acos(x));
  return chebyshev_recurrence(x, n, x);
}

template <class T>
T chebyshev_u(T x, T degree) {
  const int64_t n = degree_of(degree);
  if (n < 0) return T(0);
  const T count = static_cast<T>(n + 1);
  if (std::fabs(x) == T(1)) return x > 0 ? count : alternate(n, count);
  if (n > 8 && std::fabs(x) < T(1)) {
    const T angle = std::acos(x), sine = std::sin(angle);
    return sine != T(0) ? std::sin(count * angle) / sine : count * std::cos(count * angle) / x;
  }
  return chebyshev_recurrence(x, n, x + x);
}

template <class T>
T chebyshev_v(T x, T degree) {
  const int64_t n = degree_of(degree);
  if (n < 0) return T(0);
  if (std::fabs(x) == T(1)) return x > 0 ? T(1) : alternate(n, static_cast<T>(n + n + 1));
  if (n > 8 && std::fabs(x) < T(1)) {
    const T angle = std::acos(x);
    if (std::sin(angle / 2) == T(1)) return alternate(n, static_cast<T>(n + n + 1));
    return std::cos((n + T(0.5)) * angle) / std::cos(angle / 2);
  }
  return chebyshev_recurrence(x, n, x + x - 1);
}

template <class T>
T chebyshev_w(T x, T degree) {
  const int64_t n = degree_of(degree);
  if (n < 0) return T(0);
  const T count = static_cast<T>(n + n + 1);
  if (std::fabs(x) == T(1)) return x > 0 ? count : alternate(n, T(1));
  if (n > 8 && std::fabs(x) < T(1)) {
    const T angle = std::acos(x);
    if (std::cos(angle / 2) == T(1)) return x > 0 ? count : alternate(n, T(1));
    return std::sin((n + T(0.5)) * angle) / std::sin(angle / 2);
  }
  return chebyshev_recurrence(x, n, x + x + 1);
}

// The same on [0, 1].
template <class T>
T shifted_chebyshev_t(T x, T degree) {
  return chebyshev_t(x + x - 1, degree);
}
template <class T>
T shifted_chebyshev_u(T x, T degree) {
  return chebyshev_u(x + x - 1, degree);
}
template <class T>
T shifted_chebyshev_v(T x, T degree) {
  return chebyshev_v(x + x - 1, degree);
}
template <class T>
T shifted_chebyshev_w(T x, T degree) {
  return chebyshev_w(x + x - 1, degree);
}

template <class T>
T hermite_h(T x, T degree) {
  return recur(degree_of(degree), T(1), x + x,
               [x](T k, T p, T q) { return (x + x) * q - (k + k) * p; });
}

template <class T>
T hermite_he(T x, T degree) {
  return recur(degree_of(degree), T(1), x, [x](T k, T p, T q) { return x * q - k * p; });
}

template <class T>
T laguerre_l(T x, T degree) {
  const int64_t n = degree_of(degree);
  if (n >= 0 && x == T(0)) return T(1);
  return recur(n, T(1), 1 - x,
               [x](T k, T p, T q) { return ((k + k + (1 - x)) * q - k * p) / (k + 1); });
}

template <class T>
T legendre_p(T x, T degree) {
  const int64_t n = degree_of(degree);
  if (n >= 0 && std::fabs(x) == T(1)) return x > 0 ? T(1) : alternate(n, T(1));
  return recur(n, T(1), x, [x](T k, T p, T q) { return ((k + k + 1) * x * q - k * p) / (k + 1); });
}

}  // namespace temper::polynomials
