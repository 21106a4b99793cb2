# Layers that keep their parameters in an object, as programs for phones have them. Seen as what they
# are, they are fused and packed like all others.

def helper_clamp(x: Tensor, low: Optional[number], high: Optional[number]) -> Tensor:
    if low is None:
        return x if high is None else torch.clamp_max(x, high)
    if high is None:
        return torch.clamp_min(x, low)
    return torch.clamp(x, low, high)

def conv2d_clamp_run(X: Tensor, W_prepack: Any) -> Tensor:
    weight, bias, stride, padding, dilation, groups, low, high = ops.temper.packed_conv2d(W_prepack)
    return helper_clamp(torch.conv2d(X, weight, bias, stride, padding, dilation, groups), low, high)

def conv2d_transpose_clamp_run(X: Tensor, W_prepack: Any) -> Tensor:
    weight, bias, stride, padding, output_padding, dilation, groups, low, high = ops.temper.packed_conv_transpose2d(W_prepack)
    return helper_clamp(torch.conv_transpose2d(X, weight, bias, stride, padding, output_padding, groups, dilation), low, high)

def linear_clamp_run(X: Tensor, W_prepack: Any) -> Tensor:
    weight, bias, low, high = ops.temper.packed_linear(W_prepack)
    return helper_clamp(torch.linear(X, weight, bias), low, high)
