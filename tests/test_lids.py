"""The look at eyes from near, and glasses that stay in one piece."""

import cv2
import numpy as np
import pytest

from course import face as faces
from course import keypoints, rendering
from course.keypoints import landmarks, lids
from course.recipes import lids as recipe
from course.recipes import near
from course.rendering import eyelids, glasses


@pytest.fixture(scope="module")
def small(hopper):
    """The embedded photo, 300 pixels high, and its points."""
    picture = cv2.resize(hopper, (256, 300), interpolation=cv2.INTER_AREA)
    return picture, keypoints.find_points(picture)[0]


def openings(points) -> np.ndarray:
    return np.array([eyelids.opening(points.astype(float), side) for side in (0, 1)])


def test_a_shut_eye_is_read_as_shut(small):
    """The landmarker alone reads a shut eye as half open."""
    picture, points = small
    shut = rendering.Portrait(picture, points).render(points, blink=(1, 1))
    assert (openings(keypoints.second_look(shut, points).points) < 0.3 * openings(points)).all()


def test_each_eye_is_read_by_itself(small):
    picture, points = small
    winks = rendering.Portrait(picture, points).render(points, blink=(1, 0))
    right, left = openings(keypoints.second_look(winks, points).points) / openings(points)
    assert right < 0.35 and left > 0.75


def test_only_eyes_are_read_anew(small):
    picture, points = small
    moved = np.abs(lids.refined(picture, points) - points).max(axis=1) > 0
    assert set(np.flatnonzero(moved)) <= set(lids.POINTS.ravel())


@pytest.mark.parametrize("left", [0.6, 0.45, 0.3, 0.12])
def test_a_lid_that_is_half_down_leaves_the_gap_that_it_should(small, left):
    _, points = small
    picture = np.full((300, 256, 3), 140, np.uint8)  # skin, and two white eyes without lashes
    for upper, lower in zip(landmarks.LID_UPPER, landmarks.LID_LOWER):
        outline = np.concatenate([points[upper], points[lower][-2:0:-1]])
        cv2.fillPoly(picture, [np.round(outline * 16).astype(np.int32)], (255, 255, 255), cv2.LINE_AA, 4)
    settings = rendering.PortraitSettings(blinks=eyelids.LidSettings(lash_strength=0.0))
    portrait = rendering.Portrait(picture, points, settings)
    target = points.astype(float)
    for upper, lower in zip(landmarks.LID_UPPER, landmarks.LID_LOWER):
        middle = (target[upper[1:-1]] + 3 * target[lower[1:-1]]) / 4
        for row in (upper[1:-1], lower[1:-1]):
            target[row] = middle + left * (target[row] - middle)
    # in the lid's shadow, too, white is lighter than this
    seen, whole = ((shown[..., 1] > 172).sum() for shown in (portrait.render(target), picture))
    if left > 0.2:
        assert left - 0.13 < seen / whole < left + 0.05
    else:
        assert seen / whole < 0.04  # so a shut eye is read


def test_brows_that_rise_far_do_not_show_the_eye_again_above_itself(hopper):
    small = cv2.resize(hopper, (200, 234), interpolation=cv2.INTER_AREA)
    points = keypoints.find_points(small)[0]
    rows = np.repeat(np.arange(234, dtype=np.uint8)[:, None, None], 200, axis=1).repeat(3, axis=2)  # each its number
    portrait, face = rendering.Portrait(rows, points), faces.fit_face(points)
    values = face.rest.copy()
    values[[faces.INDEX[name] for name in ("browInnerUp", "browOuterUpLeft", "browOuterUpRight")]] = 1.2
    target = faces.posed_points(face, values)
    looks = portrait.render(target, painted=False)[..., 0].astype(float)
    for lid, brow in ((37, 19), (38, 20), (43, 23), (44, 24)):
        share = np.linspace(0, 1, 40)
        x, y = np.round(target[lid] + share[:, None] * (target[brow] - target[lid])).astype(int).T
        even = points[lid, 1] + share * (points[brow, 1] - points[lid, 1])
        assert (looks[y, x] - even).max() < 1.8  # px further down than skin that stretches evenly
    assert (portrait.render(points, painted=False) == rows).all()  # and at rest nothing has moved


def test_the_mirror_changes_sides_and_nothing_else(small):
    picture, points = small
    there = lids.refined(picture, points)
    flipped = keypoints.flip_keypoints(points, picture.shape[1])
    back = keypoints.flip_keypoints(lids.refined(np.ascontiguousarray(picture[:, ::-1]), flipped), picture.shape[1])
    assert np.abs(there - back).max() < 0.05 * keypoints.eye_distance(points)


def test_what_the_lids_learn_from_matches_its_picture():
    """Points go with the eye into the square: the pupil of a drawn face is dark, whichever way it was turned."""
    tile = np.full((288, 288, 3), 200, np.uint8)
    points = np.tile([144.0, 150.0], (78, 1))
    for row, x in zip(lids.POINTS, (100.0, 188.0)):
        side = -1 if x < 144 else 1
        points[row] = np.array([x, 120]) + np.array([[side, 0], [side / 2, -.4], [-side / 2, -.4], [-side, 0],
                                                     [-side / 2, .4], [side / 2, .4], [0, 0]]) * 16
        cv2.circle(tile, (int(x), 120), 7, (0, 0, 0), -1)
    plain = recipe.Recipe(coarse=0.0, glasses=0.0)
    tiles = near.Tiles(tile[None], points[None], np.ones(1))
    for number in range(4):
        eyes, found = recipe.one(tiles, plain, np.random.default_rng(number))
        for eye, (x, y) in zip(eyes, found[:, 6] * lids.SIZE - 0.5):
            assert eye[round(y), round(x)].mean() < 0.6 * np.median(eye)


