"""A student in a real kernel: what the notebook shows, and what it must not."""

import base64
import io

import nbclient
import nbformat
import pytest
from PIL import Image

HELP = "hint(1) · hint(2) · hint(3) · solution()"
CELLS = [
    "from course.exercises import check, grade, hint, solution, progress\nimport course\n"
    "from course.exercises import registry, Exercise, case\n"
    "registry.register(Exercise(name='double', lesson=1, title='twice as much', no_place='for a test', seconds=1,\n"
    "    solution=lambda a: 2 * a, cases=[case('three', 3)], hints=['a', 'b', 'c']));",
    "def crop_square(image, x, y, side):\n    raise NotImplementedError",
    'crop_square = check("crop_square")',
    "def crop_square(image, x, y, side):\n    return image[:side, :side",
    'crop_square = check("crop_square")',
    "import os, sys, warnings, logging\ndef crop_square(image, x, y, side):\n"
    "    os.write(2, b'a'); print('b'); print('c', file=sys.stderr); warnings.warn('d'); logging.error('e')\n"
    "    from IPython.display import display; from matplotlib import pyplot\n"
    "    display('f'); pyplot.plot([1, 2]); pyplot.show(); pyplot.figure()\n"
    "    return image[:side, :side] * 0 + 1",
    'crop_square = check("crop_square")\ncrop_square = check("crop_square")',
    "def double(a):\n    exit()",
    'double = check("double")',
    "def double(a):\n    while True: pass",
    'double = check("double")',
    "hint(2)",
    "solution()",
    "double = check('double')\ngrade('double')",
    "def double(a):\n    print('looking')\n    return a + a",
    'double = check("double")\ngrade("double")',
    "progress()",
    "course.use(crop_square)",
    "print('alive')",
]  # fmt: skip


@pytest.fixture(scope="module", name="shown")
def shown_fixture(tmp_path_factory):
    """The outputs of each cell, found in the order of CELLS."""
    folder = tmp_path_factory.mktemp("notebook")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_HOME", str(folder / "home"))
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        patch.delenv("NBGRADER_EXECUTION", raising=False)
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
        nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True,
                                resources={"metadata": {"path": str(folder)}}).execute()
    return [cell.outputs for cell in notebook.cells]


def texts(outputs) -> list[str]:
    return [output.data["text/plain"] for output in outputs if "data" in output]


def test_nothing_reaches_stderr_and_only_what_was_asked_for_fails(shown):
    streams = [(number, output.name) for number, outputs in enumerate(shown) for output in outputs
               if output.output_type == "stream"]
    assert streams == [(len(CELLS) - 1, "stdout")]
    failed = [number for number, outputs in enumerate(shown) for output in outputs if output.output_type == "error"]
    assert failed == [3, 13]  # the cell with the missing bracket, and `grade` of a wrong answer
    assert shown[13][-1].ename == "AssertionError" and shown[13][-1].evalue.startswith("double: for three it was still")


def test_verdict_and_picture_are_two_outputs(shown):
    verdict, picture = shown[2]
    assert dict(verdict.data) == {"text/plain": "○ crop_square  not yet: this picture is what it should do"}
    assert verdict.output_type == picture.output_type == "display_data"  # an execute_result may count as points
    image = Image.open(io.BytesIO(base64.b64decode(picture.data["image/png"])))
    assert image.width > 300 and len(image.convert("L").getcolors()) > 20
    assert picture.metadata["image/png"]["alt"].startswith("a square cut out of a picture: the right answer for a sq")


def test_a_syntax_error_leaves_the_answer_before_it(shown):
    assert texts(shown[4])[0] == texts(shown[2])[0]


def test_noise_is_kept_away_and_the_second_run_says_the_same(shown):
    first, _, second, _ = texts(shown[6])
    assert first == second
    assert first.startswith("✗ crop_square  for a square of 12 px around (14, 10) you give 1 at [")
    assert first.endswith(HELP)


def test_attempts_stand_in_the_metadata_and_nowhere_else(shown):
    found = shown[6][2].metadata["living_portraits"]
    assert found["exercise"] == "crop_square" and found["verdict"] == "wrong" and found["card"] is None
    assert [entry["verdict"] for entry in found["attempts"]] == ["not yet", "not yet", "wrong", "wrong"]
    assert all(found["opened"] <= entry["at"] for entry in found["attempts"])
    assert not [text for text in texts(shown[6]) if found["opened"][:10] in text]


def test_exit_and_endless_loops_are_survived(shown):
    assert "it stops with SystemExit: it ends the program, in line 2" in texts(shown[8])[0]
    assert "for three it was still at work after 1 seconds, and was stopped." in texts(shown[10])[0]
    assert shown[-1][0].text == "alive\n"


def test_help_and_the_board(shown):
    assert texts(shown[11]) == ["double, hint 2 of 3: b"]
    assert "lambda a: 2 * a" in texts(shown[12])[0] and "```python" in shown[12][0].data["text/markdown"]
    assert texts(shown[15]) == ["✓ double  type · values"]
    board = shown[16][0].data
    assert "✓ double" in board["text/plain"] and "00 Bring a photo to life: 0 of " in board["text/plain"]
    assert "<code>crop_square" in board["text/html"].partition("<details>")[2] and "<script" not in board["text/html"]
    assert texts(shown[17]) == ["crop_square: ours stays in images.crop_square, until yours is right"]
