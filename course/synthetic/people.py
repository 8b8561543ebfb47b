"""Who a formula face is: shape, colours, hair, glasses, light and background, drawn from a seed."""

from dataclasses import dataclass, fields

import numpy as np
import torch

from ..face import channels
from .parts import FORMS

# Ellis Monk's ten skin tones (2022), lightest first, a little warmer as skin is under warm light
SKIN = ("#efd3c4", "#ecc8b3", "#e8bfa0", "#dcae88", "#c7956d", "#a87850", "#8a5d3f", "#6e4932", "#573a2b", "#432d24")
# black, dark brown, brown, chestnut, auburn, copper, dark blond, blond, light blond, grey, white, dyed
HAIR = ("#14110f", "#2b1d14", "#452c1b", "#5a3520", "#6b2f1a", "#a4532a", "#8a6a3f", "#b98f52", "#d9bb80", "#8d8b88",
        "#d8d5d0", "#7a3b69", "#2f6f8f")
IRIS = ("#2a1a10", "#4a2e17", "#6b4a24", "#7a6a35", "#5d7350", "#54748c", "#7c95a6")
CLOTHES = ("#2f4858", "#8c2f39", "#e8e3d8", "#33658a", "#3d3d3d", "#6a8d73", "#c97b4a", "#5c4b7d", "#d6b25e", "#a3b4c2",
           "#1d1f26", "#b9506e")
BACKGROUND = ("#9fb7c9", "#c9b79f", "#5a6f7d", "#e3ddd3", "#7d8f78", "#a78f9f", "#3d4650", "#c98f7a", "#8fb3a8",
              "#d9c7a0")

# Hair styles; `hair.STYLE` says in numbers what each looks like
STYLES = ("bald", "short", "crop", "side part", "bob", "long", "curly", "afro", "bun", "fringe", "receding")


@dataclass
class People:
    """N people as tensors, one row each; colours are sRGB in [0, 1].

    identity (N, K + F): coefficients of the face model's identities, then of `parts.FORMS`. Skin tones after Ellis
    Monk's scale (2022). Every field can be changed by hand: `people.skin[0] = torch.tensor([0.3, 0.2, 0.15])`.
    """

    identity: torch.Tensor
    skin: torch.Tensor  # (N, 3)
    lips: torch.Tensor  # (N, 3)
    iris: torch.Tensor  # (N, 3)
    hair: torch.Tensor  # (N, 3)
    brows: torch.Tensor  # (N, 4): thickness, length, arch, how dark
    style: torch.Tensor  # (N,) int64, number in `STYLES`
    hair_shape: torch.Tensor  # (N, 8) in [0, 1]: how the style varies
    beard: torch.Tensor  # (N, 4): moustache, chin, cheeks, stubble
    age: torch.Tensor  # (N,) 0 young, 1 old
    marks: torch.Tensor  # (N, 4): freckles, blush, moles, eye shadow
    lashes: torch.Tensor  # (N,)
    glasses: torch.Tensor  # (N, 6): worn or not, width, height, roundness, thickness, darkness of the lenses
    glasses_colour: torch.Tensor  # (N, 3)
    clothes: torch.Tensor  # (N, 3)
    collar: torch.Tensor  # (N, 3): collar's width, stripes, their number
    light: torch.Tensor  # (N, 3), unit, towards the light
    light_colour: torch.Tensor  # (N, 3)
    ambient: torch.Tensor  # (N, 3)
    background: torch.Tensor  # (N, 3, 3): colours above, below, and of soft spots
    spots: torch.Tensor  # (N, 5, 4): x, y, radius, strength of soft spots behind the person
    frame: torch.Tensor  # (N, 3): units across the picture; what lies in its middle, x and y
    number: torch.Tensor  # (N,) int64: seeds the fine texture

    def __len__(self) -> int:
        return len(self.identity)

    def __getitem__(self, which) -> "People":
        """Some of them: a number, a slice, a list or a tensor of numbers."""
        if isinstance(which, int):
            which = [which]
        return People(**{f.name: getattr(self, f.name)[which] for f in fields(self)})

    def repeat(self, times: int) -> "People":
        """Each person `times` times in a row: (N,) -> (N * times,)."""
        return People(**{f.name: getattr(self, f.name).repeat_interleave(times, 0) for f in fields(self)})

    def to(self, device) -> "People":
        """The same N people on another device."""
        return People(**{f.name: getattr(self, f.name).to(device) for f in fields(self)})

    @classmethod
    def random(cls, n: int, seed=0) -> "People":
        """N people, the same for the same seed (a number or several).

        The draws are NumPy's, on the CPU, so every device sees them alike.
        """
        rng = np.random.default_rng(seed)
        people = [_draw(rng) for _ in range(n)]
        columns = {name: np.stack([person[name] for person in people]) for name in people[0]}
        return cls(**{name: torch.as_tensor(values, dtype=torch.int64 if name in ("style", "number") else torch.float32)
                      for name, values in columns.items()})