# ---------------------------------------------------------------- glasses


@pytest.fixture(scope="module")
def worn(small):
    """The photo with thick glasses drawn over its thin ones, as a `Portrait`."""
    picture, points = small[0].copy(), small[1]
    unit = keypoints.eye_distance(points)
    inner = []
    for eye, side in ((keypoints.EYE_RIGHT, 1), (keypoints.EYE_LEFT, -1)):
        centre = points[eye].mean(axis=0) + [0, 0.05 * unit]
        cv2.ellipse(picture, tuple(int(v) for v in centre), (int(0.27 * unit), int(0.22 * unit)), 0, 0, 360,
                    (15, 15, 20), 3, cv2.LINE_AA)
        inner.append((centre + [side * 0.27 * unit, -0.02 * unit]).astype(int).tolist())
    cv2.line(picture, *inner, (15, 15, 20), 3, cv2.LINE_AA)
    return rendering.Portrait(picture, points)


def test_glasses_are_found_and_a_smooth_face_has_none(small, worn):
    picture, points = small
    assert glasses.find(picture, points) and glasses.find(cv2.GaussianBlur(picture, (0, 0), 5), points) is None
    assert worn.glasses.share > 0.9


def raised(points) -> np.ndarray:
    """The points with brows that have gone up."""
    face = faces.fit_face(points)
    values = face.rest.copy()
    for name in ("browInnerUp", "browOuterUpLeft", "browOuterUpRight"):
        values[faces.INDEX[name]] += 0.9
    return faces.pose_points(face, values)


def test_rims_stay_while_brows_rise(worn):
    """The drawn rims lie where they lay; taken for skin they are drawn up with the brows."""
    target = raised(worn.points)
    places = worn.glasses.rims[:, 40:70].reshape(-1, 2).round().astype(int)  # above the eyes
    found = worn.glasses
    stiff = np.abs(worn.render(target).astype(float) - worn.image)[places[:, 1], places[:, 0]].mean()
    worn.glasses = None
    bent = np.abs(worn.render(target).astype(float) - worn.image)[places[:, 1], places[:, 0]].mean()
    worn.glasses = found
    assert stiff < 14 and bent > 3 * stiff


def test_a_rim_that_has_run_out_to_the_outline_is_brought_back(small):
    centres = np.array([[90.0, 120.0], [160.0, 120.0]])
    angles = np.arange(glasses.ANGLES) * 2 * np.pi / glasses.ANGLES
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    paths = centres[:, None] + np.array([30, 20])[:, None, None] * ring
    alike = np.linalg.norm(glasses._alike(paths, centres) - centres[:, None], axis=-1)
    np.testing.assert_allclose(alike, np.tile([[26.0], [20.0]], glasses.ANGLES))
    paths[0, 0] += [4, 0]  # the right rim's inner end is measured by the left one's
    assert np.linalg.norm(glasses._alike(paths, centres)[0, 0] - centres[0]) == pytest.approx(26)


def test_glasses_hold_nothing_at_the_outline_of_a_face(worn):
    found, outline = worn.glasses, worn.points[[0, 1, 2, 14, 15, 16]].astype(float)
    assert found._read(found.stiff, outline[None]).max() < 0.02
    middle, width = worn.points[27], np.ptp(worn.points[[0, 16], 0])
    assert np.abs(found.edges[:, 0] - middle[0]).max() < width / 2


def test_a_bar_finds_its_way_back():
    bar = glasses.Bar(np.array([1.0, 0.0]), 100.0, 60.0, np.array([[5.0, -3.0], [-8.0, 0.5], [6.0, 0.0]]))
    places = np.array([[40.0, 80.0], [100.0, 90.0], [150.0, 85.0]])
    np.testing.assert_allclose(bar.looks(bar.flat(places)), places, atol=0.02)


@pytest.mark.parametrize("turn", [("headYaw", 20, 4.0), ("headYaw", -20, 4.0), ("headPitch", 15, 0.6)], ids=str)
def test_rims_keep_their_shape_in_a_head_that_turns(worn, turn):
    """What is left of their way once they are laid on each other as a flat piece, in percent of the eye distance; in a
    turn they bend a little, as a face is round."""
    name, degrees, most = turn
    face = faces.fit_face(worn.points)
    values = face.rest.copy()
    values[faces.INDEX[name]] += degrees
    left = bent_rims(worn, faces.pose_points(face, values))
    found, worn.glasses = worn.glasses, None
    skin = bent_rims(worn, faces.pose_points(face, values), found.rims)
    worn.glasses = found
    assert left < most and left < 0.7 * skin


def bent_rims(portrait, target, rims=None) -> float:
    field, target = portrait.field, np.asarray(target, float)
    matrix = field.rigid(target)
    target = field.unfolded(target, matrix)
    back, held, residual, stiffened = portrait.begun(target, matrix)
    positions = field.positions(field.spline(held, residual, np.arange(68)), field.shares(back, target), stiffened)
    here = (portrait.glasses.rims if rims is None else rims).reshape(-1, 2).astype(float)
    there = here.copy()
    for _ in range(20):  # q so that positions(q) = p
        at = (there - field.box[:2]).astype(np.float32)[None]
        there += here - cv2.remap(positions, at, None, cv2.INTER_LINEAR)[0]
    design = np.column_stack([here, np.ones(len(here))])
    left = there - design @ np.linalg.lstsq(design, there, rcond=None)[0]
    return 100 * float(np.sqrt((left**2).sum(axis=1).mean())) / keypoints.eye_distance(portrait.points)


def test_a_face_with_glasses_that_stands_still_is_the_photo(worn):
    np.testing.assert_array_equal(worn.render(worn.points), worn.image)
