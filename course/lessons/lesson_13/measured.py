"""What was measured on the system, as lesson 13 takes it apart: the landmarker face by face, the detector's scores.

Both tables are of people who do not exist, whom the networks have not learned from. `benchmarks/landmarks_by_group.py`
and `benchmarks/fakes_scores.py` made them.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from course.evaluation import groups

FOLDER = Path(__file__).parent
BAD = 5.0  # percent of the eye distance: a landmarker that is off by more spoils a film visibly
ASIDE = 25.0  # degrees from which a head is seen from the side
# Limits of the individual typology angle in degrees (Chardon et al., 1991), two groups at each end taken together
TONES = ((28, "light"), (10, "tan"), (-30, "brown"), (-91, "dark"))
IN_ORDER = ("light", "tan", "brown", "dark", "child", "young", "middle", "old", "no glasses", "glasses", "dark glasses",
            "from the front", "from the side")


@dataclass(frozen=True)
class Faces:
    """N faces: errors (N,), percent of the eye distance, nan where no face was found; names of groups: {kind: (N,)}."""

    errors: np.ndarray
    names: dict

    @property
    def wrong(self) -> np.ndarray:
        """Where the landmarker is off by more than `BAD`, or found nothing: bool (N,)."""
        return ~(self.errors <= BAD)

    def take(self, kind: str, name: str) -> "Faces":
        """Those of one group."""
        own = self.names[kind] == name
        return Faces(self.errors[own], {key: values[own] for key, values in self.names.items()})

    def rates(self, kind: str) -> dict:
        """{group: (rate, low, high)} of a kind of groups, by `evaluation.rates_by_group`."""
        found = groups.rates_by_group(self.wrong, list(self.names[kind]))
        return {name: found[name] for name in sorted(found, key=IN_ORDER.index)}

    def counts(self, kind: str) -> dict:
        """{group: how many are in it}."""
        names, counts = np.unique(self.names[kind], return_counts=True)
        return dict(zip(names.tolist(), counts.tolist()))


def faces() -> Faces:
    """The landmarker's errors on 214 faces, with groups by skin tone, age, glasses and how the head is turned."""
    rows = _rows("landmarks_by_group.csv")
    tones = [next(name for least, name in TONES if float(row["skin"]) > least) for row in rows]
    glasses = [{"none": "no glasses", "clear": "glasses", "dark": "dark glasses"}[row["glasses"]] for row in rows]
    turned = ["from the side" if float(row["turned"]) >= ASIDE else "from the front" for row in rows]
    names = {"skin": tones, "age": [row["age"] for row in rows], "glasses": glasses, "seen": turned}
    return Faces(np.array([float(row["error"] or "nan") for row in rows]),
                 {kind: np.array(values) for kind, values in names.items()})


def scores() -> tuple:
    """The detector's scores of photos and of film frames, one each for the same people: two arrays (N,)."""
    rows = _rows("scores.csv")
    return tuple(np.array([float(row["score"]) for row in rows if row["film"] == kind]) for kind in "01")


def _rows(name: str) -> list:
    with open(FOLDER / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