def colour(code: str) -> np.ndarray:
    """'#rrggbb' -> (3,) in [0, 1]."""
    return np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def mixed(rng, palette, at: float | None = None) -> np.ndarray:
    """A colour between two neighbours of a palette, (3,) in [0, 1]; at: its place, 0 to len - 1, else by chance."""
    at = rng.uniform(0, len(palette) - 1) if at is None else at
    low = int(np.clip(np.floor(at), 0, len(palette) - 2))
    return colour(palette[low]) + (at - low) * (colour(palette[low + 1]) - colour(palette[low]))


def _draw(rng) -> dict:
    """One person: a row of each field of `People`. The order of the draws is what a seed means: it stays."""
    from ..face import model as face_model

    n_known = len(face_model.FaceModel.load().identity)
    age = rng.beta(1.3, 1.7)
    dark, made_up, complexion = _draw_complexion(rng)
    hair = _draw_hair_colour(rng, dark, age)
    style = int(rng.choice(len(STYLES), p=np.array([6, 14, 8, 12, 11, 15, 9, 7, 8, 7, 3]) / 100))
    beard = _draw_beard(rng, style, made_up)
    identity = _draw_identity(rng, n_known, dark)
    yaw, up = rng.uniform(-1.1, 1.1), rng.uniform(0.0, 0.9)
    warm = rng.normal(0, 0.06)
    first = mixed(rng, BACKGROUND)
    return {
        "identity": identity, **complexion, "hair": hair, "age": age, "style": style, "beard": beard,
        **_draw_features(rng, dark, made_up), **_draw_things(rng), **_draw_light(rng, yaw, up, warm),
        **_draw_surroundings(rng, first), "number": rng.integers(1 << 20),
    }  # fmt: skip


def _draw_complexion(rng) -> tuple:
    """How dark the skin is, in [0, 1]; whether the face is made up; the colours of skin and lips."""
    tone = rng.uniform(0, len(SKIN) - 1)
    skin = np.clip(mixed(rng, SKIN, tone) * rng.normal(1, 0.025, 3), 0.08, 0.97)
    rosy = rng.uniform(0, 1)
    lips = skin * (1 - np.array([0.10, 0.34, 0.30]) * (0.55 + 0.5 * rosy)) + np.array([0.03, 0.0, 0.01])
    made_up = rng.random() < 0.22
    if made_up:
        lips = 0.35 * lips + 0.65 * colour(("#a3273b", "#b5525c", "#8a2b4a", "#c76a5e")[rng.integers(4)])
    return tone / (len(SKIN) - 1), made_up, {"skin": skin, "lips": np.clip(lips, 0.05, 1)}


def _draw_hair_colour(rng, dark: float, age: float) -> np.ndarray:
    """(3,): it goes with the skin, turns grey with the years, and is dyed now and then."""
    at = rng.choice(9, p=_hair_odds(dark)) + rng.uniform(-0.4, 0.4)
    hair = mixed(rng, HAIR[:9], float(np.clip(at, 0, 8)))
    grey = np.clip((age - 0.68) * 4 + rng.normal(0, 0.2), 0, 1)
    hair = (1 - grey) * hair + grey * mixed(rng, HAIR[9:11])
    if rng.random() < 0.04:
        hair = colour(HAIR[11 + rng.integers(2)])
    return hair


