"""The four projects: their notebooks run to the end and are what the sources give; what they compute is right.

They run here with small faces without the networks: what is tested is that every cell runs, not how the film looks.
"""

import ast
import re

import nbformat
import pytest
import test_lessons
from conftest import CHECKOUT

from course import cli
from course.authoring import LessonError, build, checking, source

SOURCES = build.project_paths(CHECKOUT)
SMALLER = ((r"size=2\d\d\b", 'size=128, generator="warp"'), (r"SIZE = \(\d+, \d+\)", "SIZE = (384, 216)"))
PLAIN = "# %% [markdown]\n# # Plain\n#\n# [Open in Colab]({{colab}})\n\n# %%\nprint(2 * 20)\n"


def functions_of(name: str) -> dict:
    """What the cells of a project define, without the cells that make films: imports, functions and plain values."""
    cells = source.read(CHECKOUT / "notebooks" / "projects" / f"{name}.py").cells
    tree = ast.parse("\n".join(cell.source for cell in cells if cell.kind == "code"))
    found = {}
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef)) or _is_plain(node):
            exec(compile(ast.Module([node], []), name, "exec"), found)
    return found


def _is_plain(node) -> bool:
    """`NAME = value`, a value that is written out, or a set of written out words."""
    if not isinstance(node, ast.Assign) or not getattr(node.targets[0], "id", "").isupper():
        return False
    return {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)} <= {"set"}


# ---------------------------------------------------------------- the notebooks


def test_there_are_four():
    assert [path.stem for path in SOURCES] == ["customer_service", "market_report", "product_presenter",
                                               "teaching_assistant"]


def test_their_notebooks_are_what_the_sources_give():
    assert list(checking.problems(CHECKOUT, SOURCES)) == []


@pytest.mark.parametrize("name", [path.stem for path in SOURCES])
def test_a_project_runs_to_its_end(name, tmp_path, record_property):
    path = build.project_path(CHECKOUT, name)
    changed = []

    def make_small(notebook):
        for cell in notebook.cells:
            for pattern, small in SMALLER if cell.cell_type == "code" else ():
                cell.source, count = re.subn(pattern, small, cell.source)
                changed.extend([small] * count)

    before = test_lessons.everyone_home()
    seconds = test_lessons.run_with_nbval(test_lessons.copied(path, tmp_path, make_small), tmp_path / "home")
    assert changed, "no face was made smaller"
    assert (tmp_path / "projects" / f"{name}.mp4").stat().st_size > 50_000
    test_lessons.report(record_property, path, 0, seconds)
    assert test_lessons.everyone_home() == before


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_project_says_what_to_change_how_it_is_judged_and_how_to_go_on(path):
    text = "\n".join(cell.source for cell in source.read(path).cells if cell.kind == "text")
    assert "**What you change:**" in text and f"course verify {path.stem}.mp4" in " ".join(text.split())
    points = [int(one) for one in re.findall(r"^\| (?!\*\*).+ \| (\d+) \|$", text, re.M)]
    assert len(points) >= 5 and f"| **together** | **{sum(points)}** |" in text
    ideas = text.partition("## Three ideas to go on")[2]
    assert re.findall(r"^(\d)\. \*\*", ideas, re.M) == ["1", "2", "3"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_projects_notebook_shows_its_film(path):
    notebook = nbformat.read(build.project_path(CHECKOUT, path.stem), as_version=4)
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])
             if "data:video/mp4;base64," in output.get("data", {}).get("text/html", "")]
    assert len(shown) == 1


# ---------------------------------------------------------------- the machine that builds them


