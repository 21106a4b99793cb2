# Dropout: the identity outside of training. Nothing is drawn where all is dropped.

def helper_keep(input: Tensor, p: float, shape: List[int]) -> Tensor:
    if p < 0. or p > 1.:
        raise RuntimeError("dropout probability has to be between 0 and 1, but got {}".format(p))
    noise = torch.new_empty(input, shape)
    return torch.bernoulli_(noise, 1. - p)

# One draw per feature: [N, C, 1, ...].
def helper_feature_shape(input: Tensor) -> List[int]:
    if torch.dim(input) < 2:
        raise RuntimeError("Feature dropout requires at least 2 dimensions in the input")
    shape = [1] * torch.dim(input)
    shape[0] = torch.size(input, 0)
    shape[1] = torch.size(input, 1)
    return shape

def helper_scaled(input: Tensor, keep: Tensor, p: float) -> Tensor:
    if p == 1.:
        return input * 0
    return input * (keep / (1. - p))

def helper_alpha(input: Tensor, keep: Tensor, p: float) -> Tensor:
    alpha = 1.7580993408473766
    a = 1. / torch.sqrt((alpha * alpha * p + 1.) * (1. - p))
    shift = (keep - 1.) * (alpha * a) + alpha * a * p
    return input * (keep * a) + shift

def dropout(input: Tensor, p: float, train: bool) -> Tensor:
    if p < 0. or p > 1.:
        raise RuntimeError("dropout probability has to be between 0 and 1, but got {}".format(p))
    if p == 0. or not train or torch.numel(input) == 0:
        return input
    if p == 1.:
        return input * 0
    return helper_scaled(input, helper_keep(input, p, torch.size(input)), p)

def native_dropout(input: Tensor, p: float, train: Optional[bool]) -> Tuple[Tensor, Tensor]:
    training = True
    if train is not None:
        training = train
    if not training or torch.numel(input) == 0:
        return torch.clone(input), torch.ones_like(input, dtype=11)
    keep = torch.bernoulli_(torch.empty_like(input), 1. - p)
    return helper_scaled(input, keep, p), torch.to(keep, 11)

def _masked_scale(self: Tensor, mask: Tensor, scale: float) -> Tensor:
    return self * mask * scale

def feature_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    if p == 0. or not train or torch.numel(input) == 0:
        return input
    if p == 1.:
        return input * 0
    return helper_scaled(input, helper_keep(input, p, helper_feature_shape(input)), p)

def alpha_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    if p == 0. or not train or torch.numel(input) == 0:
        return input
    if p == 1.:
        return input * 0
    return helper_alpha(input, helper_keep(input, p, torch.size(input)), p)

def feature_alpha_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    if p == 0. or not train or torch.numel(input) == 0:
        return input
    if p == 1.:
        return input * 0
    return helper_alpha(input, helper_keep(input, p, helper_feature_shape(input)), p)
