"""What an answer gave, as text that goes from the process it ran in to another one that judges it.

The notebook's process is the student's: whatever it says of right and wrong is worth nothing when points are given. So
it hands out numbers, and the process that gives points compares them with its own. What arrives is read as data alone.
"""

import base64
import itertools
import json
import math

import numpy as np

from . import clock, guard, values
from .exercise import Exercise, ExerciseError

KIND = "application/vnd.living-portraits.outputs+json"
LARGEST = 2**28  # bytes of one array
DEEPEST = 20
STOPPED = {error.__name__: error for error in (NotImplementedError, RecursionError, MemoryError, SystemExit)}


def to_data(exercise: Exercise, given: list[guard.Outcome]) -> dict:
    """The outcomes of an answer on all tests of its exercise, as plain JSON."""
    return {"exercise": exercise.name, "outcomes": [_outcome_to_data(outcome) for outcome in given]}


def from_data(exercise: Exercise, data) -> list[guard.Outcome]:
    """The outcomes again. Raises `ExerciseError`: the data is not what `to_data` makes for this exercise."""
    try:
        data = json.loads(data) if isinstance(data, str) else data
        if data["exercise"] != exercise.name or not isinstance(data["outcomes"], list):
            raise ExerciseError(f"outputs of another exercise than {exercise.name}")
        return [_outcome_from_data(item) for item in itertools.islice(data["outcomes"], 10_000)]
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as problem:
        raise ExerciseError(f"outputs of {exercise.name} that cannot be read: {type(problem).__name__}") from None


def _outcome_to_data(outcome: guard.Outcome) -> dict:
    made = {"changed": [str(name) for name in outcome.changed], "refused": outcome.refused}
    if outcome.error is None:
        return made | {"value": _to_data(outcome.value)}
    try:
        said = str(outcome.error)
    except BaseException:  # an exception of their own whose text does not work either
        said = ""
    return made | {"error": type(outcome.error).__name__, "said": said[:1000],
                   "waited": float(getattr(outcome.error, "waited", 0.0)) if outcome.slow else 0.0}


def _outcome_from_data(data: dict) -> guard.Outcome:
    outcome = guard.Outcome(changed=tuple(str(name)[:100] for name in data["changed"]),
                            refused=str(data["refused"])[:200])
    if "error" in data:
        outcome.error = _problem(str(data["error"])[:100], str(data["said"])[:1000], float(data["waited"]))
    else:
        outcome.value = _from_data(data["value"])
    return outcome


def _problem(name: str, said: str, waited: float) -> BaseException:
    """An exception of that name. It is made here, whatever it was there."""
    if name == clock.TooSlow.__name__:
        return clock.TooSlow(waited)
    kind = STOPPED.get(name) or type(name if name.isidentifier() else "Exception", (Exception,), {})
    return kind(said)


# ---------------------------------------------------------------- values


def _to_data(value):
    """A value in plain form (see `values.plain`) as JSON: [what it is, its content]."""
    if isinstance(value, values.Shape):
        return ["shape", [int(size) for size in value]]
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "biufc" or value.nbytes > LARGEST:
            return ["other", values.briefly(value)]
        content = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
        return ["array", [value.dtype.str, list(value.shape), content]]
    if isinstance(value, list):
        return ["list", [_to_data(item) for item in value]]
    if isinstance(value, dict) and all(isinstance(key, (str, int)) for key in value):
        return ["dict", [[key, _to_data(item)] for key, item in value.items()]]
    if isinstance(value, float):
        return ["float", value.hex()]
    if value is None or type(value) in (bool, int, str):
        return ["plain", value]
    return ["other", values.kind_of(value)]


class Other:
    """A value that is no data: an object of the other process. Nothing is equal to it."""

    def __init__(self, said: str):
        self.said = said

    def __eq__(self, _):
        return False

    __hash__ = None


def _from_data(data, depth: int = DEEPEST):
    kind, content = data
    if not depth:
        raise ValueError("too deep")
    if kind == "shape":
        return values.Shape(int(size) for size in content)
    if kind == "array":
        return _array(*content)
    if kind == "list":
        return [_from_data(item, depth - 1) for item in content]
    if kind == "dict":
        return {key: _from_data(item, depth - 1) for key, item in content if isinstance(key, (str, int))}
    if kind == "float":
        return float.fromhex(content)
    if kind == "plain" and (content is None or type(content) in (bool, int, str)):
        return content
    return Other(str(content)[:200])


def _array(dtype: str, shape: list, content: str) -> np.ndarray:
    kind, shape = np.dtype(str(dtype)), tuple(int(size) for size in shape)
    if kind.kind not in "biufc" or any(size < 0 for size in shape) or math.prod(shape) * kind.itemsize > LARGEST:
        raise ValueError("no array of numbers")
    return np.frombuffer(base64.b64decode(content, validate=True), kind).reshape(shape).copy()
