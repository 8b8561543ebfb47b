"""What lesson 13 brings along: signatures, attacks, tables of what was measured, the widget."""

import cv2
import numpy as np
import pytest

from course import evaluation, provenance
from course.lessons.lesson_13 import attacks, limits, measured, signatures, widget

KEY = bytes(range(32))
PAYLOAD = 0xC0FFEE42


@pytest.fixture(scope="module")
def marked(hopper):
    """Two seconds of a photo that stands still, marked: (384, 328, 3) each."""
    still = cv2.resize(hopper, (384, 384), interpolation=cv2.INTER_AREA)
    marker = provenance.Marker(PAYLOAD, KEY, attacks.FPS)
    return [marker(still) for _ in range(50)]


def test_a_manifest_fits_its_film_alone():
    signed, public = signatures.sign_manifest({"consent": "yes"}, b"film", KEY), signatures.public_key(KEY)
    assert signatures.verify(signed, b"film", public) == "whole"
    assert "another film" in signatures.verify(signed, b"filn", public)
    lie = {**signed, "claim": {**signed["claim"], "consent": "no"}}
    assert "signature" in signatures.verify(lie, b"film", public)
    assert "signature" in signatures.verify(signed, b"film", signatures.public_key(KEY[::-1]))


def test_weak_attacks_are_outlived_and_strong_ones_are_not(marked):
    weak = attacks.outcome(attacks.compressed(marked, 23), 23, PAYLOAD, KEY)
    assert weak.read and weak.proof > 5.3 and "deviations" in str(weak)
    strong = attacks.outcome(attacks.averaged(marked, 1.0), 1, PAYLOAD, KEY)
    assert not strong.read and str(strong) == "not read"
    assert not attacks.outcome(marked, 0, PAYLOAD + 1, KEY).read  # another number is no success


@pytest.mark.parametrize("attack, strength, shape", [
    (attacks.smaller, 0.5, (192, 192, 3)), (attacks.cropped, 0.25, (288, 288, 3)),
    (attacks.blurred, 3, (384, 384, 3)), (attacks.noisy, 9, (384, 384, 3)), (attacks.compressed, 30, (384, 384, 3))])
def test_attacks_change_frames_and_keep_their_number(marked, attack, strength, shape):
    made = attack(marked[:4], strength)
    assert len(made) == 4 and made[0].shape == shape and made[0].dtype == np.uint8
    assert shape != marked[0].shape or np.abs(made[0].astype(int) - marked[0]).max() > 0


def test_the_widget_says_whether_the_mark_is_read(marked):
    panel = widget.Attack(marked, PAYLOAD, KEY)
    plain, small = panel.draw({}), panel.draw({"size": 0.05})
    assert plain.shape == small.shape and (plain[:56] != small[:56]).any()
    assert len(panel.attacked({"crop": 0.5})) == 50


def test_what_an_accusation_is_worth():
    assert limits.worth(1, 0, 0.001) == 1 and limits.worth(0.5, 0.5, 0.2) == pytest.approx(0.2)
    assert limits.worth(0.95, 0.01, 0.001) == pytest.approx(0.0868, abs=1e-3)  # Bayes, by hand
    assert np.isnan(limits.worth(0, 0, 0.5))


def test_the_tables_are_of_the_same_people_and_say_what_the_lesson_says():
    faces = measured.faces()
    assert len(faces.errors) == 214 and set(faces.counts("seen")) == {"from the front", "from the side"}
    rates = faces.rates("skin")
    assert list(rates) == ["light", "tan", "brown", "dark"] and rates["dark"][0] > 3 * rates["brown"][0]
    aside = faces.take("seen", "from the side")
    assert (len(aside.errors), aside.counts("skin")["dark"]) == (38, 28)
    front = faces.take("seen", "from the front").rates("skin")
    assert front["dark"][0] < 0.03 and faces.rates("glasses")["glasses"][0] == 0 < faces.rates("glasses")["glasses"][2]
    photos, films = measured.scores()
    assert len(photos) == len(films) and ((photos >= 0) & (photos <= 1)).all()


def test_wilsons_interval_is_that_of_the_book():
    # 10 of 100: (0.0552, 0.1744), Newcombe 1998's method 3
    rate, low, high = evaluation.rates_by_group(np.arange(100) < 10, ["all"] * 100)["all"]
    assert (rate, round(low, 4), round(high, 4)) == (0.1, 0.0552, 0.1744)
