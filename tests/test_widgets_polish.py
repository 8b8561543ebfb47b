"""Lesson 10's three widgets and its spoilt film, without a browser."""

import numpy as np
import pytest

pytest.importorskip("ipywidgets")

from course import evaluation, motion
from course.lessons.lesson_10 import films
from course.lessons.lesson_10 import widget as widget_10


@pytest.fixture(scope="module")
def euro():
    return widget_10.OneEuro()


@pytest.fixture(scope="module")
def sharpening():
    return widget_10.Sharpening()


@pytest.fixture(scope="module")
def moment():
    return widget_10.Moment()


@pytest.fixture(scope="module")
def one():
    return films.take("Hi Bob!", side=128)


def differ(a, b) -> float:
    """The share of pixels that differ clearly."""
    return float((np.abs(a.astype(int) - b).max(axis=2) > 30).mean())


@pytest.mark.parametrize("name, setting", [("euro", {"cutoff": 6}), ("euro", {"beta": 0.2}), ("moment", {"t": 0.1}),
                                           ("sharpening", {"amount": 3}), ("sharpening", {"amount": 3, "sigma": 6})])
def test_each_control_changes_the_picture(request, name, setting):
    panel = request.getfixturevalue(name)
    assert set(setting) <= set(panel.controls)
    assert differ(panel.draw({}), panel.draw(setting)) > 0.002
    assert np.array_equal(panel.draw({}), panel.draw(panel.settings()))


def test_without_beta_one_has_to_choose_and_with_it_one_has_both(euro):
    shaking, lagging, both = (euro.numbers(s) for s in ({"cutoff": 8}, {"cutoff": 0.5}, {"cutoff": 0.5, "beta": 0.1}))
    assert shaking[0] > 40 and shaking[1] < 1
    assert lagging[0] < 15 and lagging[1] > 4
    assert both[0] < 20 and both[1] < 1


def test_between_two_frames_a_mixture_is_blurred_and_the_flow_s_frame_is_not(moment):
    from course import polish

    mixed, found = np.hsplit(moment.draw({"t": 0.5}), 2)
    face = np.zeros(found.shape[:2], np.float32)
    face[60:200, 70:190] = 1
    assert polish.detail(found, face) > 1.15 * polish.detail(mixed, face)


def test_stills_are_as_many_as_settings(euro, sharpening, moment):
    for panel, settings in ((euro, ({"beta": 0}, {"beta": 0.1})), (sharpening, ({"amount": 0}, {"amount": 2})),
                            (moment, ({"t": 0.25}, {"t": 0.75}))):
        assert len(panel.stills(*settings).axes) == 2


def test_a_spoilt_film_has_all_five_faults_and_a_good_one_none(one):
    remade = films.again(one, one.raw)
    bad = films.spoilt(one, remade)
    assert len(bad) == -(-len(one.frames) // 2) and remade.shape == one.frames.shape
    good, told = (films.numbers(one, *film) for film in ((one.frames, one.true), (bad, films.targets(one, one.raw))))
    shaking, rate, flickers = (name for name in good if name not in (films.DETAIL, films.COLOUR))
    assert good[shaking] == 0 < 0.1 < told[shaking]
    assert good[films.DETAIL] == pytest.approx(1) and told[films.DETAIL] < 0.6
    assert good[films.COLOUR] == 0 and told[films.COLOUR] > 8
    assert (good[rate], told[rate]) == (25, 12.5)
    assert films.numbers(one, films.spoilt(one, remade, light=0), one.true)[flickers] < told[flickers]
    assert films.numbers(one, films.recoloured(one, bad), one.true)[films.COLOUR] < 2


def test_a_film_is_steadier_live_and_steadier_still_both_ways(one):
    shakes = [evaluation.jitter(films.targets(one, moved), one.true)
              for moved in (one.raw, films.steadied(one.raw, cutoff=2.0, beta=10.0), motion.steady(one.raw))]
    assert shakes[1] < 0.8 * shakes[0] and shakes[2] < 0.7 * shakes[0]


def test_frames_left_out_come_back_best_by_flow(one):
    told = {way: decibels for way, (decibels, _) in films.made_again(one.frames[:11]).items()}
    assert told["by flow"] > told["repeated"] and films.busiest(one.frames[:11]) % 2 == 1


def test_two_films_stand_beside_each_other_and_the_slow_one_waits(one):
    clip = films.side_by_side(one.frames, one.frames[::2], said=one.said)
    frames = np.stack(list(clip))
    assert frames.shape[2] == 2 * one.frames.shape[2] and len(frames) == len(one.frames) and clip.audio is not None
    assert np.array_equal(frames[0][:, 128:], frames[1][:, 128:])
