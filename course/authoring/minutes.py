"""How long a lesson takes a student: its words at a reader's pace, and its exercises by their difficulty.

Without looking ahead at a formula or a picture a person reads 240 words a minute (Brysbaert, 2019); with them, 150.
"""

import ast
import math
import re

WORDS_A_MINUTE = 150
# What an exercise may take, from and to, by its difficulty
BY_DIFFICULTY = {1: (4, 8), 2: (8, 12), 3: (12, 18), 4: (18, 25), 5: (25, 35)}
STATED = re.compile(r"\*\*Time:\*\* (\d+) minutes for you")
NOT_READ = re.compile(r"\$\$.*?\$\$|\$[^$]*\$|<[^>]+>|\]\([^)]*\)|\{\{\w+\}\}|https?://\S+", re.DOTALL)
STEP = 5


def words(lesson) -> int:
    """The words of a lesson's text and of its exercises' docstrings; formulas, tags and addresses are none."""
    texts = [cell.source for cell in lesson.cells if cell.kind == "text"]
    texts += [_docstring(cell.source) for cell in lesson.cells if cell.kind == "exercise"]
    return sum(len(re.findall(r"\w[\w'’.-]*", NOT_READ.sub(" ", text))) for text in texts)


def wanted(lesson) -> int:
    """Minutes: reading, and every exercise that is not optional, rounded up to five."""
    work = sum(exercise.minutes for exercise in lesson.exercises if not exercise.optional)
    return STEP * math.ceil((words(lesson) / WORDS_A_MINUTE + work) / STEP)


def problems(lesson):
    """Yield (line, text) where the minutes that a lesson states are not those that it takes."""
    for cell in lesson.cells:
        if cell.kind == "exercise":
            least, most = BY_DIFFICULTY[cell.exercise.difficulty]
            if not least <= cell.exercise.minutes <= most:
                yield cell.line, (f"exercise {cell.exercise.name}: difficulty {cell.exercise.difficulty}/5 takes"
                                  f" {least} to {most} minutes, not {cell.exercise.minutes}")
        stated = STATED.search(cell.source) if cell.kind == "text" else None
        if stated and int(stated[1]) != wanted(lesson):
            yield cell.line, (f"the lesson says {stated[1]} minutes: {words(lesson)} words at {WORDS_A_MINUTE} a minute"
                              f" and its exercises are {wanted(lesson)}")


def _docstring(text: str) -> str:
    try:
        return ast.get_docstring(ast.parse(text).body[0]) or ""
    except (SyntaxError, IndexError, TypeError):
        return ""
