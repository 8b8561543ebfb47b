# %% [markdown]
# # Project: a market report
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({{colab}})
#
# A table comes in, a film goes out: a face reads the week's numbers, and each line of the chart is drawn while it is
# spoken of. Nobody writes a script. The sentences are made from the numbers, so the same notebook reads next week's
# table too, and any other: rainfall, bicycles, goals.
#
# **What you change:** the cell *The table*, then the sentences. **What it takes:** an afternoon for you, a minute for
# the machine. **Before this:** lesson 00.

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

import csv
from pathlib import Path

from IPython.display import Video
from matplotlib.figure import Figure

import course
from course import demo, layout, plots

print("Ready.")

# %% [markdown]
# ## The table
#
# A row for each day, a column for each company. **These numbers are invented, and so are the companies.** Put a table of
# your own here, or name your own file below.

# %%
Path("market.csv").write_text("""\
# invented numbers of invented companies
day,Alder,Birch,Cedar
Monday,50.00,20.00,80.00
Tuesday,50.60,19.80,80.40
Wednesday,53.10,19.50,79.70
Thursday,52.90,19.40,80.20
Friday,53.50,19.20,80.10
""")
TABLE = "market.csv"
PHOTO = demo.photo_path()  # or "me.jpg"
CONSENT = demo.CONSENT  # who agreed to what: it is kept in the film's signed manifest


def read_table(path):
    """A CSV of a column of days and columns of prices: (days, {name: prices}). Lines with # are notes."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    day, *names = rows[0]
    return [row[day] for row in rows], {name: [float(row[name]) for row in rows] for name in names}


days, prices = read_table(TABLE)
for name, values in prices.items():
    print(f"{name:<8}" + "".join(f"{value:8.2f}" for value in values))

# %% [markdown]
# ## From numbers to sentences
#
# The change of a week in percent is
#
# $$c = 100\left(\frac{p_n}{p_1} - 1\right)$$
#
# with the first price $p_1$ and the last one $p_n$. A person who reads it out does not say "plus six point nine nine".
# So the number is rounded, a small one becomes "hardly moved", and a day that made most of the change is named.

# %%
QUIET = 0.5  # percent: below it nothing happened
SHARP = 5.0  # and from here on it is "sharply"


def change(values):
    """From the first price to the last, in percent."""
    return 100 * (values[-1] / values[0] - 1)


def day_of_change(days, values):
    """The day that made more than half of the week's change, or None."""
    steps = [after - before for before, after in zip(values, values[1:])]
    whole = values[-1] - values[0]
    largest = max(range(len(steps)), key=lambda k: steps[k] * whole)
    return days[largest + 1] if steps[largest] * whole > whole**2 / 2 else None


def sentence(days, name, values):
    """What is said of one company."""
    percent = change(values)
    if abs(percent) < QUIET:
        return f"{name} hardly moved."
    verb = "rose" if percent > 0 else "fell"
    manner = " sharply, by" if abs(percent) >= SHARP else ""
    day = day_of_change(days, values)
    when = f", most of it on {day}" if day else ""
    return f"{name} {verb}{manner} {max(1, round(abs(percent)))} percent{when}."


def best_of(prices):
    """The name of the company that gained most."""
    return max(prices, key=lambda name: change(prices[name]))


def closing(prices):
    """The last sentence: who did best."""
    best = best_of(prices)
    return f"The week belongs to {best}." if change(prices[best]) >= QUIET else "Nobody gained anything."


said = [*(sentence(days, name, values) for name, values in prices.items()), closing(prices)]
print("\n".join(said))

# %% [markdown]
# A report that is made by a rule is wrong by a rule, every week. So it is tested, on weeks whose report you know before.
# Change a rule above and see which line below complains; add a line for every rule you add.

# %%
week = ["Monday", "Tuesday", "Wednesday", "Thursday"]
assert sentence(week, "A", [100, 101, 102, 103]) == "A rose 3 percent."
assert sentence(week, "A", [100, 99, 98, 97]) == "A fell 3 percent."
assert sentence(week, "A", [100, 100, 110, 110]) == "A rose sharply, by 10 percent, most of it on Wednesday."
assert sentence(week, "A", [100, 104, 92, 100.4]) == "A hardly moved."
assert sentence(week, "A", [100, 100.2, 100.4, 100.6]) == "A rose 1 percent."
assert sentence(week, "A", [100, 96, 99, 97]) == "A fell 3 percent, most of it on Tuesday."
assert closing({"A": [1, 2], "B": [1, 3]}) == "The week belongs to B."
assert closing({"A": [2, 1], "B": [3, 3]}) == "Nobody gained anything."
print("All eight weeks are reported as they should be.")

# %% [markdown]
# ## The chart
#
# All prices in percent of Monday's, so that cheap and dear ones can be compared. Each line has its own marks and its name
# at its end: who cannot tell the colours apart can read it, too. `shown` says how many days of each line are drawn.

