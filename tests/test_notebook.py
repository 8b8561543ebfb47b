"""Pictures that move by themselves in a cell's output."""

import base64
import io
import re

import numpy as np
from PIL import Image

from course import notebook


def test_a_loop_plays_its_frames_for_ever_and_says_what_they_show():
    frames = [np.full((20, 30, 3), 60 * k, np.uint8) for k in range(4)]
    shown = notebook.Loop(frames, fps=10, alt='a "grey" that grows')
    assert repr(shown) == '<moving picture: a "grey" that grows>' and (shown.width, shown.height) == (30, 20)
    code = shown._repr_html_()
    assert 'alt="a &quot;grey&quot; that grows"' in code and 'width="30" height="20"' in code
    data = base64.b64decode(re.search(r'src="data:image/webp;base64,([^"]+)"', code)[1])
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.n_frames == 4 and picture.info["loop"] == 0
        for k, frame in enumerate(frames):
            picture.seek(k)
            picture.load()
            assert picture.info["duration"] == 100
            assert np.abs(np.asarray(picture.convert("RGB")).astype(int) - frame).max() <= 6


def test_wide_frames_are_made_smaller():
    shown = notebook.Loop([np.zeros((100, 300, 3), np.uint8)], width=60)
    assert (shown.width, shown.height) == (60, 20)


def test_lower_quality_is_smaller():
    frames = [np.random.default_rng(k).integers(0, 255, (64, 64, 3), np.uint8) for k in range(3)]
    sizes = [len(notebook.Loop(frames, quality=quality).data) for quality in (20, 80)]
    assert sizes[0] < 0.6 * sizes[1]
