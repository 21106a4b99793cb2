// Random numbers and what is made of them.
#include "kernels/cpu/random.h"
#include "kernels/cpu/distributions.h"
#include "kernels/ops/families.h"

namespace temper {

void add_random(OpRegistry& registry) {
  constexpr uint32_t kDraws = kNondeterministic;
  static constexpr OpRow kRows[] = {
      {"aten::rand", random::rand, kDraws},
      {"aten::rand.generator", random::rand_generator, kDraws},
      {"aten::randn", random::randn, kDraws},
      {"aten::randn.generator", random::randn_generator, kDraws},
      {"aten::randint", random::randint, kDraws},
      {"aten::randint.generator", random::randint_generator, kDraws},
      {"aten::randint.low", random::randint_low, kDraws},
      {"aten::randint.low_generator", random::randint_low_generator, kDraws},
      {"aten::randperm", random::randperm, kDraws},
      {"aten::randperm.generator", random::randperm_generator, kDraws},
      {"aten::rand_like", random::rand_like, kDraws},
      {"aten::randn_like", random::randn_like, kDraws},
      {"aten::randint_like", random::randint_like, kDraws},
      {"aten::randint_like.low_dtype", random::randint_like_low, kDraws},
      {"aten::uniform", random::uniform, kDraws},
      {"aten::uniform_", random::uniform_in_place, kDraws},
      {"aten::normal_", random::normal_in_place, kDraws},
      {"aten::normal_functional", random::normal_functional, kDraws},
      {"aten::normal.float_float", random::normal_size, kDraws},
      {"aten::normal.Tensor_float", random::normal_tensors, kDraws},
      {"aten::normal.float_Tensor", random::normal_tensors, kDraws},
      {"aten::normal.Tensor_Tensor", random::normal_tensors, kDraws},
      {"aten::bernoulli", random::bernoulli, kDraws},
      {"aten::bernoulli.p", random::bernoulli_p, kDraws},
      {"aten::bernoulli.Tensor", random::bernoulli_tensor, kDraws},
      {"aten::bernoulli_.float", random::bernoulli_in_place, kDraws},
      {"aten::bernoulli_.Tensor", random::bernoulli_tensor_in_place, kDraws},
      {"aten::exponential_", random::exponential_in_place, kDraws},
      {"aten::geometric_", random::geometric_in_place, kDraws},
      {"aten::cauchy_", random::cauchy_in_place, kDraws},
      {"aten::log_normal_", random::log_normal_in_place, kDraws},
      {"aten::random_", random::random_in_place, kDraws},
      {"aten::random_.to", random::random_to_in_place, kDraws},
      {"aten::random.from", random::random_from, kDraws},
      {"aten::random_.from", random::random_from_in_place, kDraws},
      {"aten::multinomial", random::multinomial, kDraws},
      {"aten::poisson", random::poisson, kDraws},
      {"aten::_standard_gamma", random::standard_gamma, kDraws},
      {"aten::_sample_dirichlet", random::sample_dirichlet, kDraws},
      {"aten::binomial", random::binomial, kDraws},
      {"aten::rrelu_with_noise", random::rrelu_with_noise, kSideEffect},
      {"aten::manual_seed", random::manual_seed, kSideEffect},
      {"aten::manual_seed.generator", random::manual_seed, kSideEffect},
      {"aten::Generator", random::make_generator, kDraws},
      {"aten::seed", random::seed_generator, kDraws},
      {"aten::initial_seed", random::initial_seed},
  };
  registry.add(kRows);
}

}  // namespace temper
