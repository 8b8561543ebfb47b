"""`course build`: what it makes of a source, when it runs a lesson again, what it lets into a notebook."""

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import toy_lesson

import course
from course import cli
from course.authoring import INSTALL, LessonError, build, checking, clean, compose, execute, source

# A lesson without exercises: its kernel is up in a second, for it imports nothing
PLAIN = '''# %% [markdown] slideshow={"slide_type": "slide"}
# # Plain

# %%
import os
x = 20

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Twice

# %% tags=["nbval-check-output"]
print(2 * x)
'''
NAME = "98_plain"


def plain(root, *more, text: str = PLAIN):
    """A checkout with the plain lesson, and more code cells."""
    return toy_lesson.write(root, text + "".join(f"\n# %%{cell}\n" for cell in more), NAME)


def build_plain(root, *more, text: str = PLAIN, **options) -> str:
    return build.build(plain(root, *more, text=text), root, known=set(), **options)


def executed(root, name: str = NAME):
    return nbformat.read(build.executed_path(root, name), as_version=4)


def toy(root, text: str = toy_lesson.SOURCE):
    """The toy lesson: (the author's notebook, the student's)."""
    notebook = compose.authors_notebook(source.read(toy_lesson.write(root, text), toy_lesson.KNOWN), root)
    return notebook, compose.students_notebook(notebook)


def cell(notebook, name: str):
    return next(one for one in notebook.cells if one.id == name)


# ---------------------------------------------------------------- from source to notebooks


def test_exercises_and_checks_carry_nbgraders_metadata(tmp_path):
    author, _ = toy(tmp_path)
    assert dict(cell(author, "exercise-add_up").metadata.nbgrader) == {
        "schema_version": 3, "grade_id": "add_up", "grade": False, "solution": True, "locked": False, "task": False}
    assert dict(cell(author, "check-Counter").metadata.nbgrader) == {
        "schema_version": 3, "grade_id": "check_Counter", "grade": True, "solution": False, "locked": True,
        "task": False, "points": 3}
    assert cell(author, "check-add_up").source.splitlines() == [
        'add_up = check("add_up")', "### BEGIN HIDDEN TESTS", "from course.exercises import grade", 'grade("add_up")',
        "### END HIDDEN TESTS"]
    others = [one for one in author.cells if not one.id.startswith(("exercise-", "check-"))]
    assert others and not any("nbgrader" in one.metadata for one in others)


def test_a_student_gets_neither_solutions_nor_hidden_tests(tmp_path):
    author, student = toy(tmp_path)
    assert [one.id for one in student.cells] == [one.id for one in author.cells]
    assert cell(student, "exercise-add_up").source == (
        "# Exercise: add_up · difficulty 2/5 · 10 min\ndef add_up(values):\n"
        '    """The running sums of a list of numbers: (N,) -> (N,)."""\n    raise NotImplementedError')
    assert cell(student, "exercise-Counter").source.count("        raise NotImplementedError") == 2
    assert cell(student, "check-add_up").source == 'add_up = check("add_up")'
    whole = compose.to_text(student)
    assert not re.search(r"SOLUTION|HIDDEN|grade\(|self\.total \+= number\\n.*return", whole.split("registry")[-1])
    assert all(one.outputs == [] and one.execution_count is None for one in student.cells if one.cell_type == "code")
    assert cell(student, "check-add_up").metadata.editable is False


def test_every_process_makes_the_same_bytes(tmp_path):
    path = toy_lesson.write(tmp_path)
    program = ("import sys; from pathlib import Path; from course.authoring import compose, source; "
               "lesson = source.read(sys.argv[1], {'add_up', 'Counter'}); "
               "notebook = compose.authors_notebook(lesson, Path(sys.argv[1]).parents[1]); "
               "sys.stdout.buffer.write(compose.to_text(compose.students_notebook(notebook)).encode())")
    other = subprocess.run([sys.executable, "-c", program, path], check=True, capture_output=True, cwd=Path.home(),
                           env={**os.environ, "PYTHONHASHSEED": "12345"}).stdout
    assert other == compose.to_text(toy(tmp_path)[1]).encode()


