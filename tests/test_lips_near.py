"""The look at the mouth from near: lips that are a little apart are read as apart, shut ones as shut."""

from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from course import face as faces
from course import io, keypoints, rendering
from course.face import channels
from course.keypoints import lips
from course.recipes import lids as lids_recipe
from course.recipes import lips as recipe
from course.recipes import near


@pytest.fixture(scope="module")
def small(hopper):
    """The embedded photo, 300 pixels high, and its points."""
    picture = cv2.resize(hopper, (256, 300), interpolation=cv2.INTER_AREA)
    return picture, keypoints.find_points(picture)[0]


def gap(points) -> float:
    """Between the inner lips, in eye distances."""
    found = recipe.gaps(points[lips.POINTS].astype(float))
    return float(np.linalg.norm(found, axis=-1).mean() / keypoints.eye_distance(points))


def moved(points, **values) -> np.ndarray:
    """The photo's points with channels added."""
    face = faces.fit_face(points)
    row = face.rest.copy()
    for name, amount in values.items():
        row[channels.INDEX[name]] += amount
    return faces.posed_points(face, row)


@pytest.mark.parametrize("opening", [0.08, 0.2, 0.5])
def test_a_gap_is_read_as_wide_as_it_is(small, opening):
    picture, points = small
    target = moved(points, jawOpen=opening)
    read = keypoints.second_look(rendering.Portrait(picture, points).render(target), points).points
    assert gap(read) == pytest.approx(gap(target), abs=0.025)


def test_only_lips_are_read_anew(small):
    picture, points = small
    changed = np.abs(lips.refined(picture, points) - points).max(axis=1) > 0
    assert set(np.flatnonzero(changed)) <= set(lips.POINTS)


def test_where_the_landmarker_is_a_little_off_the_lips_are_found_all_the_same(small):
    picture, points = small
    off = points.copy()
    off[lips.POINTS] += np.array([3.0, -2.0])
    there, again = lips.refined(picture, points), lips.refined(picture, off)
    assert np.abs(there - again)[lips.POINTS].mean() < 0.01 * keypoints.eye_distance(points)


def test_the_mirror_changes_sides_and_nothing_else(small):
    picture, points = small
    there = lips.refined(picture, points)
    flipped = keypoints.flip_keypoints(points, picture.shape[1])
    back = keypoints.flip_keypoints(lips.refined(np.ascontiguousarray(picture[:, ::-1]), flipped), picture.shape[1])
    assert np.abs(there - back).max() < 0.05 * keypoints.eye_distance(points)


def test_what_is_learned_from_matches_its_picture():
    """Points go with the mouth into the square: what is drawn between the inner lips is dark there too."""
    turn = np.linspace(np.pi, 3 * np.pi, 12, endpoint=False)
    points = np.tile([144.0, 120.0], (78, 1))
    points[[36, 45]], points[27], points[33] = [[100, 100], [188, 100]], [144, 100], [144, 140]
    points[48:60] = [144, 180] + np.array([26, 14]) * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    turn = np.linspace(np.pi, 3 * np.pi, 8, endpoint=False)
    points[60:68] = [144, 180] + np.array([20, 8]) * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    tile = np.full((288, 288, 3), 200, np.uint8)
    cv2.fillPoly(tile, [np.round(points[60:68]).astype(np.int32)], (10, 10, 10))
    tiles = near.Tiles(tile[None], points[None], np.ones(1))
    plain = recipe.Recipe(coarse=0.0, dark=0.0)
    for number in range(4):
        seen, found = recipe.one(tiles, plain, np.random.default_rng(number))
        x, y = found[12:].mean(axis=0) * lips.SIZE - 0.5
        assert seen[round(y), round(x)].mean() < 0.6 * np.median(seen)
        assert (np.linalg.norm(recipe.gaps(found), axis=-1) > 0.05).all()


def test_lips_that_are_a_little_apart_are_shown_more_often(small):
    points = small[1]
    apart = recipe.rarity(moved(points, jawOpen=0.15))
    assert recipe.rarity(points) < 0.5 * apart


@pytest.mark.parametrize("look", [lids_recipe, recipe])
def test_both_looks_learn_by_the_same_steps(look, small, tmp_path, monkeypatch):
    picture, points = small
    matrix = np.array([[1.0, 0, 16], [0, 1.0, -6]])
    tile = cv2.warpAffine(picture, matrix, (288, 288), borderMode=cv2.BORDER_REPLICATE)
    place = points + [16, -6]
    other, its_points = look.moved(tile, place, np.random.default_rng(0))()
    assert other.shape == tile.shape and np.abs(its_points - place).max() > 1
    tiles = near.Tiles(np.stack([tile, other]), np.stack([place, its_points]), np.array([0.5, 0.5]))
    monkeypatch.setattr(look.labelled, "load_labelled", lambda *folders: SimpleNamespace(part=lambda name: None))
    monkeypatch.setattr(near, "make_tiles", lambda *asked: tiles)
    out = look.train(["anywhere"], steps=4, logdir=tmp_path, out=tmp_path / "near.safetensors",
                     recipe=look.Recipe(batch=2, warmup=1))
    shipped, learned = io.load_tensors(look.__name__.split(".")[-1] + ".safetensors"), io.read_weights(out)
    assert {k: v.shape for k, v in learned.items()} == {k: v.shape for k, v in shipped.items()}
