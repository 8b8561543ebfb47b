"""Hair of the formula face: a shell round the skull, styled by a handful of numbers.

The shell is a sheet: columns round the head, rows from the crown to the tips. Each column follows the skull, lifted
off it by the hair's thickness, down to its own end: at the hair line, over the brow as a fringe, or hanging past
the shoulders. Its edge is cut into strands, pixel by pixel.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from ..interpolation import smoothstep
from . import head as synthetic_head
from . import shading
from .parts import sheet
from .people import STYLES

COLUMNS, ROWS = 73, 26
BUN_ROWS, BUN_COLUMNS = 9, 17
BUN = 9.0  # in place of the height of a strand's end: this is the bun
HEIGHTS = np.linspace(-1.715, 2.4, 96)  # where the skull is tabled

# Where hair ends on a bare skull: degrees round the head from the middle of the face, height
HAIR_LINE = ((0, -1.34), (22, -1.33), (40, -1.22), (54, -0.98), (64, -0.66), (74, -0.34), (82, -0.30), (90, -0.56),
             (104, -0.56), (117, -0.22), (135, 0.12), (180, 0.22))

# style: thickness on top, at the sides, behind; hair line lifted; end at the sides, behind (0: the hair line);
# curl; fringe; bun; how many degrees from the middle of the face long hair begins; ragged ends; combed back
STYLE = {
    "bald": (0, 0, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0),
    "short": (0.16, 0.06, 0.09, 0, 0, 0, 0.15, 0.0, 0, 60, 0.30, 1.0),
    "crop": (0.035, 0.025, 0.03, 0, 0, 0, 0.0, 0, 0, 60, 0.15, 0.3),
    "side part": (0.20, 0.06, 0.08, 0, 0, 0, 0.05, 0.4, 0, 60, 0.25, 0.8),
    "bob": (0.13, 0.16, 0.17, 0, 0.62, 0.72, 0.08, 0.5, 0, 52, 0.10, 0.7),
    "long": (0.12, 0.14, 0.16, 0, 1.75, 1.85, 0.14, 0.0, 0, 54, 0.16, 0.8),
    "curly": (0.24, 0.22, 0.22, 0, 0.35, 0.55, 0.75, 0.35, 0, 56, 0.25, 0.5),
    "afro": (0.42, 0.40, 0.40, 0, 0, 0, 0.35, 0.0, 0, 60, 0.10, 0.0),
    "bun": (0.065, 0.04, 0.05, 0, 0, 0, 0.0, 0, 1, 60, 0.15, 0.7),
    "fringe": (0.14, 0.15, 0.16, 0, 1.20, 1.25, 0.06, 1.0, 0, 52, 0.12, 0.0),
    "receding": (0.05, 0.06, 0.07, 0.24, 0, 0, 0.1, 0, 0, 60, 0.3, 0.3),
}


@dataclass(frozen=True)
class Skull:
    """The plain head as a table: places (C, Y, 3), unit directions off it (C, Y, 3), nearest knots of the head's net
    (C, Y), heights (Y,), degrees (C,) from -180 to 180, the hair line (C,), triangles of shell and bun."""

    places: torch.Tensor
    off: torch.Tensor
    nearest: torch.Tensor
    heights: torch.Tensor
    degrees: torch.Tensor
    line: torch.Tensor
    triangles: torch.Tensor
    styles: torch.Tensor


@lru_cache(maxsize=4)
def skull(device: str = "cpu") -> Skull:
    """The table of the plain head, (C, Y, 3) and more; made once for a device."""
    from scipy.spatial import cKDTree

    degrees = np.linspace(-180, 180, COLUMNS)
    angle, y = np.meshgrid(np.radians(degrees), HEIGHTS, indexing="ij")
    places = synthetic_head.section(angle, np.minimum(y, 0.3))
    # hair does not follow the head inwards below its widest places, it hangs
    reach = np.linalg.norm(places[..., [0, 2]] - [0, synthetic_head.Z_MIDDLE], axis=-1, keepdims=True)
    behind = smoothstep(40, 80, np.abs(degrees))[:, None, None]
    widest = np.maximum.accumulate(reach, axis=1)
    hanging = reach + behind * (widest - reach) * 0.85
    ratio = np.where(reach > 1e-6, hanging / np.maximum(reach, 1e-6), 1)
    places[..., [0, 2]] = [0, synthetic_head.Z_MIDDLE] + (places[..., [0, 2]] - [0, synthetic_head.Z_MIDDLE]) * ratio
    places[..., 1] = y
    off = places - [0, -0.75, synthetic_head.Z_MIDDLE]
    off[..., 1] = np.minimum(off[..., 1], 0) * 0.9
    off /= np.linalg.norm(off, axis=-1, keepdims=True) + 1e-9
    head = synthetic_head.build()
    bare = head.row < synthetic_head.JAW_ROW + 2
    near = np.minimum(places, [9, 0.2, 9])
    nearest = np.flatnonzero(bare)[cKDTree(head.mean[bare]).query(near)[1]]
    line = np.interp(np.abs(degrees), *np.array(HAIR_LINE).T)
    shell, bun = sheet(ROWS, COLUMNS), sheet(BUN_ROWS, BUN_COLUMNS)
    triangles = np.concatenate([shell, bun + ROWS * COLUMNS])

    def tensor(values):
        values = torch.as_tensor(values, device=device)
        return values.float() if values.is_floating_point() else values

    return Skull(tensor(places), tensor(off), tensor(nearest), tensor(HEIGHTS), tensor(degrees), tensor(line),
                 tensor(triangles), tensor(np.array([STYLE[name] for name in STYLES], float)))


def worn(people) -> torch.Tensor:
    """Who has hair at all: bool (N,)."""
    return people.style != STYLES.index("bald")


@dataclass(frozen=True)
class Look:
    """A row of `STYLE` for each of N people: (N, 1) tensors; lengths and heights in units, `begins` in degrees."""

    top: torch.Tensor
    side: torch.Tensor
    back: torch.Tensor
    lift: torch.Tensor
    side_end: torch.Tensor
    back_end: torch.Tensor
    curl: torch.Tensor
    fringe: torch.Tensor
    bun: torch.Tensor
    begins: torch.Tensor
    ragged: torch.Tensor
    combed: torch.Tensor


def strands(people, shift: torch.Tensor) -> tuple:
    """The hair's vertices.

    Args:
        people: N of them; shift: (N, V, 3), how far each knot of the head lies from the mean head's (`figure.mean`).
    Returns:
        places (N, Vh, 3) in units; canon (N, Vh, 3): turns round the head, share of the way to the tip, length
        of the strand; (N, Vh): how far each spot follows the turning head.
    """
    table = skull(str(shift.device))
    n = len(people)
    look = Look(*(column[:, None] for column in table.styles[people.style].unbind(1)))
    line = _hair_line(people, table, look)
    end = _ends(people, table, look, line)
    # rows: closer together at the crown
    t = torch.linspace(0, 1, ROWS, device=shift.device)[:, None]  # (R, 1)
    y = table.heights[0] + (end[:, None] - table.heights[0]) * t**1.35  # (N, R, C)
    places, off = _skull_at(table, shift, y)
    free = smoothstep(0.0, 0.25, end - line)[:, None]  # hanging free, or rising from the hair line
    thick = _thickness(people, table, look, y) * _share_of_thickness(table, look, t, free)
    thick = thick * _locks_and_curls(people, table, look, y) + 0.012
    places = places + off * thick[..., None]
    # hanging hair swings in a little towards its ends
    hang = smoothstep(0.2, 1.6, y)[..., None]
    places = places * (1 - hang * places.new_tensor([0.10, 0, 0.15]))
    around = _around(table, n)
    canon = torch.stack([around / (2 * np.pi), t.expand(n, ROWS, COLUMNS), end[:, None] + 0 * y], -1)
    turns = 1 - 0.55 * smoothstep(0.5, 1.9, y)
    ball, ball_canon = _bun(people, places[:, 0, 0], look.bun)
    return (torch.cat([places.reshape(n, -1, 3), ball], 1), torch.cat([canon.reshape(n, -1, 3), ball_canon], 1),
            torch.cat([turns.reshape(n, -1), turns.new_ones(n, ball.shape[1])], 1))


def _hair_line(people, table: Skull, look: Look) -> torch.Tensor:
    """Height at which hair ends on the skin of the forehead, the temples and the neck: (N, C)."""
    shape, away = people.hair_shape, table.degrees.abs()[None]  # (1, C)
    recess = look.combed * (0.05 + 0.10 * shape[:, 4:5]) * torch.exp(-(((away - 42) / 16) ** 2))
    return table.line - (look.lift + 0.14 * (shape[:, 1:2] - 0.7)) * smoothstep(75, 40, away) - recess


def _ends(people, table: Skull, look: Look, line: torch.Tensor) -> torch.Tensor:
    """How far down each column goes: height of its tip, (N, C)."""
    shape, away = people.hair_shape, table.degrees.abs()[None]  # (1, C)
    begins = look.begins + 55 * (shape[:, 2:3] > 0.72) * (look.fringe < 0.9)  # long hair tucked behind the ears
    hangs = smoothstep(0.0, 22.0, away - begins)
    longer = 0.75 + 0.55 * shape[:, 3:4]
    length = look.side_end + (look.back_end - look.side_end) * smoothstep(80, 130, away)
    end = torch.where(length > 0, line + hangs * (length * longer - line).clamp(min=0), line)
    brow = -0.80 - 0.12 * shape[:, 4:5] + 0.12 * smoothstep(20, 55, away)
    lean = (shape[:, 5:6] - 0.5) * 120  # a fringe swept to one side starts at a parting
    swept = smoothstep(-25, 25, (table.degrees[None] - lean) * torch.sign(lean))
    cover = torch.where(look.fringe > 0.9, torch.ones_like(swept), swept) * smoothstep(66, 46, away)
    has_fringe = (look.fringe > 0.9) | (shape[:, 6:7] < look.fringe)
    return end + has_fringe * cover * (brow - end).clamp(min=0)


def _skull_at(table: Skull, shift: torch.Tensor, y: torch.Tensor) -> tuple:
    """The skull of these people, read at heights (N, R, C): places and unit directions off it, (N, R, C, 3) each."""
    at = ((y - table.heights[0]) / (table.heights[1] - table.heights[0])).clamp(0, len(table.heights) - 1.001)
    low = at.long()
    part = (at - low)[..., None]
    column = torch.arange(COLUMNS, device=shift.device)[None, None]
    own = table.places[None] + shift[:, table.nearest.reshape(-1)].view(len(y), *table.nearest.shape, 3)  # (N, C, Y, 3)
    who = torch.arange(len(y), device=shift.device)[:, None, None]
    places = own[who, column, low] * (1 - part) + own[who, column, low + 1] * part
    return places, table.off[column, low] * (1 - part) + table.off[column, low + 1] * part


def _thickness(people, table: Skull, look: Look, y: torch.Tensor) -> torch.Tensor:
    """How far full hair stands off the skull at heights (N, R, C), in units: (N, R, C)."""
    away, more = table.degrees.abs()[None], 0.7 + 0.7 * people.hair_shape[:, :1]
    thick = look.side[:, None] + (look.back - look.side)[:, None] * smoothstep(80, 140, away)[:, None]
    return (thick + (look.top[:, None] - thick) * smoothstep(-0.7, -1.5, y)) * more[:, None]


def _share_of_thickness(table: Skull, look: Look, t: torch.Tensor, free: torch.Tensor) -> torch.Tensor:
    """The share of its thickness that hair has at each spot: (N, R, C).

    t: (R, 1), the way to the tip; free: (N, 1, C), 1 where it hangs free, 0 where it rises from the hair line.
    """
    edge = free * 0.75 + (1 - free) * ((1 - t**5) * 0.92 + 0.08)
    # combed back, it stands up where it grows, above the forehead
    front = smoothstep(75, 30, table.degrees.abs()[None])[:, None] * (1 - free)
    return edge + front * look.combed[:, None] * 0.55 * torch.exp(-(((t - 0.80) / 0.13) ** 2))


def _locks_and_curls(people, table: Skull, look: Look, y: torch.Tensor) -> torch.Tensor:
    """What locks and curls make of the thickness at heights (N, R, C): a factor (N, R, C), about 1."""
    n = len(people)
    seed = people.number[:, None, None].expand(n, ROWS, COLUMNS).reshape(-1)
    around = _around(table, n)
    spot = torch.stack([torch.sin(around) * 1.0, y, torch.cos(around)], -1)
    coarse = shading.noise((spot * 3.1).reshape(-1, 3), seed).view(n, ROWS, COLUMNS)
    fine = shading.noise((spot * 7.7).reshape(-1, 3), seed + 7).view(n, ROWS, COLUMNS)
    wavy = look.curl[:, None] * (0.5 + people.hair_shape[:, 7:8, None])
    return (1 + (0.12 + 0.45 * wavy) * coarse + 0.55 * wavy * fine).clamp(min=0.15)


def _around(table: Skull, n: int) -> torch.Tensor:
    """Where each vertex lies round the head, in radians: (N, R, C)."""
    return torch.deg2rad(table.degrees)[None, None].expand(n, ROWS, COLUMNS)


def _bun(people, crown, worn_up) -> tuple:
    """A knot of hair on top; of no size for those without."""
    v, u = torch.meshgrid(torch.linspace(0, 1, BUN_ROWS, device=crown.device),
                          torch.linspace(0, 1, BUN_COLUMNS, device=crown.device), indexing="ij")
    down, round_ = (np.pi * v).reshape(-1), (2 * np.pi * u).reshape(-1)
    ball = torch.stack([torch.sin(down) * torch.sin(round_), -torch.cos(down) * 0.8,
                        -torch.sin(down) * torch.cos(round_)], -1)
    size = worn_up * (0.24 + 0.14 * people.hair_shape[:, :1])
    middle = crown + torch.stack([0 * size[:, 0], -0.07 + 0 * size[:, 0], 0.15 + 0.4 * people.hair_shape[:, 1]], -1)
    canon = torch.stack([u.reshape(-1), 0.8 * v.reshape(-1) ** 0.5, 0 * u.reshape(-1) + BUN], -1)
    return middle[:, None] + size[:, :, None] * ball, canon.expand(len(people), -1, -1)


def locks(canon, people, who) -> tuple:
    """Fine strands and broad locks: canon (P, 3) -> (P,) and (P,) in [-1, 1]. who: int64 (P,), whose hair it is."""
    turn, along, _ = canon.unbind(-1)
    curl = skull(str(canon.device)).styles[people.style[who], 6]
    seed = people.number[who]
    wave = along + 0.02 * torch.sin(turn * 250)
    fine = shading.noise(torch.stack([turn * 150, wave * (2 + 22 * curl)], -1), seed)
    return fine, shading.noise(torch.stack([turn * 38, wave * (1.5 + 14 * curl)], -1), seed + 3)


def covers(canon, people, who) -> torch.Tensor:
    """Where hair is: canon (P, 3) -> bool (P,); its edge is cut into strands."""
    _, along, end = canon.unbind(-1)
    style = skull(str(canon.device)).styles[people.style[who]]
    fine, broad = locks(canon, people, who)
    # free ends are ragged; where hair grows out of the skin only its finest strands differ
    grows = (end < -0.25) & (style[:, 11] > 0.2)
    cut = 1 - torch.where(grows, 0.03, 0.30 * style[:, 10]) * (0.5 + 0.5 * broad) - 0.06 * (0.5 + 0.5 * fine)
    bun = end > BUN - 0.5
    return torch.where(bun, style[:, 8] > 0.5, along < cut)


def paint(canon, people, who) -> tuple:
    """Albedo (P, 3) and shine (P,) of hair: canon (P, 3), who: int64 (P,), whose hair it is."""
    along = canon[:, 1]
    curl = skull(str(canon.device)).styles[people.style[who], 6]
    fine, broad = locks(canon, people, who)
    tone = shading.linear(people.hair)[who] * (1 + 0.20 * fine + 0.22 * broad)[:, None]
    tone = tone * (0.80 + 0.35 * along)[:, None]
    brightness = (tone * tone.new_tensor([0.3, 0.6, 0.1])).sum(-1).clamp(max=0.5)
    return tone, (0.05 + 0.35 * brightness) * (1 + 0.8 * fine) * (1 - 0.6 * curl)
