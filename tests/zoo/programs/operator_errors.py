"""How operators fail: shapes, dtypes and numbers that do not fit, one method for each expression."""
from typing import Dict, List

import torch

from tests.zoo.programs.agreed import methods
from tests.zoo.programs.define import add_case

INPUTS: Dict[str, torch.Tensor] = {
    "A": torch.ones(2, 3), "V": torch.ones(3), "L": torch.tensor([0, 5]), "I": torch.arange(6).view(2, 3),
    "B": torch.tensor([True, False, True]), "C": torch.ones(2, 3, dtype=torch.cfloat), "D": torch.ones(2, 3).double(),
    "Z": torch.zeros(0, 3), "K": torch.ones(1, 2, 4, 4)}

FAMILIES: Dict[str, List[str]] = {
    "products": [
        "A @ A", "A.mm(V)", "torch.mm(A, A)", "torch.bmm(A, A)", "torch.mv(A, A)", "torch.mv(A, V[:2])", "torch.dot(V, A)",
        "torch.dot(V, V[:2])", "torch.dot(V, V.double())", "A.matmul(torch.ones(4, 2))", "torch.addmm(A, A, A)", "A @ D.t()",
        "A.mm(I.t())", "F.linear(A, torch.ones(4, 2))", "F.linear(A, I)", "F.linear(A, A, torch.ones(5))",
        "F.linear(A, A, torch.ones(1))", "F.linear(A, A, torch.ones(2, 1))", "F.linear(A, A, torch.ones(2, 2))",
        "F.linear(A.unsqueeze(0), A, torch.ones(2, 2))", "F.linear(A, D, V[:2])", "F.linear(A, A, D[:, 0])",
        "F.linear(A, D, D[:, 0])", "A.unsqueeze(0).bmm(A)", "torch.bmm(A.unsqueeze(0), D.t().unsqueeze(0))",
        "torch.einsum('ij->k', A)", "torch.einsum('ijk->i', A)", "torch.einsum('i?->i', A)", "torch.outer(A, V)",
        "torch.cdist(A, torch.ones(2, 4))", "torch.cross(A, torch.ones(2, 4))", "torch.kron(A, A) + V[:2]"],
    "slopes and members": [
        "torch.prelu(I, I[0])", "torch.prelu(A, I[0])", "torch.prelu(A, D[0])", "torch.prelu(B, B)", "torch.prelu(I, V)",
        "torch.prelu(C, C[0])", "torch.prelu(A, V[:2])", "torch.prelu(A, V)", "torch.prelu(Z, V)", "torch.prelu(A, A)",
        "torch.prelu(V, V)", "torch.prelu(V, V[:1])", "torch.prelu(V[0], V)", "torch.prelu(V[0], V[0])",
        "torch.isin(B, B)", "torch.isin(B, A)", "torch.isin(I, B)", "torch.isin(C, C)", "torch.isin(A.to(torch.bfloat16), A)",
        "torch.isin(B, A[:0])", "torch.isin(Z > 0, A)", "torch.isin(I, A)", "torch.isin(A, V[:1])", "torch.isin(B, 1)",
        "torch.isin(1, B)", "torch.isin(C, 1)", "torch.isin(I, 1)", "torch.isin(2, I)"],
    "shapes": [
        "A.view(7)", "A.view(-1, 4)", "A.view(-1, -1)", "A.reshape(7)", "A.reshape(-1, 0)", "A.t().view(6)", "A.expand(4, 3)",
        "A.expand(3)", "A.expand(-1, 4)", "A.squeeze(3)", "A.unsqueeze(4)", "A.transpose(0, 2)", "A.permute(0)", "A.permute(0, 0)",
        "A.permute(0, 2)", "K.t()", "A.flatten(2)", "A.flatten(1, 0)", "A.repeat(2)", "A.chunk(0)", "A.split(-1)", "A.split([1, 2])",
        "A.split(0)", "A.unbind(2)", "A.narrow(0, 1, 5)", "A.select(0, 3)", "A.select(2, 0)", "A.unfold(0, 5, 1)", "A.unfold(0, 1, 0)",
        "A.view_as(V)", "A.expand_as(V)", "A.swapaxes(0, 3)", "torch.movedim(A, 0, 5)", "V.tril()", "V.triu()", "K.diag()",
        "torch.cat([A, V])", "torch.cat([A, torch.ones(2, 4)])", "torch.cat([A, A], 2)", "torch.stack([A, V])", "torch.stack([A, A], 4)",
        "torch.hstack([A, V])", "torch.vstack([A, torch.ones(2)])", "A + torch.ones(2, 4)", "A + torch.ones(4)", "A * torch.ones(2, 2)",
        "A + torch.ones(3, 2)", "A.add_(torch.ones(4, 2, 3))", "A.add_(torch.ones(2))", "A.copy_(torch.ones(4))", "A.fill_(V)",
        "torch.broadcast_to(A, [4, 3])", "torch.broadcast_tensors(A, torch.ones(4))", "torch.zeros(-1)", "torch.zeros([2, -3])",
        "torch.full([-1], 1)", "torch.zeros([9223372036854775807, 2])", "torch.empty([2], memory_format=torch.preserve_format)",
        "torch.empty_strided([2, 3], [-1, 2])", "torch.empty_strided([2, 3], [1])", "torch.range(5, 1)", "torch.range(1, 5, 0)",
        "torch.eye(-1)", "torch.arange(0, 5, -1)", "torch.arange(0, 5, 0)", "torch.linspace(0, 1, -1)", "torch.linspace(1e30, 2, 3, dtype=torch.int64)",
        "torch.linspace(300, 1, 3, dtype=torch.int8)",
        "torch.linspace(0, 1e300, 3)", "torch.full((2,), 1e39, dtype=torch.complex64)", "torch.celu(A, 0.0)", "torch.ops.aten.upsample_bilinear2d(A, [4], False)", "torch.ops.aten.upsample_nearest2d(torch.ones(1, 1, 2, 2, 2, 2), [2, 2])", "torch.ops.aten._upsample_bicubic2d_aa(torch.ones(1, 1, 2, 2, 2, 2), [2, 2, 2, 2], True)", "F.softshrink(A, -0.5)", "torch.celu_(A, 0)", "torch.full((2,), complex(1.0, -1e39), dtype=torch.complex64)", "torch.logspace(0, 1e300, 3)", "torch.randperm(-1)", "A.flip(2)", "A.roll(1, 5)", "A.rot90(1, [0])", "torch.repeat_interleave(A, -1)",
        "torch.tensor_split(A, 0)", "torch.tensor([[1, 2], [3]])", "torch.view_as_complex(A)", "torch.view_as_real(A)"],
    "places": [
        "A[2]", "A[-3]", "A[0, 3]", "A[0, 0, 0]", "A[L]", "A[B]", "A[torch.ones(3, 3) > 0]", "A[torch.tensor([0.5])]", "A[I]",
        "A.index_select(0, L)", "A.index_select(2, L)", "A.index_select(0, I)", "A.gather(0, L)", "A.gather(1, torch.tensor([[0], [7]]))",
        "A.gather(2, I)", "A.gather(0, A)", "A.scatter(0, I, 1.0)", "A.scatter(0, torch.tensor([[5]]), 1.0)",
        "A.scatter_add(0, torch.tensor([[5]]), A)", "A.masked_fill(I, 1.0)", "A.masked_fill(I > 2, V)", "A.masked_fill(A > 0, 1.0)",
        "A.masked_fill(I % 2, 1.0)", "A.masked_fill(I.to(torch.uint8) % 2, 1.0)", "A.masked_fill(torch.ones(3, 3) > 0, 1.0)",
        "A.masked_select(torch.ones(4) > 0)", "A.masked_select(I)", "A.masked_scatter(A > 0, torch.ones(2))", "A.take(torch.tensor([9]))",
        "A.index_fill(0, L, 1.0)", "A.index_put([L], A)", "torch.where(A > 0, A, torch.ones(4))", "torch.where(I, A, A)",
        "torch.where(A, A, A)", "torch.where(I.to(torch.uint8), A, A)", "torch.where(A > 0, A, D)", "F.embedding(torch.tensor([3]), A)",
        "F.embedding(torch.tensor([-1]), A)", "F.embedding(A, A)", "F.one_hot(torch.tensor([3]), 2)", "F.one_hot(torch.tensor([-1]))",
        "F.one_hot(A)", "A.scatter_(0, I.float(), A)", "A.index_select(0, torch.tensor(0.5))"],
    "numbers": [
        "A.item()", "int(A)", "float(A)", "bool(A)", "bool(Z)", "I.add_(1.5)", "I.div_(2)", "I.mul_(A)", "B.add_(1)", "A.mul_(C)",
        "B - B", "-B", "1 - B", "A - B", "B.sub(I)", "abs(B)", "B % B", "B // B", "~A", "A & A", "A ^ A", "A << 1", "torch.bitwise_and(A, 1)",
        "torch.bitwise_not(A)", "torch.gcd(A, A)", "torch.gcd(I, I)", "torch.pow(I, -1)", "I ** -1", "I ** 2", "A ** -1", "torch.pow(2, I)",
        "torch.div(I, 0)", "torch.floor_divide(I, 0)", "torch.remainder(I, 0)", "torch.div(A, A, rounding_mode='foo')", "torch.clamp(A)",
        "C > C", "C % 2", "torch.floor(C)", "C // 2", "torch.maximum(C, C)", "torch.relu(B)", "torch.relu(C)", "F.leaky_relu(I)", "F.elu(I)",
        "F.silu(I)", "F.hardtanh(B)", "F.softplus(I)", "torch.frac(I)", "torch.floor(B)", "torch.trunc(C)", "torch.sign(C)", "torch.sign(I)",
        "torch.erf(C)", "torch.lgamma(C)", "torch.logaddexp(I, I)", "torch.hypot(I, I)", "torch.nextafter(I, I)", "torch.igamma(I, I)",
        "torch.deg2rad(C)", "torch.xlogy(C, C)", "torch.positive(B)", "torch.exp2(C)", "torch.heaviside(C, C)", "B * B", "B + B", "B & B",
        "torch.isclose(A, A, rtol=-1.0)", "torch.isclose(A, A, atol=-1.0)", "torch.bernoulli(-A)", "torch.multinomial(A, 5)",
        "torch.normal(A, -A)", "torch.randint(5, 5, [2])", "torch.randint(5, 2, [2])", "torch.bincount(torch.tensor([-1]))"],
    "reductions": [
        "A.sum(2)", "A.sum([0, 0])", "A.mean(3)", "I.mean()", "B.mean()", "I.std()", "I.var()", "A.max(2)", "Z.max()", "Z.min(0)", "Z.argmax()",
        "Z.max(0)", "Z.argmin(0)", "Z.amax([0])", "torch.max(A, torch.ones(4))", "A.prod(4)", "A.cumsum(2)", "A.sort(2)", "A.topk(4)",
        "A.topk(1, 2)", "A.kthvalue(5)", "A.kthvalue(3, 0)", "A.median(2)", "Z.median(0)", "A.mode(3)", "A.argsort(2)", "torch.any(A, 2)",
        "torch.all(A, 2)", "torch.std(A, 2)", "torch.amax(A, [2])", "torch.count_nonzero(A, 2)", "torch.logsumexp(A, 2)", "F.softmax(A, 2)",
        "F.softmax(I, 0)", "F.softmax(I, 1)", "F.log_softmax(I, 1)", "F.softmax(B, 0)", "torch.quantile(A, 1.5)", "torch.quantile(I, 0.5)",
        "A.inverse()", "torch.ones(3, 3).inverse()", "torch.linalg.cholesky(torch.zeros(2, 2) - 1)", "torch.linalg.inv(torch.zeros(2, 2))",
        "torch.det(A)", "torch.linalg.qr(V)", "torch.linalg.eigh(A)"],
    "sizes": [
        "torch.arange(1e30, 2e30, 1e30, dtype=torch.int64)", "torch.arange(0, 1e30, 1e29, dtype=torch.int32)",
        "torch.arange(0, 10, float('nan'), dtype=torch.int32)", "torch.arange(0., 10., float('nan'))",
        "torch.arange(0., 10., float('inf'))", "torch.logspace(0, 300, 3, dtype=torch.int64)",
        "torch.linspace(-9e18, 9e18, 3, dtype=torch.int64)", "A.tensor_split(7, 0)", "A.split(5)", "Z.split(4)", "Z.chunk(3)",
        "Z.tensor_split(3)", "A.chunk(9, 1)", "A.unbind(1)", "torch.expm1(A * float('nan'))",
        "F.pad(K, [3, 3, 4, 4], mode='reflect')", "F.pad(K, [1, 1, 1, 1], mode='replicate')"],
    "solvers": [
        "torch.triangular_solve(V, A)", "torch.triangular_solve(A.t(), V)", "torch.triangular_solve(A, torch.eye(2).double())",
        "torch.triangular_solve(A.t(), torch.eye(2))", "torch.triangular_solve(A, A)", "torch.cholesky_solve(A, torch.eye(2).double())",
        "torch.cholesky_solve(A.t(), torch.eye(2))", "torch.cholesky_solve(A, A)", "torch.cholesky_solve(V, torch.eye(3))",
        "torch.cholesky_solve(A.t(), V)", "torch.linalg.solve_triangular(torch.eye(3), D.t(), upper=True)",
        "torch.linalg.solve_triangular(torch.eye(3), V, upper=True)", "torch.linalg.solve_triangular(V, A.t(), upper=True)",
        "torch.linalg.solve_triangular(A, A.t(), upper=True)", "torch.lu_solve(A.t(), torch.eye(3), V)",
        "torch.lu_solve(A.t(), torch.eye(3), torch.ones(2, dtype=torch.int32))", "torch.lu_solve(V, torch.eye(3), torch.ones(3, dtype=torch.int32))",
        "torch.lu_solve(D.t(), torch.eye(3), torch.ones(3, dtype=torch.int32))", "torch.lu_solve(A, torch.eye(3), torch.ones(3, dtype=torch.int32))",
        "torch.lu_solve(A.t(), torch.eye(3), torch.zeros(3, dtype=torch.int32))",
        "torch.lu_solve(A.t(), torch.eye(3), torch.ones(1, 3, dtype=torch.int32))", "torch.lu_unpack(torch.eye(3), V)",
        "torch.lu_unpack(torch.eye(3), torch.ones(3, dtype=torch.int32) * 7)", "torch.lu_unpack(V, torch.ones(3, dtype=torch.int32))",
        "torch.linalg.ldl_solve(torch.eye(3), torch.ones(3, dtype=torch.int32), D.t())", "torch.linalg.ldl_solve(torch.eye(3), V, A.t())",
        "torch.linalg.ldl_solve(torch.eye(3), torch.ones(3, dtype=torch.int32), A)",
        "torch.linalg.ldl_solve(torch.eye(3), torch.ones(1, 3, dtype=torch.int32), A.t())", "torch.linalg.householder_product(A.t(), V[:2].double())",
        "torch.linalg.householder_product(A.t(), A)", "torch.linalg.householder_product(V, V)", "torch.ormqr(A.t(), D[0, :2], A.t())",
        "torch.ormqr(A.t(), V[:2], D.t())", "torch.linalg.svdvals(A * float('nan'))", "torch.linalg.svdvals(torch.diag(V * float('inf')))",
        "torch.linalg.eig(torch.diag(V * float('inf')))", "torch.linalg.eig(torch.diag(V * float('nan')))", "torch.linalg.solve(torch.eye(3), V.sum())"],
    "layers": [
        "F.conv2d(K, torch.ones(3, 3, 2, 2))", "F.conv2d(K, torch.ones(3, 2, 5, 5))", "F.conv2d(A, torch.ones(3, 2, 2, 2))",
        "F.conv2d(K, torch.ones(3, 2, 2, 2), torch.ones(4))", "F.conv2d(K, torch.ones(3, 2, 2, 2), stride=0)",
        "F.conv2d(K, torch.ones(3, 2, 2, 2), padding=-1)", "F.conv2d(K, torch.ones(4, 1, 2, 2), groups=3)",
        "F.conv2d(K, torch.ones(3, 2, 2, 2), groups=0)", "F.conv2d(K, torch.ones(3, 2, 2, 2), dilation=0)",
        "F.conv2d(K.double(), torch.ones(3, 2, 2, 2))", "F.conv2d(K.long(), torch.ones(3, 2, 2, 2))",
        "F.conv2d(K, torch.ones(3, 2, 2, 2), D[0])", "F.conv1d(K, torch.ones(3, 2, 2))", "F.conv1d(K[0], torch.ones(3, 4, 9))",
        "F.conv_transpose2d(K, torch.ones(3, 2, 2, 2))", "F.max_pool2d(K, 5)", "F.max_pool2d(K, 2, padding=2)", "F.avg_pool2d(K, 6)",
        "F.adaptive_avg_pool2d(V, [2, 2])", "F.batch_norm(K, torch.ones(3), torch.ones(3))", "F.batch_norm(K, torch.ones(2), torch.ones(3))",
        "F.batch_norm(K, torch.ones(2), torch.ones(2), torch.ones(5))", "F.batch_norm(K, torch.ones(2), torch.ones(2), None, torch.ones(5))",
        "F.batch_norm(A[:1], None, None, training=True)", "F.layer_norm(A, [2])", "F.layer_norm(A, [2, 2])", "F.layer_norm(A, [3], torch.ones(2))",
        "F.layer_norm(A, [3], V, torch.ones(2))", "F.layer_norm(A, [3], torch.ones(1, 3))", "F.layer_norm(I, [3])", "F.group_norm(K, 3)",
        "F.group_norm(K, 2, torch.ones(3))", "F.instance_norm(V)", "F.pad(A, [1])", "F.pad(A, [1, 1], mode='reflect')",
        "F.pad(A, [1, 1, 1, 1, 1, 1])", "F.interpolate(A, scale_factor=2.0)", "F.interpolate(K, size=[2])", "F.interpolate(K)",
        "F.interpolate(K, size=[8, 8], mode='linear')", "F.interpolate(K, size=[8, 8], mode='foo')", "F.grid_sample(K, torch.zeros(2, 2, 2, 2))",
        "F.dropout(A, 1.5)", "F.glu(V)", "F.prelu(A, torch.ones(2))", "F.normalize(A, dim=3)", "F.gumbel_softmax(A, 1.0, dim=4)",
        "F.cross_entropy(A, torch.tensor([0, 7]))", "F.cross_entropy(A, torch.tensor([0]))", "F.cross_entropy(A, V[:2])", "F.cross_entropy(A, I)",
        "F.cross_entropy(A, A, label_smoothing=2.0)", "F.cross_entropy(A, A, torch.ones(2))", "F.nll_loss(A, torch.tensor([0, 3]))",
        "F.nll_loss(A, torch.tensor([[0, 3]]))", "F.nll_loss(A, torch.tensor([[0, 1], [0, 1]]))", "F.nll_loss(V, torch.tensor([1, 1]))",
        "F.nll_loss(A, torch.tensor([0, 1]), torch.ones(2))", "F.nll_loss(A, torch.tensor([0, 1]), V.double())",
        "F.nll_loss(K, torch.zeros(1, 4, 4).long() + 2)", "F.nll_loss(K, torch.zeros(1, 3, 4).long())", "F.nll_loss(K, torch.zeros(1, 4).long())",
        "F.mse_loss(A, torch.ones(4))", "F.binary_cross_entropy(A * 2, A)", "F.binary_cross_entropy(A, V)",
        "F.binary_cross_entropy_with_logits(A, V)"],
}


for each in FAMILIES:
    add_case(f"errors_of_{each}", lambda family=each: methods(INPUTS, FAMILIES[family]), __file__)
