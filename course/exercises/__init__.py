"""What checks a student: `iou = check("iou")` judges the function above and hands back one that works.

    check(name)         judge the function (or class) of that name in the notebook; theirs when right, else ours
    hint(name, 1)       one of three hints; hint(1) is about the exercise checked last
    solution(name)      our way of doing it
    progress()          the board: what is done
    grade(name)         AssertionError unless the student's own function is right (for nbgrader)

What the exercises are stands in `course/lessons/lesson_NN/exercises.py`, made of what `exercise.py` defines.
"""

from .board import progress
from .desk import check, grade, hint, solution
from .exercise import BugCard, Case, Exercise, ExerciseError, View, case

__all__ = ["BugCard", "Case", "Exercise", "ExerciseError", "View", "case", "check", "grade", "hint", "progress",
           "solution"]
