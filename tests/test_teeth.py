"""Rows of teeth: what ships, how a mouth shows one, how one is cut out of a smile, and the measure that sees it."""

import cv2
import numpy as np
import pytest

from course import errors, keypoints, rendering
from course.evaluation import teeth as measure
from course.recipes.teeth import cutting, training
from course.rendering import head_field, mouth, teeth
from tests.test_portrait import drawn_photo, drawn_points, opened, turned


@pytest.fixture(scope="module")
def photo():
    """A drawn face, 140 pixels between the outer corners of its eyes, with its mouth shut."""
    points = drawn_points((200.0, 180.0), 140.0)
    return drawn_photo(points, (440, 400)), points


@pytest.fixture(scope="module")
def face(photo):
    return rendering.Portrait(*photo)


def smiling(row: teeth.Row, amount=0.09, depth=7.0) -> tuple:
    """A drawn face whose mouth, open by `amount`, shows a row that reaches down `depth` mm: image and points."""
    points = opened(drawn_points((200.0, 180.0), 140.0), amount)
    image = drawn_photo(points, (440, 400))
    mm = mouth.millimetre(points)
    inside = np.zeros(image.shape[:2], np.uint8)
    cv2.fillPoly(inside, [points[keypoints.LIPS_INNER].astype(np.int32)], 1)
    y, x = np.mgrid[: image.shape[0], : image.shape[1]]
    x, y = (x - points[62, 0]) / mm, (y - points[62, 1]) / mm
    shade, share = row.read(x, depth - row.bow * (x / teeth.BOW) ** 2 - y)
    colour = np.array([30.0, 10, 10]) + share[..., None] * (np.array([225.0, 215, 195]) * shade[..., None] - 20)
    return np.where(inside[..., None] > 0, np.clip(colour, 0, 255), image).astype(np.uint8), points


# ---------------------------------------------------------------- what ships


def test_every_row_that_ships_has_teeth_with_gaps_and_ends():
    rows = teeth.load_rows()
    assert len(rows) == 8
    for row in rows:
        shade, share = np.moveaxis(row.pixels, -1, 0)
        front = np.abs(teeth.columns()) < cutting.FRONT
        crown = (teeth.heights() > 1) & (teeth.heights() < 5)
        assert share[crown][:, front].mean() > 0.9 and share[-1, front].mean() < 0.3
        profile = (shade * share)[crown].mean(0)
        gap = profile[np.abs(teeth.columns()) < 1].min()
        beside = np.interp([-4.2, 4.2], teeth.columns(), profile).mean()  # the middles of the first teeth
        assert gap < 0.95 * beside


def test_a_row_is_read_where_it_lies_and_no_tooth_beyond_it():
    pixels = np.zeros((teeth.HEIGHT, teeth.WIDTH, 2), np.float32)
    pixels[teeth.heights() > 0, :, 1] = 1
    pixels[..., 0] = teeth.columns()
    shade, share = teeth.Row(pixels, 2.0).read(np.array([[-10.0, 3.0, 3.0, 60.0]]), np.array([[4.0, 4.0, -1.2, 4.0]]))
    np.testing.assert_allclose(shade[0, :2], [-10, 3], atol=0.02)
    np.testing.assert_allclose(share[0], [1, 1, 0, 0], atol=0.02)


def test_broad_mouths_get_broad_rows():
    assert teeth.row_for(10) is teeth.load_rows()[0] and teeth.row_for(90) is teeth.load_rows()[-1]


def test_a_file_of_another_kind_says_so(monkeypatch):
    monkeypatch.setattr(teeth.weights, "load_arrays", lambda name: {})
    teeth.load_rows.cache_clear()
    with pytest.raises(errors.WeightsError, match="does not fit"):
        teeth.load_rows()
    teeth.load_rows.cache_clear()


def test_a_soft_photo_gets_soft_teeth(photo):
    image, points = photo
    sharp, soft = (mouth.Mouth(each, points).row for each in (image, cv2.GaussianBlur(image, (0, 0), 3)))
    edges = [np.abs(np.diff(row.pixels[..., 1], axis=0)).max() for row in (sharp, soft)]
    assert edges[1] < 0.6 * edges[0]
    for sigma in (1.0, 3.0):
        assert mouth.blur_of(cv2.GaussianBlur(image, (0, 0), sigma), points) == pytest.approx(sigma, rel=0.35)


# ---------------------------------------------------------------- in a mouth


def test_an_opening_mouth_shows_a_row_and_not_a_band(face, monkeypatch):
    monkeypatch.setattr(measure, "BRIGHT", 0.0)  # drawn lips are brighter than lips
    target = opened(face.points, 0.13)
    frame = face.render(target)
    seen = measure.ripple(frame, target)
    assert seen > 2 * measure.ripple(measure.with_band(frame, target), target)


def test_the_row_stands_still_while_the_jaw_drops(face):
    half, wide = (face.render(opened(face.points, a)).astype(float) for a in (0.16, 0.26))
    x, y = face.points[62].astype(int)
    seen = np.s_[y + 2 : y + 6, x - 14 : x + 15]
    assert np.abs(half[seen] - wide[seen]).mean() < 8 < half[seen].mean(-1).std()


