"""The linear face: posing, fitting, bounds, symmetry, and the round trip on recorded tracks."""

import numpy as np
import pytest
from scipy.optimize import lsq_linear

from course import errors, keypoints, motion
from course.face import channels as face_channels
from course.face import least_squares
from course.face import model as face_model
from course.recipes.face_model import drawn_channels
from course.recipes.face_model import fitting as face_model_fitting

SIDE = 256


@pytest.fixture(scope="module")
def model():
    return face_model.FaceModel.load()


def values_of(**channels) -> np.ndarray:
    values = np.zeros(len(face_channels.CHANNELS))
    for name, value in channels.items():
        values[face_channels.INDEX[name]] = value
    return values


def picture_of(model, seed=0, amount=1.0, **channels):
    """Points (78, 2) of a made person, and what the person does."""
    rng = np.random.default_rng(seed)
    shape = model.mean + np.tensordot(amount * rng.normal(size=len(model.identity)), model.identity, axes=1)
    values = values_of(**channels)
    moved = face_model.blendshapes_to_points(shape, values[: face_model.N_CHANNELS], model.channels)
    return face_model.project(moved, values[face_model.HEAD_COLUMNS], scale=120.0, origin=(250.0, 260.0)), values


# ---------------------------------------------------------------- the solver


def test_bounded_solver_agrees_with_scipy():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(4, 30, 8)), rng.normal(size=(4, 30)) * 3
    lower, upper = np.zeros(5), np.full(5, 0.4)
    transposed = a.transpose(0, 2, 1)
    found = least_squares.solve_partly_free(
        transposed @ a, np.einsum("tpn,tn->tp", transposed, b), np.zeros((4, 8)), lower, upper, 5
    )
    limits = (np.r_[lower, np.full(3, -np.inf)], np.r_[upper, np.full(3, np.inf)])
    expected = np.stack([lsq_linear(a[i], b[i], limits, tol=1e-12).x for i in range(4)])
    np.testing.assert_allclose(found, expected, atol=2e-3)
    at_bound = (expected[:, :5] < 1e-6) | (expected[:, :5] > 0.4 - 1e-6)
    assert at_bound.any() and not at_bound.all()  # else the bounds were not put to the test


def test_rounds_of_a_fit_end_where_an_exact_solver_does():
    rng = np.random.default_rng(5)
    slopes = rng.normal(size=(2, 4, 6, 2))
    errors, values = rng.normal(size=(2, 6, 2)) * 2, rng.uniform(size=(2, 4))
    errors[0, 2, 1] = np.nan  # half known is not known
    weights = np.array([0.5, 1.0, 2.0, 1e-3])
    low, high = np.array([0.0, 0, -np.inf, -np.inf]), np.array([0.5, 0.5, np.inf, np.inf])
    found = least_squares.fit_step(values, slopes, errors, weights, low, high)
    for v, slope, error, x in zip(values, slopes, errors, found):
        known = np.isfinite(error).all(axis=1)
        jacobian = slope[:, known].reshape(4, -1).T
        rows, right = np.vstack([jacobian, np.diag(np.sqrt(weights))]), np.r_[jacobian @ v + error[known].ravel(),
                                                                              np.zeros(4)]
        np.testing.assert_allclose(x, lsq_linear(rows, right, (low, high), tol=1e-12).x, atol=2e-3)


# ---------------------------------------------------------------- posing


def test_rotations_are_rotations_and_angles_come_back():
    angles = np.random.default_rng(2).uniform(-60, 60, size=(50, 3))
    rotation = face_model.rotation_matrix(angles)
    product = rotation @ rotation.transpose(0, 2, 1)
    np.testing.assert_allclose(product, np.broadcast_to(np.eye(3), (50, 3, 3)), atol=1e-12)
    np.testing.assert_allclose(np.linalg.det(rotation), 1)
    np.testing.assert_allclose(face_model.angles_of(rotation), angles, atol=1e-9)


