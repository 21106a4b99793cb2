# Histograms over even or given bins.

# Edges of evenly wide bins over the given or the seen range of every column.
def helper_bin_edges(x: Tensor, bins: List[int], range: Optional[List[float]]) -> List[Tensor]:
    edges: List[Tensor] = []
    if range is not None:
        if len(range) != 2 * len(bins):
            raise RuntimeError("torch.histogramdd: for a {}-dimensional histogram range should have {} elements, but got {}".format(len(bins), 2 * len(bins), len(range)))
    for i, count in enumerate(bins):
        if count <= 0:
            raise RuntimeError("torch.histogram(): bins must be > 0, but got {} for dimension {}".format(count, i))
        low = 0.
        high = 1.
        if range is not None:
            low = range[2 * i]
            high = range[2 * i + 1]
        elif torch.numel(x) > 0:
            column = torch.select(x, 1, i)
            low = float(torch.min(column))
            high = float(torch.max(column))
        if not torch.isfinite(low) or not torch.isfinite(high):
            raise RuntimeError("torch.histogramdd: dimension {}'s range [{}, {}] is not finite".format(i, low, high))
        if low > high:
            raise RuntimeError("torch.histogramdd: min should not exceed max, but got min {} max {} for dimension {}".format(low, high, i))
        if low == high:
            low = low - 0.5
            high = high + 0.5
        edges.append(torch.linspace(low, high, count + 1, dtype=ops.prim.dtype(x)))
    return edges

def helper_columns(self: Tensor, dims: int) -> Tensor:
    if torch.dim(self) < 2:
        raise RuntimeError("torch.histogramdd: input tensor should have at least 2 dimensions, but got {}".format(torch.dim(self)))
    if torch.size(self, -1) != dims:
        raise RuntimeError("torch.histogramdd: expected {} sequences of bin edges for a {}-dimensional histogram but got {}".format(torch.size(self, -1), torch.size(self, -1), dims))
    return torch.reshape(self, [-1, dims])

# Every bin but the last one lacks its upper edge.
def helper_histogram(x: Tensor, edges: List[Tensor], weight: Optional[Tensor], density: bool) -> Tensor:
    dtype = ops.prim.dtype(x)
    place = torch.zeros([torch.size(x, 0)], dtype=4)
    inside = torch.ones([torch.size(x, 0)], dtype=11)
    shape: List[int] = []
    total = 1
    for i, edge in enumerate(edges):
        if torch.dim(edge) != 1:
            raise RuntimeError("torch.histogramdd: bins tensor should have one dimension, but got {} dimensions in the bins tensor for dimension {}".format(torch.dim(edge), i))
        if torch.numel(edge) == 0:
            raise RuntimeError("torch.histogramdd: bins tensor should have at least 1 element, but got 0 elements in the bins tensor for dimension {}".format(i))
        if torch.numel(edge) == 1:
            raise RuntimeError("torch.histogram(): bins must be > 0, but got 0 for dimension {}".format(i))
        if ops.prim.dtype(edge) != dtype:
            raise RuntimeError("torch.histogramdd: input tensor and bins tensors should have the same dtype")
        count = torch.numel(edge) - 1
        column = torch.contiguous(torch.select(x, 1, i))
        last = torch.select(edge, 0, count)
        inside = torch.logical_and(inside, torch.logical_and(column >= torch.select(edge, 0, 0), column <= last))
        bin = torch.searchsorted(edge, column, right=True) - 1
        bin = torch.clamp(torch.where(column == last, torch.full_like(bin, count - 1), bin), 0, count - 1)
        place = place * count + bin
        shape.append(count)
        total = total * count
    amounts = torch.ones([torch.size(x, 0)], dtype=dtype)
    if weight is not None:
        if torch.numel(weight) != torch.size(x, 0):
            raise RuntimeError("torch.histogramdd: if weight tensor is provided it should have the same shape as the input tensor excluding its innermost dimension")
        if ops.prim.dtype(weight) != dtype:
            raise RuntimeError("torch.histogramdd: if weight tensor is provided, input tensor and weight tensor should have the same dtype")
        amounts = torch.reshape(weight, [-1])
    amounts = torch.where(inside, amounts, torch.zeros_like(amounts))
    place = torch.where(inside, place, torch.zeros_like(place))
    hist = torch.zeros([total], dtype=dtype)
    if total > 0:
        hist = torch.scatter_add(hist, 0, place, amounts)
    hist = torch.reshape(hist, shape)
    if density:
        hist = hist / torch.sum(hist)
        for i, edge in enumerate(edges):
            widths = [1] * len(edges)
            widths[i] = shape[i]
            hist = hist / torch.reshape(torch.diff(edge), widths)
    return hist

def histogramdd(self: Tensor, bins: List[int], range: Optional[List[float]]=None, weight: Optional[Tensor]=None, density: bool=False) -> Tuple[Tensor, List[Tensor]]:
    x = helper_columns(self, len(bins))
    edges = helper_bin_edges(x, bins, range)
    return helper_histogram(x, edges, weight, density), edges

def histogramdd__int_bins(self: Tensor, bins: int, range: Optional[List[float]]=None, weight: Optional[Tensor]=None, density: bool=False) -> Tuple[Tensor, List[Tensor]]:
    return torch.histogramdd(self, [bins] * torch.size(self, -1), range, weight, density)

def histogramdd__TensorList_bins(self: Tensor, bins: List[Tensor], range: Optional[List[float]]=None, weight: Optional[Tensor]=None, density: bool=False) -> Tuple[Tensor, List[Tensor]]:
    return helper_histogram(helper_columns(self, len(bins)), bins, weight, density), bins

def _histogramdd_bin_edges(self: Tensor, bins: List[int], *, range: Optional[List[float]]=None, weight: Optional[Tensor]=None, density: bool=False) -> List[Tensor]:
    return helper_bin_edges(helper_columns(self, len(bins)), bins, range)

def _histogramdd_from_bin_cts(self: Tensor, bins: List[int], *, range: Optional[List[float]]=None, weight: Optional[Tensor]=None, density: bool=False) -> Tensor:
    x = helper_columns(self, len(bins))
    return helper_histogram(x, helper_bin_edges(x, bins, range), weight, density)

def _histogramdd_from_bin_tensors(self: Tensor, bins: List[Tensor], *, weight: Optional[Tensor]=None, density: bool=False) -> Tensor:
    return helper_histogram(helper_columns(self, len(bins)), bins, weight, density)

def histogram__bins_tensor(self: Tensor, bins: Tensor, *, weight: Optional[Tensor]=None, density: bool=False) -> Tuple[Tensor, Tensor]:
    return helper_histogram(torch.reshape(self, [-1, 1]), [bins], weight, density), torch.clone(bins, memory_format=0)

def histogram__bin_ct(self: Tensor, bins: int=100, *, range: Optional[List[float]]=None, weight: Optional[Tensor]=None, density: bool=False) -> Tuple[Tensor, Tensor]:
    x = torch.reshape(self, [-1, 1])
    edges = helper_bin_edges(x, [bins], range)
    return helper_histogram(x, edges, weight, density), edges[0]
