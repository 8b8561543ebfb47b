"""Lesson 11's vote, its seven films and its six numbers, without a browser."""

import numpy as np
import pytest

pytest.importorskip("ipywidgets")

from course import evaluation
from course.lessons.lesson_11 import figures, films, scores
from course.lessons.lesson_11 import widget as widget_11


@pytest.fixture(scope="module")
def one():
    return films.take(side=96)


@pytest.fixture(scope="module")
def told(one):
    return {measure: scores.numbers(one, measure) for measure in scores.MEASURES}


def test_every_film_is_as_long_as_the_true_one_and_none_is_the_true_one(one):
    for film in one.films.values():
        assert film.frames.shape == one.true.frames.shape and film.points.shape == one.true.points.shape
        assert not np.array_equal(film.frames, one.true.frames)
    assert set(one.films) == {name for pair in scores.PAIRS for name in pair}


def test_each_number_is_fooled_as_the_lesson_says(told):
    other = films.OTHER
    assert told["PSNR"]["soft"] > told["PSNR"]["dark"] > told["PSNR"][other]
    assert told["SSIM"]["dark"] > told["SSIM"]["soft"] > told["SSIM"][other]
    assert told["AKD"]["soft"] < told["AKD"][other]
    assert told["Fréchet"][other] < told["Fréchet"]["still"] and told["Fréchet"]["late"] < 0.1
    assert told["jitter"]["still"] == 0 and told["jitter"]["shaking"] == max(told["jitter"].values())
    assert told["sync"]["late"] == 240 and told["sync"]["loudness"] == 0 and np.isnan(told["sync"]["still"])


def test_only_the_mouth_that_follows_the_loudness_leaves_its_lips_open(one):
    assert figures.left_open(one, one.true) < 1.5 < 3 < figures.left_open(one, one.films["loudness"])


def test_an_order_of_frames_is_nothing_to_the_frechet_distance(one):
    turned = films.Film(one.true.frames[::-1], one.true.points[::-1])
    assert scores.of_film(one, turned, "Fréchet") == pytest.approx(0, abs=1e-6)


def test_buttons_count_and_go_back_and_the_course_votes_until_all_eight_are_given(one):
    vote = widget_11.Vote(one)
    assert not vote.complete() and vote.chosen() == scores.OURS and vote.whose() == "our vote"
    for number, pair in enumerate(scores.PAIRS):
        assert f"Pair {number + 1} of 8" in vote.says.value
        vote.buttons["right"].click()
        assert vote.votes[number] == pair[1]
    assert vote.complete() and vote.chosen() == tuple(pair[1] for pair in scores.PAIRS) and vote.whose() == "your vote"
    vote.buttons["left"].click()  # nothing is left to vote on
    vote.buttons["back"].click()
    vote.buttons["left"].click()
    assert vote.chosen()[-1] == scores.PAIRS[-1][0] and vote.chosen()[0] == scores.PAIRS[0][1]


def test_every_pair_is_another_film(one):
    vote, shown = widget_11.Vote(one), set()
    for _ in scores.PAIRS:
        shown.add(vote.film.value)
        vote.press("left")
    assert len(shown) == len(scores.PAIRS) and vote.film.layout.display == "none"
    assert len(vote.stills().axes) == len(scores.PAIRS)


def test_the_course_s_own_votes_are_films_of_their_pairs():
    assert len(scores.OURS) == len(scores.PAIRS)
    assert all(choice in pair for choice, pair in zip(scores.OURS, scores.PAIRS))


def test_wins_places_and_agreement_by_hand():
    left = tuple(pair[0] for pair in scores.PAIRS)
    assert scores.wins(left)["soft"] == 0.5 and scores.wins(left)["still"] == 1
    assert scores.ranks({"a": 3.0, "b": -np.inf, "c": 3.0}) == {"a": 1.5, "b": 3, "c": 1.5}
    good = dict.fromkeys(scores.wins(left), 0.0) | {"soft": 1.0}
    assert scores.agreeing(left, good).tolist() == [1, 0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]
    assert scores.goodness("sync", {"a": -80.0, "b": 40.0, "c": float("nan")}) == {"a": -80, "b": -40, "c": -np.inf}


def test_the_vote_is_drawn_beside_every_number(one, told):
    good = {measure: scores.goodness(measure, row) for measure, row in told.items()}
    figure = figures.vote(scores.OURS, good, "our vote")
    words = {text.get_text() for text in figure.axes[0].get_xticklabels()}
    assert words == {"our vote", *scores.MEASURES}
    assert len(figure.axes[0].texts) == 7 * 7


def test_loudness_hears_silence_and_the_loudest():
    samples = np.concatenate([np.zeros(400), np.full(400, 0.05), np.full(400, 0.5)])
    assert evaluation.loudness(samples, 10_000, 4, fps=25.0) == pytest.approx([0, 2 / 3, 1, 0])
