"""The figures of lesson 05: sound as bands, sounds as mouths, dominances, moods, and how heads move."""

import numpy as np

from course import plots
from course.io import sound
from course.motion import idle_features
from course.speech import spectrogram, visemes

SHADES = (0.10, 0.22)  # of neighbouring sounds


def decibels(power) -> np.ndarray:
    """Power in dB below the largest, at most 70: (...) -> (...)."""
    power = np.maximum(np.asarray(power, float), 1e-12)
    return np.maximum(10 * np.log10(power / power.max()), -70)


def sound_and_bands(spoken, bands, title: str = "The same words as a wave and as bands", hop: int = 160):
    """The wave above, its mel bands (M, T) below, both over the same seconds, with the sounds that were said."""
    figure, grid = plots.new(7.2, 3.6, 2, 1, title, sharex=True, height_ratios=(1, 2.2))
    wave, image = grid[:, 0]
    wave.plot(np.arange(len(spoken.samples)) / spoken.sample_rate, spoken.samples, color=plots.BLUE, linewidth=0.5)
    wave.set(ylabel="pressure", ylim=(-1, 1.35))
    step = hop / sound.SAMPLE_RATE
    shown = image.imshow(decibels(bands), origin="lower", aspect="auto", cmap="viridis", interpolation="nearest",
                         extent=(-step / 2, (bands.shape[1] - 0.5) * step, 0, len(bands)))
    for phoneme in spoken.phonemes:
        wave.axvline(phoneme.start, color=plots.GREY, linewidth=0.6)
        image.axvline(phoneme.start, color="white", linewidth=0.6, alpha=0.7)
        wave.text((phoneme.start + phoneme.end) / 2, 1.08, phoneme.symbol, ha="center", fontsize=9)
    image.set(xlabel="seconds", ylabel="mel band, low to high", xlim=(0, spoken.duration))
    figure.colorbar(shown, ax=list(grid[:, 0]), label="dB below the loudest")
    said = " ".join(phoneme.symbol for phoneme in spoken.phonemes if phoneme.symbol)
    plots.describe(figure, f"{title}: a wave, and {len(bands)} mel bands over the same {spoken.duration:.1f} seconds; "
                           f"lines part the sounds {said}.")
    return figure


def filters(n_mels: int = 16, title: str = "Sixteen mel filters: narrow where an ear is fine, wide above"):
    """The triangles that sum a spectrum into bands, over frequency."""
    made = spectrogram.mel_filters(n_mels=n_mels)
    hertz = np.arange(made.shape[1]) * sound.SAMPLE_RATE / 512
    figure, grid = plots.new(6.6, 2.0, title=title)
    axes = grid[0, 0]
    for number, triangle in enumerate(made):
        axes.plot(hertz, 1000 * triangle, plots.LINES[number % 2], color=plots.CYCLE[number % 4], linewidth=1.3)
    axes.set(xlabel="frequency in Hz", ylabel="weight, thousandths")
    axes.grid(alpha=0.3)
    plots.describe(figure, f"{title}: triangles over frequency, about 100 Hz wide at the left and 1500 Hz at the "
                           "right, lower the wider they are, all of the same area.")
    return figure


def pictures_of_sound(powers: dict, title: str):
    """Mel bands (M, T) side by side: {words: power}, each in dB below its own largest."""
    figure, grid = plots.new(2.1 * len(powers), 2.0, 1, len(powers), title)
    for axes, (words, power) in zip(grid[0], powers.items()):
        axes.imshow(decibels(power), origin="lower", aspect="auto", cmap="viridis", interpolation="nearest")
        axes.set(xlabel="frame", ylabel="mel band" if axes is grid[0, 0] else "")
        axes.set_title(words, fontsize=9)
    plots.describe(figure, f"{title}: mel bands over frames, once for each of: {', '.join(powers)}.")
    return figure


