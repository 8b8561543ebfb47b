"""What an exercise is: the reference answer, the inputs it is tried on, the hints, and the mistakes known by name.

One exercise, whole, as it stands in `course/lessons/lesson_NN/exercises.py`:

    import numpy as np

    from course.exercises.exercise import BugCard, Exercise, View, case


    def random_boxes(rng):
        \"\"\"The arguments of one random call: a tuple.\"\"\"
        a, b = rng.uniform(0, 50, (2, 3, 2))
        return np.hstack([a, a + rng.uniform(1, 30, (3, 2))]), np.hstack([b, b + rng.uniform(1, 30, (3, 2))])


    def counts_twice(a, b):
        low, high = np.maximum(a[:, None, :2], b[:, :2]), np.minimum(a[:, None, 2:], b[:, 2:])
        shared = np.prod(np.clip(high - low, 0, None), axis=-1)
        area_a, area_b = np.prod(a[:, 2:] - a[:, :2], axis=1), np.prod(b[:, 2:] - b[:, :2], axis=1)
        return shared / (area_a[:, None] + area_b)


    def draw(view: View):
        from course import plots  # heavy imports wait until a picture is drawn

        return plots.boxes_side_by_side(*view.args, right=view.right, theirs=view.theirs)  # a matplotlib Figure


    EXERCISES = [
        Exercise(
            name="iou",
            lesson=1,
            title="how much two boxes overlap",
            place="detection.iou",
            cases=[
                case("the two boxes drawn here", np.array([[0.0, 0, 2, 2]]), np.array([[1.0, 1, 3, 3]])),
            ],
            edges=[
                case("two boxes that do not touch", np.array([[0.0, 0, 1, 1]]), np.array([[5.0, 5, 6, 6]])),
                case("no box at all", np.zeros((0, 4)), np.array([[0.0, 0, 1, 1]])),
            ],
            random=random_boxes,
            random_count=200,
            random_label="random boxes",
            hints=[
                "What is the area of the part that both boxes cover?",
                "Its left edge is the larger of the two left edges. The union is both areas less the shared part.",
                "low = np.maximum(a[:, None, :2], b[:, :2]); high = np.minimum(a[:, None, 2:], b[:, 2:]); ...",
            ],
            cards=[
                BugCard("counts-twice", counts_twice, "It looks as if the union counts the intersection twice."),
            ],
            picture=draw,
        ),
    ]

A verdict then reads "for {case.says} you give 0.25, the answer is 0.14.", so `says` is a noun phrase.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from course import errors


class ExerciseError(errors.CourseError):
    """No exercise of that name, or one that is not well formed."""


@dataclass(frozen=True, eq=False)
class Case:
    """One call on which an answer is tried; make it with `case(says, *args, **kwargs)`."""

    says: str  # reads on after "for": "the two boxes drawn here"
    args: tuple
    kwargs: dict = field(default_factory=dict)


def case(says: str, /, *args, **kwargs) -> Case:
    """A call `function(*args, **kwargs)`, and the words that name it in a verdict."""
    return Case(says, args, kwargs)


@dataclass(frozen=True, eq=False)
class BugCard:
    """A wrong answer that people really give, and what to say to whoever gives it.

    The words are spoken only when an answer agrees with `wrong` on every input of the exercise (both may also stop
    with the same exception and the same words). `wrong` is a function (or class) with the exercise's signature, or
    the source text of one under the exercise's name.
    """

    name: str  # short, stable, for reports: "counts-twice"
    wrong: Callable | str
    diagnosis: str  # whole sentences: "It looks as if the union counts the intersection twice."


@dataclass(frozen=True)
class View:
    """What a picture is made of. Arrays are NumPy, also where torch was returned."""

    args: tuple  # of the case drawn: the failing one, else the first
    kwargs: dict
    right: Any  # the right answer
    theirs: Any  # the student's; None where there is none, or of another type or shape than the right one
    verdict: str  # "right", "wrong" or "not yet"
    says: str  # names the case: "the two boxes drawn here"
    at: tuple = ()  # where theirs is farthest off, to draw that part: keys, places in lists, an index: ("loss", 3, 0)


@dataclass(frozen=True, eq=False)
class Exercise:
    """One thing for the student to build, and all that is needed to judge it.

    An answer is right when for every case its value has the type, the shape and the numbers of the reference
    answer: |theirs - right| <= atol + rtol |right|. Where the right answer is an array, an array, a tensor or nested
    lists are accepted, in any precision; where it is a tuple, a list too; whole numbers (indices, pixels) must be
    of a whole type, bools bools. Arguments are copied for each call, and may not be changed by it.
    """

    name: str  # the function's name in the notebook
    lesson: int
    title: str  # a few words, for the board: "how much two boxes overlap"
    cases: Sequence[Case]  # small ones that a person can follow; the first one is drawn when nothing is wrong
    hints: Sequence[str]  # three: a question, the idea, nearly the code
    place: str | None = None  # "detection.iou": which function of the package it can take the place of
    no_place: str = ""  # or why it cannot take one
    solution: Callable | str = ""  # ours: a callable or "module:function"; empty means the function in `place`
    edges: Sequence[Case] = ()  # nothing, one, huge, on the border, ...
    random: Callable | None = None  # rng -> tuple of arguments (or a Case)
    random_count: int = 50
    random_label: str = "random cases"  # "200 {random_label}"
    cards: Sequence[BugCard] = ()  # three at least; the commonest mistakes first
    picture: Callable | None = None  # View -> matplotlib Figure
    kind: str = "function"  # or "class"
    run: Callable | None = None  # (answer, *args, **kwargs) -> values to compare; a class needs it
    atol: float = 1e-5
    rtol: float = 1e-4
    same: Callable | None = None  # (theirs, right) -> bool in place of the tolerances, after type and shape
    any_shape: bool = False  # the answer's shape is not compared (then `same` must do it)
    exact_dtype: bool = False  # uint8 must be uint8, float32 float32
    changes_inputs: bool = False  # a training step may change the network that it is given
    seconds: float = 10.0  # of processor time, for all calls of one check together

    def __post_init__(self):
        def refuse(why: str):
            raise ExerciseError(f"exercise {self.name!r} (lesson {self.lesson:02d}): {why}")

        if not self.name.isidentifier():
            refuse("its name is no Python name")
        if bool(self.place) == bool(self.no_place):
            refuse("give it a place in the package ('module.function'), or say in no_place why it has none")
        if not self.place and not self.solution:
            refuse("with no place it needs a solution")
        if self.kind not in ("function", "class") or (self.kind == "class" and self.run is None):
            refuse("kind is 'function', or 'class' with a `run` that says how the class is tried")
        if not self.cases:
            refuse("it needs at least one small case")
        if len(self.hints) != 3:
            refuse("it needs three hints")
        names = [card.name for card in self.cards]
        if len(set(names)) != len(names):
            refuse("two of its bug cards have the same name")
