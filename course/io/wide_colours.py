"""Film in the colours of newer screens (BT.2020, Display P3; HDR by PQ or HLG) -> the sRGB of ordinary ones.

Curves and matrices: ITU-R BT.2100-2 (2018), BT.2020-2 (2015), BT.1886 (2011); level of white: ITU-R BT.2408-7 (2023).
"""

from functools import lru_cache

import numpy as np

PQ, HLG = 16, 18  # ISO/IEC 23091-2, transfer characteristics
HDR = {PQ: "PQ", HLG: "HLG"}
# ISO/IEC 23091-2, colour primaries: the x, y of red, green and blue; white is D65
PRIMARIES = {
    1: ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060)),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),  # BT.2020
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),  # cinema
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),  # Display P3
}
D65 = (0.3127, 0.3290)
WHITE = 203.0  # candela per square metre of a white sheet in HDR (BT.2408)
HLG_PEAK = 1000.0  # of the screen that HLG is meant for
SCREEN_GAMMA = 2.4  # BT.1886
KNEE = 0.8  # of white: what is darker keeps its brightness, what is lighter is drawn in


def is_wide(primaries: int, transfer: int) -> bool:
    """Whether colours so tagged look wrong when they are taken for sRGB."""
    return transfer in HDR or (primaries in PRIMARIES and primaries != 1)


def to_srgb(rgb: np.ndarray, primaries: int, transfer: int) -> np.ndarray:
    """uint16 (H, W, 3) as the film stores it -> uint8 (H, W, 3), sRGB.

    Without HDR grey stays what it is. With HDR skin and all that is darker than 0.8 of white keeps its brightness;
    what is lighter is drawn in below 1 with its hue kept (Reinhard et al. 2002, beginning at the knee).
    """
    import cv2

    light = _light(transfer)[rgb]  # (H, W, 3), 1 is white
    if transfer == HLG:  # the screen's share of the curve: BT.2100's OOTF, gamma 1.2
        luminance = light @ np.array([0.2627, 0.6780, 0.0593], np.float32)
        light *= (HLG_PEAK / WHITE * luminance ** np.float32(0.2))[..., None]
    wide = primaries if primaries in PRIMARIES else 9 if transfer in HDR else 1
    light = cv2.transform(light, _matrix(wide))  # linear light of sRGB's primaries
    if transfer in HDR:
        brightest = np.maximum(light.max(axis=2), KNEE)
        over = (brightest - KNEE) / (1 - KNEE)
        light *= ((KNEE + (1 - KNEE) * over / (1 + over)) / brightest)[..., None]
    steps = (np.clip(light, 0, 1) * 65535 + 0.5).astype(np.uint16)
    return _encoded(transfer in HDR)[steps]


@lru_cache(maxsize=4)
def _light(transfer: int) -> np.ndarray:
    """Stored value -> light, (65536,) float32; 1 is white."""
    signal = np.linspace(0, 1, 65536)
    if transfer == PQ:
        m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
        power = signal ** (1 / m2)
        light = 10_000 / WHITE * (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1)
    elif transfer == HLG:  # light of the scene; 1 is the brightest
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        light = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    else:
        light = signal**SCREEN_GAMMA
    return light.astype(np.float32)


@lru_cache(maxsize=2)
def _encoded(srgb: bool) -> np.ndarray:
    """Light in 65536 steps -> stored value, uint8 (65536,): by sRGB's curve, or by the screen's own backwards."""
    light = np.linspace(0, 1, 65536)
    if srgb:
        value = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    else:
        value = light ** (1 / SCREEN_GAMMA)
    return np.round(value * 255).astype(np.uint8)


@lru_cache(maxsize=4)
def _matrix(primaries: int) -> np.ndarray:
    """Linear light of these primaries -> of sRGB's: (3, 3) float32."""
    return np.linalg.solve(_to_xyz(1), _to_xyz(primaries)).astype(np.float32)


def _to_xyz(primaries: int) -> np.ndarray:
    """Linear RGB -> CIE XYZ, (3, 3), by SMPTE RP 177 (1993)."""
    xyz = np.array([(x / y, 1, (1 - x - y) / y) for x, y in PRIMARIES[primaries]]).T  # (3, 3), a column each
    x, y = D65
    return xyz * np.linalg.solve(xyz, [x / y, 1, (1 - x - y) / y])
