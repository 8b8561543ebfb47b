"""Small exercises for the tests of the engine, a module of the package for their places, and a notebook's cells."""

import itertools
import linecache
import sys
import types

import numpy as np
import pytest

import course
from course.exercises import desk, judge, places, registry, swap
from course.exercises.exercise import BugCard, Exercise, case

NUMBER = itertools.count(1)

# What stands in the package, as `course.toy_parts`: a system in which one function calls another through the module.
PARTS = '''
import sys
import numpy as np
import torch

def iou(a, b):
    """Intersection over union: (N, 4), (M, 4) -> (N, M)."""
    low, high = np.maximum(a[:, None, :2], b[:, :2]), np.minimum(a[:, None, 2:], b[:, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=-1)
    area_a, area_b = np.prod(a[:, 2:] - a[:, :2], axis=1), np.prod(b[:, 2:] - b[:, :2], axis=1)
    return shared / (area_a[:, None] + area_b - shared)

def most_alike(a, b):
    return sys.modules[__name__].iou(a, b).argmax(axis=1)

def soft_pick(maps):
    weights = torch.softmax(maps.flatten(1), dim=1)
    return (weights * torch.arange(weights.shape[1])).sum(dim=1)

def picked(maps):
    return sys.modules[__name__].soft_pick(maps).round().long().tolist()

class Smoother:
    def __init__(self, share):
        self.share, self.last = share, None

    def step(self, value):
        self.last = value if self.last is None else self.share * self.last + (1 - self.share) * value
        return self.last

def smooth(values, share=0.5):
    smoother = sys.modules[__name__].Smoother(share)
    return [smoother.step(value) for value in values]
'''

RIGHT = {
    "iou": '''
def iou(a, b):
    rows = []
    for x1, y1, x2, y2 in a:
        row = []
        for u1, v1, u2, v2 in b:
            shared = max(0, min(x2, u2) - max(x1, u1)) * max(0, min(y2, v2) - max(y1, v1))
            row.append(shared / ((x2 - x1) * (y2 - y1) + (u2 - u1) * (v2 - v1) - shared))
        rows.append(row)
    return np.array(rows).reshape(len(a), len(b))
''',
    "soft_pick": '''
def soft_pick(maps):
    flat = np.asarray(maps, dtype=float).reshape(len(maps), -1)
    weights = np.exp(flat - flat.max(axis=1, keepdims=True))
    return (weights * np.arange(flat.shape[1])).sum(axis=1) / weights.sum(axis=1)
''',
    "Smoother": '''
class Smoother:
    def __init__(self, share):
        self.share = share
        self.values = []

    def step(self, value):
        self.values.append(value if not self.values else self.share * self.values[-1] + (1 - self.share) * value)
        return self.values[-1]
''',
}


