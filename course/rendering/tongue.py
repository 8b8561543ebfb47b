"""The tongue: a soft shape that goes with the jaw, lies behind the lower teeth and lifts its tip for l, n, t, d and th.

One number says where the tip is (`tongueOut`): 0 at rest behind the lower row, about a half behind the edges of the
upper teeth, more than that between the rows and over the lower one. Lips and upper teeth hide what lies behind them.
"""

import numpy as np

from ..interpolation import smoothstep

BODY = (0.36, 0.26)  # where its back is seen, in shares of the gap below the upper lip: the middle, 15 mm beside it
SOFT = 0.10  # of the gap: how softly the back ends, which lies far behind
TIP = (0.7, 0.022)  # mm that a lifted tip reaches behind the upper teeth; and by how much its outline bows, 1 / mm
HALF = (15.0, 10.5)  # mm from the midline to its side, at rest and lifted
LIFTED = 0.5  # from here on the tip is up, and what is more brings it forwards
FORWARD = (0.55, 0.75)  # where it comes over the lower teeth


def lifted(out: float) -> float:
    """How far the tip has left its place behind the lower row: 0 to 1."""
    return float(smoothstep(0.0, LIFTED, out))


def forward(out: float) -> float:
    """How far it has come between the rows, before the lower one: 0 to 1."""
    return float(smoothstep(*FORWARD, out))


def draw(colour: np.ndarray, tone: np.ndarray, x: np.ndarray, above: np.ndarray, gap: np.ndarray,
         edge: np.ndarray, out: float) -> np.ndarray:
    """The tongue over the dark of a mouth.

    Args:
        colour: float (h, w, 3), what lies behind; tone: (3,), the tongue's colour in full light;
        x, above, gap: (h, w) millimetres: beside the midline, below the upper lip, and from lip to lip;
        edge: (h, w), how far below the upper lip the edges of the upper teeth are; out: 0 to 1.
    Returns:
        float (h, w, 3).
    """
    up, front = lifted(out), forward(out)
    half = HALF[0] + up * (HALF[1] - HALF[0])
    side = smoothstep(1.0, 0.55, np.abs(x) / half)
    outline, soft, seen = (BODY[0] + BODY[1] * (x / 15) ** 2) * gap, SOFT * gap, smoothstep(2, 8, gap)
    if up > 0:
        # a lifted tip touches the teeth from behind; one that comes out lies under their edges
        raised = edge - TIP[0] * (1 - 2 * front) + TIP[1] * x**2
        outline = outline + up * (np.minimum(raised, outline) - outline)
        soft = soft * (1 - up) + 0.35 * up
        seen = np.maximum(seen, up * smoothstep(0.6, 2.0, gap))
    body = smoothstep(-soft, soft, above - outline) * side * seen
    shade = _shade(x, half, above - outline, gap, up, front)
    return colour + body[..., None] * (shade[..., None] * tone - colour)


def _shade(x, half, below, gap, up, front) -> np.ndarray:
    """How much light falls on it: (h, w). The light comes from the front: the back turns away from it, and so do the
    sides; a groove runs along the middle."""
    depth = below / np.maximum(gap, 0.5)
    light = 0.42 + 0.55 * smoothstep(0.0, 0.42, depth)
    if up > 0:
        tip = 0.62 + 0.28 * front + 0.16 * smoothstep(0.2, 1.4, below) - 0.30 * smoothstep(1.5, 7.0, below)
        light = light + up * (tip - light)
    round_off = np.sqrt(np.clip(1 - 0.75 * (x / half) ** 2, 0.1, 1))
    groove = 1 - 0.13 * np.exp(-((x / 1.8) ** 2)) * smoothstep(0.10, 0.40, depth) * (1 - 0.6 * up)
    return light * round_off * groove