def _draw_beard(rng, style: int, made_up: bool) -> np.ndarray:
    """(4,): moustache, chin, cheeks, stubble; mostly none."""
    if not made_up and STYLES[style] in ("bald", "short", "crop", "side part", "curly", "afro", "receding"):
        if rng.random() < 0.55:
            kind = rng.integers(5)
            return np.array([(0, 0, 0, 1), (1, 0.3, 0, 0.6), (1, 1, 0, 0.5), (1, 1, 1, 0.6), (0.2, 1, 1, 0.8)][kind],
                            float) * rng.uniform(0.6, 1.0)
    return np.zeros(4)


def _draw_identity(rng, n_known: int, dark: float) -> np.ndarray:
    """(K + F,): coefficients of the face model's K identities, then of `FORMS`."""
    identity = np.r_[rng.normal(0, 1.0, n_known), rng.normal(0, 0.8, len(FORMS))]
    identity[n_known + FORMS.index("eyes")] = rng.normal(1.2, 0.5)
    identity[n_known + FORMS.index("lips")] = rng.normal(0.5 + 0.5 * dark, 0.8)
    return identity


def _draw_features(rng, dark: float, made_up: bool) -> dict:
    """Iris, brows, the hair's shape, marks and lashes."""
    return {
        "iris": np.clip(mixed(rng, IRIS, min(6.0, rng.gamma(1.2, 2.0) * (1.15 - dark))) * rng.uniform(0.85, 1.2), 0, 1),
        "brows": [rng.uniform(0.5, 1.15), rng.uniform(0.75, 1.05), rng.uniform(0, 1), rng.uniform(0.65, 1)],
        "hair_shape": rng.random(8),
        "marks": [max(0.0, rng.normal(-0.6, 0.8)) * (1 - 0.8 * dark), rng.uniform(0, 1), rng.random() < 0.2,
                  rng.uniform(0.4, 1) if made_up else 0],
        "lashes": rng.uniform(0.75, 1) if made_up else rng.uniform(0.25, 0.7),
    }


def _draw_things(rng) -> dict:
    """Glasses and clothes."""
    return {
        "glasses": [rng.random() < 0.2, rng.random(), rng.random(), rng.random(), rng.random(), rng.random() < 0.12],
        "glasses_colour": mixed(rng, ("#1a1a1c", "#3b2417", "#6d1f26", "#8a8d91", "#b79a5b", "#22374d")),
        "clothes": mixed(rng, CLOTHES), "collar": [rng.random(), rng.random() < 0.25, rng.integers(5, 11)],
    }  # fmt: skip


def _draw_light(rng, yaw: float, up: float, warm: float) -> dict:
    """Where the lamp stands (radians), and what colour it and the room have."""
    light = np.array([np.sin(yaw), -np.sin(up), -np.cos(yaw) * np.cos(up)])
    return {
        "light": light / np.linalg.norm(light),
        "light_colour": np.array([1 + warm, 1, 1 - warm]) * rng.uniform(0.60, 0.85),
        "ambient": np.array([1 - warm, 1, 1 + warm]) * rng.uniform(0.32, 0.46),
    }


def _draw_surroundings(rng, first: np.ndarray) -> dict:
    """What is behind the person, `first` (3,) its colour above, and where the camera looks."""
    return {
        "background": [first, 0.75 * first + 0.25 * mixed(rng, BACKGROUND), mixed(rng, BACKGROUND)],
        "spots": np.c_[rng.uniform(-0.1, 1.1, (5, 2)), rng.uniform(0.08, 0.35, 5), rng.uniform(0, 0.7, 5)],
        "frame": [rng.uniform(2.65, 3.05), rng.normal(0, 0.04), -0.40 + rng.normal(0, 0.04)],
    }