def counts_twice(a, b):
    low, high = np.maximum(a[:, None, :2], b[:, :2]), np.minimum(a[:, None, 2:], b[:, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=-1)
    area_a, area_b = np.prod(a[:, 2:] - a[:, :2], axis=1), np.prod(b[:, 2:] - b[:, :2], axis=1)
    return shared / (area_a[:, None] + area_b)


def not_clipped(a, b):
    low, high = np.maximum(a[:, None, :2], b[:, :2]), np.minimum(a[:, None, 2:], b[:, 2:])
    shared = np.prod(high - low, axis=-1)
    area_a, area_b = np.prod(a[:, 2:] - a[:, :2], axis=1), np.prod(b[:, 2:] - b[:, :2], axis=1)
    return shared / (area_a[:, None] + area_b - shared)


def random_boxes(rng):
    a, b = rng.uniform(0, 50, (2, 3, 2))
    count = int(rng.integers(1, 4))
    return np.hstack([a, a + rng.uniform(1, 30, (3, 2))]), np.hstack([b, b + rng.uniform(1, 30, (3, 2))])[:count]


def run_smoother(cls, values, share):
    smoother = cls(share)
    return [float(smoother.step(value)) for value in values]


def exercises() -> list[Exercise]:
    import torch

    hints = ["What do both boxes cover?", "The larger of the left edges.", "low = np.maximum(...)"]
    touching = np.array([[0.0, 0, 2, 2]]), np.array([[1.0, 1, 3, 3]])
    apart = np.array([[0.0, 0, 1, 1]]), np.array([[5.0, 5, 6, 6]])
    return [
        Exercise(
            name="iou", lesson=1, title="how much two boxes overlap", place="toy_parts.iou", hints=hints,
            cases=[case("the two boxes drawn here", *touching)],
            edges=[case("two boxes that do not touch", *apart), case("no box at all", np.zeros((0, 4)), apart[1])],
            random=random_boxes, random_count=40, random_label="random boxes", picture=draw, seconds=1.0,
            cards=[
                BugCard("counts-twice", counts_twice, "It looks as if the union counts the intersection twice."),
                BugCard("not-clipped", not_clipped, "It looks as if boxes that lie apart share a negative piece."),
                BugCard("plus-one", "def iou(a, b):\n    raise ValueError('boxes (1, 4)')", "Said with an exception."),
            ],
        ),
        Exercise(
            name="soft_pick", lesson=1, title="a soft choice", place="toy_parts.soft_pick", hints=hints,
            cases=[case("two maps of four pixels", torch.tensor([[[1.0, 2], [3, 4]], [[0, 9], [0, 0]]]))],
        ),
        Exercise(
            name="Smoother", lesson=3, title="a running mean", place="toy_parts.Smoother", hints=hints, kind="class",
            cases=[case("three numbers", [1.0, 2.0, 4.0], 0.5)], run=run_smoother,
            edges=[case("no number", [], 0.5)],
        ),
        Exercise(
            name="split", lesson=3, title="halves", no_place="nothing in the system splits a list", hints=hints,
            solution=lambda row: (row[: len(row) // 2], int(len(row))),
            cases=[case("four numbers", np.arange(4)), case("three numbers", np.arange(3))],
        ),
    ]  # fmt: skip


def draw(view):
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(2, 2))
    axes.set_title(f"{view.verdict}: {'nothing' if view.theirs is None else view.theirs.shape}")
    return figure


@pytest.fixture(name="toys")
def toys_fixture(monkeypatch, tmp_path):
    """The toy exercises, known to the engine, and a student who has done nothing yet."""
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    parts = types.ModuleType("course.toy_parts")
    monkeypatch.setitem(sys.modules, parts.__name__, parts)
    monkeypatch.setattr(course, "toy_parts", parts, raising=False)
    exec(compile(written(PARTS), "<toy parts>", "exec"), vars(parts))
    desk.forget()
    shipped = dict(registry._shipped())
    for exercise in exercises():  # a lesson may have an exercise of the same name: out of the way meanwhile
        registry._shipped().pop(exercise.name, None)
    made = {exercise.name: registry.register(exercise) for exercise in exercises()}
    yield made
    swap.reset()
    desk.forget()
    for name, exercise in made.items():
        registry.unregister(name)
        judge._prepared.pop(exercise, None)
    registry._shipped().clear()
    registry._shipped().update(shipped)
    for name in [name for name, place in places._places.items() if place.name.startswith("toy_parts")]:
        del places._places[name]


class Notebook(dict):
    """The variables of a notebook, and its cells run one after the other as IPython does."""

    def __init__(self):
        super().__init__(__name__="__main__", np=np)
        self.run("from course.exercises import check, grade, hint, solution, progress\nimport course")

    def run(self, source: str):
        file = f"<cell {next(NUMBER)}>"
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        exec(compile(source, file, "exec"), self)

    def check(self, name: str, source: str | None = None):
        """Run an answer's cell and the check's cell; what the check handed back."""
        if source is not None:
            self.run(source)
        self.run(f'{name} = check("{name}")')
        return self[name]

    def grade(self, name: str) -> str:
        """"" when right, else the one line that nbgrader gets."""
        try:
            self.run(f'grade("{name}")')
        except AssertionError as problem:
            return str(problem)
        return ""


@pytest.fixture(name="notebook")
def notebook_fixture(toys):
    return Notebook()


def written(source: str) -> str:
    """Source that `inspect` finds under the file name <toy parts>."""
    linecache.cache["<toy parts>"] = (len(source), None, source.splitlines(keepends=True), "<toy parts>")
    return source
