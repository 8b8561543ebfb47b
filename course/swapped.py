"""Whether a student's part stands where ours would: what is quick steps aside for it."""

import sys


def is_any(module: str, *names: str) -> bool:
    """Whether under one of the names of a file of the package, such as "course.detection.boxes", stands a student's
    part (`exercises.places`), which carries the mark `__part__`; a file that nobody has loaded has none."""
    loaded = vars(sys.modules[module]) if module in sys.modules else {}
    return any(hasattr(loaded.get(name), "__part__") for name in names)
