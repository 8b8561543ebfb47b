"""Lesson 05's widget, its minute of training and its tracks, without a browser."""

import numpy as np
import pytest

pytest.importorskip("ipywidgets")

from course import speech
from course.lessons.lesson_05 import minute_motion, speaking
from course.lessons.lesson_05 import widget as widget_05
from course.recipes.motion import tracks


@pytest.fixture(scope="module")
def panel():
    return widget_05.Coarticulation()


def pucker(panel, **settings) -> float:
    """How round the lips are at the moment that the widget begins with: the n of "new"."""
    column = speech.LIP_CHANNELS.index("mouthPucker")
    return panel.curves(settings)[round(panel.START["time"] / 0.01), column]


def test_the_moment_is_the_n_of_new(panel):
    here = [p for p in panel.phonemes if p.start <= panel.START["time"] < p.end]
    assert [p.symbol for p in here] == ["n"]


def test_lips_are_round_before_the_vowel_only_with_a_lead(panel):
    assert pucker(panel, lead=0.005, lag=0.005, round=0.005) < 0.05 < pucker(panel, round=0.03) < pucker(panel) - 0.1


def test_a_jaw_that_leads_and_lags_far_hardly_moves(panel):
    column = speech.LIP_CHANNELS.index("jawOpen")
    reach = [panel.curves({"lead": size, "lag": size})[:, column].max() for size in (0.005, 0.04, 0.2)]
    assert reach[0] > reach[1] > reach[2]


@pytest.mark.parametrize("name, picture", [("lead", "curves"), ("lag", "curves"), ("round", "both"), ("time", "both")])
def test_every_slider_changes_what_it_should(panel, name, picture):
    control = panel.controls[name]
    before, after = (panel.draw({name: value}).astype(int) for value in (control.min, control.max))
    changed = np.abs(after - before).max(axis=(0, 2))
    assert changed[: widget_05.PLOT].max() > 60, "the curves stay"
    assert picture == "curves" or changed[widget_05.PLOT :].max() > 20, "the mouth stays"


def test_stills_are_as_many_as_settings(panel):
    figure = panel.stills({"lead": 0.005}, {}, {"lead": 0.2})
    assert [axes.get_title() for axes in figure.axes] == ["lead 0.005 s", "as shipped", "lead 0.2 s"]


# ---------------------------------------------------------------- what the lesson learns from, and how


def test_seven_tracks_ship_and_come_back_as_they_were_written(tmp_path, monkeypatch):
    shipped = tracks.shipped()
    assert len(shipped) == 7 and 100 < sum(map(len, shipped)) / 25 < 106
    for track in shipped:
        assert track.values.shape == (len(track), 8) and np.isfinite(track.values).all()
        assert track.lids.shape == track.blinks.shape == track.opening.shape == (len(track),)
        assert set(np.unique(track.blinks)) <= {0, 1} and 0 <= track.opening.min() and track.opening.max() <= 2
    tracks.write(shipped[:2], tmp_path / tracks.SHIPPED)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    again = tracks.shipped()
    assert [track.name for track in again] == [track.name for track in shipped[:2]]
    np.testing.assert_allclose(again[1].values, shipped[1].values, atol=6e-5)


def test_a_damaged_file_of_tracks_says_so(tmp_path, monkeypatch):
    from course import errors

    (tmp_path / tracks.SHIPPED).write_bytes(b"PK")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(errors.WeightsError, match="install the package again"):
        tracks.shipped()


@pytest.mark.parametrize("kind", ["vae", "autoregressive"])
def test_some_steps_bring_it_nearer_to_the_people_it_learns_from(kind):
    run, seen = minute_motion.Run(kind, steps=40), []
    before = run.measure()
    run.train(lambda step, told: seen.append((step, told)), every=20)
    assert [step for step, _ in seen] == [20, 40] and seen[-1][1] == run.measure()
    assert seen[-1][1]["people it learns from"] < before["people it learns from"]
    draws = run.draws(2, seconds=2)
    assert draws.shape == (2, 50, 8) and np.abs(draws[0] - draws[1]).max() > 0.01
    assert run.networks()[kind] is run.network


def test_the_person_left_out_is_left_out():
    run = minute_motion.Run("vae", steps=1)
    assert [track.name for track in run.left_out] == [minute_motion.LEFT_OUT]
    assert minute_motion.LEFT_OUT not in {track.name for track in run.learned} and len(run.learned) == 6


def test_said_is_the_sum_of_lips_head_and_mood():
    said = speaking.say("We won!", voice="en-us")
    np.testing.assert_allclose(said.whole.values, said.lips.full() + said.idle.full() + said.mood.full())
    assert said.mood["mouthSmileLeft"].max() > 0.2
