"""What somebody can do who has this code and not the maker's key: forge a mark, copy one, take one away.

    python benchmarks/watermark_attackers.py [--films 6]

Uses the films that `python benchmarks/watermark.py` keeps. Every film goes through H.264 at CRF 18 as it is written and
once more at CRF 23 after the attack.

    forged    somebody else's mark, with the payload that a film of the maker shows, put into a film that had none
    copied    the difference of the two half periods of a marked film, times --gain, laid onto another film
    removed   the signs that everybody can read, taken off again at the strength at which they fit
    averaged  every frame replaced by the mean of a second around it: what changes over falls out
    grey      the colours taken out
"""

import argparse

import cv2
import numpy as np
import watermark as attacks

from course.provenance import chips, demodulation, watermark, watermark_reader

KEY, THEIRS = b"the maker's secret key, 32 bytes"[:32], b"somebody else's secret, 32 bytes"[:32]


def written(frames):
    """Frames through H.264 as films are written."""
    return attacks.h264(frames, 18)[0]


def up(count):
    """Which of some frames show the mark as it was drawn, bool (T,)."""
    return np.array([int(2 * number / attacks.FPS + 1e-6) % 2 == 0 for number in range(count)])


def swing(film):
    """How much bluer a film is in one half period than in the other, half of it: float32 (H, W)."""
    rows, first = np.stack(film).astype(np.float32), up(len(film))
    return (rows[first].mean(axis=0) - rows[~first].mean(axis=0)) @ demodulation.TINTS[0] / 2


def swung(film, change):
    """Frames with a change (H, W, 3) laid on in one half period and taken off in the other."""
    ways = np.where(up(len(film)), 1, -1)
    return [np.clip(frame + way * change, 0, 255).astype(np.uint8) for frame, way in zip(film, ways)]


def forged(film, other, payload):
    """The maker's payload under somebody else's key."""
    marker = watermark.Marker(payload, THEIRS)
    return [marker(frame) for frame in other]


def copied(film, other, payload, gain=1.0):
    """What changes over in one film, laid onto another: the colour alone, for the rest is movement."""
    change = swing(film)
    height, width = other[0].shape[:2]
    laid = gain * cv2.resize(cv2.GaussianBlur(change, (0, 0), 4), (width, height))
    return swung(other, laid[..., None] * watermark.DIRECTION)


def removed(film, other, payload):
    """The public signs taken off: what somebody can compute who has read the payload."""
    height, width = film[0].shape[:2]
    signs = watermark.spots(chips.public_plane(payload), height, width) * watermark.hiding(film[0])
    fits = float((swing(film) * signs).sum() / (signs**2).sum())
    return swung(film, -fits * signs[..., None] * watermark.DIRECTION)


def averaged(film, other, payload):
    """Colours averaged over a second; brightness, in which the film moves, stays."""
    pictures = [cv2.cvtColor(frame, cv2.COLOR_RGB2YCrCb).astype(np.float32) for frame in film]
    out = []
    for number, picture in enumerate(pictures):
        first = min(max(0, number - 12), len(pictures) - 25)
        tint = np.mean(pictures[first : first + 25], axis=0)
        tint[..., 0] = picture[..., 0]
        out.append(cv2.cvtColor(tint.astype(np.uint8), cv2.COLOR_YCrCb2RGB))
    return out


def grey(film, other, payload):
    """Without colours."""
    return [np.repeat(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2) for frame in film]


ATTACKERS = {"forged": forged, "copied": copied, "copied twice as strong": lambda *of: copied(*of, gain=2.0),
             "removed": removed, "averaged": averaged, "grey": grey}


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--films", type=int, default=6)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    films = [list(np.load(path)[:50]) for path in attacks.unmarked([], options.films)]
    rows = {name: [0, 0, 0] for name in ATTACKERS}
    for number, frames in enumerate(films):
        payload = 1000 + number
        marker = watermark.Marker(payload, KEY)
        film, other = written([marker(frame) for frame in frames]), films[(number + 1) % len(films)]
        for name, attack in ATTACKERS.items():
            found = watermark_reader.read_watermark(attacks.h264(attack(film, other, payload))[0])
            row = rows[name]
            row[0] += found is not None and found.payload == payload
            row[1] += found is not None and found.made_with(KEY)
            row[2] += 1
    print(f"{'attack':24} {'films':>5} {'payload read':>12} {'proved as the maker':>20}")
    for name, (read, proved, count) in rows.items():
        print(f"{name:24} {count:5} {read:12} {proved:20}")


if __name__ == "__main__":
    main()
