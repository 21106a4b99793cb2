# Losses. reduction: 0 none, 1 mean, 2 sum.

def helper_reduce(x: Tensor, reduction: int) -> Tensor:
    if reduction == 1:
        return torch.mean(x)
    if reduction == 2:
        return torch.sum(x)
    return x

def mse_loss(self: Tensor, target: Tensor, reduction: int=1) -> Tensor:
    d = self - target
    return helper_reduce(d * d, reduction)

def l1_loss(self: Tensor, target: Tensor, reduction: int=1) -> Tensor:
    return helper_reduce(torch.abs(self - target), reduction)

def smooth_l1_loss(self: Tensor, target: Tensor, reduction: int=1, beta: float=1.) -> Tensor:
    if beta < 0.:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    d = torch.abs(self - target)
    if beta == 0.:
        return helper_reduce(d, reduction)
    return helper_reduce(torch.where(d < beta, d * d * 0.5 / beta, d - 0.5 * beta), reduction)

def huber_loss(self: Tensor, target: Tensor, reduction: int=1, delta: float=1.) -> Tensor:
    if delta <= 0.:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    d = torch.abs(self - target)
    return helper_reduce(torch.where(d <= delta, d * d * 0.5, (d - 0.5 * delta) * delta), reduction)

def soft_margin_loss(self: Tensor, target: Tensor, reduction: int=1) -> Tensor:
    return helper_reduce(torch.log(torch.exp(-self * target) + 1.), reduction)

def binary_cross_entropy(self: Tensor, target: Tensor, weight: Optional[Tensor]=None, reduction: int=1) -> Tensor:
    if not bool(torch.all(torch.logical_and(self >= 0, self <= 1))):
        raise RuntimeError("all elements of input should be between 0 and 1")
    x = torch.clamp_min(torch.log(self), -100.)
    y = torch.clamp_min(torch.log1p(-self), -100.)
    loss = (target - 1.) * y - target * x
    if weight is not None:
        loss = loss * weight
    return helper_reduce(loss, reduction)

def binary_cross_entropy_with_logits(self: Tensor, target: Tensor, weight: Optional[Tensor]=None, pos_weight: Optional[Tensor]=None, reduction: int=1) -> Tensor:
    high = torch.clamp_min(-self, 0)
    tail = torch.log_(torch.add_(torch.exp_(-high), torch.exp_(-self - high)))
    # The loss is the target's: what is added to it takes its dtype and fits its shape.
    loss = torch.mul_(1 - target, self)
    if pos_weight is not None:
        factor = torch.mul_((pos_weight - 1) * target + 1, tail + high)
        loss = torch.add_(loss, factor)
    else:
        loss = torch.add_(torch.add_(loss, high), tail)
    if weight is not None:
        loss = torch.mul_(loss, weight)
    return helper_reduce(loss, reduction)

def kl_div(self: Tensor, target: Tensor, reduction: int=1, *, log_target: bool=False) -> Tensor:
    if log_target:
        return helper_reduce(torch.exp(target) * (target - self), reduction)
    return helper_reduce(torch.xlogy(target, target) - target * self, reduction)

def poisson_nll_loss(input: Tensor, target: Tensor, log_input: bool, full: bool, eps: float, reduction: int) -> Tensor:
    if log_input:
        loss = torch.exp(input) - target * input
    else:
        loss = input - target * torch.log(input + eps)
    if full:
        stirling = target * torch.log(target) - target + 0.5 * torch.log(6.283185307179586 * target)
        loss = loss + torch.masked_fill(stirling, target <= 1, 0)
    return helper_reduce(loss, reduction)

def margin_ranking_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: float=0., reduction: int=1) -> Tensor:
    return helper_reduce(torch.clamp_min(-target * (input1 - input2) + margin, 0), reduction)

def hinge_embedding_loss(self: Tensor, target: Tensor, margin: float=1., reduction: int=1) -> Tensor:
    zero = torch.zeros_like(self)
    far = torch.where(target != 1, torch.clamp_min(margin - self, 0), zero)
    near = torch.where(target != -1, self, zero)
    return helper_reduce(far + near, reduction)

