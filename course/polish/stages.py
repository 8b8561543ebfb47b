"""What "polish" may mean for a film that is made of a photo: the names of its stages, and which are on by themselves.

Each is on where a number and the eye agree that it helps (`benchmarks/polish.py`).
"""

STAGES = {
    "steady": "the jitter of a driving film's points is taken out",
    "detail": "the detail that resampling took comes back, inside the face only",
    "colour": "painted skin gets the colours of the skin around it",
}
DEFAULT = ("steady", "detail")


def wants(polish, stage: str) -> bool:
    """Whether a setting asks for a stage: True stands for `DEFAULT`, False for none, else names with commas between."""
    chosen = DEFAULT if polish is True else polish.split(",") if isinstance(polish, str) else ()
    return stage in [name.strip() for name in chosen]
