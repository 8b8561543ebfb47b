"""Whose function is it: the student's own, or ours in some disguise? And its source, to be kept."""

import ast
import builtins
import functools
import importlib
import inspect
import linecache
import symtable
import textwrap
import types
from pathlib import Path

import numpy as np

from . import places
from .exercise import Exercise, ExerciseError

PACKAGE = Path(__file__).resolve().parent.parent
# Here stand the engine and what students get wrong; everything else of the package is ours to hand out
NOT_THE_SYSTEM = ("exercises", "authoring")


def ours(exercise: Exercise):
    """The function (or class) that is the reference, as shipped.

    Raises `ExerciseError`: there is none where it should be.
    """
    solution = exercise.solution
    if callable(solution):
        return solution
    if not solution:
        return places.original(exercise.place)
    module, _, name = solution.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as problem:
        raise ExerciseError(f"exercise {exercise.name!r}: no solution at {solution!r}: {problem}") from None


def unwrapped(thing):
    """What a decorator, a partial, a method or a place of the system has inside."""
    for _ in range(100):  # a wrapper may hold itself
        inner = (getattr(thing, "func", None) if isinstance(thing, functools.partial) else None) or getattr(
            thing, "__func__", None) or _written(thing).get("__wrapped__")
        if inner is None:
            return thing
        thing = inner
    return thing


def _written(thing) -> dict:
    return vars(thing) if hasattr(thing, "__dict__") else {}


def part_of(thing):
    """The student's part, where it is asked back from its place in the system (there it is wrapped)."""
    return _written(thing).get("__part__", thing)


def is_ours(exercise: Exercise, thing) -> bool:
    """Our own function handed back: itself, wrapped, copied, derived, or another one of this package."""
    reference, inner = unwrapped(ours(exercise)), unwrapped(thing)
    if inner is reference:
        return True
    if inspect.isclass(inner):
        return (inspect.isclass(reference) and reference in inner.__mro__) or _of_package(inner)
    code = getattr(inner, "__code__", None)
    if code is None:
        return False
    return code is getattr(reference, "__code__", None) or of_the_system(code.co_filename)


def of_the_system(path) -> bool:
    """Whether a file is a part of the running system: of this package, and not of the exercises and their checks."""
    try:
        inside = Path(path).resolve().relative_to(PACKAGE)
    except (ValueError, OSError):
        return False
    return inside.parts[0] not in NOT_THE_SYSTEM and inside.name != "exercises.py"


def _of_package(cls) -> bool:
    return str(getattr(cls, "__module__", "")).split(".")[0] == PACKAGE.name


def codes(thing) -> frozenset:
    """The code objects of a function, or of all methods of a class."""
    thing = unwrapped(thing)
    if inspect.isclass(thing):
        return frozenset().union(*(codes(value) for value in vars(thing).values() if callable(value)), frozenset())
    code = getattr(thing, "__code__", None)
    return frozenset([code] if code else [])


def functions(thing) -> list:
    """The function inside, or all methods of a class, as far as they are written in Python and close over nothing."""
    thing = unwrapped(thing)
    found = [thing]
    if inspect.isclass(thing):
        found = [unwrapped(value) for value in vars(thing).values() if callable(value)]
    return [function for function in found if inspect.isfunction(function) and not function.__code__.co_freevars]


# ---------------------------------------------------------------- the source, whole


def source(thing) -> str | None:
    """The text of a function or class, as it was written; None where Python does not know it."""
    thing = unwrapped(thing)
    try:
        if inspect.isclass(thing):
            return _class_source(thing)
        return textwrap.dedent(inspect.getsource(thing)).strip() + "\n"
    except (OSError, TypeError, SyntaxError):
        return None


def _class_source(cls) -> str | None:
    """Of a class in a notebook `inspect` knows no file; its methods do."""
    for code in sorted(codes(cls), key=lambda code: code.co_firstlineno):
        lines = linecache.getlines(code.co_filename)
        for node in ast.walk(ast.parse("".join(lines))):
            if isinstance(node, ast.ClassDef) and node.name == cls.__name__ and (
                    node.lineno <= code.co_firstlineno <= node.end_lineno):
                first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
                return textwrap.dedent("".join(lines[first - 1 : node.end_lineno])).strip() + "\n"
    return None