def test_what_a_network_paints_over_the_row_does_not_smear_it(face, monkeypatch):
    class Painter:
        def draw(self, region, origin, target, matched):
            region[:] = 128

    monkeypatch.setattr(measure, "BRIGHT", 0.0)
    target = opened(face.points, 0.13)
    before = measure.ripple(face.render(target), target)
    monkeypatch.setattr(face, "animator", Painter())
    assert measure.ripple(face.render(target), target) > 0.5 * before


def test_a_photo_without_colour_gets_none(photo):
    image, points = photo
    grey = np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    frame = rendering.Portrait(grey, points).render(opened(points, 0.2)).astype(int)
    assert np.ptp(frame, axis=-1).max() <= 1


def test_lower_teeth_of_the_photo_go_with_its_jaw():
    image, points = smiling(teeth.load_rows()[0], 0.16, 6.0)
    x, y = points[66].astype(int)
    image[y - 6 : y - 1, x - 20 : x + 21] = (180, 240, 240)  # below the upper row, in a colour nobody would paint
    own = rendering.Portrait(image, points)
    assert own.mouth.split is not None
    target = points.copy()
    drop = 12
    target[np.r_[55:60, 65:68], 1] += drop
    target[4:13, 1] += drop
    frame = own.render(target).astype(int)
    column = frame[y - 8 : y + drop + 2, x]
    found = np.flatnonzero((column[:, 2] > column[:, 0] + 30) & (column[:, 1] > 120)) - 8
    assert len(found) and abs(found.mean() - (drop - 3)) < 3


# ---------------------------------------------------------------- cut out of a smile


def test_a_row_comes_back_out_of_the_smile_it_was_drawn_into():
    row = max(teeth.load_rows(), key=lambda each: each.pixels[..., 1].mean())
    found = cutting.cut(*smiling(row))
    assert found is not None and abs(found.bow - row.bow) < 1.2 and found.gaps > 0.05
    crown = (teeth.heights() > 1) & (teeth.heights() < 5)
    inner = np.abs(teeth.columns()) < 11
    there, here = ((each[..., 0] * each[..., 1])[crown][:, inner].mean(0) for each in (row.pixels, found.row))
    assert np.corrcoef(there, here)[0, 1] > 0.6


def test_shut_and_turned_mouths_give_no_row(photo):
    image, points = photo
    assert not cutting.smiles(points) and cutting.cut(image, points) is None
    image, points = smiling(teeth.load_rows()[0])
    points[30, 0] += 30
    assert cutting.smiles(points) and cutting.cut(image, points) is None


def test_the_best_rows_are_taken_completed_and_written(tmp_path):
    row = np.ones((teeth.HEIGHT, teeth.WIDTH, 2), np.float32)
    row[teeth.heights() < 0, :, 1] = 0
    row[:, np.abs(np.abs(teeth.columns()) - 8.4) < 0.4, 0] = 0.5
    row[:, :40, 1] = 0  # one side is hidden
    good = cutting.Cut(row, 2.0, 8.0, 0.2, 0.9, 0.5, 0.0, 0.0)
    assert training.best([good._replace(gaps=0.01), good, good._replace(torn=0.5)]) == [good]
    tensors = training.weights.read_weights(training.write([good], tmp_path / "teeth.safetensors"))
    kept = tensors["rows"][0].float().numpy() / teeth.UNIT
    assert kept[teeth.heights() > 1][..., 1].min() > 0.9


# ---------------------------------------------------------------- the measure


def test_the_measure_tells_gaps_from_light_that_falls_off():
    x = np.linspace(-measure.REACH, measure.REACH, measure.COLUMNS)
    band = np.tile(180 - 0.5 * x**2, (measure.ROWS, 1)).astype(np.float32)
    gaps = 1 - 0.25 * np.exp(-(((x + 4.2) % 8.4 - 4.2) ** 2) / 0.5)
    assert measure.profile_ripple(band) < 0.01 < 0.04 < measure.profile_ripple((band * gaps).astype(np.float32))
    halves = band.copy()
    halves[: measure.ROWS // 2] *= gaps  # a pattern in one half only is none of teeth
    assert measure.profile_ripple(halves) < 0.02


def test_a_shut_mouth_is_not_measured(photo):
    assert np.isnan(measure.ripple(*photo))


# ---------------------------------------------------------------- wide turns


def test_the_far_cheek_stays_outside_eye_and_mouth(photo):
    image, points = photo
    field = rendering.HeadField(points, image.shape[:2], head_field.FieldSettings())
    still = turned(points, 8, (5, 3)).astype(np.float64)
    assert field.unfolded(still, field.rigid(still)) is still
    narrow = points.astype(np.float64).copy()
    narrow[[13, 14, 15, 16], 0] = narrow[[54, 45, 45, 45], 0] - 5  # behind eye and mouth
    moved = field.unfolded(narrow, field.rigid(narrow))
    assert (moved[[13, 14, 15, 16], 0] > narrow[[54, 45, 45, 45], 0] + 2).all()
    far_brow = [24, 25, 26, 76, 77]  # lies beside that outline, and stays inside it, from the nose outwards
    assert (np.diff(moved[[23, 24, 25, 26, 16], 0]) > 0).all()
    others = np.setdiff1d(np.arange(78), [*head_field.BESIDE[:, 0], *far_brow])
    np.testing.assert_array_equal(moved[others], narrow[others])
