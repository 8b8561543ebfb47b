# %% [markdown]
# # Project: a teaching assistant
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({{colab}})
#
# A face explains one idea, and a slide beside it writes itself, a line for each thing that is said. You give a script
# and a photo; out comes a film for a course page, or for those who missed your class.
#
# **What you change:** the cell *The lesson*, then the drawing on the slide. **What it takes:** an afternoon for you, a
# minute for the machine. **Before this:** lesson 00; lesson 05 tells where the voice comes from.

# %%
# Makes the notebook ready. Where the course is installed this takes some seconds; on Colab it is
# installed first, which takes a minute or two.
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("course") is None:
    print("Installing the course: a minute or two, once.")
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet",
                    "git+{{repository}}"], check=True)

from IPython.display import Video
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

import course
from course import demo, layout, plots

print("Ready.")

# %% [markdown]
# ## The lesson
#
# One line for each step: what appears on the slide, and what the face says while it appears. Four to seven steps make a
# good slide; a step is a sentence or two.

# %%
TITLE = "How long is a nanosecond?"
STEPS = [
    ("", "How long is a nanosecond?"),
    ("1 ns = a billionth of a second", "It is a billionth of a second."),
    ("Light travels 30 cm", "In that time light travels thirty centimetres."),
    ("Shorter wires, faster computers", "So fast computers have short wires."),
]
PHOTO = demo.photo_path()  # or "me.jpg"
CONSENT = demo.CONSENT  # who agreed to what: it is kept in the film's signed manifest

# %% [markdown]
# Grace Hopper handed out pieces of wire of this length to show what a nanosecond is. The words here are not hers, and
# the film says so in its manifest: whose photo you take, ask first.
#
# ## The slide
#
# A slide is a figure with nothing but text in it, and a picture where one helps: here a ruler, drawn to scale. The newest
# line is dark, the others step back.

# %%
def draw_slide(shown):
    """The slide with its first `shown` steps: uint8 (600, 800, 3)."""
    figure = Figure(figsize=(8, 6), facecolor="#fbfaf6")
    figure.text(0.07, 0.86, TITLE, fontsize=29, weight="bold", color="#16324f")
    figure.add_artist(Rectangle((0.07, 0.81), 0.14, 0.009, facecolor="#e8871e"))
    lines = [line for line, _ in STEPS[:shown] if line]
    for number, line in enumerate(lines):
        newest = number == len(lines) - 1
        figure.text(0.07, 0.67 - 0.125 * number, f"{number + 1}", fontsize=25, weight="bold", color="#e8871e")
        figure.text(0.13, 0.67 - 0.125 * number, line, fontsize=25, color="#111111" if newest else "#6b6b6b")
    if not lines:
        figure.text(0.5, 0.32, "?", fontsize=150, weight="bold", color="#ecdfc4", ha="center")
    if len(lines) >= 2:
        draw_ruler(figure)
    return plots.pixels(figure)


def draw_ruler(figure):
    """30 centimetres, and the light that crosses them."""
    axes = figure.add_axes((0.07, 0.06, 0.86, 0.22), xlim=(-0.5, 30.5), ylim=(0, 3))
    axes.axis("off")
    axes.add_patch(Rectangle((0, 0.2), 30, 1.25, facecolor="#f4d9a8", edgecolor="#a9824a"))
    for mark in range(31):
        axes.plot([mark, mark], [1.45, 1.45 - (0.55 if mark % 5 == 0 else 0.3)], color="#6b4f24", linewidth=1.5)
        if mark % 10 == 0:
            axes.text(mark, 0.55, f"{mark} cm", fontsize=14, color="#6b4f24", va="center",
                      ha={0: "left", 30: "right"}.get(mark, "center"))
    axes.annotate("", (30, 2.1), (0, 2.1), arrowprops={"arrowstyle": "-|>", "color": "#d1495b", "linewidth": 3.5})
    axes.text(15, 2.4, "light, in 1 ns", fontsize=17, color="#d1495b", ha="center")


slides = [draw_slide(shown) for shown in range(1, len(STEPS) + 1)]
plots.show(plots.faces(slides, titles=[said for _, said in STEPS], columns=2, side=4,
                       title="What is seen while this is said"))

# %% [markdown]
# ## The face
#
# All steps together are one text, so that the head keeps moving and the voice keeps its melody. `subtitles` asks for
# the words with their times, and `layout.starts` looks up when each step begins.

# %%
text = " ".join(said for _, said in STEPS)
face = course.animate(PHOTO, text=text, size=288, expression="happy:0.25", subtitles="lesson.srt", consent=CONSENT,
                      label="auto", label_corner="top-right")
times = layout.starts([said for _, said in STEPS], face.cues)
for at, (_, said) in zip(times, STEPS):
    print(f"{at:5.2f} s  {said}")

# %% [markdown]
# ## The film
#
# `course.beside` puts slide and face side by side, `course.join` adds a title and an end. A slide may come a moment
# before its words: eyes need longer than ears.

# %%
EARLY = 0.25  # seconds
lesson = course.beside(face, [(max(at - EARLY, 0), slide) for at, slide in zip(times, slides)])
film = course.join([course.title_card(TITLE, "one idea, one slide", 1.3), lesson,
                    course.title_card("Now you", "Find something 30 cm long.", 1.6)]).kept()
film.save("teaching_assistant.mp4", progress=False)
Video("teaching_assistant.mp4", embed=True, width=720, html_attributes="controls playsinline")

# %%
wanted = [0.6, *(1.3 + at + 0.6 for at in times), film.duration - 1]
plots.show(plots.film_strip(film, wanted[:3], side=3.2, title="From the title ..."))
plots.show(plots.film_strip(film, wanted[3:], side=3.2, title="... to the end"))

# %% [markdown]
# The corner says that the film was made by a machine, and the file says it twice more, where nobody sees it: `course
# verify teaching_assistant.mp4` reads its watermark and its signed manifest, with what you wrote about consent.
#
# ## How it is judged
#
# | what | points |
# |---|---|
# | One idea, and a class that did not know it can say it afterwards in a sentence | 5 |
# | Slide and words fit: each line comes with its sentence, and says it in fewer words | 4 |
# | The slide can be read on a phone: few words, large letters, colours that differ in brightness too | 3 |
# | A drawing of your own, to scale or clearly not | 3 |
# | Voice, pace and expression fit the subject; nothing is mispronounced (`[pause 0.5]`, `*word*` and spelling help) | 2 |
# | Whose face it is, that they agreed, and that a machine speaks: said in the film and in its manifest | 3 |
# | **together** | **20** |
#
# ## Three ideas to go on
#
# 1. **A question in between.** Stop after the second step, show a question with three answers, wait five seconds, then go
#    on. (`[pause 5]` in the text; the slide of that step shows the answers.)
# 2. **A pointer.** Let the face look at the slide when a new line comes: `[look left]` in the text, or
#    `gaze="left@2s,camera@2.6s"` from `times`. Does it help, or does it distract? Ask five people.
# 3. **A whole lecture.** Read the steps from a file, one slide for each heading, and `course.join` the films. What
#    changes when the film is ten minutes long?
