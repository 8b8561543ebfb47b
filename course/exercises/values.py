"""Values that two functions gave: brought to one form, compared, and put into a few words.

The plain form: arrays, tensors and NumPy numbers become NumPy arrays (copies), tuples, lists and generators become
lists, dicts stay dicts; numbers, bools, strings and None stay; the shape of a tensor is a `Shape`; anything else is
itself.
"""

import copy
import inspect
import itertools
import numbers

import numpy as np

ITEMS = 100_000  # a generator is read so far at most
LARGEST = 2**30  # bytes; what is larger is no answer, and copying it might stop the kernel


class Shape(tuple):
    """The shape of something, as a value that is compared: told as "(4, 1)"."""


def plain(value):
    """A value in plain form; what it shares memory with may change afterwards."""
    if isinstance(value, Shape) or type(value).__name__ == "Size" and type(value).__module__.startswith("torch"):
        return Shape(value)
    if isinstance(value, np.ndarray):
        return np.array(value, subok=False) if value.nbytes < LARGEST else _hollow(value.shape, value.dtype)
    if is_tensor(value):
        if value.element_size() * value.nelement() >= LARGEST:
            return _hollow(tuple(value.shape), np.float32)
        tensor = value.detach().cpu()
        if str(tensor.dtype) == "torch.bfloat16":
            tensor = tensor.float()
        return np.array(tensor.numpy())
    if isinstance(value, np.generic):
        return np.array(value)
    if isinstance(value, dict):
        return {key: _as_shape(key, plain(item)) for key, item in value.items()}
    if isinstance(value, (list, tuple, range)):
        return [plain(item) for item in value]
    if inspect.isgenerator(value) or isinstance(value, (map, zip, filter)):
        return [plain(item) for item in itertools.islice(value, ITEMS)]
    if inspect.iscoroutine(value):
        value.close()  # or Python warns about it much later
    return value


def _as_shape(key, value):
    """What stands in a dict under a name like "the logits' shape"."""
    row = value.tolist() if isinstance(value, np.ndarray) and value.ndim == 1 else value
    whole = isinstance(row, list) and all(isinstance(size, int) and not isinstance(size, bool) for size in row)
    return Shape(row) if whole and str(key).endswith("shape") else value


def _hollow(shape: tuple, dtype) -> np.ndarray:
    """An array of this shape that takes no memory."""
    return np.broadcast_to(np.zeros((), dtype), shape)


def copied(value):
    """Arguments of their own for each call."""
    return copy.deepcopy(value)


