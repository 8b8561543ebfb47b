"""A student's part goes to its place in the running system, and back.

    course.use(iou)                  a function that passed its check goes to its place
    course.use(iou, force=True)      a wrong one too, to see what that bug does to a face
    course.use("mine")               all parts that you have finished, from your own folder, checked again
    course.use()                     whose part is in each place
    course.reset(), course.reset("iou")    ours again
"""

import inspect
import os

from . import places
from .exercise import ExerciseError


def use(part=None, *, name: str | None = None, force: bool = False) -> "Placed":
    """Put a part into its place; `use()` says whose part is where, `use("mine")` brings back all of yours.

    Args:
        part: a function or class that passed its check; "mine"; or nothing.
        name: the exercise's name, where the function is called otherwise.
        force: also one that does not pass.
    Returns:
        what was done, in a line. As a context (`with course.use(f):`) it is undone at the end.
    Raises:
        PartError: the part has no place, or has not passed its check.
    """
    if part is None:
        return Placed(_listing())
    if isinstance(part, str):
        if part != "mine":
            raise places.PartError(f'course.use({part!r}): give the function itself, or "mine" for all that you have '
                                   "finished")
        return _use_mine()

    from . import answers, desk

    exercise = _exercise_of(part, name)
    if not exercise.place:
        raise places.PartError(f"{exercise.name} has no place in the system: {exercise.no_place}")
    place, part = places.place_of(exercise.place), answers.part_of(part)
    if answers.is_ours(exercise, part):
        before = places.forget(place)
        return Placed(f"{exercise.name}: ours stays in {place.name}, until yours is right", {place.name: before})
    if not force and not desk.passes(exercise, part):
        raise places.PartError(f'{exercise.name} does not pass its check: see check("{exercise.name}"),'
                        " or say force=True to put it there as it is")
    before = places.swaps.get(place.name)
    forced = force and not desk.passed(exercise, part)
    _put(exercise, place, part, forced)
    whose = "yours, unchecked," if forced else "yours"
    return Placed(f'{exercise.name}: {whose} stands in {place.name} now, course.reset("{exercise.name}") takes it back',
                  {place.name: before})


def _exercise_of(part, name: str | None):
    """The exercise of a part: the one of its name, or, for ours handed back, the one whose reference it is."""
    from . import answers, registry

    called = name or getattr(part, "__name__", type(part).__name__)
    try:
        return registry.find(called)
    except ExerciseError:  # ours may have another name in the package than the exercise has
        for exercise in registry.every():
            if name is None and exercise.place and exercise.place.endswith(f".{called}"):
                if answers.is_ours(exercise, part):
                    return exercise
        raise


def reset(name: str | None = None) -> "Placed":
    """Ours again: in all places, or in that of one exercise (or in one place, "detection.iou").

    Raises `ExerciseError`: no exercise of that name; `PartError`: no such place.
    """
    if name is None:
        names = [swap.exercise.name for swap in places.swaps.values()]
        before = {swap.place.name: places.forget(swap.place) for swap in list(places.swaps.values())}
        return Placed(f"ours again: {', '.join(names)}" if names else "ours is in every place", before)
    if "." not in name:
        from . import registry

        exercise = registry.find(name)
        if not exercise.place:
            return Placed(f"{name} has no place in the system: {exercise.no_place}")
        name = exercise.place
    place = places.place_of(name)
    return Placed(f"{place.name}: ours again", {place.name: places.forget(place)})


class Placed:
    """What was done, as a line; as a context, what is undone at its end."""

    def __init__(self, line: str, before: dict | None = None):
        self._line, self._before = line, before or {}  # place -> the swap that stood there, or None

    def __repr__(self):
        return self._line

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for name, swap in self._before.items():
            places.forget(places.place_of(name))
            if swap:
                places.swaps[name] = swap
                swap.place.put(swap.standing)


def _put(exercise, place: places.Place, part, forced: bool = False) -> None:
    swap = places.Swap(exercise, place, part, forced)

    def count():
        with swap.lock:
            swap.calls += 1
            if swap.calls == 1 and not forced and os.environ.get(places.LOG):
                with open(os.environ[places.LOG], "a", encoding="utf-8") as file:
                    file.write(f"{exercise.name}\n")

    if inspect.isclass(part):
        swap.standing = places.class_with(part, count, lambda problem: _named(problem, swap))
    else:
        from . import forms

        swap.standing = places.function_with(part, count, lambda problem: _named(problem, swap), forms.Bridge(exercise))
    places.swaps[place.name] = swap
    place.put(swap.standing)


def _named(problem: BaseException, swap: places.Swap) -> places.PartError:
    from . import words

    return places.PartError(f"your {swap.exercise.name}, in place of {swap.place.name}, stops with"
                     f" {words.of_error(problem, swap.part)}"
                     f' · course.reset("{swap.exercise.name}") takes it back')


def _listing() -> str:
    from . import registry

    lines = []
    for exercise in registry.every():
        if exercise.place:
            swap = places.swaps.get(places.place_of(exercise.place).name)
            whose = "ours" if swap is None or swap.exercise is not exercise else "yours"
            lines.append((whose, places.place_of(exercise.place).name))
    return "\n".join(f"{whose:<6} {place}" for whose, place in lines) or "no exercise has a place yet"


def _use_mine() -> Placed:
    from . import answers, desk, home, registry

    placed, refused, before = [], [], {}
    for exercise in registry.every():
        if not exercise.place or not home.has(exercise.name):
            continue
        try:
            part = home.bring(exercise.name)
            right = not answers.is_ours(exercise, part) and desk.passes(exercise, part)
        except KeyboardInterrupt:
            raise
        except BaseException:  # whatever stands in that file
            right = False
        if right:
            place = places.place_of(exercise.place)
            before[place.name] = places.swaps.get(place.name)
            _put(exercise, place, part)
        (placed if right else refused).append(exercise.name)
    line = f"yours: {', '.join(placed)}" if placed else "nothing of yours to bring back yet"
    if refused:
        line += f" · not right any more, so ours stays: {', '.join(refused)}"
    return Placed(line, before)
