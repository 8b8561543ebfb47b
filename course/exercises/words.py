"""The words of a verdict about an exception: its kind, what it says, and the student's line."""

import linecache
import re

from . import answers

LONGEST = 160


def of_error(problem: BaseException, answer) -> str:
    """"IndexError: index 4 is out of bounds, in line 3: `low = a[4]`"."""
    if isinstance(problem, RecursionError):
        return "a RecursionError: it calls itself without an end"
    if isinstance(problem, MemoryError):
        return "a MemoryError: it asks for more memory than there is"
    if isinstance(problem, SystemExit):
        said = "SystemExit: it ends the program"
    else:
        try:
            said = str(problem).strip().splitlines()[0] if str(problem).strip() else ""
        except BaseException:  # an exception of their own whose text does not work either
            said = ""
        said = re.sub(r" at 0x[0-9a-fA-F]+", "", said)
        said = type(problem).__name__ + (f": {said}" if said else "")
    if len(said) > LONGEST:
        said = said[:LONGEST] + " ..."
    number, line = _line(problem, answer)
    return f"{said}, in line {number}: `{line}`" if line else said


def _line(problem: BaseException, answer) -> tuple[int, str]:
    """The deepest line of the student's own text (the cell) that was being worked on: its number, and the line."""
    files = {code.co_filename for code in answers.codes(answer)}
    found, step = (0, ""), problem.__traceback__
    while step is not None:
        file = step.tb_frame.f_code.co_filename
        if file in files:
            line = linecache.getline(file, step.tb_lineno).strip()
            found = (step.tb_lineno, line if len(line) <= 80 else line[:76] + " ...")
        step = step.tb_next
    return found
