"""The slider of lesson 07, without a browser."""

import numpy as np
import pytest

pytest.importorskip("ipywidgets")

from course.exercises import places
from course.lessons.lesson_07 import widget as widget_07


@pytest.fixture(scope="module")
def ring():
    return widget_07.RingInMotion(steps=40)


def differ(a, b) -> float:
    """The share of pixels that differ clearly."""
    return float((np.abs(a.astype(int) - b).max(axis=2) > 30).mean())


def test_the_step_and_the_game_change_the_picture(ring):
    last = ring.draw({"step": 40})
    assert differ(ring.draw({"step": 0}), last) > 0.01
    hasty = ring.draw({"step": 40, "game": "hasty"})
    assert differ(last, hasty) > 0.01


def test_every_step_of_the_slider_was_recorded(ring):
    slider = ring.controls["step"]
    assert (slider.min, slider.max, slider.step) == (0, 40, 2)
    for film in ring.films.values():
        assert film.steps == list(range(0, 41, 2)) and len(film.points) == len(film.judged) == 21
    assert ring.seen({"step": 17})[0] in (16, 18)


def test_each_film_plays_its_game():
    """The saturating film asks for the saturating loss, the others never do."""
    for words, changes in widget_07.GAMES.items():
        with places.counted("gan.saturating_generator_loss") as seen:
            widget_07.record(2, pictures=1, **changes)
        assert bool(seen.calls) == words.startswith("saturating"), words


def test_the_landscape_is_what_the_discriminator_says():
    film = widget_07.record(4, pictures=2)
    assert film.steps == [0, 2, 4]
    assert all(one.shape == (widget_07.CELLS,) * 2 and 0 < one.min() <= one.max() < 1 for one in film.judged)
    assert not np.array_equal(film.judged[0], film.judged[-1])


def test_the_stills_say_what_they_show(ring):
    figure = ring.stills({"step": 0}, {"step": 40}, title="Two steps")
    assert "step 40: " in figure.get_label() and figure.get_label().startswith("Two steps")
