"""The board: which exercises are done. The lesson you are in comes first; of the others, a line each."""

import html
import itertools
import os
import re

from . import desk, home, places, registry, show
from .exercise import ExerciseError

STATES = {"done": "✓", "tried": "✗", "open": "○"}
CELL = "text-align:left;padding:2px 12px 2px 0"


def progress(lesson: int | None = None) -> None:
    """Draw the board: this lesson's exercises, done (✓), tried (✗) or open (○), and a line for each other lesson.

    lesson: another one than that of the notebook, `progress(3)`. Which of your parts are in use is told too.
    Raises `ExerciseError`: a lesson without exercises.
    """
    rows = [(exercise, state(exercise)) for exercise in registry.every()]
    known = sorted({exercise.lesson for exercise, _ in rows})
    if lesson is None:
        lesson = this_lesson(known)
    if lesson not in known:
        raise ExerciseError(f"there are no exercises in lesson {lesson!r}: choose from {', '.join(map(str, known))}")
    show.html(as_text(rows, lesson), as_html(rows, lesson))


def this_lesson(known: list[int]) -> int:
    """The lesson of the exercise checked last, else of the notebook that is open, else of the last try, else the first.

    known: the lessons that have exercises.
    """
    checked = desk.last_checked()
    if checked is not None:
        return checked.lesson
    # JupyterLab tells a kernel the path of its notebook
    opened = re.match(r"(\d\d)_", os.path.basename(os.environ.get("JPY_SESSION_NAME", "")))
    if opened and int(opened[1]) in known:
        return int(opened[1])
    tries = [(entries[-1].get("at", ""), exercise.lesson) for exercise in registry.every()
             if (entries := home.attempts(exercise))]
    return max(tries)[1] if tries else known[0]


def state(exercise) -> str:
    """"done" once it was right, "tried", or "open"."""
    tries = home.attempts(exercise)
    if any(entry.get("verdict") == "right" for entry in tries) or home.has(exercise.name):
        return "done"
    return "tried" if any(entry.get("verdict") == "wrong" for entry in tries) else "open"


def _by_lesson(rows: list, first: int) -> list:
    """[(lesson, its rows)], `first` in front."""
    found = [(lesson, list(own)) for lesson, own in itertools.groupby(rows, key=lambda row: row[0].lesson)]
    return sorted(found, key=lambda entry: entry[0] != first)


def _title(lesson: int) -> str:
    return f"{lesson:02d} {registry.LESSONS.get(lesson, '')}".rstrip()


def _count(rows: list) -> str:
    return f"{sum(how == 'done' for _, how in rows)} of {len(rows)} done"


def as_text(rows: list, first: int) -> str:
    """The board in lines of text: rows of (exercise, "done", "tried" or "open"); first: the lesson that is shown."""
    (lesson, own), *others = _by_lesson(rows, first)
    lines = [f"{_title(lesson)}: {_count(own)}"]
    lines += [f"   {STATES[how]} {exercise.name:<24} {exercise.title}{_in_use(exercise)}" for exercise, how in own]
    lines += [f"{_title(lesson)}: {_count(own)}" for lesson, own in others]
    return "\n".join([*lines, _sum(rows)])


def as_html(rows: list, first: int) -> str:
    """The same in HTML; the other lessons unfold."""
    (lesson, own), *others = _by_lesson(rows, first)
    parts = [f"<p><b>{_summary(lesson, own)}</b></p>{_table(own)}"]
    parts += [f"<details><summary>{_summary(lesson, own)}</summary>{_table(own)}</details>" for lesson, own in others]
    return f"{''.join(parts)}<p>{html.escape(_sum(rows))}</p>"


def _summary(lesson: int, rows: list) -> str:
    return html.escape(f"{_title(lesson)}: {_count(rows)}")


def _table(rows: list) -> str:
    lines = [f'<tr><td style="{CELL}" title="{how}">{STATES[how]}</td><td style="{CELL}"><code>{exercise.name}</code>'
             f'</td><td style="{CELL}">{html.escape(exercise.title + _in_use(exercise))}</td></tr>'
             for exercise, how in rows]
    return f"<table>{''.join(lines)}</table>"


def _in_use(exercise) -> str:
    return " · yours is in use" if exercise.name in places.in_use() else ""


def _sum(rows: list) -> str:
    done = sum(how == "done" for _, how in rows)
    line = f"{_count(rows)} in all"
    return line + (' · course.use("mine") brings your parts back' if done else "")
