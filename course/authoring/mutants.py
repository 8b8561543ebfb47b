"""Mutation testing of checks: the reference solutions, each changed in one place, which a check should refuse.

A mutant is a wrong answer nobody had to think of: one operator, constant, bound, axis, call, argument, condition or
statement of a solution is changed (DeMillo, Lipton and Sayward, Hints on test data selection, 1978). One that a check
accepts is either a hole in the cases, or a change that makes no difference.
"""

import ast
import copy
from dataclasses import dataclass
from pathlib import Path

from course.exercises import judge

from . import source

BINARY = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div,
          ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd}
# Each comparison with its other side of the limit, and with its opposite
COMPARED = {ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE),
            ast.GtE: (ast.Gt, ast.Lt), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,),
            ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,)}
NAMES = {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "amin": "amax", "amax": "amin",
         "argmin": "argmax", "argmax": "argmin", "floor": "ceil", "ceil": "floor", "round": "floor", "rint": "floor",
         "sum": "mean", "mean": "sum", "median": "mean", "sin": "cos", "cos": "sin", "any": "all", "all": "any",
         "zeros": "ones", "ones": "zeros", "zeros_like": "ones_like", "ones_like": "zeros_like",
         "hstack": "vstack", "vstack": "hstack", "deg2rad": "rad2deg", "rad2deg": "deg2rad", "radians": "degrees",
         "clamp_min": "clamp_max", "train": "eval", "eval": "train"}
# Calls that may be forgotten: f(x, ...) becomes x, and x.f(...) becomes x
FORGOTTEN = {"abs", "clip", "clamp", "sqrt", "exp", "log", "copy", "clone", "detach", "round", "rint", "floor",
             "astype", "float", "sort", "argsort", "sigmoid", "softmax", "softplus", "relu", "flip", "int", "square",
             "norm", "deepcopy"}
# Two arguments of these may change places
EITHER_WAY = {"min", "max", "minimum", "maximum", "clip", "add", "multiply", "isclose"}
TINY = 1e-5  # a constant below guards a division: it is set to nothing, and to a thousand times as much


@dataclass(frozen=True)
class Mutant:
    """One change of one solution. exercise: its name; line: of the solution's text, from 1; before, after: that line
    (or statement), in Python's own spelling; source: the whole answer."""

    exercise: str
    line: int
    before: str
    after: str
    source: str

    @property
    def key(self) -> str:
        """Names it in a list: the exercise and what was changed to what."""
        return f"{self.exercise}: {self.before}  ->  {self.after}"


def of_lesson(path) -> tuple:
    """(mutants, scope): every mutant of every solution in a lesson's source file, and the names that they may use.

    Raises `LessonError`: a source that is not well formed.
    """
    lesson = source.read(Path(path), known=None)
    cells = [cell for cell in lesson.cells if cell.kind == "exercise"]
    found = [mutant for cell in cells for mutant in of_solution(cell.exercise.name, ast.parse(cell.source))]
    return found, _scope(lesson)


def of_solution(name: str, tree: ast.Module):
    """Every mutant of a solution's syntax tree."""
    seen = {ast.unparse(tree)}
    for number, node in enumerate(_in_body(tree)):
        for changed in _changes(node):
            other = copy.deepcopy(tree)
            _replace(other, _in_body(other)[number], changed)
            text = ast.unparse(ast.fix_missing_locations(other))
            if text not in seen:
                seen.add(text)
                yield _mutant(name, tree, text)


def answer(mutant: Mutant, scope: dict):
    """The function or class of a mutant."""
    names = dict(scope)
    exec(compile(mutant.source, f"<mutant of {mutant.exercise}>", "exec"), names)
    return names[mutant.exercise]


def verdict(exercise, mutant: Mutant, scope: dict) -> judge.Verdict:
    """What the check says to it."""
    return judge.judge(exercise, answer(mutant, scope))


def _mutant(name: str, tree: ast.Module, text: str) -> Mutant:
    before, after = ast.unparse(tree).splitlines(), text.splitlines()
    first = next((number for number, (a, b) in enumerate(zip(before, after)) if a != b), min(len(before), len(after)))
    last_before, last_after = len(before), len(after)
    while last_before > first and last_after > first and before[last_before - 1] == after[last_after - 1]:
        last_before, last_after = last_before - 1, last_after - 1
    return Mutant(name, first + 1, _joined(before[first:last_before]), _joined(after[first:last_after]), text)


def _joined(lines: list) -> str:
    return " / ".join(line.strip() for line in lines) or "(nothing)"


# ---------------------------------------------------------------- what can be changed


def _in_body(tree: ast.Module) -> list:
    """All nodes of the bodies: not signatures, decorators, annotations, imports or docstrings."""
    found = []

    def walk(node):
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.JoinedStr, ast.Raise, ast.Assert)):
            return
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            children = [part for number, part in enumerate(node.body) if number or not _is_text(part)]
        else:
            found.append(node)
            children = list(ast.iter_child_nodes(node))
        for child in children:
            walk(child)

    for part in tree.body:
        walk(part)
    return found