def cosine_embedding_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: float=0., reduction: int=1) -> Tensor:
    dim = 1 if torch.dim(target) == 1 else 0
    product = torch.sum(input1 * input2, [dim])
    first = torch.sum(input1 * input1, [dim]) + 1e-12
    second = torch.sum(input2 * input2, [dim]) + 1e-12
    cosine = product / torch.sqrt(first * second)
    zero = torch.zeros_like(cosine)
    near = torch.where(target == 1, 1 - cosine, zero)
    far = torch.where(target == -1, torch.clamp_min(cosine - margin, 0), zero)
    return helper_reduce(near + far, reduction)

def pairwise_distance(x1: Tensor, x2: Tensor, p: float=2., eps: float=1e-06, keepdim: bool=False) -> Tensor:
    dim = torch.dim(x1) if torch.dim(x1) > torch.dim(x2) else torch.dim(x2)
    return torch.norm(x1 - x2 + eps, p, [dim - 1], keepdim)

def triplet_margin_loss(anchor: Tensor, positive: Tensor, negative: Tensor, margin: float=1., p: float=2., eps: float=1e-06, swap: bool=False, reduction: int=1) -> Tensor:
    near = torch.pairwise_distance(anchor, positive, p, eps)
    far = torch.pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = torch.minimum(far, torch.pairwise_distance(positive, negative, p, eps))
    return helper_reduce(torch.clamp_min(margin + near - far, 0), reduction)

def cosine_similarity(x1: Tensor, x2: Tensor, dim: int=1, eps: float=1e-08) -> Tensor:
    dtype = torch.result_type(x1, x2)
    first, second = torch.to(x1, dtype), torch.to(x2, dtype)
    if dtype not in [5, 6, 7, 15]:
        raise RuntimeError("expected common dtype to be floating point, yet common dtype is " + helper_dtype_name(first))
    a, b = torch.broadcast_tensors([first, second])
    x = a / torch.clamp_min(torch.norm(a, 2, [dim], True), eps)
    y = b / torch.clamp_min(torch.norm(b, 2, [dim], True), eps)
    return torch.sum(x * y, [dim])

def helper_dtype_name(x: Tensor) -> str:
    names = ["Byte", "Char", "Short", "Int", "Long", "Half", "Float", "Double", "ComplexHalf", "ComplexFloat", "ComplexDouble", "Bool"]
    dtype = ops.prim.dtype(x)
    return names[dtype] if dtype < len(names) else "BFloat16"

def helper_check_labels(self: Tensor, target: Tensor) -> None:
    dims = torch.dim(self)
    if dims < 1:
        raise ValueError("Expected 1 or more dimensions (got 0)")
    batch = torch.size(target, 0) if torch.dim(target) > 0 else 1
    if dims != 1 and torch.size(self, 0) != batch:
        raise ValueError("Expected input batch_size ({}) to match target batch_size ({}).".format(torch.size(self, 0), batch))
    if dims <= 2:
        if torch.dim(target) > 1:
            raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
        if torch.dim(target) == 1 and torch.size(self, 0) != batch:
            raise RuntimeError("size mismatch (got input: {}, target: {})".format(torch.size(self), torch.size(target)))
    elif dims == 4:
        if torch.dim(target) != 3:
            raise RuntimeError("only batches of spatial targets supported (3D tensors) but got targets of dimension: {}".format(torch.dim(target)))
        if torch.size(self)[2:] != torch.size(target)[1:]:
            raise RuntimeError("size mismatch (got input: {} , target: {}".format(torch.size(self), torch.size(target)))
    elif torch.size(self)[2:] != torch.size(target)[1:]:
        raise RuntimeError("Expected target size {}, got {}".format([torch.size(self, 0)] + torch.size(self)[2:], torch.size(target)))
    if torch.is_floating_point(target):
        raise RuntimeError("expected scalar type Long but found " + helper_dtype_name(target))

def helper_check_class_weights(self: Tensor, weight: Tensor, name: str) -> None:
    classes = torch.size(self, 0 if torch.dim(self) == 1 else 1)
    if torch.dim(weight) != 1 or torch.numel(weight) != classes:
        raise RuntimeError("{}weight tensor should be defined either for all {} classes or no classes but got weight tensor of shape: {}".format(name, classes, torch.size(weight)))
    if ops.prim.dtype(weight) != ops.prim.dtype(self):
        raise RuntimeError("expected scalar type {} but found {}".format(helper_dtype_name(self), helper_dtype_name(weight)))

