"""`course build --nbgrader DIR`: the lessons as a course for nbgrader, whose release equals `notebooks/`."""

from pathlib import Path

from .. import errors
from . import build, compose, execute, source

CONFIG = '''"""nbgrader's settings for Living Portraits, written by `course build --nbgrader`."""

import os
import tempfile

from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute

from course.authoring.judging import JudgeOutputs

c = get_config()  # noqa: F821: nbgrader provides it
c.CourseDirectory.course_id = "living_portraits"

# What a student sees in a solution's place. Lessons show all else that a student may see.
c.ClearSolutions.code_stub = {{"python": {stub!r}}}

# A lesson's training cells run for a minute on two cores; nbgrader's own limit is half of that.
c.Execute.timeout = {timeout}


home = None


def empty_home(**_):
    """No student's kept answers, nor the instructor's, reach the next notebook that is graded."""
    global home
    if home is not None:
        home.cleanup()
    home = tempfile.TemporaryDirectory(prefix="course-home-")
    os.environ["COURSE_HOME"] = home.name


c.Autograde.pre_convert_hook = empty_home

# A notebook runs in a process of its student's: what it says of right and wrong gives no points. It hands out what the
# answers gave, and nbgrader's own process judges that.
preprocessors = list(Autograde().autograde_preprocessors)
preprocessors.insert(preprocessors.index(Execute) + 1, JudgeOutputs)
c.Autograde.autograde_preprocessors = preprocessors
'''


def lay_out(root, paths, folder, known=None) -> list:
    """Write `nbgrader_config.py` and `source/NN_name/NN_name.ipynb`; returns a line for each lesson.

    What else is in the folder (gradebook, submissions, other lessons) is left as it is.
    Raises `errors.OutputError`: the folder is a file, or holds something else; `LessonError`: a source that is wrong.
    """
    folder = Path(folder)
    config = folder / "nbgrader_config.py"
    if folder.exists() and not folder.is_dir():
        raise errors.OutputError(f"{folder} is not a folder: name one for the course")
    if folder.is_dir() and any(folder.iterdir()) and not config.is_file():
        raise errors.OutputError(f"{folder} is not empty and holds no nbgrader course: name a new folder")
    lines = []
    for path in paths:
        lesson = source.read(path, known)
        text = compose.to_text(compose.authors_notebook(lesson, root))
        build.write_if_changed(folder / "source" / lesson.name / f"{lesson.name}.ipynb", text)
        points = sum(exercise.points for exercise in lesson.exercises)
        lines.append(f"{lesson.name}: {len(lesson.exercises)} exercises, {points} points")
    build.write_if_changed(config, CONFIG.format(stub=compose.STUB, timeout=execute.TIMEOUT))
    lines.append(f"now: cd {folder}; nbgrader generate_assignment {Path(paths[0]).stem}")
    return lines
