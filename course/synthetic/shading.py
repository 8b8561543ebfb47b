"""The colours of a formula face: what each spot of skin, eye, tooth or cloth looks like, and how light falls on it.

Every function paints P spots at once from their canon (where they lie on the part at rest), so that colours stick
to the face as it moves. Colours are linear light in here; `encode` turns them into the sRGB of pictures.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch.nn.functional import normalize

from ..interpolation import smoothstep as step
from .parts import EYE_RADIUS

IRIS_RADIUS = 0.072 / EYE_RADIUS  # of the eyeball's radius

# Curves of the face at rest, as knots (x, y): edges of the lips, lids, brows (the person's left; x counts outwards)
LIP_TOP = ((0.0, 0.272), (0.04, 0.262), (0.084, 0.255), (0.12, 0.262), (0.162, 0.277), (0.225, 0.312), (0.284, 0.348))
LIP_BOTTOM = ((0.0, 0.456), (0.088, 0.448), (0.162, 0.425), (0.225, 0.390), (0.284, 0.348))
LIP_MIDDLE = ((0.0, 0.341), (0.068, 0.3375), (0.256, 0.345), (0.284, 0.348))
LID_TOP = ((0.194, -0.426), (0.25, -0.480), (0.315, -0.511), (0.37, -0.518), (0.43, -0.505), (0.5, -0.45))
LID_BOTTOM = ((0.194, -0.426), (0.298, -0.411), (0.35, -0.404), (0.411, -0.407), (0.5, -0.45))
BROW = ((0.14, -0.722), (0.177, -0.730), (0.341, -0.745), (0.482, -0.738), (0.584, -0.705), (0.689, -0.640))


def curve(knots, x: torch.Tensor) -> torch.Tensor:
    """Height of a curve at x, by straight lines between its knots; flat outside: (P,) -> (P,)."""
    y = torch.full_like(x, knots[0][1])
    for (x0, y0), (x1, y1) in zip(knots[:-1], knots[1:]):
        y = y + (y1 - y0) * ((x - x0) / (x1 - x0)).clamp(0, 1)
    return y


def linear(srgb: torch.Tensor) -> torch.Tensor:
    """sRGB in [0, 1] -> linear light, of any shape (...): a power of 2.2."""
    return srgb.clamp(min=0) ** 2.2


def encode(light: torch.Tensor) -> torch.Tensor:
    """Linear light -> sRGB in [0, 1], (...) -> (...); what is too bright bends over instead of clipping."""
    shoulder = torch.where(light > 0.8, 0.8 + 0.2 * torch.tanh((light - 0.8) / 0.2), light)
    return shoulder.clamp(0, 1) ** (1 / 2.2)


def noise(place: torch.Tensor, seed: torch.Tensor) -> torch.Tensor:
    """A smooth random field in [-1, 1]: place (P, D) in cells, seed (P,) of the person -> (P,).

    Each corner of the cells has a random value, and smooth steps lead from one to the next (value noise, the simpler
    sister of Perlin's, "An image synthesizer", 1985).
    """
    cell = place.floor()
    part = step(0, 1, place - cell)
    values = _table(str(place.device))
    steps = (1, 57, 1723)[: place.shape[1]]  # neighbouring cells lie far apart in the table
    first = seed * 7919
    for k, stride in enumerate(steps):
        first = first + cell[:, k].long() * stride
    corners = []
    for corner in range(2 ** len(steps)):
        offset = sum(stride for k, stride in enumerate(steps) if (corner >> k) & 1)
        corners.append(values[(first + offset) & (len(values) - 1)])
    for k in range(len(steps)):  # along each axis in turn, pairs become one
        corners = [a + part[:, k] * (b - a) for a, b in zip(corners[0::2], corners[1::2])]
    return corners[0]


@lru_cache(maxsize=4)
def _table(device: str) -> torch.Tensor:
    values = np.random.default_rng(0).uniform(-1, 1, 1 << 14)
    return torch.tensor(values, dtype=torch.float32, device=device)


# ---------------------------------------------------------------- what things are made of


def skin(canon: torch.Tensor, people, who: torch.Tensor) -> tuple:
    """The skin with lips, brows, beard and make-up: albedo (P, 3), shine (P,), how much it is lip (P,)."""
    x, y, z = canon.unbind(-1)
    ax = x.abs()
    front = step(0.0, -0.25, z)
    seed = people.number[who]
    freckles, blush, moles, _ = people.marks[who].unbind(-1)
    albedo = linear(people.skin)[who]

    def darker(amount, red, green, blue):
        return 1 - amount[:, None] * albedo.new_tensor([red, green, blue])

    # red where blood is near: cheeks, nose, ears
    rosy = spot(ax, y, 0.43, 0.0, 0.19, 0.17) * (0.35 + 0.65 * blush) + 0.45 * spot(x, y, 0, -0.06, 0.12, 0.10)
    rosy = rosy + 0.4 * step(0.76, 0.86, ax)
    albedo = albedo * darker(rosy, 0.04, 0.26, 0.22)
    # soft blotches, freckles, a mole
    albedo = albedo * (1 + 0.05 * noise(canon * 5, seed))[:, None]
    some = torch.nonzero(freckles * front > 0.02)[:, 0]
    dots = torch.zeros_like(x)
    dots[some] = step(0.45, 0.65, noise(canon[some] * 42, seed[some])) * freckles[some].clamp(0, 1.2)
    albedo = albedo * darker(dots * (spot(ax, y, 0.3, -0.12, 0.33, 0.2) + 0.15) * front, 0.22, 0.35, 0.4)
    mole_x, mole_y = 0.45 * torch.sin(seed * 0.37), 0.25 + 0.3 * torch.sin(seed * 0.91)
    albedo = albedo * darker(moles * step(0.022, 0.014, torch.hypot(x - mole_x, y - mole_y)) * front, 0.6, 0.7, 0.7)
    # everything else is on the front of the head
    face = torch.nonzero(front > 0)[:, 0]
    lip = torch.zeros_like(x)
    albedo[face], lip[face] = features(albedo[face], canon[face], people, who[face])
    bearded = torch.nonzero((people.beard[who].amax(1) > 0) & (y > -0.4))[:, 0]
    albedo[bearded] = beard(albedo[bearded], people, who[bearded], canon[bearded], lip[bearded], seed[bearded])
    shine = 0.5 + 0.5 * spot(x, y, 0, -0.2, 0.12, 0.25) + 0.3 * spot(x, y, 0, -0.85, 0.35, 0.2) + 0.8 * lip
    brightness = linear(people.skin).mean(1)[who]
    return albedo, shine * (0.05 + 0.12 * brightness), lip


def features(albedo, canon, people, who) -> tuple:
    """Lids, lashes, lines, nostrils, lips and brows on bare skin: albedo (P, 3), how much it is lip (P,)."""
    x, y, z = canon.unbind(-1)
    ax = x.abs()
    front = step(0.0, -0.25, z)
    seed, age, shadow = people.number[who], people.age[who], people.marks[who, 3]

    def darker(amount, red, green, blue):
        return 1 - amount[:, None] * albedo.new_tensor([red, green, blue])

    # under the eyes; nostrils; lines that come with the years
    albedo = albedo * darker((0.35 + 0.65 * age) * spot(ax, y, 0.33, -0.355, 0.13, 0.04), 0.22, 0.24, 0.18)
    albedo = albedo * darker(lines(x, ax, y, age) * front, 0.45, 0.5, 0.5)
    nostril = spot(ax, y, 0.062, 0.048, 0.030, 0.016) * front
    albedo = albedo * darker(1.5 * nostril.clamp(max=0.6), 0.95, 1, 1).clamp(min=0.02)
    # the fold above the lid, the shade on it, the lashes
    above, below = curve(LID_TOP, ax) - y, y - curve(LID_BOTTOM, ax)
    at_eye = step(0.17, 0.21, ax) * step(0.53, 0.49, ax) * front
    fold = torch.exp(-(((above - 0.042 + 0.02 * (ax - 0.35)) / 0.010) ** 2))
    fold = fold * step(0.18, 0.26, ax) * step(0.53, 0.46, ax)
    albedo = albedo * darker(0.8 * fold * front, 0.42, 0.48, 0.48)
    lid = step(0.085, 0.02, above) * step(-0.02, 0.0, above) * at_eye
    tint = linear(people.hair)[who] * 0.4 + albedo.new_tensor([0.10, 0.06, 0.09])
    albedo = lerp(albedo, tint, 0.55 * shadow * lid)
    outer = step(0.20, 0.46, ax)
    lash = step(0.028, 0.008, above / (0.45 + 0.75 * outer)) * step(-0.02, -0.005, above) * at_eye
    lash = lash * (0.55 + 0.45 * people.lashes[who])
    lash = torch.maximum(lash, 0.35 * step(0.012, 0.004, below) * step(-0.02, -0.005, below) * outer * at_eye)
    albedo = lerp(albedo, albedo * 0.12, lash)
    # lips
    top, bottom = curve(LIP_TOP, ax) - y, y - curve(LIP_BOTTOM, ax)
    lip = step(0.006, -0.010, torch.maximum(top, bottom)) * step(0.290, 0.270, ax) * front
    parting = (y - curve(LIP_MIDDLE, ax)).abs()
    red = lip_colour(people, who, x, seed) * (1 - 0.16 * step(0.0, -0.05, y - 0.34))[:, None]
    red = red * (0.55 + 0.45 * step(0.0, 0.014, parting))[:, None]
    albedo = lerp(albedo, red, 0.92 * lip)
    corner = spot(ax, y, 0.283, 0.348, 0.022, 0.010) * front
    albedo = albedo * darker(0.7 * corner, 0.6, 0.6, 0.6)
    return brows(albedo, people, who, canon), lip


def spot(x, y, cx, cy, wide, high) -> torch.Tensor:
    """A soft round spot, 1 in its middle: (P,), (P,) -> (P,)."""
    return torch.exp(-(((x - cx) / wide) ** 2) - ((y - cy) / high) ** 2)


def lerp(a, b, amount) -> torch.Tensor:
    """From a to b by an amount: (P, 3), (P, 3), (P,) -> (P, 3)."""
    return a + amount[:, None] * (b - a)


def lines(x, ax, y, age) -> torch.Tensor:
    """Wrinkles, (P,) in [0, 1]: across the forehead, beside the eyes, from the nose to the corners of the mouth."""
    old = step(0.35, 1.0, age)
    wave = y + 0.02 * torch.cos(6 * x)
    forehead = sum(torch.exp(-(((wave - at) / 0.008) ** 2)) for at in (-0.98, -0.91, -0.845))
    forehead = forehead * step(0.55, 0.25, ax) * old
    feet = sum(torch.exp(-(((y + 0.45 - slope * (ax - 0.5)) / 0.007) ** 2)) for slope in (-0.55, 0.0, 0.5))
    feet = feet * step(0.52, 0.55, ax) * step(0.68, 0.58, ax) * old
    # the fold from the wing of the nose round the corner of the mouth
    along = ((y + 0.03) / 0.42).clamp(0, 1)
    fold_x = 0.185 + 0.19 * along - 0.02 * along**2
    fold = torch.exp(-(((ax - fold_x) / 0.013) ** 2)) * step(-0.03, 0.06, y) * step(0.42, 0.25, y)
    return 0.55 * forehead + 0.55 * feet + fold * (0.05 + 0.5 * old)


def lip_colour(people, who, x, seed) -> torch.Tensor:
    """Lips, with fine lines down them: linear (P, 3)."""
    fine = 0.05 * torch.sin(x * 260 + 3 * torch.sin(x * 47 + seed))
    return linear(people.lips)[who] * (1 + fine)[:, None]


def brows(albedo, people, who, canon) -> torch.Tensor:
    """Brows on skin: albedo (P, 3), canon (P, 3) -> albedo (P, 3)."""
    x, y, z = canon.unbind(-1)
    ax, front, seed = x.abs(), step(0.0, -0.25, z), people.number[who]
    thick, length, arch, dark = people.brows[who].unbind(-1)
    u = (ax - 0.15) / (0.53 * length)  # 0 at the nose, 1 at the temple
    middle = curve(BROW, ax) + 0.012 - 0.03 * arch * spot(u, u * 0, 0.62, 0, 0.28, 1)
    half = thick * (0.020 + 0.022 * step(-0.05, 0.3, u) * step(1.1, 0.45, u))
    hairs = 0.30 * torch.sin((ax * (1.2 - u.clamp(0, 1)) * 1.2 + y * (0.25 + u)) * 230 + 2 * torch.sin(x * 61 + seed))
    across = (y - middle).abs() / half
    there = step(1.35, 0.45, across + 0.25 * hairs.abs()) * step(-0.06, 0.10, u) * step(1.06, 0.85, u) * front
    tone = linear(people.hair)[who] * 0.55 * (1 + hairs)[:, None]
    return lerp(albedo, tone, there * dark * 0.93)


def beard(albedo, people, who, canon, lip, seed) -> torch.Tensor:
    """Moustache, chin, cheeks and stubble on skin: albedo (P, 3), canon (P, 3) -> albedo (P, 3).

    lip: (P,), how much of a spot is lip, where none grows.
    """
    x, y, z = canon.unbind(-1)
    ax = x.abs()
    moustache, chin, cheeks, stubble = people.beard[who].unbind(-1)
    front = step(0.25, 0.0, z)
    upper = step(0.13, 0.19, y) * step(0.36, 0.32, ax + 0.35 * (y - 0.30).clamp(min=0)) * step(0.42, 0.33, y)
    low = step(0.44, 0.50, y + 0.35 * (ax - 0.12).clamp(min=0)) * step(0.40, 0.28, ax)
    low = torch.maximum(low, spot(x, y, 0, 0.50, 0.05, 0.05)) * step(1.02, 0.86, y)
    ring = step(0.27, 0.31, ax) * step(0.41, 0.36, ax) * step(0.22, 0.34, y) * step(0.95, 0.8, y)
    line = 0.30 - 0.62 * step(0.38, 0.80, ax)  # where the beard begins on the cheek
    wide = step(line - 0.02, line + 0.08, y) * step(0.25, 0.33, ax) * step(1.0, 0.88, y)
    region = torch.maximum(torch.maximum(moustache * upper, chin * torch.maximum(low, ring * moustache)),
                           cheeks * torch.maximum(wide, low))
    every = torch.maximum(torch.maximum(upper, low), torch.maximum(wide, ring))
    hairs = noise(torch.stack([x * 85, y * 30, z * 30], -1), seed)
    full = step(0.15, 0.6, region + 0.22 * hairs * (region > 0.02)) * front * (1 - lip)
    tone = linear(people.hair)[who] * (0.62 + 0.3 * hairs)[:, None]
    albedo = lerp(albedo, albedo * 0.45 + 0.22 * tone, stubble * 0.55 * every * front * (1 - lip)
                  * (0.8 + 0.4 * hairs).clamp(0, 1))
    return lerp(albedo, tone, full * 0.94)


def eyes(canon: torch.Tensor, people, who: torch.Tensor) -> tuple:
    """Sclera, iris and pupil from directions in the eyeball (P, 3): albedo (P, 3), shine (P,)."""
    out = torch.hypot(canon[:, 0], canon[:, 1]) / IRIS_RADIUS  # 1 at the edge of the iris
    out = torch.where(canon[:, 2] < 0, out, out.new_tensor(3.0))
    angle = torch.atan2(canon[:, 1], canon[:, 0])
    seed = people.number[who]
    white = canon.new_tensor([0.80, 0.76, 0.74]) * (1 - 0.20 * step(1.2, 2.0, out))[:, None]
    rays = 0.16 * torch.sin(angle * 23 + 2 * torch.sin(angle * 9 + seed)) * step(0.3, 0.7, out)
    iris = linear(people.iris)[who] * (1.1 + rays + 0.5 * step(0.75, 0.45, out) - 0.65 * step(0.78, 1.0, out))[:, None]
    albedo = lerp(white, iris, step(1.06, 0.97, out))
    albedo = lerp(albedo, albedo * 0 + 0.006, step(0.46, 0.40, out))
    return albedo, 1.1 + 0.0 * out


def teeth(canon: torch.Tensor, people, who: torch.Tensor) -> tuple:
    """Teeth from the place along the arch and from gum (0) to edge (1): albedo (P, 3), shine (P,)."""
    along, down, lower = canon.unbind(-1)
    upper_edges = (0.0, 0.092, 0.163, 0.238, 0.29)
    lower_edges = (0.0, 0.056, 0.118, 0.190, 0.25)
    ax = along.abs()
    gap = torch.ones_like(ax)
    place = torch.zeros_like(ax)
    for edges, is_lower in ((upper_edges, 0.0), (lower_edges, 1.0)):
        mine = (lower - is_lower).abs() < 0.5
        for a, b in zip(edges[:-1], edges[1:]):
            here = mine & (ax >= a) & (ax < b)
            t = (ax - a) / (b - a)
            gap = torch.where(here, torch.minimum(t, 1 - t) * (b - a), gap)
            place = torch.where(here, (2 * t - 1).abs(), place)
    rounding = 1.0 - 0.12 * place**3 - 0.02
    crease = step(0.0, 0.006, gap) * 0.45 + 0.55
    gum_line = 0.30 + 0.09 * place**2
    colour = canon.new_tensor([0.83, 0.79, 0.69]) * (1 - 0.22 * people.age[who])[:, None]
    colour = colour * (crease * (0.82 + 0.18 * step(0.2, 0.7, down)))[:, None]
    gum = canon.new_tensor([0.42, 0.13, 0.13])
    colour = lerp(colour, gum.expand_as(colour), step(gum_line + 0.03, gum_line - 0.03, down))
    colour = lerp(colour, colour * 0 + 0.012, step(rounding - 0.015, rounding + 0.015, down))
    return colour * (1 - 0.5 * step(0.12, 0.27, ax))[:, None], 0.12 * crease


def tongue(canon: torch.Tensor, people, who: torch.Tensor) -> tuple:
    """The tongue from the place across and along it: canon (P, 3) -> albedo (P, 3), shine (P,)."""
    side, along, _ = canon.unbind(-1)
    tone = canon.new_tensor([0.47, 0.15, 0.15]) * (1 - 0.35 * torch.exp(-((side / 0.12) ** 2)) * step(0.1, 0.5, along)
                                                   - 0.6 * step(0.25, 0.9, along))[:, None]
    return tone, 0.08 + 0 * along


def mouth(canon: torch.Tensor, people, who: torch.Tensor) -> tuple:
    """The hollow behind the lips, darker the deeper: canon (P, 3) -> albedo (P, 3), shine (P,)."""
    deep = canon[:, 1]
    return canon.new_tensor([0.30, 0.07, 0.065]) * (1 - 0.9 * step(-0.1, 1.2, deep))[:, None] + 0.004, 0 * deep


def inner_lips(canon: torch.Tensor, people, who: torch.Tensor) -> tuple:
    """The lips rolled in, wetter the further: canon (P, 3) -> albedo (P, 3), shine (P,)."""
    rolled = canon[:, 2]
    wet = canon.new_tensor([0.40, 0.10, 0.10])
    red = lip_colour(people, who, canon[:, 0], people.number[who])
    return lerp(red * 0.8, 0.5 * red + 0.5 * wet, rolled), 0.14 + 0 * rolled


def clothes(canon: torch.Tensor, people, who: torch.Tensor) -> tuple:
    """Cloth with a weave, a seam and, on some, stripes: canon (P, 3) -> albedo (P, 3), shine (P,)."""
    u, v, _ = canon.unbind(-1)
    width, striped, number = people.collar[who].unbind(-1)
    tone = linear(people.clothes)[who]
    weave = 1 + 0.03 * torch.sin(v * 400) * torch.sin(u * 300)
    stripe = striped * step(-0.1, 0.1, torch.sin(v * number * 9)) * step(0.1, 0.14, v)
    tone = lerp(tone, 0.75 * tone.flip(-1) + 0.2, stripe)
    seam = torch.exp(-(((v - 0.05 - 0.03 * width) / 0.006) ** 2))
    return tone * (weave * (1 - 0.35 * seam))[:, None], 0 * v


def frame(canon: torch.Tensor, people, who: torch.Tensor) -> tuple:
    """The frame of the glasses, of one colour: canon (P, 3) -> albedo (P, 3), shine (P,)."""
    return linear(people.glasses_colour)[who], 0.25 + 0 * canon[:, 0]


# ---------------------------------------------------------------- light


@dataclass
class Surface:
    """P spots as light finds them.

    albedo: (P, 3), linear; shine: (P,); normal: (P, 3), unit, towards the viewer; shade: (P,), how much of the room's
    light gets there; lamp: (P,), how much of the lamp's; wet: what is wet mirrors the lamp itself.
    """

    albedo: torch.Tensor
    shine: torch.Tensor
    normal: torch.Tensor
    shade: torch.Tensor
    lamp: torch.Tensor
    wet: bool = False


def lit(surface: Surface, people, who: torch.Tensor) -> torch.Tensor:
    """Light of a lamp and of the room on a matt surface with some shine: linear (P, 3).

    Lambert's cosine (1760), wrapped a little round the edge as in skin, where red light goes furthest;
    Blinn's highlight (1977): (n . h)^k with h half way between lamp and viewer.
    """
    albedo, towards, lamp_colour = surface.albedo, people.light[who], people.light_colour[who]
    cos = (surface.normal * towards).sum(-1)
    wrap = albedo.new_tensor([0.38, 0.25, 0.21])
    direct = ((cos[:, None] + wrap) / (1 + wrap)).clamp(min=0) ** 1.15 * lamp_colour * surface.lamp[:, None]
    # the room is brighter above than below; what lies in a hollow sees less of it
    room = people.ambient[who] * (0.78 - 0.22 * surface.normal[:, 1:2])
    half = normalize(towards - albedo.new_tensor([0, 0, 1.0]), dim=-1)
    glint = (surface.normal * half).sum(-1).clamp(min=0)
    spread = glint**140 if surface.wet else glint**22 + 0.5 * glint**70
    highlight = surface.shine * spread * (cos > 0) * surface.lamp
    light = direct * (0.35 + 0.65 * surface.shade)[:, None] + room * surface.shade[:, None]
    return albedo * light + highlight[:, None] * lamp_colour