def test_addresses_are_filled_in_from_the_one_place(tmp_path):
    text = toy(tmp_path)[1].cells[0].source
    assert ("[Open in Colab](https://colab.research.google.com/github/somebody/portraits/blob/main/"
            "notebooks/99_add_things_up.ipynb)") in text
    assert "[the course](https://github.com/somebody/portraits)" in text
    path = toy_lesson.write(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    with pytest.raises(LessonError, match=r"99_add_things_up.py:1: \{\{colab\}\} needs the repository's address"):
        compose.authors_notebook(source.read(path, toy_lesson.KNOWN), tmp_path)


# ---------------------------------------------------------------- running


def test_a_lesson_is_run_once_and_again_only_when_its_code_changes(tmp_path):
    assert re.fullmatch(r"98_plain: executed in \d+ s, 0.00 MB, written", build_plain(tmp_path))
    notebook = executed(tmp_path)
    assert notebook.cells[3].outputs[0].text == "40\n"
    assert notebook.cells[3].execution_count == 2
    assert build_plain(tmp_path) == "98_plain: outputs kept, 0.00 MB, unchanged"
    assert build_plain(tmp_path, text=PLAIN.replace("# ## Twice", "# ## Double")).startswith("98_plain: outputs kept")
    assert executed(tmp_path).cells[2].source == "## Double"
    assert executed(tmp_path).cells[3].outputs == notebook.cells[3].outputs
    assert "executed" in build_plain(tmp_path, text=PLAIN.replace("x = 20", "x = 21"))
    assert executed(tmp_path).cells[3].outputs[0].text == "42\n"
    assert re.fullmatch(r".*executed in \d+ s, .*, unchanged",
                        build_plain(tmp_path, text=PLAIN.replace("x = 20", "x = 21"), force=True))


def test_a_lesson_runs_again_where_its_outputs_were_lost(tmp_path):
    build_plain(tmp_path)
    notebook = executed(tmp_path)
    notebook.cells[3].execution_count = None
    build.executed_path(tmp_path, NAME).write_text(nbformat.writes(notebook), encoding="utf-8")
    assert "executed" in build_plain(tmp_path)


def test_a_cell_that_raises_is_named_with_its_line(tmp_path):
    with pytest.raises(LessonError) as caught:
        build_plain(tmp_path, "\ny = 1\nz = y / (x - 20)")
    line = PLAIN.count("\n") + 4
    assert str(caught.value) == f"solutions/98_plain.py:{line}: this cell raises ZeroDivisionError: division by zero"
    assert not build.executed_path(tmp_path, NAME).exists()


def test_a_syntax_error_and_a_dead_kernel_are_named_too(tmp_path):
    line = PLAIN.count("\n") + 2
    with pytest.raises(LessonError, match=rf"solutions/98_plain.py:{line + 1}: this cell raises SyntaxError"):
        build_plain(tmp_path, "\ny = = 1")
    with pytest.raises(LessonError, match=rf"solutions/98_plain.py:{line}: the kernel died"):
        build_plain(tmp_path, "\nos._exit(1)")


def test_a_cell_without_end_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(execute, "TIMEOUT", 2)
    with pytest.raises(LessonError, match=r"98_plain.py:\d+: this cell ran for more than 2 s"):
        build_plain(tmp_path, "\nwhile True: pass")


def test_a_kernel_sees_an_empty_home_and_an_empty_folder(tmp_path):
    build_plain(tmp_path, '\nprint(sorted(os.listdir(os.environ["COURSE_HOME"])), sorted(os.listdir()))')
    assert executed(tmp_path).cells[4].outputs[0].text == "[] ['home', 'ipython']\n"


# ---------------------------------------------------------------- what may stay in a notebook


def test_nothing_of_this_machine_stays(tmp_path):
    build_plain(
        tmp_path,
        "\nimport tempfile, sys, warnings\nfrom pathlib import Path\nimport IPython\nimport course\n"
        "print(Path.cwd() / 'clip.mp4', Path.home() / 'me.jpg', IPython.__file__, course.__file__, os.__file__,\n"
        "      sys.prefix)",
        "\nwarnings.warn('look')",
        "\nprint(object())\nobject()",
        "\nfrom IPython.display import HTML, SVG\nHTML('<b>' + course.__file__ + '</b>')",
    )
    notebook = executed(tmp_path)
    texts = [json.dumps(one.outputs) for one in notebook.cells[4:]]
    for folder in {str(Path.home()), sys.prefix, str(Path(course.__file__).parent.parent), "/tmp/"} - {"/"}:
        assert folder not in "".join(texts), folder
    assert '"clip.mp4 ~/me.jpg site-packages/IPython/__init__.py course/__init__.py python/os.py' in texts[0]
    assert "UserWarning: look" in texts[1] and "ipykernel_" not in texts[1]
    assert re.findall("0x[0-9a-f.]+", texts[2]) == ["0x...", "0x..."]
    assert "<b>course/__init__.py</b>" in texts[3]
    assert list(checking.problems(tmp_path, [build.lesson_paths(tmp_path)[0]], known=set())) == []


def test_no_widget_and_no_progress_bar_stays(tmp_path):
    build_plain(
        tmp_path,
        "\nimport sys\nfrom tqdm import tqdm\nfor _ in tqdm(range(3)): pass\nprint('a real word', file=sys.stderr)",
        "\nimport ipywidgets\nipywidgets.IntSlider()",
        "\nfrom tqdm.auto import tqdm as bar\nfor _ in bar(range(3)): pass\nprint('done')",
    )
    notebook = executed(tmp_path)
    assert [[output.get("text") for output in one.outputs] for one in notebook.cells[4:]] == [
        ["a real word\n"], [], ["done\n"]]
    assert set(notebook.metadata) == {"kernelspec", "language_info", "living_portraits"}
    assert "execution" not in json.dumps([one.metadata for one in notebook.cells])


MARKED = ' tags=["nbval-check-output"]\n'


@pytest.mark.parametrize("code", ["import ipywidgets\nipywidgets.IntSlider()", "print(os.getcwd())", "print(object())"])
def test_a_compared_cell_must_show_the_same_everywhere(tmp_path, code):
    line = PLAIN.count("\n") + 2
    with pytest.raises(LessonError, match=f"98_plain.py:{line}: tagged nbval-check-output, but shows what differs"):
        build_plain(tmp_path, MARKED + code)


def test_a_compared_cell_must_show_something(tmp_path):
    with pytest.raises(LessonError, match="tagged nbval-check-output, but has no output to compare"):
        build_plain(tmp_path, MARKED + "y = 1")


def test_a_notebook_of_more_than_2_mb_is_refused(tmp_path):
    with pytest.raises(LessonError) as caught:
        build_plain(tmp_path, "\nfrom IPython.display import HTML\nHTML('<p>' + 2_100_000 * 'x' + '</p>')")
    assert re.fullmatch(r"solutions/98_plain.py:1: its notebook 2.1 MB is more than 2 MB: the largest cell is 4 "
                        r"\(code-[0-9a-f]{8}\), 2.1 MB", str(caught.value))
    assert not build.executed_path(tmp_path, NAME).exists()


def fault_of(output) -> list:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", outputs=[output], execution_count=1)])
    return list(clean.faults(notebook, 100))


@pytest.mark.parametrize("text", ["/home/ann/x.py", "in /Users/ann/x", r"C:\Users\ann\x", "/tmp/tmpab12/clip.mp4",
                                  "/root/x", "file:///home/ann/x.py"])
def test_paths_of_any_machine_are_seen(text):
    assert "names a path of a machine" in fault_of(nbformat.v4.new_output("stream", text=text))[0]
    assert fault_of(nbformat.v4.new_output("display_data", data={"text/html": f"<b>{text}</b>"}))


@pytest.mark.parametrize("text", ["https://x.org/home/ann", "~/me.jpg", "course/tmp/x", "and/or", "1/2"])
def test_what_only_looks_like_a_path_may_stay(text):
    assert fault_of(nbformat.v4.new_output("stream", text=text)) == []


def test_a_path_inside_a_picture_is_seen():
    import io

    from PIL import Image, PngImagePlugin

    note = PngImagePlugin.PngInfo()
    note.add_text("Source", "/home/ann/portrait.png")
    file = io.BytesIO()
    Image.new("RGB", (4, 4)).save(file, "PNG", pnginfo=note)
    data = {"image/png": base64.b64encode(file.getvalue()).decode()}
    assert "/home/ann/portrait.png" in fault_of(nbformat.v4.new_output("display_data", data=data))[0]


# ---------------------------------------------------------------- course build --check


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A checkout with the plain lesson, built."""
    root = tmp_path_factory.mktemp("built")
    build_plain(root)
    return root


@pytest.fixture
def copy(built, tmp_path):
    """The built checkout, to be spoilt."""
    import shutil

    shutil.copytree(built, tmp_path / "copy")
    return tmp_path / "copy"


def edit(path, change) -> None:
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    path.write_text(compose.to_text(notebook), encoding="utf-8")


STUDENT, TWIN = "notebooks/98_plain.ipynb", "solutions/98_plain.ipynb"
SPOILT = {
    "a byte": (STUDENT, lambda path: path.write_bytes(path.read_bytes() + b"\n"), "is not what the source gives"),
    "student's gone": (STUDENT, lambda path: path.unlink(), "is not there"),
    "twin gone": (TWIN, lambda path: path.unlink(), "is not there"),
    "twin cut off": (TWIN, lambda path: path.write_bytes(path.read_bytes()[:200]), "cannot be read"),
    "another source": (TWIN, lambda path: edit(path, lambda n: n.cells[1].update(source="import os\nx = 2")),
                       "another source"),
    "another id": (TWIN, lambda path: edit(path, lambda n: n.cells[1].update(id="another")), "another id"),
    "another tag": (TWIN, lambda path: edit(path, lambda n: n.cells[3].metadata.update(tags=[])), "another metadata"),
    "a cell too many": (TWIN, lambda path: edit(path, lambda n: n.cells.append(nbformat.v4.new_markdown_cell("x"))),
                        "has 5 cells, the source 4"),
    "never run": (TWIN, lambda path: edit(path, lambda n: n.cells[3].update(execution_count=None)), "was never run"),
    "marked output gone": (TWIN, lambda path: edit(path, lambda n: n.cells[3].update(outputs=[])), "no stored output"),
    "error shown": (TWIN, lambda path: edit(path, lambda n: n.cells[1].outputs.append(
        nbformat.v4.new_output("error", ename="KeyError", evalue="", traceback=[]))), "shows an error: KeyError"),
    "widgets": (TWIN, lambda path: edit(path, lambda n: n.metadata.update(widgets={})), "state of widgets"),
    "source edited": ("solutions/98_plain.py", lambda path: path.write_text(PLAIN.replace("Twice", "Double")),
                      "is not what the source gives"),
    "stray notebook": ("notebooks/97_gone.ipynb", lambda path: path.write_text("{}"), "has no source"),
    "source wrong": ("solutions/98_plain.py", lambda path: path.write_text(PLAIN.replace('"slide"}', "", 1)),
                     "98_plain.py"),
}


@pytest.mark.parametrize("what", SPOILT)
def test_check_says_what_is_not_what_the_source_gives(copy, monkeypatch, capsys, what):
    name, spoil, says = SPOILT[what]
    spoil(copy / name)
    monkeypatch.chdir(copy / "notebooks")
    assert cli.main(["build", "--check"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert any(line.startswith("course: ") and says in line for line in said), said
    assert len(said) <= 2, "one line a notebook"


def test_check_is_content_with_what_was_built(built, monkeypatch, capsys):
    monkeypatch.chdir(built)
    assert cli.main(["build", "--check"]) == 0
    assert capsys.readouterr().out == "1 lessons: the notebooks are what the sources give\n"


# ---------------------------------------------------------------- the command


def test_the_command_builds_what_it_can_and_names_the_rest(tmp_path, monkeypatch, capsys):
    plain(tmp_path)
    toy_lesson.write(tmp_path, PLAIN.replace("print(2 * x)", "print(2 * y)"), "97_wrong")
    toy_lesson.write(tmp_path, "print(1)", "96_no_cells")
    monkeypatch.chdir(tmp_path / "solutions")
    assert cli.main(["build"]) == 2
    said = capsys.readouterr()
    assert re.fullmatch(r"98_plain: executed in \d+ s, 0.00 MB, written\n", said.out)
    assert said.err.splitlines()[1] == ("course: solutions/97_wrong.py:12: this cell raises NameError: "
                                        "name 'y' is not defined")
    assert cli.main(["build", "98"]) == 0
    assert cli.main(["build", "solutions/98_plain.py"]) == 0
    assert cli.main(["build", "55"]) == 2
    assert capsys.readouterr().err == "course: no lesson 55: there are 96_no_cells, 97_wrong, 98_plain\n"


def test_a_missing_library_is_named_with_the_way_to_get_it(copy):
    program = ("import sys; sys.modules['nbgrader'] = None; from course import cli; "
               "sys.exit(cli.main(['build', '--check']))")
    done = subprocess.run([sys.executable, "-c", program], cwd=copy, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"course: course build needs the library nbgrader: {INSTALL}\n"


def test_slides_show_what_is_marked(copy, monkeypatch, capsys):
    monkeypatch.chdir(copy)
    assert cli.main(["build", "--slides"]) == 0
    assert capsys.readouterr().out == "out/slides/98_plain.slides.html: 2 slides\n"
    html = (copy / "out" / "slides" / "98_plain.slides.html").read_text(encoding="utf-8")
    assert "reveal.js" in html and html.count("<section>") == 4  # two columns of one slide each
    assert "Twice" in html and "import os" not in html  # the code was not marked
    plain(copy, text=PLAIN.replace(' slideshow={"slide_type": "slide"}', ""))
    assert cli.main(["build", "98"]) == 0
    assert cli.main(["build", "--slides"]) == 2
    assert "no cell has slideshow" in capsys.readouterr().err
