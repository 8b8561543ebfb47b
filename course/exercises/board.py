"""The board: which exercises are done."""

import html

from . import home, places, registry, show

STATES = {"done": "✓", "tried": "✗", "open": "○"}


def progress() -> None:
    """Draw the board: each lesson's exercises, done (✓), tried (✗) or open (○), and which of your parts are in use."""
    rows = [(exercise, state(exercise)) for exercise in registry.every()]
    show.html(as_text(rows), as_html(rows))


def state(exercise) -> str:
    """"done" once it was right, "tried", or "open"."""
    tries = home.attempts(exercise)
    if any(entry.get("verdict") == "right" for entry in tries) or home.has(exercise.name):
        return "done"
    return "tried" if any(entry.get("verdict") == "wrong" for entry in tries) else "open"


def as_text(rows: list) -> str:
    """The board in lines of text: rows of (exercise, "done", "tried" or "open")."""
    lines, lesson = [], None
    for exercise, how in rows:
        if exercise.lesson != lesson:
            lesson = exercise.lesson
            lines.append(f"{lesson:02d} {registry.LESSONS.get(lesson, '')}".rstrip())
        lines.append(f"   {STATES[how]} {exercise.name:<24} {exercise.title}{_in_use(exercise)}")
    return "\n".join([*lines, _sum(rows)])


def as_html(rows: list) -> str:
    """The same as a table of HTML."""
    style = "text-align:left;padding:2px 12px 2px 0"
    lines, lesson = [], None
    for exercise, how in rows:
        if exercise.lesson != lesson:
            lesson = exercise.lesson
            title = html.escape(f"{lesson:02d} {registry.LESSONS.get(lesson, '')}".rstrip())
            lines.append(f'<tr><th colspan="3" scope="colgroup" style="{style};padding-top:8px">{title}</th></tr>')
        lines.append(
            f'<tr><td style="{style}" title="{how}">{STATES[how]}</td><td style="{style}">'
            f'<code>{exercise.name}</code></td><td style="{style}">'
            f"{html.escape(exercise.title + _in_use(exercise))}</td></tr>"
        )
    return f"<table>{''.join(lines)}</table><p>{html.escape(_sum(rows))}</p>"


def _in_use(exercise) -> str:
    return " · yours is in use" if exercise.name in places.in_use() else ""


def _sum(rows: list) -> str:
    done = sum(how == "done" for _, how in rows)
    line = f"{done} of {len(rows)} done"
    return line + (' · course.use("mine") brings your parts back' if done else "")
