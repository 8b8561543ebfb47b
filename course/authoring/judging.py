"""The part of nbgrader that gives the points: it judges in its own process what the student's notebook handed out.

A preprocessor, named in the course's `nbgrader_config.py` between those that run the notebook and those that save its
points. A check's cell has handed out what the student's function gave on each input (`exercises.outputs`); nothing
else in that cell counts, not an exception and not a number.
"""

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade

from ..exercises import outputs, pointing, registry

CHECK = "check_"  # how the name of a check's cell begins, in nbgrader's metadata


class JudgeOutputs(NbGraderPreprocessor):
    """Puts our verdict in place of what decides over the points of each check's cell."""

    def preprocess_cell(self, cell, resources, cell_index):
        """A cell as nbgrader should see it. Raises `ExerciseError`: an exercise that this process does not know."""
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if not is_grade(cell) or cell.cell_type != "code" or not name.startswith(CHECK):
            return cell, resources
        exercise = registry.find(name.removeprefix(CHECK))
        handed = [output["data"][outputs.KIND] for output in cell.outputs if outputs.KIND in output.get("data", {})]
        found = pointing.judged(exercise, handed)
        cell.outputs = [output for output in cell.outputs if _only_shows(output)]
        if found.state != "right":
            cell.outputs.append(nbformat.v4.new_output("error", ename="AssertionError", evalue=found.line,
                                                       traceback=[f"AssertionError: {found.line}"]))
        return cell, resources


def _only_shows(output) -> bool:
    """What can be left to be seen: nbgrader takes neither points nor the want of points from it."""
    return output["output_type"] == "display_data" and outputs.KIND not in output["data"]
