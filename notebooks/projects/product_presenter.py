# %% [markdown]
# # Project: a product presenter in two languages
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({{colab}})
#
# One photo presents one product, in English and in Spanish: the same face, another voice, other lips, and subtitles for
# whoever watches without sound. You give the product and the words; out come a film for each language and one of both.
#
# **What you change:** the cell *The product*, then its drawing or a photo of yours. **What it takes:** an afternoon for
# you, a minute for the machine. **Before this:** lesson 00; lesson 05 tells how words become lips.

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
from matplotlib.patches import Circle, Ellipse, Polygon, Rectangle

import course
from course import demo, layout, plots
from course.speech import catalogue

print("Ready.")

# %% [markdown]
# ## The product
#
# For each language a voice, and for each step what is read on the picture and what is said. **The lamp is invented.**
# `catalogue.preferred("es")` is the best Spanish voice that is here: Kokoro's where the extra `voices` is installed, else
# espeak-ng's, which sounds like a machine. `course voices` lists all of them, `course voices French` those of a language.

# %%
PRODUCT = "Lumo"
LANGUAGES = {
    "English": {
        "voice": catalogue.preferred("en-us"),
        "steps": [("Lumo", "Meet Lumo, the lamp that drinks sunlight."),
                  ("A day of sun,\na night of light", "A day of sun gives a night of light."),
                  ("49 euros", "It costs forty-nine euros.")],
    },
    "Español": {
        "voice": catalogue.preferred("es"),
        "steps": [("Lumo", "Esta es Lumo, la lámpara que bebe sol."),
                  ("Un día de sol,\nuna noche de luz", "Un día de sol da una noche de luz."),
                  ("49 euros", "Cuesta cuarenta y nueve euros.")],
    },
}
PHOTO = demo.photo_path()  # or "me.jpg"
CONSENT = demo.CONSENT  # who agreed to what: it is kept in the film's signed manifest
for name, language in LANGUAGES.items():
    print(f"{name}: {language['voice']}")

# %% [markdown]
# ## The picture
#
# The lamp is drawn, so that it can light up in the second step. With a photo of a product, put it on the axes instead:
# `axes.imshow(images.load_image("lamp.jpg"))`, with `from course import images`.

# %%
DAY, NIGHT = ("#fdf3dc", "#16324f"), ("#16233b", "#ffe9ad")  # ground and letters


def draw_step(words, number):
    """The picture of a step: uint8 (600, 800, 3)."""
    night = number > 0
    ground, ink = NIGHT if night else DAY
    figure = Figure(figsize=(8, 6), facecolor=ground)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, 8), ylim=(0, 6))
    axes.axis("off")
    if night:
        for size in range(12, 48, 3):
            axes.add_patch(Ellipse((2.2, 2.9), size / 10, size / 9, facecolor="#ffd76a", alpha=0.05))
    else:
        axes.add_patch(Circle((0.9, 5.2), 0.5, facecolor="#f5a623"))
    axes.add_patch(Rectangle((2.12, 0.75), 0.16, 2.2, facecolor="#8c6a3f"))
    axes.add_patch(Ellipse((2.2, 0.75), 1.9, 0.4, facecolor="#8c6a3f"))
    axes.add_patch(Polygon([(1.2, 2.7), (3.2, 2.7), (2.75, 4.3), (1.65, 4.3)],
                           facecolor="#ffdf80" if night else "#e8d9b5", edgecolor="#8c6a3f", linewidth=2))
    axes.add_patch(Polygon([(1.65, 4.3), (2.75, 4.3), (2.6, 4.52), (1.8, 4.52)], facecolor="#2b3a67"))  # its solar cell
    large = {0: 58, 2: 50}.get(number, 29)
    axes.text(5.65, 3.1, words, fontsize=large, color=ink, weight="bold", ha="center", va="center", linespacing=1.35)
    return plots.pixels(figure)


pictures = {name: [draw_step(words, number) for number, (words, _) in enumerate(language["steps"])]
            for name, language in LANGUAGES.items()}
plots.show(plots.faces([one for three in pictures.values() for one in three], columns=3, side=2.5,
                       title=f"The steps in {' and in '.join(LANGUAGES)}"))

# %% [markdown]
# ## One face, two voices
#
# The photo is the same; speech, lips and the moments of the steps come from each language's own voice. `course.beside`
# puts the pictures beside the face, `course.subtitled` writes what is said below.

# %%
SIZE = (768, 432)


def present(name):
    """The film of one language."""
    steps = LANGUAGES[name]["steps"]
    face = course.animate(PHOTO, text=" ".join(said for _, said in steps), voice=LANGUAGES[name]["voice"], size=256,
                          expression="happy:0.3", subtitles=f"{PRODUCT}.srt", consent=CONSENT, label="auto",
                          label_corner="top-right")
    times = layout.starts([said for _, said in steps], face.cues)
    print(f"{name}: {face.duration:.1f} s, steps at " + ", ".join(f"{at:.1f}" for at in times) + " s")
    return course.subtitled(course.beside(face, list(zip(times, pictures[name])), size=SIZE)).kept()


films = {name: present(name) for name in LANGUAGES}

# %%
parts = []
for name, one in films.items():
    parts += [course.title_card(PRODUCT, name, 1.1, SIZE), one]
film = course.join([*parts, course.title_card(PRODUCT, "An invented lamp, presented by a machine.", 1.5, SIZE)]).kept()
film.save("product_presenter.mp4", progress=False)
Video("product_presenter.mp4", embed=True, width=720, html_attributes="controls playsinline")

# %%
plots.show(plots.film_strip(films["English"], count=3, side=3.2, title="English"))
plots.show(plots.film_strip(films["Español"], count=3, side=3.2, title="Español"))

# %% [markdown]
# `films["Español"].save("lumo_es.mp4")` keeps one of them alone. The corner says that a machine speaks, the file says it
# twice more (`course verify product_presenter.mp4`). Somebody whose face sells things in a language that they do not speak
# should have heard it first: show them the film before others see it, and write down what they said.
#
# ## How it is judged
#
# | what | points |
# |---|---|
# | Both films say the same, and a native speaker of the second language nods | 5 |
# | Words, picture and voice fit: each step comes with its sentence, in both languages | 4 |
# | Names, numbers and foreign words are pronounced as they should be | 3 |
# | The picture is of your own product, legible on a phone, with the face beside it and not over it | 3 |
# | Nothing is promised that the product does not keep | 2 |
# | Whose face it is, that they agreed to these words in these languages, and that a machine speaks | 3 |
# | **together** | **20** |
#
# ## Three ideas to go on
#
# 1. **A third language, another script.** Mandarin has a human voice too (`catalogue.preferred("cmn")`), and needs a font
#    for its subtitles. Which of your pictures have words in them that somebody must translate?
# 2. **Which lips are right?** Turn the sound off and show both films to somebody who speaks both languages. How often do
#    they tell which is which? Lesson 11 says how many answers you need.
# 3. **A table of products.** One row for each product and language, `course animate-many`, and a film for each. Let the
#    pictures be made from the same table.