def test_head_channels_have_the_signs_that_motion_says(model):
    def nose_and_eyes(**head):
        points = face_model.project(model.mean, values_of(**head)[face_model.HEAD_COLUMNS])
        return points[30] - points[[36, 45]].mean(axis=0), points[45] - points[36]

    still, _ = nose_and_eyes()
    assert nose_and_eyes(headPitch=15)[0][1] > still[1] + 0.05  # looking down, the nose sinks below the eyes
    assert nose_and_eyes(headYaw=15)[0][0] > still[0] + 0.05  # towards the right of the picture
    assert nose_and_eyes(headRoll=15)[1][1] > 0.2  # clockwise: the eye on the right of the picture goes down
    plain = face_model.project(model.mean, values_of()[face_model.HEAD_COLUMNS], scale=100.0)
    moved = face_model.project(model.mean, values_of(headX=0.5, headY=-0.2)[face_model.HEAD_COLUMNS], scale=100.0)
    np.testing.assert_allclose(moved - plain, np.broadcast_to([50, -20], plain.shape))
    larger = face_model.project(model.mean, values_of(headScale=0.1)[face_model.HEAD_COLUMNS], scale=100.0)
    np.testing.assert_allclose(larger, 1.1 * plain)


def test_derivatives_match_small_steps(model):
    rng = np.random.default_rng(3)
    values = np.r_[rng.uniform(0, 1, face_model.N_CHANNELS), 12, -17, 8, 0.1, -0.2, 0.05, rng.normal(size=4)][None]
    basis = np.concatenate([model.channels, model.identity[:4]])
    points, jacobian = face_model._linearise(values, model.mean, basis)
    for unknown in (0, 24, *range(51, 57), 58):
        step = np.zeros_like(values)
        step[0, unknown] = 1e-5
        ahead, _ = face_model._linearise(values + step, model.mean, basis)
        np.testing.assert_allclose((ahead - points)[0] / 1e-5, jacobian[0, unknown], atol=1e-4)


def test_slopes_are_those_of_the_points_in_pixels(model):
    face = face_model.fit_face(picture_of(model, seed=12, jawOpen=0.3)[0])
    values = np.stack([face.rest, values_of(headYaw=20, mouthPucker=0.5, headScale=0.2)])
    slopes = face_model.point_slopes(face, values)
    assert slopes.shape == (2, 57, 78, 2)
    raised = face_model.pose_points(face, values[:, None] + 1e-5 * np.eye(57))
    np.testing.assert_allclose(slopes, (raised - face_model.pose_points(face, values)[:, None]) / 1e-5, atol=2e-3)


# ---------------------------------------------------------------- fitting


def test_a_photo_comes_back_exactly_at_rest(model):
    points, _ = picture_of(model, seed=4, jawOpen=0.4, headYaw=14, headPitch=-8, headRoll=11)
    points += np.random.default_rng(4).normal(size=points.shape)  # what no model explains
    face = face_model.fit_face(points)
    np.testing.assert_allclose(face_model.pose_points(face, face.rest), points, atol=1e-6)
    assert np.abs(face.residual).max() > 0.1
    assert not face.rest[[face_channels.INDEX[name] for name in ("headX", "headY", "headScale")]].any()


def test_residual_turns_and_grows_with_the_head(model):
    points, _ = picture_of(model, seed=5)
    points += np.random.default_rng(5).normal(size=points.shape)
    face = face_model.fit_face(points)
    moved = face.rest.copy()
    moved[face_channels.INDEX["headRoll"]] += 30
    moved[face_channels.INDEX["headScale"]] = 0.2
    turn = face_model.rotation_matrix(np.array([0, 0, 30.0]))[:2, :2]
    expected = 1.2 * (points - face.origin) @ turn.T + face.origin
    np.testing.assert_allclose(face_model.pose_points(face, moved), expected, atol=1e-6)


