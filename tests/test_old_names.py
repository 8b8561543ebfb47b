"""What students imported before it had its present name still leads there."""

import importlib

import pytest

from course import images, plots, rendering, speech


@pytest.mark.parametrize("old, new", [
    ("animator_net.Repainter", rendering.AnimatorNetwork),
    ("point_motion.as_picture", images.from_tensor),
    ("gan_look.as_picture", images.from_tensor),
    ("audio_motion.relative_loudness", speech.relative_loudness),
    ("plots_detection.LiveCurve", plots.LiveCurve),
])
def test_an_old_name_leads_to_what_it_is_called_now(old, new):
    module, _, name = old.partition(".")
    assert getattr(importlib.import_module(f"course.{module}"), name) is new
