"""The lessons' figures: they draw what they are given, carry words, and stay small."""

import io
import re
import time
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from course import keypoints, motion, notebook, plots
from course.io import video
from course.lessons.lesson_02.exercises import FACE


def pixels(figure) -> np.ndarray:
    """The figure as it is shown: (H, W, 3)."""
    kind, data = plots.encode(figure)
    image = Image.open(io.BytesIO(data))
    assert image.format == kind.removeprefix("image/").upper()
    return np.asarray(image.convert("RGB"))


@pytest.fixture
def face_picture():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (110, 120, 3), dtype=np.uint8)


def all_figures(picture) -> dict:
    points = FACE + 5.0
    moved = motion.Motion(np.random.default_rng(1).random((25, 2)), ("jawOpen", "headYaw"))
    maps = np.random.default_rng(2).random((2, 8, 8))
    return {
        "faces": plots.faces([picture] * 2, [points, None], [[], [(10, 10, 60, 70, 0.9)]], ["one", "two"], "Faces"),
        "numbered": plots.numbered_points(picture, points),
        "arrows": plots.error_arrows([picture], points[None] + 4, points[None], ["4 px"], "Errors"),
        "maps": plots.heatmap_row(maps, [{"true": (0.2, 0.8)}, {}], ["a", "b"], "Maps"),
        "pipeline": plots.pipeline(["keypoints", "paste"]),
        "strip": plots.film_strip([picture] * 9, count=3, title="Strip"),
        "curves": plots.motion_curves(moved, ["jawOpen", "headYaw"]),
        "compare": plots.compare(picture, picture[::-1], given=picture, title="Right and yours"),
        "points": plots.compare_points(points, points + 3, points - 3, title="Points"),
        "clouds": plots.shape_clouds([np.stack([points] * 4)] * 2, ["before", "after"]),
        "learning": plots.learning_curves({"a": [9, 3], "b": [8, 6]}, [5, 10], 20, "Learning"),
    }


def test_every_figure_has_words_labels_and_few_bytes(face_picture):
    for name, figure in all_figures(face_picture).items():
        assert len(plots.describe(figure)) > 10, name
        assert len(plots.encode(figure)[1]) < 150_000, name
        for axes in figure.axes:  # where numbers stand at an axis, so does what they count
            bare = not axes.get_xticks().size and not axes.get_yticks().size
            assert bare or not axes.axison or axes.get_xlabel(), name
        shown = plots.shown(figure)
        assert shown["text/plain"] == plots.describe(figure) and "alt=" in shown["text/html"]


def test_words_for_those_who_cannot_see_are_escaped(face_picture):
    figure = plots.faces([face_picture])
    made = plots.shown(figure, 'a "quoted" <face>')
    assert 'alt="a &quot;quoted&quot; &lt;face&gt;"' in made["text/html"] and made["text/plain"] == 'a "quoted" <face>'


def test_every_stage_can_be_lit_and_arrows_join_stages():
    assert {key for arrow in plots.ARROWS for key in arrow} == set(plots.STAGES)
    dark = pixels(plots.pipeline())
    orange = np.array(to_rgb(plots.ORANGE)) * 255
    for key in plots.STAGES:
        lit = pixels(plots.pipeline([key]))
        assert (np.abs(lit - orange).sum(axis=2) < 40).sum() > 1000, key
    assert not (np.abs(dark - orange).sum(axis=2) < 40).any()
    with pytest.raises(KeyError):
        plots.pipeline(["no such stage"])


def test_arrow_leads_from_true_to_found(face_picture):
    figure = plots.error_arrows([face_picture], FACE[None] + [3.0, 4.0], FACE[None])
    arrows = figure.axes[0].collections[0]
    assert np.allclose(arrows.get_offsets(), FACE) and np.allclose([arrows.U, arrows.V], np.array([[3.0], [4.0]]))