def project(root, text: str = PLAIN, name: str = "plain"):
    """A checkout with a project in it; returns the path of its source."""
    (root / "solutions").mkdir()
    (root / "pyproject.toml").write_text('[project.urls]\nRepository = "https://github.com/a_b/c"\n')
    path = root / "notebooks" / "projects" / f"{name}.py"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_project_becomes_one_notebook_that_was_run(tmp_path, monkeypatch, capsys):
    path = project(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert cli.main(["build", "projects"]) == 0
    assert re.match(r"plain: executed in \d+ s, 0.00 MB, written", capsys.readouterr().out)
    notebook = nbformat.read(path.with_suffix(".ipynb"), as_version=4)
    assert notebook.cells[1].outputs[0].text == "40\n"
    assert "a_b/c/blob/main/notebooks/projects/plain.ipynb" in notebook.cells[0].source
    assert cli.main(["build", "plain", "--check"]) == 0
    assert capsys.readouterr().out == "0 lessons and 1 project: the notebooks are what the sources give\n"
    path.write_text(PLAIN.replace("20", "21"))
    (path.parent / "old.ipynb").write_text("{}")
    assert cli.main(["build", "--check", "plain"]) == 2
    told = capsys.readouterr().err
    assert "projects/plain.ipynb: cell 1 (code-" in told and "run: course build plain" in told
    assert "projects/old.ipynb: has no source old.py beside it; delete it" in told
    assert cli.main(["build", "nothing"]) == 2


def test_a_project_with_an_exercise_is_refused(tmp_path):
    text = PLAIN + '\n# %% exercise: f · difficulty 1/5 · 4 min\ndef f():\n    """F."""\n    ### BEGIN SOLUTION\n' \
                   '    return 1\n    ### END SOLUTION\n\n# %%\nf = check("f")\n'
    with pytest.raises(LessonError, match="a project has no exercises, and this one has f"):
        source.read(project(tmp_path, text))


def test_a_project_has_a_name_of_small_letters(tmp_path):
    with pytest.raises(LessonError, match="a project is named name.py"):
        source.read(project(tmp_path, name="My_Project"))


# ---------------------------------------------------------------- what they compute


@pytest.fixture(scope="module")
def market():
    return functions_of("market_report")


@pytest.fixture(scope="module")
def service():
    return functions_of("customer_service")


WEEK = ["Monday", "Tuesday", "Wednesday"]


@pytest.mark.parametrize("values, said", [
    ([100, 100, 100], "X hardly moved."), ([100, 100.2, 100.49], "X hardly moved."),
    ([100, 100.3, 100.6], "X rose 1 percent."), ([200, 199, 198], "X fell 1 percent."),
    ([100, 102, 104], "X rose 4 percent."),
    ([50, 50, 60], "X rose sharply, by 20 percent, most of it on Wednesday."),
    ([100, 90, 95], "X fell sharply, by 5 percent, most of it on Tuesday."),
])
def test_the_report_says_what_the_numbers_say(market, values, said):
    assert market["sentence"](WEEK, "X", values) == said


def test_the_report_reads_its_table_and_names_the_best(market, tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("# a note\nday,Ash,Oak\nMonday,10,20\nTuesday,11,19\n")
    days, prices = market["read_table"](path)
    assert (days, prices) == (["Monday", "Tuesday"], {"Ash": [10.0, 11.0], "Oak": [20.0, 19.0]})
    assert market["change"](prices["Ash"]) == pytest.approx(10)
    assert market["closing"](prices) == "The week belongs to Ash."
    assert market["closing"]({"Oak": [20, 19]}) == "Nobody gained anything."


@pytest.mark.parametrize("question, number", [
    ("Can I pay by card?", 3), ("are you open on SUNDAY", 0), ("I want to return a lamp.", 1),
    ("How long until my delivery?", 2), ("Where is your shop?", 4),
])
def test_the_counter_finds_the_answer_that_fits(service, question, number):
    assert service["answer"](question) == service["read_page"](service["PAGE"])[number][1]


@pytest.mark.parametrize("question", ["", "???", "Who won the match?", "Do you sell ice cream?", "the a of", "éè 漢字"])
def test_the_counter_says_when_nothing_fits(service, question):
    assert service["answer"](question) == service["OTHERWISE"]


def test_the_same_question_scores_one_and_a_rare_word_weighs_more(service):
    page = [("red lamp", "x"), ("red chair", "y"), ("red table", "z")]
    idf = service["weights"](page)
    assert idf["lamp"] > idf["red"] == 1.0 and service["vector"]("red car", idf) == {"red": 1.0, "car": 1.0}
    assert service["scores"]("red lamp", page)[0] == pytest.approx(0.8)
    assert service["cosine"](service["vector"]("red lamp", idf), service["vector"]("lamp red", idf)) == pytest.approx(1)
