"""The table of self-reenactment, on a small film whose truth is known."""

import json

import numpy as np
import pytest

from course import animation, demo, errors, evaluation, face, images, io
from course.evaluation import judges, sheets


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Sixteen frames of the embedded photo turning its head and opening its mouth."""
    photo = images.load_image(demo.photo_path())[60:440, 90:470]
    actor = animation.cast(photo)[0]
    values = np.repeat(actor.face.rest[None], 16, axis=0)
    wave = np.sin(np.linspace(0, 2 * np.pi, 16))
    values[:, face.INDEX["jawOpen"]] += 0.4 * wave.clip(0)
    values[:, face.INDEX["headYaw"]] += 6 * wave
    frames = [actor.portrait.render(face.posed_points(actor.face, row)) for row in values]
    return io.Clip(frames, fps=25).save(tmp_path_factory.mktemp("film") / "film.mp4", progress=False)


@pytest.fixture(scope="module")
def rows(film):
    return evaluation.evaluate([film], methods=("static", "warp", "ships"))


def figures(rows, method):
    return next(row.figures for row in rows if row.method == method and row.clip != evaluation.MEAN)


def test_moving_the_photo_beats_showing_it(rows):
    static, ships = figures(rows, "static"), figures(rows, "ships")
    assert ships["face_l1"] < 0.7 * static["face_l1"]
    assert ships["akd"] < 0.6 * static["akd"]
    assert ships["psnr"] > static["psnr"] and ships["ssim"] > static["ssim"]
    assert ships["below_static"] == pytest.approx(1 - ships["face_l1"] / static["face_l1"])


def test_there_is_a_mean_row_for_each_method(rows):
    assert [row.method for row in rows if row.clip == evaluation.MEAN] == ["static", "warp", "ships"]


def test_the_table_and_the_json_hold_the_same(rows):
    text, table = evaluation.as_text(rows, "embedded"), json.loads(evaluation.as_json(rows, "embedded"))
    assert "AKD" in text and "ships" in text and "Judge: embedded" in text
    assert len(table["rows"]) == len(rows)
    assert table["rows"][0]["akd"] == pytest.approx(rows[0].figures["akd"])


def test_a_sheet_shows_photo_and_film_beside_every_method(film, tmp_path):
    evaluation.evaluate([film], methods=("static", "warp"), pictures=tmp_path / "sheets")
    sheet = images.load_image(tmp_path / "sheets" / "film.png")
    line, size = sheets.LINE, 256
    assert sheet.shape == (4 * (line + size), 4 * size, 3)  # four moments; photo, film, two methods
    photo, truth, static, warp = (sheet[line : line + size, k * size : (k + 1) * size].astype(int) for k in range(4))
    assert np.abs(photo - static).mean() == 0
    assert np.abs(warp - truth).mean() < 0.7 * np.abs(photo - truth).mean()  # the first row: the mouth wide open


def test_the_moments_are_those_that_ask_most(film):
    take = evaluation.read_take(film)
    found = sheets.moments(take.points)
    assert found["mouth widest"] in (3, 4, 5)  # a quarter of a wave into the film: there the mouth is open,
    assert found["head furthest"] in (3, 4, 5, 10, 11, 12)  # and the head is turned, at three quarters the other way
    assert found["middle"] == 8


def test_what_cannot_be_evaluated_is_said(film, tmp_path):
    grey = io.Clip([np.full((96, 96, 3), 128, np.uint8)] * 5, fps=25).save(tmp_path / "grey.mp4", progress=False)
    with pytest.raises(errors.FaceError):
        evaluation.evaluate([grey])
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(errors.OutputError, match="folder"):
        evaluation.evaluate([film], pictures=tmp_path / "taken")
    with pytest.raises(errors.CourseError, match="limit"):
        evaluation.evaluate([film], limit=1)
    with pytest.raises(errors.CourseError, match="method"):
        evaluation.evaluate([film], methods=("magic",))
    with pytest.raises(errors.CourseError, match="judge"):
        evaluation.evaluate([film], judge="nobody")


def test_the_judges_points_are_the_labels_own(shared_dir):
    with np.load(shared_dir / "portraits" / "labels.npz") as labels:
        assert (judges.MESH_IBUG == labels["mesh_to_68"]).all()