# Class scores [N, C, ...] and labels [N, ...] -> loss of every label, and its weight.
def helper_nll(self: Tensor, target: Tensor, weight: Optional[Tensor], ignore_index: int) -> Tuple[Tensor, Tensor]:
    keep = target != ignore_index
    safe = torch.where(keep, target, torch.zeros_like(target))
    classes = torch.size(self, 1)
    if torch.numel(safe) > 0:
        wrong = torch.logical_or(safe < 0, safe >= classes)
        if bool(torch.any(wrong)):
            raise IndexError("Target {} is out of bounds.".format(int(torch.masked_select(safe, wrong)[0])))
    picked = torch.squeeze(torch.gather(self, 1, torch.unsqueeze(safe, 1)), 1)
    w = torch.ones_like(picked)
    if weight is not None:
        w = torch.view(torch.index_select(weight, 0, torch.view(safe, [-1])), torch.size(safe))
    w = torch.where(keep, w, torch.zeros_like(w))
    return torch.where(keep, -picked * w, torch.zeros_like(picked)), w

def nll_loss_nd(self: Tensor, target: Tensor, weight: Optional[Tensor]=None, reduction: int=1, ignore_index: int=-100) -> Tensor:
    helper_check_labels(self, target)
    if weight is not None:
        helper_check_class_weights(self, weight, "")
    x = self
    y = target
    if torch.dim(self) == 1:
        x = torch.unsqueeze(self, 0)
        y = torch.unsqueeze(target, 0)
    loss, w = helper_nll(x, y, weight, ignore_index)
    if reduction == 1:
        return torch.sum(loss) / torch.sum(w)
    if reduction == 2:
        return torch.sum(loss)
    if torch.dim(self) == 1:
        return torch.squeeze(loss, 0)
    return loss

def nll_loss(self: Tensor, target: Tensor, weight: Optional[Tensor]=None, reduction: int=1, ignore_index: int=-100) -> Tensor:
    return torch.nll_loss_nd(self, target, weight, reduction, ignore_index)

def nll_loss2d(self: Tensor, target: Tensor, weight: Optional[Tensor]=None, reduction: int=1, ignore_index: int=-100) -> Tensor:
    return torch.nll_loss_nd(self, target, weight, reduction, ignore_index)

def cross_entropy_loss(self: Tensor, target: Tensor, weight: Optional[Tensor]=None, reduction: int=1, ignore_index: int=-100, label_smoothing: float=0.) -> Tensor:
    if label_smoothing < 0. or label_smoothing > 1.:
        raise RuntimeError("label_smoothing must be between 0.0 and 1.0. Got: {}".format(label_smoothing))
    dim = 0 if torch.dim(self) == 1 else 1
    scores = torch.log_softmax(self, dim)
    classes = torch.size(self, dim)
    shape = [1] * torch.dim(self)
    shape[dim] = classes
    if torch.size(self) == torch.size(target):
        if not torch.is_floating_point(target):
            raise RuntimeError("Expected floating point type for target with class probabilities, got " + helper_dtype_name(target))
        if weight is not None:
            helper_check_class_weights(self, weight, "cross_entropy: ")
        goal = target
        if label_smoothing > 0.:
            goal = target * (1. - label_smoothing) + label_smoothing / float(classes)
        each = scores * goal
        if weight is not None:
            each = each * torch.view(weight, shape)
        loss = -torch.sum(each, [dim])
        if reduction == 1:
            return torch.sum(loss) / (float(torch.numel(self)) / float(classes))
        return helper_reduce(loss, reduction)
    plain = torch.nll_loss_nd(scores, target, weight, reduction, ignore_index)
    if label_smoothing == 0.:
        return plain
    spread = scores
    if weight is not None:
        spread = scores * torch.view(weight, shape)
    smooth = -torch.sum(spread, [dim])
    keep = target != ignore_index
    smooth = torch.where(keep, smooth, torch.zeros_like(smooth))
    if reduction == 1:
        if weight is not None:
            safe = torch.where(keep, target, torch.zeros_like(target))
            w = torch.view(torch.index_select(weight, 0, torch.view(safe, [-1])), torch.size(safe))
            smooth = torch.sum(smooth) / torch.sum(torch.where(keep, w, torch.zeros_like(w)))
        else:
            smooth = torch.sum(smooth) / torch.sum(keep)
    elif reduction == 2:
        smooth = torch.sum(smooth)
    return plain * (1. - label_smoothing) + smooth * (label_smoothing / float(classes))