def timeline(rows, times=None, curves: dict | None = None, title: str = "Sounds as looks of a mouth"):
    """Visemes as blocks in time, each as tall as it is strong, and under them channels as curves, where given.

    rows: [(viseme, start, end, strength), ...]; times: (T,) seconds; curves: {words: (T,)}.
    """
    figure, grid = plots.new(7.8, 3.5 if curves else 1.8, 2 if curves else 1, 1, title, sharex=True,
                             **({"height_ratios": (1, 2)} if curves else {}))
    blocks = grid[0, 0]
    for number, (name, start, end, strength) in enumerate(rows):
        blocks.bar(start, strength, end - start, align="edge", color=plots.SKY if number % 2 else plots.ORANGE,
                   edgecolor=plots.BLACK, linewidth=0.6, alpha=0.35 if name == "sil" else 0.8)
        blocks.text((start + end) / 2, 0.08 + 0.45 * (number % 2), name, ha="center", fontsize=8)
    blocks.set(ylabel="strength", ylim=(0, 1.5))
    if curves:
        for number, (words, curve) in enumerate(curves.items()):
            grid[1, 0].plot(times, curve, plots.LINES[number % 4], color=plots.CYCLE[number % 7], label=words)
        grid[1, 0].set(ylabel="0 at rest, 1 full")
        grid[1, 0].grid(alpha=0.3)
        grid[1, 0].legend(fontsize=8, loc="upper right")
    grid[-1, 0].set(xlabel="seconds")
    words = ", ".join(row[0] for row in rows)
    plots.describe(figure, f"{title}: blocks in time for {words}" + (f"; below, curves of {', '.join(curves)}."
                                                                    if curves else "."))
    return figure


def dominances(title: str = "Who rules the mouth, and what comes of it"):
    """Three sounds, "amu": above, the dominance of each over time; below, their targets and the mouth between them."""
    spans, alphas = np.array([[0.0, 0.2], [0.2, 0.28], [0.28, 0.5]]), np.array([1.0, 0.5, 1.5])
    targets, times = np.array([[0.46], [0.05], [0.15]]), np.linspace(-0.05, 0.55, 241)
    lead, lag = 0.05, 0.04
    quarter = (spans[:, 1] - spans[:, 0]) / 4
    before = np.maximum(spans[:, 0] + quarter - times[:, None], 0) / lead
    after = np.maximum(times[:, None] - spans[:, 1] + quarter, 0) / lag
    strengths = alphas * np.exp(-before - after)
    figure, grid = plots.new(7.2, 3.4, 2, 1, title, sharex=True)
    for number, name in enumerate(("a", "m", "u")):
        look = {"color": plots.CYCLE[number], "linestyle": plots.LINES[number]}
        grid[0, 0].plot(times, strengths[:, number], label=f"dominance of {name}", **look)
        grid[1, 0].hlines(targets[number], *spans[number], linewidth=3, label=f"target of {name}", **look)
        for axes in grid[:, 0]:
            axes.axvspan(*spans[number], color=plots.GREY, alpha=SHADES[number % 2])
    mouth = visemes.coarticulate(times, spans, alphas, targets, lead, lag)[:, 0]
    grid[1, 0].plot(times, mouth, color=plots.BLACK, linewidth=2, label="the jaw")
    grid[0, 0].set(ylabel="dominance")
    grid[1, 0].set(ylabel="jaw open", xlabel="seconds; the grey bands are the sounds")
    for axes in grid[:, 0]:
        axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    plots.describe(figure, f"{title}: dominance rises towards each sound and falls after it; the jaw glides from the "
                           "target of a, 0.46, down to that of m without reaching it, and on to that of u.")
    return figure


def curves_of(curves: dict, times, title: str, ylabel: str, xlabel: str = "seconds"):
    """{words: (T,)} over times (T,), or whatever else `xlabel` says, as lines."""
    figure, grid = plots.new(6.6, 2.1, title=title)
    axes = grid[0, 0]
    for number, (words, curve) in enumerate(curves.items()):
        axes.plot(times, curve, plots.LINES[number % 4], color=plots.CYCLE[number % 7], label=words)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    plots.describe(figure, f"{title}: curves over {xlabel} of {', '.join(curves)}.")
    return figure


def paths(draws: dict, title: str, channel: int = 1, seconds: float | None = None):
    """How heads move: {words: (N, T, 8) in units, N films of T frames}, a panel each, one line a film.

    channel: which of `idle_features.MOVING`: 0 pitch, 1 yaw, 2 roll.
    """
    figure, grid = plots.new(2.9 * len(draws), 2.2, 1, len(draws), title, sharey=True)
    name = ("pitch", "yaw", "roll")[channel]
    for axes, (words, films) in zip(grid[0], draws.items()):
        films = np.asarray(films)
        films = films[None] if films.ndim == 2 else films
        for number, film in enumerate(films):
            axes.plot(np.arange(len(film)) / idle_features.FPS, film[:, channel], plots.LINES[number % 4],
                      color=plots.CYCLE[number % 7], linewidth=1.3)
        axes.set_title(words, fontsize=9)
        axes.set(xlabel="seconds")
        axes.grid(alpha=0.3)
    grid[0, 0].set(ylabel=f"{name} in degrees")
    plots.describe(figure, f"{title}: {name} over time, a panel each for {', '.join(draws)}.")
    return figure
