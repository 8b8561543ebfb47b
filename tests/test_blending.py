"""How a motion meets a photo's own expression."""

from types import SimpleNamespace

import numpy as np
import pytest

from course import animation, detection, errors, motion
from course.face import channels as face_channels
from course.face import model as face_model
from course.face import posing
from course.keypoints import landmarks
from course.motion import transfer

INDEX = face_channels.INDEX


def face(**rest):
    values = np.zeros(57, np.float32)
    for name, value in rest.items():
        values[INDEX[name]] = value
    return SimpleNamespace(rest=values)


def moved(frames=20, **channels):
    values = np.zeros((frames, 57), np.float32)
    for name, value in channels.items():
        values[:, INDEX[name]] = value
    return motion.Motion(values)


def test_speech_starts_at_the_photo_and_replaces_its_mouth():
    open_smile = face(jawOpen=0.4, mouthSmileLeft=0.8, browInnerUp=0.3)
    values = motion.values_for(moved(), open_smile, "speech", animation.Settings())
    assert values[0] == pytest.approx(open_smile.rest)
    assert values[-1, INDEX["jawOpen"]] == 0
    assert values[-1, INDEX["mouthSmileLeft"]] == pytest.approx(0.4)
    assert values[-1, INDEX["browInnerUp"]] == pytest.approx(0.3)


def test_a_blink_closes_a_half_closed_lid_and_no_further():
    values = motion.values_for(moved(eyeBlinkLeft=1.0), face(eyeBlinkLeft=0.4), "speech", animation.Settings())
    assert values[:, INDEX["eyeBlinkLeft"]] == pytest.approx(1.0)


def test_relative_counts_from_the_frame_most_like_the_photo():
    driver = moved(jawOpen=0.5, headYaw=10)
    driver.values[7, INDEX["jawOpen"]] = 0.0
    values = motion.values_for(driver, face(headYaw=-5), "relative", animation.Settings())
    assert values[7] == pytest.approx(face(headYaw=-5).rest, abs=1e-5)
    assert values[0, INDEX["jawOpen"]] == pytest.approx(0.5)


def test_absolute_takes_the_drivers_pose_but_not_beyond_what_a_photo_can_show():
    values = motion.values_for(moved(headYaw=8, jawOpen=0.3), face(headYaw=3), "absolute", animation.Settings())
    assert values[0, INDEX["headYaw"]] == pytest.approx(8)
    far = motion.values_for(moved(headYaw=80), face(), "absolute", animation.Settings())
    assert 20 < far[0, INDEX["headYaw"]] <= transfer.MAX_TURN + 1e-3


def test_head_strength_scales_a_driving_head():
    driver = moved(headYaw=0)
    driver.values[10:, INDEX["headYaw"]] = 10
    full = motion.values_for(driver, face(), "relative", animation.Settings())
    half = motion.values_for(driver, face(), "relative", animation.Settings(head=0.5))
    assert half[-1, INDEX["headYaw"]] == pytest.approx(full[-1, INDEX["headYaw"]] / 2, rel=0.1)


def test_expressions_have_strength_and_clear_errors():
    happy = motion.expression("happy")
    assert motion.expression("happy:0.5") == pytest.approx(happy / 2)
    assert not motion.expression(None).any()
    for wrong in ("glad", "happy:lots", "happy:-1", "happy:nan"):
        with pytest.raises(errors.MotionError):
            motion.expression(wrong)


def test_every_expression_names_real_channels():
    for name in motion.EXPRESSIONS:
        assert np.isfinite(motion.expression(name)).all()


@pytest.mark.parametrize("wanted, chosen", [(None, [1]), ("largest", [1]), ("1", [0]), (0, [1]), ("all", [1, 0])])
def test_faces_are_counted_from_the_largest(wanted, chosen):
    boxes = np.array([[0, 0, 50, 50, 0.99], [60, 0, 160, 100, 0.9]], np.float32)
    found = detection.choose_faces(boxes, wanted, np.zeros((200, 200, 3), np.uint8))
    assert (found == boxes[chosen]).all()


def test_several_alike_faces_must_be_chosen_from():
    boxes = np.array([[0, 0, 90, 90, 0.99], [100, 0, 200, 100, 0.9]], np.float32)
    image = np.zeros((200, 200, 3), np.uint8)
    with pytest.raises(errors.FaceError, match="2 faces.*--face"):
        detection.choose_faces(boxes, None, image)
    for wrong in ("2", "-1", "middle"):
        with pytest.raises(errors.FaceError):
            detection.choose_faces(boxes, wrong, image)
    with pytest.raises(errors.FaceError, match="30 px"):
        detection.choose_faces(np.array([[0, 0, 30, 30, 0.9]]), None, image)