def identical(a, b) -> bool:
    """To the bit, NaN included; of what is neither numbers nor a container nothing is known, and it counts as same."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if is_tensor(a):
        return a.dtype == b.dtype and a.shape == b.shape and identical(plain(a), plain(b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(identical(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(identical, a, b))
    if isinstance(a, (numbers.Number, str, bytes)):
        return a == b or a != a
    return True


# ---------------------------------------------------------------- a student's value beside the right one


def fit(theirs, right):
    """Theirs in the form of the right one where that is only a matter of spelling (a list for an array, ...)."""
    if isinstance(right, Shape):
        return _as_shape("shape", theirs)
    theirs = list(theirs) if isinstance(theirs, Shape) else theirs
    if isinstance(right, np.ndarray) or _is_number(right):
        if isinstance(theirs, (list, bool)) or _is_number(theirs):
            try:
                made = np.array(theirs)
            except ValueError:  # ragged
                return theirs
            return made if made.dtype.kind in "biufc" else theirs
        return theirs
    if isinstance(right, list):
        if isinstance(theirs, np.ndarray) and theirs.ndim:
            theirs = list(theirs)
        if isinstance(theirs, list) and len(theirs) == len(right):
            return [fit(t, r) for t, r in zip(theirs, right)]
        return theirs
    if isinstance(right, dict) and isinstance(theirs, dict):
        return {key: fit(item, right[key]) if key in right else item for key, item in theirs.items()}
    if isinstance(right, bool) and isinstance(theirs, np.ndarray) and theirs.ndim == 0 and theirs.dtype == bool:
        return bool(theirs)
    return theirs


def wrong_type(theirs, right, exact: bool = False) -> str | None:
    """What is wrong with the type of a fitted value, as it reads on after "you give"; None when nothing."""
    if isinstance(right, np.ndarray) or _is_number(right):
        if not isinstance(theirs, np.ndarray):
            return f"{kind_of(theirs)}, the answer is {kind_of(right)}"
        return _wrong_numbers(theirs, right, exact)
    if isinstance(right, list):
        if not isinstance(theirs, list):
            return f"{kind_of(theirs)}, the answer is {_several(len(right))}"
        if len(theirs) != len(right):
            return f"{_several(len(theirs))}, the answer is {_several(len(right))}"
        found = (wrong_type(t, r, exact) for t, r in zip(theirs, right))
        return next((f"{what} (number {n} of {len(right)})" for n, what in enumerate(found, 1) if what), None)
    if isinstance(right, dict):
        if not isinstance(theirs, dict):
            return f"{kind_of(theirs)}, the answer is a dict"
        if set(theirs) != set(right):
            return f"a dict with the keys {_names(theirs)}, the answer has {_names(right)}"
        found = ((key, wrong_type(theirs[key], right[key], exact)) for key in right)
        return next((f"{what} (under {key!r})" for key, what in found if what), None)
    if isinstance(right, bool) != isinstance(theirs, bool) or (
        type(theirs) is not type(right) and not isinstance(theirs, type(right))
    ):
        return f"{kind_of(theirs)}, the answer is {kind_of(right)}"
    return None


def _wrong_numbers(theirs: np.ndarray, right, exact: bool) -> str | None:
    wanted = right.dtype if isinstance(right, np.ndarray) else np.array(right).dtype
    if theirs.dtype.kind not in "biufc":
        return f"an array of {theirs.dtype}, the answer holds numbers"
    if exact and isinstance(right, np.ndarray) and theirs.dtype != wanted:
        return f"{theirs.dtype}, the answer is {wanted}"
    if not theirs.size:
        return None  # of no number the type is of no importance
    allowed = {"b": "b", "i": "iu", "u": "iu", "f": "iuf", "c": "iufc"}[wanted.kind]
    if not isinstance(right, np.ndarray) and wanted.kind == "i":
        allowed = "iuf"  # 7.0 is as good as 7
    if theirs.dtype.kind not in allowed:
        words = {"b": "True and False", "i": "whole numbers", "u": "whole numbers", "f": "numbers", "c": "numbers"}
        return f"{theirs.dtype}, the answer holds {words[wanted.kind]} ({wanted})"
    return None


def leaves(theirs, right, path: tuple = ()):
    """Yield (path, theirs, right) for each array or other single thing in two values of the same form.

    A path goes from the outside to the inside: keys of dicts, and (number, of how many) in lists.
    """
    if isinstance(right, list):
        for number, (t, r) in enumerate(zip(theirs, right), 1):
            yield from leaves(t, r, (*path, (number, len(right))))
    elif isinstance(right, dict):
        for key in right:
            yield from leaves(theirs[key], right[key], (*path, key))
    else:
        yield path, theirs, right


def is_numbers(value) -> bool:
    """Whether it is an array or a number."""
    return isinstance(value, np.ndarray) or _is_number(value)


def wrong_shape(theirs, right) -> tuple | None:
    """(their shape, the right one, where in words) of the first array that differs; None when all agree."""
    for path, t, r in leaves(theirs, right):
        if is_numbers(r) and np.shape(t) != np.shape(r):
            return np.shape(t), np.shape(r), where(path)
    return None


def close(theirs, right, atol: float, rtol: float) -> bool:
    """Equal within |theirs - right| <= atol + rtol |right|; NaN equals NaN. Types and shapes agree."""
    return all(_close(t, r, atol, rtol) for _, t, r in leaves(theirs, right))


def _close(theirs, right, atol: float, rtol: float) -> bool:
    if is_numbers(right):
        return bool(_off(theirs, right, atol, rtol).max(initial=0) <= 0)
    return bool(theirs == right)


def difference(theirs, right, atol: float, rtol: float) -> tuple[str, str, str]:
    """Where two values differ most, in words: ("at [1, 0]" or "", what they give, what is right)."""
    if isinstance(right, list) and len(right) <= 4 and all(_is_number(item) for item in right):
        theirs, right = np.array(theirs), np.array(right)
    for path, t, r in leaves(theirs, right):
        if _close(t, r, atol, rtol):
            continue
        if not is_numbers(r):
            return where(path), briefly(t), briefly(r)
        index, given, answer = _different_numbers(_told(t, atol), _told(r, atol), atol, rtol)
        return " ".join(filter(None, (index, where(path)))), given, answer
    return "", briefly(theirs), briefly(right)


def worst(theirs, right, atol: float, rtol: float) -> tuple:
    """Where the first part that is wrong is farthest off: keys, places in lists, then the index in an array.

    () where nothing is wrong, or a single thing is all there is. Types and shapes agree.
    """
    for path, t, r in leaves(theirs, right):
        if not _close(t, r, atol, rtol):
            steps = tuple(step[0] - 1 if isinstance(step, tuple) else step for step in path)
            off = _off(t, r, atol, rtol) if is_numbers(r) and np.shape(r) else np.zeros(())
            return (*steps, *map(int, np.unravel_index(np.argmax(off), off.shape))) if off.ndim else steps
    return ()


def _different_numbers(theirs: np.ndarray, right: np.ndarray, atol: float, rtol: float) -> tuple[str, str, str]:
    if theirs.ndim == 0:
        return ("", *_tell_apart(theirs.item(), right.item()))
    if theirs.size <= 4 and theirs.ndim == 1:
        return ("", *_tell_apart_many(theirs.tolist(), right.tolist()))
    index = np.unravel_index(np.argmax(_off(theirs, right, atol, rtol)), theirs.shape)
    at = "" if theirs.size == 1 else f"at [{', '.join(map(str, map(int, index)))}]"
    return (at, *_tell_apart(theirs[index].item(), right[index].item()))


def where(path: tuple) -> str:
    """A path from the inside to the outside, in words: "in '0.weight' under 'weights after'"."""
    steps = [f"in number {step[0]} of {step[1]}" if isinstance(step, tuple) else f"in {step!r}" for step in path]
    if path and not isinstance(path[0], tuple):
        steps[0] = f"under {path[0]!r}"
    return " ".join(reversed(steps))


def _told(value, atol: float) -> np.ndarray:
    """Numbers as they are told: 1.6e-12 beside a tolerance of 1e-5 is 0."""
    value = np.asarray(value)
    return np.where(np.abs(value) < atol / 10, 0, value).astype(value.dtype) if value.dtype.kind in "fc" else value


def _off(theirs, right, atol: float, rtol: float) -> np.ndarray:
    """By how much each number is beyond its tolerance: 0 or less is close, infinite where only one is NaN."""
    theirs, right = np.atleast_1d(np.asarray(theirs)), np.atleast_1d(np.asarray(right))
    if right.dtype.kind == "b" or theirs.dtype.kind == "b":
        return (theirs.astype(float) != right.astype(float)).astype(float)
    wide = np.complex128 if "c" in (theirs.dtype.kind, right.dtype.kind) else np.float64
    theirs, right = theirs.astype(wide), right.astype(wide)
    same = (theirs == right) | (np.isnan(theirs) & np.isnan(right))  # infinities too
    with np.errstate(invalid="ignore", over="ignore"):
        off = np.abs(theirs - right) - (atol + rtol * np.abs(right))
    return np.where(same, 0.0, np.where(np.isfinite(off), off, np.inf))


# ---------------------------------------------------------------- words


def kind_of(value) -> str:
    """"an array", "a text", "None", ..."""
    if value is None:
        return "None"
    if isinstance(value, bool):
        return "True or False"
    if isinstance(value, np.ndarray):
        return "an array" if value.ndim else "a number"
    if isinstance(value, Shape):
        return "a shape"
    for types, words in (((numbers.Number,), "a number"), ((str,), "a text"), ((list,), "a list"), ((dict,), "a dict")):
        if isinstance(value, types):
            return words
    if callable(value):
        return "a function" if inspect.isroutine(value) else f"a {type(value).__name__}"
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def _several(count: int) -> str:
    return {0: "nothing", 1: "one value"}.get(count, f"{count} values")


def _names(keys) -> str:
    return ", ".join(sorted(map(str, keys))) or "none"


def number(value, digits: int = 3) -> str:
    """A number in a few characters: 0.143, 1204, 1.2e-07, nan."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return str(value)
    if isinstance(value, numbers.Integral):
        return str(int(value))
    text = f"{float(value):.{digits}g}"
    if "e+" in text and abs(value) < 1e6:
        text = f"{float(value):.0f}"
    return text.replace("e-0", "e-").replace("e+0", "e+")


