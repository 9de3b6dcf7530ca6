"""Small networks of well-known designs, built in PyTorch with random weights: what users bring, made small.

Each is (module, shape of one input without the batch). The designs are those of the named papers, shrunk.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any


def networks(torch: ModuleType) -> dict[str, Callable[[], tuple[Any, tuple[int, ...]]]]:
    """The networks by name; each call builds one with the same weights."""
    nn, F = torch.nn, torch.nn.functional

    class Residual(nn.Module):
        """ResNet: 3x3 convolutions, batch norm, identity and projected skips, global average pooling."""

        def __init__(self) -> None:
            super().__init__()
            self.stem = nn.Sequential(
                nn.Conv2d(3, 8, 7, 2, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(3, 2, 1)
            )
            self.conv1, self.bn1 = nn.Conv2d(8, 16, 3, 2, 1, bias=False), nn.BatchNorm2d(16)
            self.conv2, self.bn2 = nn.Conv2d(16, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
            self.down = nn.Sequential(nn.Conv2d(8, 16, 1, 2, bias=False), nn.BatchNorm2d(16))
            self.fc = nn.Linear(16, 10)

        def forward(self, x: Any) -> Any:
            x = self.stem(x)
            y = F.relu(self.bn1(self.conv1(x)))
            x = F.relu(self.bn2(self.conv2(y)) + self.down(x))
            return self.fc(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))

    class UNet(nn.Module):
        """U-Net: encoder, transposed convolution up, skip by concatenation, bilinear up-sampling."""

        def __init__(self) -> None:
            super().__init__()
            self.a, self.b, self.c = (
                nn.Conv2d(1, 6, 3, padding=1),
                nn.Conv2d(6, 12, 3, padding=1),
                nn.Conv2d(12, 12, 3, padding=1),
            )
            self.up = nn.ConvTranspose2d(12, 6, 3, 2, 1, output_padding=1)
            self.d, self.out = nn.Conv2d(12, 6, 3, padding=1), nn.Conv2d(6, 2, 1)

        def forward(self, x: Any) -> Any:
            a = F.relu(self.a(x))
            c = F.relu(self.c(F.relu(self.b(F.max_pool2d(a, 2)))))
            d = F.leaky_relu(self.d(torch.cat([a, self.up(c)], 1)), 0.1)
            return torch.sigmoid(F.interpolate(self.out(d), scale_factor=2, mode="bilinear", align_corners=False))

    class Inception(nn.Module):
        """Branches of 1x1, 3x3, 5x5 and pooling, concatenated; local response norm; softmax."""

        def __init__(self) -> None:
            super().__init__()
            self.a, self.b, self.c = nn.Conv2d(3, 4, 1), nn.Conv2d(3, 6, 3, padding=1), nn.Conv2d(3, 5, 5, padding=2)
            self.d, self.norm, self.fc = nn.Conv2d(3, 2, 1), nn.LocalResponseNorm(5), nn.Linear(17 * 4 * 4, 7)

        def forward(self, x: Any) -> Any:
            pooled = self.d(F.max_pool2d(x, 3, 1, 1))
            y = self.norm(F.relu(torch.cat([self.a(x), self.b(x), self.c(x), pooled], 1)))
            y = F.avg_pool2d(y, 3, 2, ceil_mode=True, count_include_pad=False)
            return F.softmax(self.fc(y.view(y.size(0), -1)), dim=1)

    class Mobile(nn.Module):
        """MobileNetV3: depthwise and dilated convolutions, squeeze-and-excitation, hard swish."""

        def __init__(self) -> None:
            super().__init__()
            self.expand, self.deep = nn.Conv2d(4, 16, 1), nn.Conv2d(16, 16, 5, 2, 4, dilation=2, groups=16)
            self.squeeze, self.excite, self.project = nn.Conv2d(16, 4, 1), nn.Conv2d(4, 16, 1), nn.Conv2d(16, 8, 1)
            self.act = nn.Hardswish()

        def forward(self, x: Any) -> Any:
            y = self.act(self.deep(self.act(self.expand(x))))
            gate = F.hardsigmoid(self.excite(F.relu(self.squeeze(y.mean((2, 3), keepdim=True)))))
            return self.project(y * gate)

    class Shuffle(nn.Module):
        """ShuffleNet and ESPCN: grouped convolutions, channels shuffled by reshape and transpose, depth to space."""

        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = nn.Conv2d(6, 12, 1, groups=3), nn.Conv2d(12, 8, 3, padding=1, groups=4)
            self.act = nn.PReLU(12)

        def forward(self, x: Any) -> Any:
            n, _, h, w = x.shape
            y = self.act(self.a(x)).view(n, 3, 4, h, w).transpose(1, 2).reshape(n, 12, h, w)
            return F.pixel_shuffle(self.b(y), 2)

    class Wave(nn.Module):
        """WaveNet: dilated causal 1-D convolutions with gates and skips."""

        def __init__(self) -> None:
            super().__init__()
            self.front = nn.Conv1d(3, 8, 1)
            self.filters = nn.ModuleList(nn.Conv1d(8, 8, 2, dilation=d) for d in (1, 2, 4))
            self.gates = nn.ModuleList(nn.Conv1d(8, 8, 2, dilation=d) for d in (1, 2, 4))

        def forward(self, x: Any) -> Any:
            x = self.front(x)
            skip = 0
            for d, f, g in zip((1, 2, 4), self.filters, self.gates, strict=True):
                padded = F.pad(x, (d, 0))
                y = torch.tanh(f(padded)) * torch.sigmoid(g(padded))
                skip = skip + y
                x = x + y
            return F.elu(skip)

    class Volume(nn.Module):
        """A 3-D network: strided, grouped, transposed, group and instance norm."""

        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = nn.Conv3d(1, 4, 3, (1, 2, 2), 1), nn.Conv3d(4, 8, (1, 3, 3), padding=(0, 1, 1), groups=2)
            self.n1, self.n2 = nn.GroupNorm(2, 4), nn.InstanceNorm3d(8, affine=True)
            self.up = nn.ConvTranspose3d(8, 2, 2, 2)

        def forward(self, x: Any) -> Any:
            return self.up(F.silu(self.n2(self.b(F.gelu(self.n1(self.a(x)))))))

    class Next(nn.Module):
        """ConvNeXt and attention: layer norm over channels, GELU, heads by reshape, scaled dot product."""

        def __init__(self) -> None:
            super().__init__()
            self.patch, self.deep = nn.Conv2d(3, 8, 4, 4), nn.Conv2d(8, 8, 7, padding=3, groups=8)
            self.norm, self.qkv, self.out = nn.LayerNorm(8), nn.Linear(8, 24), nn.Linear(8, 5)

        def forward(self, x: Any) -> Any:
            x = self.patch(x)
            tokens = self.norm((x + self.deep(x)).permute(0, 2, 3, 1)).flatten(1, 2)
            n, length, _ = tokens.shape
            q, k, v = self.qkv(tokens).view(n, length, 3, 2, 4).permute(2, 0, 3, 1, 4)
            mixed = torch.softmax(q @ k.transpose(-1, -2) / 2.0, -1) @ v
            return self.out(mixed.transpose(1, 2).reshape(n, length, 8).mean(1))

    class ConvNext(nn.Module):
        """A ConvNeXt block: depthwise, layer norm and dense layers with channels last, scale, skip, convolution."""

        def __init__(self) -> None:
            super().__init__()
            self.deep, self.norm = nn.Conv2d(12, 12, 7, padding=3, groups=12), nn.LayerNorm(12)
            self.up, self.down, self.scale = nn.Linear(12, 20), nn.Linear(20, 12), nn.Parameter(torch.rand(12))
            self.out = nn.Conv2d(12, 7, 3, 2, 1)

        def forward(self, x: Any) -> Any:
            y = self.norm(self.deep(x).permute(0, 2, 3, 1))
            y = self.scale * self.down(F.gelu(self.up(y)))
            return self.out(x + y.permute(0, 3, 1, 2))

    class Attention(nn.Module):
        """A vision transformer's block: patches, places, heads, layer norms, tanh GELU, mean of tokens."""

        def __init__(self) -> None:
            super().__init__()
            self.patch, self.place = nn.Conv2d(3, 24, 4, 4), nn.Parameter(torch.randn(1, 20, 24))
            self.norm1, self.norm2, self.head = nn.LayerNorm(24), nn.LayerNorm(24), nn.Linear(24, 5)
            self.qkv, self.project = nn.Linear(24, 72), nn.Linear(24, 24)
            self.up, self.down = nn.Linear(24, 40), nn.Linear(40, 24)

        def forward(self, x: Any) -> Any:
            x = self.patch(x).flatten(2).transpose(1, 2) + self.place
            n, length, c = x.shape
            q, k, v = self.qkv(self.norm1(x)).reshape(n, length, 3, 3, 8).permute(2, 0, 3, 1, 4)
            scores = (q @ k.transpose(-2, -1)) * 0.35
            y = (scores.softmax(-1) @ v).transpose(1, 2).reshape(n, length, c)
            x = x + self.project(y)
            x = x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))
            return self.head(x.mean(1))

    class Efficient(nn.Module):
        """An EfficientNet block: SiLU, depthwise, squeeze-and-excitation, batch norms, skip."""

        def __init__(self) -> None:
            super().__init__()
            self.expand, self.bn1 = nn.Conv2d(6, 20, 1, bias=False), nn.BatchNorm2d(20)
            self.deep, self.bn2 = nn.Conv2d(20, 20, 5, padding=2, groups=20, bias=False), nn.BatchNorm2d(20)
            self.squeeze, self.excite = nn.Conv2d(20, 3, 1), nn.Conv2d(3, 20, 1)
            self.project, self.bn3 = nn.Conv2d(20, 6, 1, bias=False), nn.BatchNorm2d(6)

        def forward(self, x: Any) -> Any:
            y = F.silu(self.bn2(self.deep(F.silu(self.bn1(self.expand(x))))))
            gate = torch.sigmoid(self.excite(F.silu(self.squeeze(F.adaptive_avg_pool2d(y, 1)))))
            return x + self.bn3(self.project(y * gate))

    class SqueezeResidual(nn.Module):
        """An SE-ResNet block: the gate by dense layers, reshaped to maps; Mish and hard swish beside it."""

        def __init__(self) -> None:
            super().__init__()
            self.a, self.b, self.out = nn.Conv2d(3, 16, 3, 1, 1), nn.Conv2d(16, 16, 3, 1, 1), nn.Conv2d(16, 4, 1)
            self.norm = nn.BatchNorm2d(16)
            self.squeeze, self.excite = nn.Linear(16, 4), nn.Linear(4, 16)

        def forward(self, x: Any) -> Any:
            x = F.mish(self.a(x))
            y = self.norm(self.b(x))
            gate = F.relu(self.squeeze(F.adaptive_avg_pool2d(y, 1).flatten(1)))
            y = y * torch.sigmoid(self.excite(gate)).view(-1, 16, 1, 1)
            return self.out(F.hardswish(F.relu(x + y)))

    def make(kind: type[Any], shape: tuple[int, ...]) -> Callable[[], tuple[Any, tuple[int, ...]]]:
        def build() -> tuple[Any, tuple[int, ...]]:
            torch.manual_seed(7)
            module = kind()
            for name, buffer in module.named_buffers():  # batch norms with statistics that do something
                if name.endswith("running_mean"):
                    buffer.normal_(0, 0.2)
                elif name.endswith("running_var"):
                    buffer.uniform_(0.5, 1.5)
            return module.eval(), shape

        return build

    return {
        "residual": make(Residual, (3, 33, 40)),
        "unet": make(UNet, (1, 16, 24)),
        "inception": make(Inception, (3, 9, 9)),
        "mobile": make(Mobile, (4, 13, 11)),
        "shuffle": make(Shuffle, (6, 7, 5)),
        "wave": make(Wave, (3, 30)),
        "volume": make(Volume, (1, 5, 8, 10)),
        "next": make(Next, (3, 16, 12)),
        "convnext": make(ConvNext, (12, 9, 11)),
        "attention": make(Attention, (3, 16, 20)),
        "efficient": make(Efficient, (6, 9, 10)),
        "se_residual": make(SqueezeResidual, (3, 8, 9)),
    }