@pytest.mark.parametrize("settings", [{"fps": 0}, {"head": -1}, {"size": 3}, {"colour": "red"}])
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(errors.CourseError):
        animation.animate("no-such.jpg", text="Hi", **settings)


def test_exactly_one_drive():
    with pytest.raises(errors.CourseError, match="exactly one"):
        animation.animate("me.jpg")
    with pytest.raises(errors.CourseError, match="text, audio"):
        animation.animate("me.jpg", text="Hi", audio="a.wav")


@pytest.fixture(scope="module")
def wide_eyed():
    """A face whose eyes are wide open in the photo."""
    values = np.zeros(57, np.float32)
    values[[INDEX["eyeWideLeft"], INDEX["eyeWideRight"], INDEX["browInnerUp"]]] = 0.9
    drawn = face_model.pose_points(face_model.fit_face(demo_points()), values)
    return face_model.fit_face(drawn)


def demo_points():
    from course import demo, images, keypoints

    return keypoints.find_points(images.load_image(demo.photo_path()))[0]


def lid_gap(points):
    return max(np.linalg.norm(points[up] - points[low]) / np.linalg.norm(points[36] - points[45])
               for side in (0, 1) for up, low in zip(landmarks.LID_UPPER[side][1:-1], landmarks.LID_LOWER[side][1:-1]))


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_a_blink_shuts_the_widest_eyes_as_far_as_it_says(wide_eyed, share):
    shut = wide_eyed.rest.copy()
    for name in ("eyeBlinkLeft", "eyeBlinkRight"):
        shut[INDEX[name]] += share * (1 - shut[INDEX[name]])
    allowed = (1 - share) * lid_gap(face_model.pose_points(wide_eyed, wide_eyed.rest))
    assert lid_gap(posing.posed_points(wide_eyed, shut)) <= allowed + 0.004
    if share == 1:  # what the model alone leaves open: the test would not see the seal without it
        assert lid_gap(face_model.pose_points(wide_eyed, shut)) > 0.01


def test_without_a_blink_no_lid_moves(wide_eyed):
    rest = face_model.pose_points(wide_eyed, wide_eyed.rest)
    assert posing.seal_lids(rest, wide_eyed, wide_eyed.rest) == pytest.approx(rest)


# ---------------------------------------------------------------- another person's movement


def test_relative_motion_of_points_grows_with_the_face():
    """A photo twice as large as the driver: every step of the driver becomes two, worked by hand."""
    triangle = np.array([[0.0, 0], [4, 0], [0, 3]])
    source, steps = 2 * triangle + 10, np.array([[0.0, 0], [1, 0], [0, -2]])
    made = motion.relative_motion(source, triangle + steps[:, None], triangle)
    assert made == pytest.approx(source + 2 * steps[:, None])
    assert motion.hull_area(triangle) == pytest.approx(6)


def test_retarget_starts_at_the_photo_shuts_the_lid_and_knows_the_drivers_size():
    start, rest = np.zeros(57), np.zeros(57)
    lid, x, grow, jaw = (INDEX[name] for name in ("eyeBlinkLeft", "headX", "headScale", "jawOpen"))
    start[[lid, x, grow, jaw]] = 0.4, 0.1, 0.25, 0.2
    rest[[lid, jaw]] = 0.1, 0.05
    shut = start.copy()
    shut[[lid, x, grow, jaw]] = 1.0, 0.6, 0.5, 0.7
    made = motion.retarget(np.stack([start, shut]), start, rest)
    assert made[0] == pytest.approx(rest)
    assert made[1, [lid, x, grow, jaw]] == pytest.approx([1.0, 0.5 / 1.25, 0.25 / 1.25, 0.55])


def test_a_driver_with_shut_lids_does_not_make_jitter_large():
    start = np.zeros(57)
    start[INDEX["eyeBlinkLeft"]] = 0.99
    jitter = start.copy()
    jitter[INDEX["eyeBlinkLeft"]] = 1.0
    made = motion.retarget(jitter[None], start, np.zeros(57))
    assert made[0, INDEX["eyeBlinkLeft"]] == pytest.approx(0.01 * transfer.MAX_GAIN)


def test_a_driving_film_goes_through_retarget():
    from course.exercises import places

    with places.counted("motion.retarget") as seen, places.counted("motion.relative_motion") as moves:
        motion.values_for(moved(headYaw=5), face(), "relative", animation.Settings())
    assert seen.calls == 1 and moves.calls == 1


# ---------------------------------------------------------------- how far a head goes

HEAD = [INDEX[name] for name in face_channels.HEAD]


