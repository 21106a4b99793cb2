# Convolutions under the names of PyTorch's own implementations.

def thnn_conv2d(self: Tensor, weight: Tensor, kernel_size: List[int], bias: Optional[Tensor]=None, stride: List[int]=[1, 1], padding: List[int]=[0, 0]) -> Tensor:
    return torch.conv2d(self, weight, bias, stride, padding)

def _slow_conv2d_forward(self: Tensor, weight: Tensor, kernel_size: List[int], bias: Optional[Tensor], stride: List[int], padding: List[int]) -> Tensor:
    return torch.conv2d(self, weight, bias, stride, padding)

def slow_conv3d(self: Tensor, weight: Tensor, kernel_size: List[int], bias: Optional[Tensor]=None, stride: List[int]=[1, 1, 1], padding: List[int]=[0, 0, 0]) -> Tensor:
    return torch.conv3d(self, weight, bias, stride, padding)

def slow_conv3d_forward(self: Tensor, weight: Tensor, kernel_size: List[int], bias: Optional[Tensor], stride: List[int], padding: List[int]) -> Tensor:
    return torch.conv3d(self, weight, bias, stride, padding)

def slow_conv_dilated2d(self: Tensor, weight: Tensor, kernel_size: List[int], bias: Optional[Tensor]=None, stride: List[int]=[1, 1], padding: List[int]=[0, 0], dilation: List[int]=[1, 1]) -> Tensor:
    return torch.conv2d(self, weight, bias, stride, padding, dilation)

def slow_conv_dilated3d(self: Tensor, weight: Tensor, kernel_size: List[int], bias: Optional[Tensor]=None, stride: List[int]=[1, 1, 1], padding: List[int]=[0, 0, 0], dilation: List[int]=[1, 1, 1]) -> Tensor:
    return torch.conv3d(self, weight, bias, stride, padding, dilation)

def slow_conv_transpose2d(self: Tensor, weight: Tensor, kernel_size: List[int], bias: Optional[Tensor]=None, stride: List[int]=[1, 1], padding: List[int]=[0, 0], output_padding: List[int]=[0, 0], dilation: List[int]=[1, 1]) -> Tensor:
    return torch.conv_transpose2d(self, weight, bias, stride, padding, output_padding, 1, dilation)

def slow_conv_transpose3d(self: Tensor, weight: Tensor, kernel_size: List[int], bias: Optional[Tensor]=None, stride: List[int]=[1, 1, 1], padding: List[int]=[0, 0, 0], output_padding: List[int]=[0, 0, 0], dilation: List[int]=[1, 1, 1]) -> Tensor:
    return torch.conv_transpose3d(self, weight, bias, stride, padding, output_padding, 1, dilation)

def _conv_depthwise2d(self: Tensor, weight: Tensor, kernel_size: List[int], bias: Optional[Tensor], stride: List[int], padding: List[int], dilation: List[int]) -> Tensor:
    return torch.conv2d(self, weight, bias, stride, padding, dilation, torch.size(self, -3))

def conv_depthwise3d(self: Tensor, weight: Tensor, kernel_size: List[int], bias: Optional[Tensor], stride: List[int], padding: List[int], dilation: List[int]) -> Tensor:
    return torch.conv3d(self, weight, bias, stride, padding, dilation, torch.size(self, -4))

def _nnpack_spatial_convolution(input: Tensor, weight: Tensor, bias: Optional[Tensor], padding: List[int], stride: List[int]=[1, 1]) -> Tensor:
    return torch.conv2d(input, weight, bias, stride, padding)

# Time, batch, channels.
def conv_tbc(self: Tensor, weight: Tensor, bias: Tensor, pad: int=0) -> Tensor:
    out = torch.conv1d(torch.permute(self, [1, 2, 0]), torch.permute(weight, [2, 1, 0]), bias, [1], [pad])
    return torch.permute(out, [2, 0, 1])