def whole_source(name: str, thing) -> str | None:
    """A text that makes `thing` again under `name`: with its imports, and what else of the notebook it uses.

    None where that cannot be said in text, e.g. when it reads a large array of the notebook.
    """
    parts: dict[str, str] = {}  # global name -> text that makes it
    if not _collect(name, thing, parts, set()):
        return None
    imports = sorted({text for text in parts.values() if text.startswith(("import ", "from "))})
    rest = [text for text in parts.values() if not text.startswith(("import ", "from "))]
    return "\n".join([*imports, ""] if imports else []) + "\n\n".join(text.rstrip("\n") + "\n" for text in rest)


def _collect(name: str, thing, parts: dict, seen: set) -> bool:
    """Put what `thing` needs, then itself, into `parts`."""
    thing = unwrapped(thing)
    text = source(thing)
    if text is None or name in seen:
        return text is not None
    seen.add(name)
    try:
        needed = _global_names(text)
    except SyntaxError:  # a lambda in the middle of an expression
        return False
    scope = _scope(thing)
    for word in needed:
        if word in (name, getattr(thing, "__name__", "")) or word not in scope:
            continue  # itself; or a name of Python, or one that it does without
        value = scope[word]
        if value is getattr(builtins, word, None) and value is not None:
            continue
        made = _as_text(word, value)
        if made:
            parts[word] = made
        elif (inspect.isfunction(value) or inspect.isclass(value)) and source(value):
            if not _collect(word, value, parts, seen):
                return False
        else:
            return False
    own = getattr(thing, "__name__", name)
    parts[name] = text if own in (name, "<lambda>") else f"{text}\n\n{name} = {own}\n"
    return True


def _scope(thing) -> dict:
    if inspect.isclass(thing):
        methods = [value for value in vars(thing).values() if inspect.isfunction(value)]
        return dict(methods[0].__globals__) if methods else {}
    scope = dict(thing.__globals__)
    for word, cell in zip(thing.__code__.co_freevars, thing.__closure__ or ()):
        try:
            scope[word] = cell.cell_contents
        except ValueError:  # not filled yet
            pass
    return scope


def _global_names(text: str) -> list[str]:
    """The global names that a text reads, in no scope of its own: imports, helpers, constants."""
    found = {}

    def walk(table, top: bool):
        for symbol in table.get_symbols():
            free = symbol.is_global() if not top else not symbol.is_assigned() and not symbol.is_imported()
            if symbol.is_referenced() and free:
                found[symbol.get_name()] = True
        for child in table.get_children():
            walk(child, top=False)

    walk(symtable.symtable(text, "answer", "exec"), top=True)
    return list(found)


def _as_text(word: str, value) -> str | None:
    """A line that makes a global name again: an import, or a constant."""
    if isinstance(value, types.ModuleType):
        return f"import {value.__name__}" + ("" if value.__name__ == word else f" as {word}")
    module, own = getattr(value, "__module__", None), getattr(value, "__qualname__", getattr(value, "__name__", ""))
    if module and own and module not in ("__main__", "builtins") and "." not in own and "<" not in own:
        try:
            if getattr(importlib.import_module(module), own, None) is value:
                return f"from {module} import {own}" + ("" if own == word else f" as {word}")
        except ImportError:
            pass
    if isinstance(value, np.ndarray) and value.size <= 1000 and value.dtype.kind in "biuf":
        return f"import numpy\n{word} = numpy.array({value.tolist()!r}, {str(value.dtype)!r}).reshape({value.shape})"
    if _plain_constant(value):
        return f"{word} = {value!r}\n"
    return None


def _plain_constant(value) -> bool:
    if isinstance(value, (list, tuple, set, frozenset)):
        return len(value) <= 1000 and all(map(_plain_constant, value))
    if isinstance(value, dict):
        return len(value) <= 1000 and all(map(_plain_constant, [*value, *value.values()]))
    if isinstance(value, float):
        return value == value and abs(value) != float("inf")
    return value is None or type(value) in (int, bool, str, bytes, complex)