def _is_text(node) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _changes(node):
    """The nodes that may stand in a node's place; a statement's may be `pass`."""
    for kind, change in CHANGES.items():
        if isinstance(node, kind):
            yield from change(node)


def _operator(node):
    if type(node.op) in BINARY:
        yield _with(node, op=BINARY[type(node.op)]())


def _comparison(node):
    for number, op in enumerate(node.ops):
        for other in COMPARED.get(type(op), ()):
            yield _with(node, ops=[*node.ops[:number], other(), *node.ops[number + 1 :]])


def _either(node):
    yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    for number in range(len(node.values)):
        rest = node.values[:number] + node.values[number + 1 :]
        yield rest[0] if len(rest) == 1 else _with(node, values=rest)


def _sign(node):
    if isinstance(node.op, (ast.USub, ast.Not, ast.Invert)):
        yield node.operand


def _constant(node):
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield from (ast.Constant(value + 1), ast.Constant(value - 1))
    elif isinstance(value, float) and abs(value) < TINY:
        yield from (ast.Constant(0.0), ast.Constant(1000 * value))
    elif isinstance(value, float):
        yield from (ast.Constant(value * 1.05), ast.Constant(value * 0.95))


def _condition(node):
    yield from (_with(node, test=ast.Constant(True)), _with(node, test=ast.Constant(False)))


def _call(node):
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in NAMES:
        other = NAMES[name]
        func = _with(node.func, attr=other) if isinstance(node.func, ast.Attribute) else ast.Name(other, ast.Load())
        yield _with(node, func=func)
    if name in FORGOTTEN:
        if node.args and not isinstance(node.args[0], ast.Starred):
            yield node.args[0]
        if isinstance(node.func, ast.Attribute) and not _is_module(node.func.value):
            yield node.func.value
    for number in range(len(node.keywords)):
        yield _with(node, keywords=node.keywords[:number] + node.keywords[number + 1 :])
    if len(node.args) >= 2 and name not in EITHER_WAY:
        yield _with(node, args=[node.args[1], node.args[0], *node.args[2:]])
    if name == "range":
        last = 0 if len(node.args) == 1 else 1
        for op in (ast.Add(), ast.Sub()):
            args = list(node.args)
            args[last] = ast.BinOp(args[last], op, ast.Constant(1))
            yield _with(node, args=args)
        if len(node.args) == 1:
            yield _with(node, args=[ast.Constant(1), *node.args])


def _is_module(node) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in ("np", "torch", "F", "cv2", "math", "copy", "functional")


def _statement(node):
    if not _is_text(node):
        yield ast.Pass()


def _sum_in_place(node):
    if type(node.op) in BINARY:
        yield _with(node, op=BINARY[type(node.op)]())
    yield ast.Assign([node.target], node.value)
    yield ast.Pass()


def _sequence(node):
    if isinstance(node.ctx, ast.Load) and len(node.elts) >= 2:
        yield _with(node, elts=[node.elts[1], node.elts[0], *node.elts[2:]])


def _leaves(node):
    yield ast.Pass()


CHANGES = {ast.BinOp: _operator, ast.Compare: _comparison, ast.BoolOp: _either, ast.UnaryOp: _sign,
           ast.Constant: _constant, ast.If: _condition, ast.IfExp: _condition, ast.Call: _call,
           (ast.Expr, ast.Assign): _statement, ast.AugAssign: _sum_in_place, (ast.Tuple, ast.List): _sequence,
           (ast.Break, ast.Continue): _leaves}


def _with(node, **fields):
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _replace(tree, old, new) -> None:
    for node in ast.walk(tree):
        for name, value in ast.iter_fields(node):
            if value is old:
                setattr(node, name, new)
                return
            if isinstance(value, list) and any(item is old for item in value):
                setattr(node, name, [new if item is old else item for item in value])
                return


# ---------------------------------------------------------------- what a solution needs of its notebook


def _scope(lesson) -> dict:
    """The imports of a notebook, and its other solutions, which one may call."""
    scope = {"__name__": "mutant"}
    for cell in lesson.cells:
        if cell.kind == "exercise":
            _run(ast.parse(cell.source).body, scope)
        elif cell.kind == "code":
            _run([node for node in _statements(cell.source) if isinstance(node, (ast.Import, ast.ImportFrom))], scope)
    return scope


def _statements(text: str) -> list:
    magic = ("%", "!")
    return ast.parse("\n".join("" if line.lstrip().startswith(magic) else line for line in text.splitlines())).body


def _run(nodes: list, scope: dict) -> None:
    exec(compile(ast.Module(nodes, []), "<lesson>", "exec"), scope)
