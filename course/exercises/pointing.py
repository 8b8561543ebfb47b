"""Points: judging what another process handed out."""

from . import judge, outputs
from .exercise import Exercise, ExerciseError


def judged(exercise: Exercise, handed: list) -> judge.Verdict:
    """The verdict on what the notebook's process handed out for one exercise: exactly one set of outputs counts.

    handed: the data of each set (see `outputs.to_data`). Never raises for what it holds.
    """
    if len(handed) != 1:
        why = "no outputs were handed out." if not handed else "outputs were handed out more than once."
        return judge.Verdict(exercise, "wrong", why)
    try:
        given = outputs.from_data(exercise, handed[0])
        if not given:
            return judge.Verdict(exercise, "wrong", "there is no answer of the student's own.")
        return judge.of_outcomes(exercise, given)
    except ExerciseError as problem:
        return judge.Verdict(exercise, "wrong", f"{problem}.")
