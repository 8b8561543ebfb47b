"""The two networks behind `layers`: one takes a photo apart, once; the other corrects every frame.

    Matting  photo -> where the person is                                            (once a clip)
    Refiner  the frame's movement and the matte -> a small flow, and what is hidden   (every frame)

The first learns from photos. The second never sees a colour: from shapes alone it learns how outlines move when a
head turns, so that drawn people, whose true movement is known, can teach it what holds for photos too.
"""

import torch
import torch.nn.functional as F
from torch import nn

from ..interpolation import smoothstep
from . import layers_parts, layers_square
from .animator_networks import Residual

SIZE, FIELD_SIZE = layers_square.SIZE, layers_square.FIELD_SIZE
N_PHOTO, N_FRAME = 5, 8


class Matting(nn.Module):
    """A photo's square (N, 5, 128, 128) -> logits of the person (N, 1, 128, 128).

    The channels: photo (3), where the square lies inside the photo, the face; all in [0, 1]. A U-Net (Ronneberger et
    al., 2015). Beyond the photo's border it continues the person, so a head that the border cut gets its crown back.
    """

    def __init__(self, widths: tuple = (24, 48, 72, 96, 128)):
        super().__init__()
        self.first = nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(4 * N_PHOTO, widths[0], 3, padding=1),
                                   Residual(widths[0]))
        self.down = nn.ModuleList(
            nn.Sequential(nn.Conv2d(a, b, 3, stride=2, padding=1), Residual(b)) for a, b in zip(widths, widths[1:]))
        self.deepest = nn.Sequential(Residual(widths[-1]), Residual(widths[-1]))
        self.up = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in zip(widths, widths[1:]))
        self.join = nn.ModuleList(Residual(a) for a in widths[:-1])
        self.last = nn.Sequential(nn.LeakyReLU(0.1), nn.Conv2d(widths[0], 4, 3, padding=1), nn.PixelShuffle(2))

    def forward(self, squares):
        """(N, 5, 128, 128) -> logits (N, 1, 128, 128)."""
        seen = [self.first(squares * 2 - 1)]  # (N, 24, 64, 64), then half the size each
        for down in self.down:
            seen.append(down(seen[-1]))
        y = self.deepest(seen.pop())
        for up, join in zip(reversed(self.up), reversed(self.join)):
            y = join(seen.pop() + F.interpolate(up(y), scale_factor=2, mode="nearest"))
        return self.last(y)


class Refiner(nn.Module):
    """What is known of a frame (N, 8, 64, 64) -> flow (N, 2, 64, 64) in radii, and which share of the person to take
    away (N, 1, 64, 64), 0 to 1. Where nothing moves both are 0, on the face and from the shoulders down, too.

    The channels: the movement in radii (2), the matte and the photo's inside as the movement brings them (2), both as
    they are in the photo (2), the face in the frame and in the photo (2).
    """

    def __init__(self, widths: tuple = (24, 48)):
        super().__init__()
        a, b = widths
        self.fine = nn.Sequential(nn.Conv2d(N_FRAME, a, 3, padding=1), Residual(a))
        self.coarse = nn.Sequential(nn.Conv2d(a, b, 3, stride=2, padding=1), Residual(b),
                                    nn.Conv2d(b, b, 3, stride=2, padding=1), Residual(b), Residual(b))
        self.up, self.join = nn.Conv2d(b, a, 1), Residual(a)
        self.last = nn.Sequential(nn.LeakyReLU(0.1), nn.Conv2d(a, 3, 3, padding=1))
        nn.init.zeros_(self.last[1].weight)
        nn.init.zeros_(self.last[1].bias)

    def forward(self, frames):
        """(N, 8, 64, 64) -> flow (N, 2, 64, 64) in radii, share taken away (N, 1, 64, 64)."""
        return self.answer(frames, self.trunk(frames))

    def trunk(self, frames):
        """What the layers say, before it is bounded: (N, 8, 64, 64) -> (N, 3, 64, 64)."""
        fine = self.fine(frames)
        coarse = F.interpolate(self.up(self.coarse(fine)), scale_factor=4, mode="bilinear", align_corners=False)
        return self.last(self.join(fine + coarse))

    @staticmethod
    def answer(frames, y):
        """What `trunk` said, where something may move: flow (N, 2, 64, 64), share taken away (N, 1, 64, 64)."""
        share = moving_of(frames[:, :2]) * free_of_face(frames[:, 6:7]) * above_shoulders(frames)
        return layers_square.MOST_FLOW * share * torch.tanh(y[:, :2]), share * torch.sigmoid(y[:, 2:] - 4)


