"""A photo's two parts: the person's own share of each pixel, and the plate before which the person stands.

For tensors, in training, and for arrays, at work.
"""

GROWN = 0.05  # radii by which a hole is larger than the matte: hair has shone on the wall, and the wall through it


def opened(matte):
    """1 from a matte of a quarter on, 0 where there is none: a tensor or an array (...) in [0, 1] -> the same."""
    return (4 * matte).clip(0, 1)


def part(photo, matte, hole, inside, behind) -> tuple:
    """A photo -> the person's own share of it and the plate before which the person stands, shaped as the photo.

    photo, behind: tensors (N, 3, S, S) or arrays (S, S, 3), the second fills the hole; matte, hole, inside: the same
    with 1 instead of 3.

    plate = (1 - hole) photo + hole behind,   own = photo - (1 - matte) plate

    so that own + (1 - matte) plate is the photo again (the matting equation, Porter and Duff, 1984; `own` may be
    below 0 where a dark hair is half counted as wall). Beyond the border own = matte photo: there it is mirrored.
    """
    hole = hole.clip(min=1 - inside)
    plate = (1 - hole) * photo + hole * behind
    return inside * (photo - (1 - matte) * plate) + (1 - inside) * matte * photo, plate