def test_faces_are_drawn_with_all_runs_and_only_then(face_picture):
    lines = plots.faces([face_picture], [FACE]).axes[0].lines
    assert sum(len(line.get_xdata()) for line in lines) == 68 + sum(closed for _, closed in plots.RUNS)
    assert not plots.faces([face_picture], [FACE[:10]]).axes[0].lines
    assert sorted(k for run, _ in plots.RUNS for k in run) == list(range(keypoints.N_IBUG))


def test_difference_is_per_pixel_and_survives_what_is_no_number():
    right = np.zeros((2, 2, 3), np.uint8)
    assert plots.abs_difference(right, right + 30).tolist() == [[30, 30], [30, 30]]
    assert plots.abs_difference(right, np.full((2, 2, 3), np.nan)).max() == 255
    figure = plots.compare(right, right + 7)
    assert figure.axes[-1].get_title() == "difference, at most 7"
    assert len(plots.compare(right, None).axes) == 2


def test_film_strip_takes_the_frames_of_the_times():
    frames = [np.full((20, 20, 3), 10 * index, np.uint8) for index in range(20)]
    figure = plots.film_strip(video.Clip(frames, fps=10), times=[0.5, 1.5])
    assert [axes.get_title() for axes in figure.axes] == ["0.50 s", "1.50 s"]
    assert [int(axes.images[0].get_array()[0, 0, 0]) for axes in figure.axes] == [50, 150]


def test_colours_differ_for_the_colour_blind_too():
    # without red-green vision (Viénot, Brettel and Mollon, 1999, as a matrix on linear light) and in grey
    protan = np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]])
    colours = np.array([to_rgb(colour) for colour in (plots.BLUE, plots.VERMILION, plots.GREEN, plots.ORANGE)]) ** 2.2
    for seen in (colours, colours @ protan.T):
        gaps = np.linalg.norm(seen[:, None] - seen[None], axis=-1)[np.triu_indices(4, 1)]
        assert gaps.min() > 0.1
    assert len(set(plots.LINES)) == len(plots.LINES)  # and lines differ in their dashes as well


def test_live_curve_grows_in_one_output(monkeypatch):
    shown, updates = [], []

    class Handle:
        def update(self, bundle, raw):
            updates.append(bundle)

    monkeypatch.setattr("IPython.display.display", lambda bundle, raw, display_id: shown.append(bundle) or Handle())
    live = plots.LiveCurve(20, "Learning")
    live(10, {"a": 5.0})
    live(20, {"a": 2.5})
    assert len(shown) == 1 and len(updates) == 1
    assert "10 of 20" in shown[0]["text/plain"] and "a 2.5" in updates[0]["text/plain"]


@pytest.mark.parametrize("logarithmic, scale", [(True, "log"), (False, "linear")])
def test_the_scale_of_learning_curves(monkeypatch, logarithmic, scale):
    drawn = []
    monkeypatch.setattr(plots, "shown", drawn.append)
    live = plots.LiveCurve(20, "Learning", "average precision in %", logarithmic)
    monkeypatch.setattr(live.output, "show", lambda bundle: None)
    live(10, {"a": 5.0})
    axes = drawn[0].axes[0]
    assert axes.get_yscale() == scale and axes.get_ylabel() == "average precision in %"


def test_an_output_is_due_again_after_its_seconds(monkeypatch):
    monkeypatch.setattr("IPython.display.display", lambda *_, **__: None)
    output = notebook.Output(seconds=0.05)
    assert output.due()
    output.show({"text/plain": "one"})
    assert not output.due()
    time.sleep(0.06)
    assert output.due() and notebook.Output().due()
    assert not notebook.in_notebook()


def test_the_map_names_only_lessons_that_there_are():
    there = {int(path.name[-2:]) for path in (Path(plots.__file__).parent / "lessons").glob("lesson_[0-9][0-9]")}
    written = " ".join(text.get_text() for text in plots.pipeline().axes[0].texts)
    assert {int(number) for number in re.findall(r"\d\d", written)} == there