def moving_of(movement: torch.Tensor) -> torch.Tensor:
    """1 where something moves near by, 0 where all stands still: (N, 2, s, s) in radii -> (N, 1, s, s)."""
    length = torch.hypot(movement[:, :1], movement[:, 1:])  # many times as fast as `norm`
    near = F.max_pool2d(F.max_pool2d(length, (1, 9), 1, (0, 4)), (9, 1), 1, (4, 0))  # rows, then columns: much sooner
    return (near / 0.08).clamp(0, 1)


def above_shoulders(frames: torch.Tensor) -> torch.Tensor:
    """1 down to the chin, 0 from the shoulders on: for frames (N, 8, s, s), (1, 1, s, 1).

    Drawn shoulders are stiffer than real ones.
    """
    size = frames.shape[-2]
    down = (torch.arange(size, device=frames.device) - (size - 1) / 2) / layers_square.unit_of(size)  # radii
    return smoothstep(layers_square.SHOULDERS, layers_square.CHIN, down)[None, None, :, None]


def free_of_face(face: torch.Tensor) -> torch.Tensor:
    """Where the flow may be corrected: 0 on the face, whose points are right already, 1 away from it. (N, 1, H, W)."""
    return (1 - 2 * F.avg_pool2d(face, 5, 1, 2)).clamp(min=0)


def matte_of(logits: torch.Tensor) -> torch.Tensor:
    """Logits (N, 1, S, S) -> how much of each pixel is person, in [0, 1], with a harder edge than the network dares."""
    return smoothstep(0.35, 0.65, torch.sigmoid(logits))


def hole_of(matte: torch.Tensor, unit: float) -> torch.Tensor:
    """Where the photo does not show what is behind, softly: (N, 1, S, S) -> the same; unit: pixels a radius."""
    grow = max(1, round(layers_parts.GROWN * unit))
    return layers_parts.opened(F.max_pool2d(matte, 2 * grow + 1, 1, grow))


def look_up(pictures: torch.Tensor, movement: torch.Tensor, unit: float) -> torch.Tensor:
    """Pictures (N, C, S, S) read where the movement (N, 2, s, s), in radii, says; unit: pixels of S a radius.

    I'(q) = I(q + unit d(q)); the movement is brought to the pictures' size.
    """
    size = pictures.shape[-1]
    movement = F.interpolate(movement, size=(size, size), mode="bilinear", align_corners=False)
    at = torch.arange(size, dtype=movement.dtype, device=movement.device)
    grid = torch.stack(torch.meshgrid(at, at, indexing="xy"), dim=-1)  # (S, S, 2)
    places = grid + unit * movement.permute(0, 2, 3, 1)
    return F.grid_sample(pictures, 2 * places / (size - 1) - 1, padding_mode="border", align_corners=True)


def frame_inputs(movement, matte, inside, face_there, face_here, unit: float) -> torch.Tensor:
    """The Refiner's eight channels, all maps (N, 1, 64, 64), the movement (N, 2, 64, 64)."""
    moved = look_up(torch.cat([matte, inside], dim=1), movement, unit)
    return torch.cat([movement, moved, matte, inside, face_there, face_here], dim=1)
