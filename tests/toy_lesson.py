"""A small lesson for the tests of the authoring machine, with two exercises that it registers itself."""

NAME = "99_add_things_up"
KNOWN = {"add_up", "Counter"}

SOURCE = r'''# %% [markdown] slideshow={"slide_type": "slide"}
# # Add things up
#
# [Open in Colab]({{colab}}) · [the course]({{repository}})

# %% tags=["setup"]
import warnings

import numpy as np

import course
from course.exercises import check, hint, progress, solution

# %% [markdown]
# A test has no folder `lesson_99`, so the exercises are defined here.

# %%
from course.exercises import registry
from course.exercises.exercise import Exercise, case


def ours_add_up(values):
    return np.cumsum(np.asarray(values, dtype=float))


class OursCounter:
    def __init__(self):
        self.total = 0

    def count(self, number):
        self.total += number
        return self.total


def use_counter(cls, numbers):
    counter = cls()
    return [counter.count(number) for number in numbers]


registry.register(Exercise(
    name="add_up", lesson=99, title="running sums", no_place="a test's", solution=ours_add_up,
    cases=[case("1, 2 and 3", [1.0, 2.0, 3.0])], edges=[case("no number", [])], hints=["Why?", "What?", "How?"]))
registry.register(Exercise(
    name="Counter", lesson=99, title="a counter", no_place="a test's", solution=OursCounter, kind="class",
    run=use_counter, cases=[case("1 and 2", [1, 2])], hints=["Why?", "What?", "How?"]))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ## Build: running sums
#
# $$s_n = \sum_{i \le n} x_i$$

# %% exercise: add_up · difficulty 2/5 · 10 min
def add_up(values):
    """The running sums of a list of numbers: (N,) -> (N,)."""
    ### BEGIN SOLUTION
    return np.cumsum(np.asarray(values, dtype=float))
    ### END SOLUTION

# %% tags=["nbval-check-output"]
add_up = check("add_up")

# %% [markdown]
# ## Use

# %% tags=["nbval-check-output"]
print(add_up([1, 2]))

# %% exercise: Counter · difficulty 3/5 · 12 min
class Counter:
    """Counts: `count(3)` adds 3 and returns the total."""

    def __init__(self):
        ### BEGIN SOLUTION
        self.total = 0
        ### END SOLUTION

    def count(self, number):
        ### BEGIN SOLUTION
        self.total += number
        return self.total
        ### END SOLUTION

# %% tags=["nbval-check-output"]
Counter = check("Counter")

# %%
from pathlib import Path
from IPython.display import HTML, display

print(Path.cwd().joinpath("here"))
display(HTML("<p>" + str(Path(course.__file__).parent) + "</p>"))
'''

PROJECT = '[project]\nname = "toy"\n\n[project.urls]\nRepository = "https://github.com/somebody/portraits"\n'


def register() -> None:
    """Its exercises become known in this process, as those of a real lesson are."""
    begin, end = SOURCE.index("from course.exercises import registry"), SOURCE.index("# ## Build: running sums")
    exec("import numpy as np\n" + SOURCE[begin:end].rpartition("# %%")[0], {"__name__": "toy_lesson_exercises"})


def write(root, source: str = SOURCE, name: str = NAME):
    """A checkout in the folder root with this lesson; returns the path of its source."""
    (root / "solutions").mkdir(parents=True, exist_ok=True)
    (root / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    path = root / "solutions" / f"{name}.py"
    path.write_text(source, encoding="utf-8")
    return path