# %%
COLOURS, MARKS = (plots.BLUE, plots.VERMILION, plots.GREEN, plots.PURPLE), "osD^"


def draw_chart(shown):
    """The first `shown[name]` days of each line, the name that comes last drawn boldly: uint8 (600, 800, 3)."""
    figure = Figure(figsize=(8, 6), facecolor="#fbfaf6")
    axes = figure.add_axes((0.11, 0.12, 0.66, 0.7), facecolor="#fbfaf6")
    figure.text(0.06, 0.9, "The week in percent", fontsize=27, weight="bold", color="#16324f")
    relative = {name: [100 * value / values[0] for value in values] for name, values in prices.items()}
    every = [value for values in relative.values() for value in values]
    room = 0.1 * (max(every) - min(every)) + 0.5
    axes.set(xlim=(-0.2, len(days) - 0.9), ylim=(min(every) - room, max(every) + room))
    axes.axhline(100, color="#9a9a9a", linewidth=1.5)
    axes.set_xticks(range(len(days)), [day[:3] for day in days], fontsize=18)
    axes.tick_params(axis="y", labelsize=16)
    axes.spines[["top", "right"]].set_visible(False)
    for number, (name, values) in enumerate(relative.items()):
        count = shown.get(name, 0)
        newest = name == list(shown)[-1] if shown else False
        colour = COLOURS[number % len(COLOURS)]
        axes.plot(range(count), values[:count], MARKS[number % len(MARKS)] + "-", color=colour, markersize=9,
                  linewidth=4 if newest else 2.5, alpha=1 if newest else 0.55)
        if count == len(days):
            axes.text(len(days) - 0.8, values[-1], f"{name}\n{change(values):+.1f} %", fontsize=18, color=colour,
                      weight="bold", va="center", clip_on=False)
    return plots.pixels(figure)


plots.show(plots.faces([draw_chart({next(iter(prices)): 3}), draw_chart({name: len(days) for name in prices})], side=4,
                       titles=["in the middle of a sentence", "at the end"], title="The chart while it is drawn"))

# %% [markdown]
# ## The face, and the chart in step
#
# `layout.starts` looks up when each sentence begins; its line is drawn while it is said, a day at a time.

# %%
face = course.animate(PHOTO, text=" ".join(said), size=288, expression="neutral", subtitles="report.srt",
                      consent=CONSENT, label="auto", label_corner="top-right")
times = layout.starts(said, face.cues)
charts, shown = [(0, draw_chart({}))], {}
for name, begin, end in zip(prices, times, times[1:]):
    for count in range(1, len(days) + 1):
        shown[name] = count
        charts.append((begin + 0.7 * (end - begin) * (count - 1) / (len(days) - 1), draw_chart(shown)))
best = best_of(prices)
shown[best] = shown.pop(best)  # the last one is drawn boldly
charts.append((times[-1], draw_chart(shown)))
print(f"{len(charts)} charts for {face.duration:.1f} s")

# %%
report = course.beside(face, charts, fade=0.12)
film = course.join([course.title_card("The week on the market", "invented numbers, read by a machine", 1.4), report,
                    course.title_card("That was the week", "No advice: the companies do not exist.", 1.6)]).kept()
film.save("market_report.mp4", progress=False)
Video("market_report.mp4", embed=True, width=720, html_attributes="controls playsinline")

# %%
wanted = [0.6, *(1.0 + at + 1.2 for at in times), film.duration - 1]
plots.show(plots.film_strip(film, wanted[:3], side=3.2, title="From the title ..."))
plots.show(plots.film_strip(film, wanted[3:], side=3.2, title="... to the end"))

# %% [markdown]
# The corner says that the film was made by a machine, and the file says it twice more: `course verify market_report.mp4`
# reads its watermark and its signed manifest. Numbers that a face reads out are believed sooner than a table. So say where
# they come from, in the film.
#
# ## How it is judged
#
# | what | points |
# |---|---|
# | Another table goes in, and the report is right without a change of the code | 5 |
# | A rule of your own (a record, a turn, a tie), with tests that fail without it | 5 |
# | The chart can be read without its sound, the sound without its chart | 4 |
# | A line comes with its sentence, and never shows what has not been said | 2 |
# | What is missing or odd in the table (a gap, a zero, one single day) is told in a line, not read out as a number | 2 |
# | Where the numbers come from, whose face it is, and that a machine reads: in the film and in its manifest | 2 |
# | **together** | **20** |
#
# ## Three ideas to go on
#
# 1. **A mood that fits.** `[happy]` or `[sad]` before a sentence, by its number. At what percentage does it become
#    ridiculous?
# 2. **Every Friday.** Write a script that reads the newest table and makes the film, and a table of such tables for
#    `course animate-many`. What must never go out unseen?
# 3. **Say how sure.** Give each price an interval, draw it as a band, and find the words: "rose, though it may be chance".
#    Lesson 11 has the intervals.