def _hair_odds(dark: float) -> np.ndarray:
    """Which hair colours go with which skin: people with dark skin have dark hair more often than not."""
    fair = np.array([6, 12, 18, 12, 6, 6, 16, 14, 10], float)
    deep = np.array([55, 30, 10, 2, 1, 0.5, 0.5, 0.5, 0.5])
    odds = (1 - dark) ** 1.5 * fair / fair.sum() + dark**0.5 * deep / deep.sum()
    return odds / odds.sum()


def random_motion(n: int, seed=0, strength: float = 1.0) -> torch.Tensor:
    """Channel values (n, 57) as people show them: some speech, some smile, a glance, a blink, a turned head.

    strength: a factor on all of them; the same seed (a number or several) gives the same values.
    """
    rng = np.random.default_rng((*np.atleast_1d(seed), 57))
    values = np.zeros((n, len(channels.CHANNELS)))
    index = channels.INDEX
    for row in values:
        _draw_motion(rng, row, index)
    values[:, : len(channels.BLENDSHAPES)] *= strength
    values[:, len(channels.BLENDSHAPES) :] *= strength
    return torch.tensor(values, dtype=torch.float32)


def _draw_motion(rng, row, index) -> None:
    def put(name, value, spread=0.06):
        for side in ("Left", "Right"):
            row[index[name + side]] = np.clip(value + rng.normal(0, spread), 0, 1)

    mood = rng.random()
    if mood < 0.72:
        put("mouthSmile", rng.uniform(0.15, 1.0))
        put("cheekSquint", 0.5 * row[index["mouthSmileLeft"]])
    elif mood < 0.8:
        put("mouthFrown", rng.uniform(0, 0.6))
    if rng.random() < 0.5:
        row[index["jawOpen"]] = 0.8 * rng.beta(1.1, 2.2)
    for name in ("mouthPucker", "mouthFunnel", "mouthRollLower", "mouthRollUpper", "jawForward", "mouthShrugUpper",
                 "mouthShrugLower", "cheekPuff"):
        if rng.random() < 0.06:
            row[index[name]] = rng.uniform(0, 0.8)
    for name in ("mouthUpperUp", "mouthLowerDown", "mouthStretch", "mouthDimple", "noseSneer", "mouthPress"):
        if rng.random() < 0.12:
            put(name, rng.uniform(0, 0.6))
    for name in ("mouthLeft", "mouthRight", "jawLeft", "jawRight"):
        if rng.random() < 0.05:
            row[index[name]] = rng.uniform(0, 0.7)
    if rng.random() < 0.35:
        row[index["browInnerUp"]] = rng.uniform(0, 0.9)
        put("browOuterUp", rng.uniform(0, 0.8), 0.15)
    elif rng.random() < 0.15:
        put("browDown", rng.uniform(0, 0.8))
    if rng.random() < 0.07:
        put("eyeBlink", rng.uniform(0.5, 1), 0.02)
    elif rng.random() < 0.3:
        put("eyeSquint", rng.uniform(0, 0.6))
    elif rng.random() < 0.12:
        put("eyeWide", rng.uniform(0, 0.8))
    look_x, look_y = rng.normal(0, 0.22, 2)
    row[index["eyeLookOutLeft"]] = row[index["eyeLookInRight"]] = np.clip(look_x, 0, 1)
    row[index["eyeLookInLeft"]] = row[index["eyeLookOutRight"]] = np.clip(-look_x, 0, 1)
    for side in ("Left", "Right"):
        row[index["eyeLookUp" + side]] = np.clip(-look_y, 0, 1)
        row[index["eyeLookDown" + side]] = np.clip(look_y, 0, 1)
    row[index["headPitch"]], row[index["headYaw"]], row[index["headRoll"]] = rng.normal(0, (6, 12, 5))
    row[index["headX"]], row[index["headY"]] = rng.normal(0, 0.05, 2)
    row[index["headScale"]] = rng.normal(0, 0.03)
