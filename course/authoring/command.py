"""What `course build` prints and answers: 0 done, 2 something is not as it must be, one line for each."""

import sys
from pathlib import Path

from .. import errors
from . import needs_libraries

SLIDES = Path("out") / "slides"


def run(lessons=(), check: bool = False, nbgrader=None, slides: bool = False, force: bool = False,
        architecture: bool = False) -> int:
    """`course build [LESSON...] [--check] [--nbgrader DIR] [--slides] [--force] [--architecture]`.

    Returns 0: done, 2: something is wrong. Raises `errors.CourseError`: a library is missing, no checkout, no such
    lesson; `errors.OutputError`: no such folder.
    """
    with needs_libraries("course build"):
        from . import architecture as architecture_page
        from . import build, checking, gradebook
        from . import slides as slide_maker
    root = build.find_root()
    if architecture:
        if lessons:
            raise errors.CourseError("the page of architecture is one for all lessons: leave the lesson out")
        (root / architecture_page.PAGE).write_text(architecture_page.page(root), encoding="utf-8")
        print(f"{architecture_page.PAGE}: written")
        return 0
    # nbgrader and slides are of lessons alone
    paths = (build.lesson_paths if nbgrader is not None or slides else build.source_paths)(root, lessons)
    if check:
        problems = list(checking.problems(root, paths))
        _say_wrong(problems)
        if not problems:
            projects = len(build.project_paths(root, lessons))
            more = f" and {projects} project{'s' * (projects != 1)}" if projects else ""
            print(f"{len(paths) - projects} lessons{more}: the notebooks are what the sources give")
        return 2 if problems else 0
    if nbgrader is not None:
        print("\n".join(gradebook.lay_out(root, paths, nbgrader)))
        return 0
    wrong = 0
    for path in paths:
        try:
            if slides:
                print(slide_maker.make(root, path, root / SLIDES), flush=True)
            else:
                print(build.build(path, root, force=force), flush=True)
        except errors.CourseError as problem:
            _say_wrong(str(problem).splitlines())
            wrong += 1
    return 2 if wrong else 0


def _say_wrong(lines) -> None:
    for line in lines:
        print(f"course: {line}", file=sys.stderr, flush=True)