def reached(rest=None, **asked):
    """Where a head comes that is asked away from a photo: the six head channels, (6,)."""
    rest = face(**(rest or {}))
    return motion.values_for(moved(1, **asked), rest, "offset", animation.Settings())[0, HEAD] - rest.rest[HEAD]


@pytest.mark.parametrize("asked", [
    {}, {"headY": -0.2}, {"headX": 0.15, "headY": 0.15, "headScale": 0.05}, {"headScale": -0.1}, {"headYaw": 17},
    {"headPitch": -12, "headRoll": 10, "headX": -0.2}, {"headYaw": 12, "headRoll": 9, "headY": 0.1},
], ids=str)
def test_a_head_goes_as_it_is_told_while_that_is_little(asked):
    assert reached(**asked) == pytest.approx([asked.get(name, 0) for name in face_channels.HEAD], abs=1e-6)


@pytest.mark.parametrize("rest", [{}, {"headYaw": -12, "headX": 0.1, "headScale": 0.05}], ids=["frontal", "aside"])
def test_place_and_size_bend_towards_what_a_photo_can_show(rest):
    for name, most in zip(("headX", "headY"), transfer.FREE_PLACE * transfer.MAX_PLACE):
        column = face_channels.HEAD.index(name)
        steps = np.array([reached(rest, **{name: amount})[column] for amount in np.linspace(0, 2, 41)])
        assert (np.diff(steps) >= -1e-6).all() and (np.diff(steps) <= 0.0501).all()  # never back, never in a jump
        assert 0.95 * most < steps[-1] <= most + 1e-6
        assert reached(rest, **{name: -2})[column] == pytest.approx(-steps[-1], abs=1e-6)
    assert -0.33 < reached(rest, headScale=-0.9)[5] < -0.32 and 0.47 < reached(rest, headScale=9)[5] < 0.48


def test_a_head_that_leans_far_aside_goes_nearly_as_far_as_its_driver():
    asked = {"headX": 0.62, "headY": 0.55, "headScale": 0.05}  # a man who leans over his table
    went = reached(**asked)
    assert (went[3:] > 0.97 * np.array([*asked.values()])).all()


def test_shift_size_and_turn_share_one_room():
    alone, together = reached(headX=1), reached(headX=1, headY=1, headScale=-0.5)
    assert together[3] < 0.75 * alone[3] and together[3] == pytest.approx(together[4])
    assert reached(headX=3, headYaw=60)[3] < 0.85 * reached(headX=3)[3]
    turns = reached(headPitch=90, headYaw=90, headRoll=90)[:3]
    assert np.linalg.norm(turns / transfer.MAX_TURN) <= transfer.MAX_TOGETHER + 1e-6
    assert reached(headPitch=90)[0] == pytest.approx(transfer.MAX_TURN, abs=0.1)


@pytest.mark.parametrize("amount", [5.0, -5.0, 1e6, -1e6, 3e38, -3e38])
@pytest.mark.filterwarnings("error")
def test_no_number_takes_a_channel_out_of_its_range(amount):
    everything = motion.Motion(np.full((2, 57), amount))
    for mode in ("offset", "speech", "absolute"):
        values = motion.values_for(everything, face(headYaw=5), mode, animation.Settings())
        assert np.isfinite(values).all()
        assert (values[:, :51] >= 0).all() and (values[:, :51] <= transfer.MAX_BLENDSHAPE + 1e-6).all()
        assert np.abs(values[:, HEAD[:3]]).max() < 35 and np.abs(values[:, HEAD[3:]]).max() < 1.1


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused(wrong):
    with pytest.raises(errors.MotionError, match="NaN or infinity"):
        moved(2, headX=wrong)


def test_a_face_does_not_come_back_under_the_lower_border():
    from course.rendering import layers

    photo = np.zeros((40, 30, 3), np.uint8)
    photo[:30] = 200  # down to the chin
    below = layers.mirrored(photo, (0, 0, 30, 70), below=30.0)[40:]
    assert below.shape == (30, 30, 3) and not below.any()
    assert layers.mirrored(photo, (0, 0, 30, 70))[40:].any()
    assert (layers.mirrored(photo, (-5, -9, 30, 40), below=30.0)[:9] == 200).all()


def test_what_comes_in_below_the_border_is_no_smear():
    from course.rendering import layers

    photo = np.repeat(np.arange(60, dtype=np.uint8)[:, None, None], 3, axis=2).repeat(8, axis=1)
    rows = layers.mirrored(photo, (0, 0, 8, 80), below=39.0)[59:, 0, 0]  # of 20 rows below the chin 6 come back
    assert rows.tolist() == [59, *range(58, 52, -1), *range(54, 60), *range(58, 52, -1), 54, 55]
