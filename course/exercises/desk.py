"""What a student calls: check, hint, solution; and grade, which nbgrader calls.

The name `iou` in a notebook holds ours after a wrong answer (so that the notebook goes on), so each student's own
last answer is remembered here: a check that is run twice judges that one again, never ours.
"""

import contextlib
import sys
import textwrap

from . import answers, forms, home, judge, outputs, places, registry, show
from .exercise import Exercise, ExerciseError

_own: dict[str, object] = {}  # exercise name -> the student's last own answer
_handed: dict[str, object] = {}  # exercise name -> what check handed back in its place
_right: dict[str, object] = {}  # exercise name -> the answer that was found right last
_copied: set[str] = set()  # exercises for which ours was put in, and nothing else so far
_last: list[str] = []  # the exercise checked last
_NOTHING = object()


def check(name: str):
    """Judge the function (or class) `name` of the notebook; hand back theirs when it is right, ours otherwise.

    Raises `ExerciseError`: no exercise of that name.
    """
    exercise = registry.find(name)
    scope = _scope_of(sys._getframe(1), name)
    _last[:] = [name]
    found, own = _judged(exercise, scope)
    if found.state == "right":
        _right[name] = own
        _keep(name, own)
    elif name in _right and own is _right[name]:
        del _right[name]
    show.verdict(found, home.add_attempt(exercise, found.state, found.card.name if found.card else None))
    if found.state == "right":
        return _to_go_on_with(exercise, own)
    _handed[name] = answers.ours(exercise)
    return _handed[name]


def _to_go_on_with(exercise: Exercise, own):
    """A right answer as the notebook's later cells call it: itself, or, where what it gives has another form than ours
    (an array for a tensor), brought to that form."""
    if forms.fits(exercise, own):
        return own
    return places.function_with(own, lambda: None, bridge=forms.Bridge(exercise))


def grade(name: str) -> None:
    """Nothing when the student's own answer is right; AssertionError with one line otherwise.

    While nbgrader marks, what the answer gave is handed out too, for the process that gives the points.
    Raises `ExerciseError`: no exercise of that name.
    """
    exercise = registry.find(name)
    found, _ = _judged(exercise, _scope_of(sys._getframe(1), name))
    if home.marking():
        show.hand_out(outputs.KIND, outputs.to_data(exercise, list(found.given)))
    if found.state != "right":
        raise AssertionError(found.line)


def hint(name: str | int | None = None, step: int | None = None) -> None:
    """One of three hints: `hint("iou", 1)`; `hint(1)` is about the exercise checked last.

    A name or a number that does not exist is told as text.
    """
    if isinstance(name, int):
        name, step = None, name
    try:
        exercise = _about(name, 'hint("iou", 1)')
        if step not in (None, 1, 2, 3):
            raise ExerciseError(f"there are hints 1, 2 and 3, not {step!r}")
    except ExerciseError as problem:
        show.text(str(problem))
        return
    step = step or 1
    show.text(textwrap.fill(f"{exercise.name}, hint {step} of 3: {exercise.hints[step - 1]}", judge.WIDTH,
                            break_long_words=False, break_on_hyphens=False))


def solution(name: str | None = None) -> None:
    """Our way of doing it: the source, in the notebook in colour. Yours may look quite different and be right.

    Without a name it is about the exercise checked last. A name that does not exist is told as text.
    """
    try:
        exercise = _about(name, 'solution("iou")')
    except ExerciseError as problem:
        show.text(str(problem))
        return
    source = answers.source(answers.ours(exercise)) or "(its source is not here)\n"
    show.text(source.rstrip(), f"```python\n{source.rstrip()}\n```")


def passed(exercise: Exercise, answer) -> bool:
    """Whether this very answer is the one that was found right last."""
    return answers.part_of(answer) is _right.get(exercise.name, _NOTHING)


def passes(exercise: Exercise, answer) -> bool:
    """Whether this very answer is right: looked up, else tried now."""
    answer = answers.part_of(answer)
    if passed(exercise, answer):
        return True
    right = not answers.is_ours(exercise, answer) and judge.judge(exercise, answer).state == "right"
    if right:
        _right[exercise.name] = answer
    return right


def last_checked() -> Exercise | None:
    """The exercise that was checked last in this session."""
    return registry.find(_last[0]) if _last else None


def forget() -> None:
    """As if nothing had been checked in this session."""
    for memory in (_own, _handed, _right, _copied, _last):
        memory.clear()


def _judged(exercise: Exercise, scope: dict) -> tuple[judge.Verdict, object]:
    """(verdict, the student's own answer or None)."""
    name = exercise.name
    found = scope.get(name, _NOTHING)
    if found is not _NOTHING and not answers.is_ours(exercise, found):
        own = answers.part_of(found)
        _own[name] = own
    elif name in _own:
        own = _own[name]
    elif found is _NOTHING or (found is _handed.get(name, _NOTHING) and name not in _copied):
        return judge.missing(exercise), None
    else:
        _copied.add(name)
        return judge.refused(exercise), None
    with _standing(scope, name, own):
        return judge.judge(exercise, own), own


@contextlib.contextmanager
def _standing(scope: dict, name: str, own):
    """A function that calls itself by name must find itself there, not ours."""
    scope = getattr(own, "__globals__", scope)
    before = scope.get(name, _NOTHING)
    scope[name] = own
    try:
        yield
    finally:
        if before is _NOTHING:
            scope.pop(name, None)
        else:
            scope[name] = before


def _scope_of(frame, name: str) -> dict:
    """The variables among which the student's answer stands."""
    return frame.f_locals if name in frame.f_locals else frame.f_globals


def _keep(name: str, own) -> None:
    source = None
    with contextlib.suppress(Exception):  # a text that Python reads otherwise than it runs it
        source = answers.whole_source(name, own)
    if source:
        home.keep(name, f'# Your {name}, as it passed its check; course.use("mine") brings it back.\n\n{source}')


def _about(name: str | None, example: str) -> Exercise:
    if name is None and not _last:
        raise ExerciseError(f"which exercise? {example}")
    return registry.find(name or _last[0])