def test_pose_of_a_known_shape_is_found(model):
    heads = values_of(headPitch=10, headYaw=-20, headRoll=25)[face_model.HEAD_COLUMNS]
    points = face_model.project(model.mean, heads, scale=90.0, origin=(40.0, 50.0))
    points[:5] = np.nan  # unknown points are left out
    angles, scale, origin = face_model.fit_pose(points[None], model.mean)
    np.testing.assert_allclose(angles[0], [10, -20, 25], atol=1e-6)
    np.testing.assert_allclose(scale, 90)
    np.testing.assert_allclose(origin[0], [40, 50], atol=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_head_pose_of_an_unknown_person_is_found(model, seed):
    points, values = picture_of(model, seed=seed, headPitch=8, headYaw=-18, headRoll=12)
    face = face_model.fit_face(points)
    np.testing.assert_allclose(face.rest[51:54], values[51:54], atol=4)


@pytest.mark.parametrize("channels", [
    {"jawOpen": 0.7}, {"mouthSmileLeft": 0.8, "mouthSmileRight": 0.8}, {"eyeBlinkLeft": 1.0}, {"mouthPucker": 0.8},
    {"browInnerUp": 0.8}, {"eyeLookInLeft": 0.7, "eyeLookOutRight": 0.7},
], ids=lambda channels: next(iter(channels)))  # fmt: skip
def test_known_channels_are_found_on_a_known_face(model, channels):
    neutral, _ = picture_of(model, seed=6)
    face = face_model.fit_face(neutral)
    # what little was found in the neutral picture belongs to this person
    face.shape = face_model.blendshapes_to_points(face.shape, face.rest[:51], model.channels)
    face.rest[:51] = 0
    given = values_of(headYaw=5, **channels)
    found = motion.fit_motion(face, face_model.pose_points(face, given)[None], 25).values[0]
    for name, value in channels.items():
        assert found[face_channels.INDEX[name]] == pytest.approx(value, abs=0.15), name
    others = [i for i, name in enumerate(face_channels.BLENDSHAPES) if name not in channels]
    assert found[others].max() < 0.3


def test_an_open_mouth_in_one_photo_is_the_jaw_and_not_the_person(model):
    open_mouth, _ = picture_of(model, seed=7, jawOpen=0.6)
    closed, _ = picture_of(model, seed=7)
    assert face_model.fit_face(open_mouth).rest[face_channels.INDEX["jawOpen"]] > 0.4
    assert face_model.fit_face(closed).rest[face_channels.INDEX["jawOpen"]] < 0.15


def test_values_stay_in_their_bounds_whatever_the_points(model):
    points, _ = picture_of(model, seed=8)
    rng = np.random.default_rng(8)
    wild = points + rng.normal(size=(40, 1, 1)) * rng.normal(size=(40, 78, 2)) * 20
    found = motion.fit_motion(face_model.fit_face(points), wild, 25).values[:, :51]
    assert found.min() >= 0 and found.max() <= face_model.UPPER + 1e-6
    assert (found == 0).any() and (found > 1).any()


def test_a_long_track_is_fitted_as_its_pieces_are(model):
    points, _ = picture_of(model, seed=9)
    face = face_model.fit_face(points)
    wanted = np.zeros((face_model.BLOCK + 20, 57))
    wanted[:, face_channels.INDEX["jawOpen"]] = np.linspace(0, 1, len(wanted))
    track = face_model.pose_points(face, face.rest + wanted)
    whole = motion.fit_motion(face, track, 25).values
    alone = motion.fit_motion(face, track[-3:], 25).values
    np.testing.assert_allclose(whole[-3:], alone, atol=2e-3)


def test_sixty_eight_points_are_enough(model):
    points, _ = picture_of(model, seed=10, jawOpen=0.5, headYaw=10)
    face = face_model.fit_face(points[:68])
    np.testing.assert_allclose(face_model.pose_points(face, face.rest)[:68], points[:68], atol=1e-6)
    # pupils and forehead are the model's guess: near the truth, since they hang on what is seen
    off = np.linalg.norm(face_model.pose_points(face, face.rest)[68:] - points[68:], axis=1)
    assert off.mean() < 0.1 * face.eye_distance
    assert face.rest[face_channels.INDEX["jawOpen"]] == pytest.approx(0.5, abs=0.15)


def test_eye_distance_is_that_of_the_face_from_the_front(model):
    points, _ = picture_of(model, seed=11, amount=0.0, headYaw=25)
    seen = float(keypoints.eye_distance(points))
    assert seen < 112  # 120 cos(25 degrees) is 109
    assert face_model.fit_face(points).eye_distance == pytest.approx(120, rel=0.04)


def test_bad_points_are_refused_in_one_line():
    with pytest.raises(errors.FaceError, match=r"\(78, 2\)"):
        face_model.fit_face(np.zeros((5, 2)))
    with pytest.raises(errors.FaceError, match="known points"):
        face_model.fit_face(np.full((78, 2), np.nan))


# ---------------------------------------------------------------- the model that ships


def test_the_model_is_symmetric(model):
    np.testing.assert_allclose(model.mean, drawn_channels.mirror(model.mean), atol=1e-6)
    mirrored = drawn_channels.mirror(model.channels)[drawn_channels.MIRRORED]
    np.testing.assert_allclose(model.channels, mirrored, atol=1e-6)
    assert keypoints.eye_distance(model.mean[:, :2]) == pytest.approx(1, abs=1e-6)


def test_channels_keep_to_their_parts(model):
    for name, displacement in zip(face_channels.BLENDSHAPES, model.channels):
        assert not displacement[~drawn_channels.region(name)].any(), name
    lips = np.r_[keypoints.LIPS_OUTER, keypoints.LIPS_INNER]
    for name in ("eyeBlinkLeft", "eyeLookUpRight", "browInnerUp"):
        assert not drawn_channels.region(name)[lips].any()


def test_lips_and_lids_close_and_open(model):
    def shape(**channels):
        return face_model.blendshapes_to_points(model.mean, values_of(**channels)[:51], model.channels)

    def gap(points):
        return points[[65, 66, 67], 1] - points[[63, 62, 61], 1]

    rest = shape()
    assert np.abs(gap(rest)).max() < 0.01  # closed at rest
    assert gap(shape(jawOpen=1.0)).min() > 0.2
    assert np.abs(gap(shape(jawOpen=0.4, mouthClose=0.4))).max() < 0.04  # closed over an open jaw
    width = rest[54, 0] - rest[48, 0]
    for rounded in (shape(mouthPucker=0.8), shape(mouthFunnel=0.8, jawOpen=0.2)):
        assert rounded[54, 0] - rounded[48, 0] < 0.8 * width
    smiling = shape(mouthSmileLeft=1.0, mouthSmileRight=1.0)
    assert smiling[54, 0] - smiling[48, 0] > 1.2 * width and smiling[48, 1] < rest[48, 1] - 0.05
    shut = shape(eyeBlinkRight=1.0)
    assert np.abs(shut[[41, 40], 1] - shut[[37, 38], 1]).max() < 0.03
    np.testing.assert_array_equal(shut[keypoints.EYE_LEFT], rest[keypoints.EYE_LEFT])


# ---------------------------------------------------------------- recordings


@pytest.fixture(scope="module")
def held_out_tracks(shared_dir):
    folder = shared_dir / "motion"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there: set COURSE_SHARED to a folder with motion/")
    tracks = face_model_fitting.load_tracks(folder)
    return [track for track in tracks if track.name in face_model_fitting.HELD_OUT_TRACKS]


def test_round_trip_on_tracks_the_model_never_saw(held_out_tracks):
    assert len(held_out_tracks) == 2
    for track in held_out_tracks:
        points = track.points[..., :2] * SIDE / track.size.min()
        face = face_model.fit_face(points[0])
        moved = motion.fit_motion(face, points[::5], track.fps / 5)
        error = np.linalg.norm(face_model.pose_points(face, moved.values) - points[::5], axis=-1)
        assert error.mean() < 1.0, f"{track.name}: {error.mean():.2f} px"


def test_the_recipe_learns_from_recordings(held_out_tracks, shared_dir):
    from course import training

    pictures = training.load_labelled(shared_dir / "portraits").part("train").take(np.arange(60))
    recipe = face_model_fitting.Recipe(rounds=1, components=6)
    model = face_model_fitting.build(held_out_tracks[1:], pictures, recipe)
    drawn = drawn_channels.fields()
    assert model.identity.shape == (6, 78, 3) and np.isfinite(model.channels).all()
    np.testing.assert_allclose(model.mean, drawn_channels.mirror(model.mean), atol=1e-9)
    blink, close = face_channels.INDEX["eyeBlinkLeft"], face_channels.INDEX["mouthClose"]
    change = np.linalg.norm(model.channels - drawn, axis=(1, 2)) / np.linalg.norm(drawn, axis=(1, 2))
    assert change[blink] > change[close]  # shown in the recording; not shown, so the drawing stays