def _tell_apart(a, b) -> tuple[str, str]:
    """Both in as few digits as show that they differ."""
    for digits in (2, 3, 4, 6, 9):
        if number(a, digits) != number(b, digits):
            return number(a, max(digits, 3)), number(b, max(digits, 3))
    return number(a, 12), number(b, 12)


def _tell_apart_many(a: list, b: list) -> tuple[str, str]:
    for digits in (3, 4, 6, 9, 12):
        texts = [f"[{', '.join(number(item, digits) for item in row)}]" for row in (a, b)]
        if texts[0] != texts[1]:
            break
    return texts[0], texts[1]


def briefly(value, width: int = 60) -> str:
    """A value in at most `width` characters: the numbers where they are few, else the shape."""
    if isinstance(value, Shape):
        return _shape(value)
    value = plain(value)
    if isinstance(value, np.ndarray):
        text = _nested(value.tolist()) if value.size <= 12 else ""
        return text if text and len(text) <= width else f"{value.dtype} of shape {_shape(value.shape)}"
    if isinstance(value, list):
        text = f"[{', '.join(briefly(item, width) for item in value)}]" if len(value) <= 12 else ""
        return text if text and len(text) <= width else f"a list of {len(value)}"
    if isinstance(value, str):
        return repr(value) if len(value) <= width else repr(value[: width - 5]) + " ..."
    if _is_number(value) or isinstance(value, bool) or value is None:
        return number(value)
    return kind_of(value)


def shape_words(shape: tuple) -> str:
    """"an array of shape (2, 3)", or "a single number"."""
    return f"an array of shape {_shape(shape)}" if shape else "a single number"


def _nested(value) -> str:
    return f"[{', '.join(map(_nested, value))}]" if isinstance(value, list) else number(value)


def _shape(shape: tuple) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def _is_number(value) -> bool:
    return isinstance(value, numbers.Number) and not isinstance(value, bool)


def is_tensor(value) -> bool:
    """Whether it is a torch tensor, without importing torch."""
    return type(value).__module__.partition(".")[0] == "torch" and hasattr(value, "detach") and hasattr(value, "numpy")
