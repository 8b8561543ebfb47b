"""What every public name of the package says of itself, and how long a function may be."""

import ast
import functools
import importlib
import re
from pathlib import Path

import pytest

import course

ROOT = Path(course.__file__).parent
# Rooms whose functions are short: the stages, and those that already keep to it beside them
STAGES = ("animation.py", "io", "detection", "keypoints", "face", "speech", "motion", "flow", "rendering")
SHORT = (*STAGES, "synthetic", "features", "gan", "evaluation", "exercises", "authoring")
LINES, PARAMETERS = 50, 7

DIMENSION = r"(?:\.\.\.|[A-Z][a-z]?'?|[a-z_]+|\d{1,3})"
ITEM = rf"{DIMENSION}(?: (?:or|[-+*/]) {DIMENSION})*"
# "(N, 78, 2)", "(T,)", "(..., 68 or 78, 2)", "(...)"; a name with a year is none
SHAPE = re.compile(rf"\((?:{ITEM}(?:, {ITEM})+,?|{ITEM},|\.\.\.)\)|\bscalars?\b|\bany shapes?\b")
ARRAY = re.compile(r"ndarray|Tensor")


def files() -> list:
    """The package's files, but the exercises of the lessons: there stand wrong answers too, played on purpose."""
    return sorted(path for path in ROOT.rglob("*.py")
                  if not (path.name == "exercises.py" and path.parent.name.startswith("lesson_")))


@functools.cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def public(nodes, before: str = ""):
    """(name, node) of each public function and class, and of the public methods of those classes."""
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            yield before + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{node.name}.")


def door_functions():
    """(file, node) of each function that a room's door, or the package's own, hands on."""
    for init in sorted(ROOT.glob("**/__init__.py")):
        room = importlib.import_module(".".join(("course", *init.parent.relative_to(ROOT).parts)))
        for name, file in vars(room).get("__door__", {}).items():
            path = init.parent.joinpath(*file.split(".")).with_suffix(".py")
            yield from ((path, node) for node in tree_of(path).body
                        if isinstance(node, ast.FunctionDef) and node.name == name)


def annotations(function) -> str:
    given = function.args.posonlyargs + function.args.args + function.args.kwonlyargs
    return " ".join(ast.unparse(part) for part in [*(one.annotation for one in given), function.returns] if part)


def parameters(function) -> int:
    given = function.args.posonlyargs + function.args.args + function.args.kwonlyargs
    return len(given) - (bool(given) and given[0].arg in ("self", "cls"))


def place(path: Path, node, name: str = "") -> str:
    return f"course/{path.relative_to(ROOT).as_posix()}:{node.lineno} {name or node.name}"


def test_every_public_name_says_what_it_is():
    bare = []
    for path in files():
        tree = tree_of(path)
        if not ast.get_docstring(tree):
            bare.append(f"course/{path.relative_to(ROOT).as_posix()}")
        bare += [place(path, node, name) for name, node in public(tree.body) if not ast.get_docstring(node)]
    assert not bare, "no docstring:\n" + "\n".join(bare)


def test_what_a_door_hands_on_says_the_shapes_of_its_arrays():
    found = [(path, node) for path, node in door_functions() if ARRAY.search(annotations(node))]
    assert len(found) > 100  # else the walk misses them
    silent = [place(path, node) for path, node in found if not SHAPE.search(ast.get_docstring(node) or "")]
    assert not silent, "arrays without a shape in the docstring:\n" + "\n".join(silent)


def test_functions_are_short_and_take_few_arguments():
    long = []
    for path in files():
        if path.relative_to(ROOT).parts[0] not in SHORT:
            continue
        for node in ast.walk(tree_of(path)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines, count = node.end_lineno - node.lineno + 1, parameters(node)
                if lines > LINES or count > PARAMETERS:
                    long.append(f"{place(path, node)}: {lines} lines, {count} parameters")
    assert not long, f"over {LINES} lines or {PARAMETERS} parameters:\n" + "\n".join(long)


@pytest.mark.parametrize("words", ["(N, 78, 2) pixels", "boxes (N,)", "(..., 68 or 78, 2) -> (...)", "(K + 1, H, W)",
                                   "(N, K, H', W')", "float64 (T, 3)", "a scalar", "(size, size, 3)", "(57,)"])
def test_a_shape_is_seen(words):
    assert SHAPE.search(words)


@pytest.mark.parametrize("words", ["Lucas and Kanade (1981)", "(Duchon, 1977; Bookstein, 1989)", "(Wang et al., 2004)",
                                   "the photo (the embedded one)", "(Mao et al., \"Least squares\", 2017)",
                                   "0 (the same) to 1", "(Siarohin, 2019)"])
def test_what_is_no_shape_is_not_taken_for_one(words):
    assert not SHAPE.search(words)
