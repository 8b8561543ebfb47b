"""Names for cells that stay when other cells change: no numbers that shift, nothing random.

An exercise and its check are named after the exercise, a text with a heading after its heading, any other cell after
a hash of what it says. So an edit changes the id of the edited cell at most, and git shows no other line.
"""

import hashlib
import re
import unicodedata

LONGEST = 64  # nbformat's limit


def cell_ids(cells) -> list:
    """One id for each cell of `source.Lesson.cells`."""
    taken = {}
    ids = []
    for cell in cells:
        wish = _wish(cell)
        taken[wish] = taken.get(wish, 0) + 1
        ids.append(wish if taken[wish] == 1 else f"{wish}-{taken[wish]}")
    return ids


def _wish(cell) -> str:
    if cell.kind in ("exercise", "check"):
        return f"{cell.kind}-{cell.exercise.name}"[:LONGEST - 4]
    heading = re.match(r"#{1,6} (.+)", cell.source) if cell.kind == "text" else None
    slug = _slug(heading[1]) if heading else ""
    if slug:
        return slug
    return f"{cell.kind}-{hashlib.sha256(cell.source.encode()).hexdigest()[:8]}"


def _slug(text: str) -> str:
    """"Where is the peak?" -> "where-is-the-peak"."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST - 14].strip("-")