def multi_margin_loss(self: Tensor, target: Tensor, p: number=1, margin: number=1, weight: Optional[Tensor]=None, reduction: int=1) -> Tensor:
    x = self if torch.dim(self) == 2 else torch.reshape(self, [1, -1])
    y = torch.reshape(target, [-1])
    labels = torch.unsqueeze(y, 1)
    each = torch.clamp_min(torch.rsub(torch.gather(x, 1, labels), margin) + x, 0)
    each = torch.pow(each, p)
    if weight is not None:
        each = each * torch.unsqueeze(torch.index_select(weight, 0, y), 1)
    each = torch.scatter(each, 1, labels, 0)
    loss = torch.sum(each, [1]) / float(torch.size(x, 1))
    if reduction == 0 and torch.dim(self) < 2:
        return torch.squeeze(loss, 0)
    return helper_reduce(loss, reduction)

# The labels of a row stand before its first -1.
def multilabel_margin_loss_forward(self: Tensor, target: Tensor, reduction: int) -> Tuple[Tensor, Tensor]:
    if torch.size(self) != torch.size(target):
        raise RuntimeError("inconsistent target size: {} for input of size: {}".format(torch.size(target), torch.size(self)))
    x = self if torch.dim(self) == 2 else torch.reshape(self, [1, -1])
    y = torch.reshape(target, torch.size(x))
    classes = torch.size(x, 1)
    if bool(torch.any(torch.logical_or(y < -1, y >= classes))):
        raise RuntimeError("multilabel_margin_loss: a label is out of range")
    listed = torch.cumprod(y >= 0, 1) > 0
    labels = torch.where(listed, y, torch.full_like(y, classes))
    marked = torch.scatter(torch.zeros([torch.size(x, 0), classes + 1], dtype=ops.prim.dtype(x)), 1, labels, 1)
    marked = torch.narrow(marked, 1, 0, classes)
    scores = torch.gather(x, 1, torch.where(listed, y, torch.zeros_like(y)))
    each = torch.clamp_min(1 - torch.unsqueeze(scores, 2) + torch.unsqueeze(x, 1), 0)
    each = each * torch.unsqueeze(listed, 2) * torch.unsqueeze(1 - marked, 1)
    loss = torch.sum(each, [1, 2]) / float(classes)
    if reduction == 0 and torch.dim(self) < 2:
        loss = torch.squeeze(loss, 0)
    return helper_reduce(loss, reduction), torch.reshape(marked, torch.size(self))

def multilabel_margin_loss(self: Tensor, target: Tensor, reduction: int=1) -> Tensor:
    loss, _ = torch.multilabel_margin_loss_forward(self, target, reduction)
    return loss

def nll_loss_forward(self: Tensor, target: Tensor, weight: Optional[Tensor], reduction: int, ignore_index: int) -> Tuple[Tensor, Tensor]:
    x = torch.unsqueeze(self, 0) if torch.dim(self) == 1 else self
    y = torch.unsqueeze(target, 0) if torch.dim(self) == 1 else target
    _, used = helper_nll(x, y, weight, ignore_index)
    total = torch.sum(used) if reduction == 1 or reduction == 2 else torch.zeros([], dtype=ops.prim.dtype(self))
    return torch.nll_loss_nd(self, target, weight, reduction, ignore_index), total

def nll_loss2d_forward(self: Tensor, target: Tensor, weight: Optional[Tensor], reduction: int, ignore_index: int) -> Tuple[Tensor, Tensor]:
    return torch.nll_loss_forward(self, target, weight, reduction, ignore_index)
