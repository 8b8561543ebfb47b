"""What a driver's face does is seen in the photo: how that is measured, and what mends it."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest

from course import animation, cli, demo, errors, evaluation, face, images, io, motion
from course.evaluation import gains, judges, measures, stages, table
from course.face import model as face_model
from course.face import posing
from course.motion import seen, shown, smoothing, still_head, strength, tracking, transfer
from course.recipes import seen as seen_recipe
from course.rendering import eyelids

REST = np.zeros(57)


def drawn(values, model=None, scale=100.0):
    """The mean face at channel values (..., 57), in pixels: (..., 78, 2)."""
    model = model or face_model.FaceModel.load()
    values = np.asarray(values, float)
    shapes = face_model.blendshapes_to_points(model.mean, values[..., :51], model.channels)
    return face_model.project(shapes, values[..., 51:], scale, (128.0, 128.0))


def with_values(**given):
    values = REST.copy()
    for name, value in given.items():
        values[face.INDEX[name]] = value
    return values


# ---------------------------------------------------------------- how much arrives


def test_a_gain_is_the_slope_of_ours_on_the_drivers():
    driver = np.repeat(np.sin(np.linspace(0, 6, 40))[:, None], 11, axis=1) * np.r_[np.ones(8), [20, 20, 20]]
    made = 0.5 * driver + 7.0  # half of it, of a face that rests elsewhere
    made[:, 3] = 0.1 * np.random.default_rng(0).normal(size=40)
    slopes, correlations = gains.gains(made, driver)
    assert slopes[[0, 1, 10]] == pytest.approx(0.5) and correlations[[0, 10]] == pytest.approx(1.0)
    assert abs(slopes[3]) < 0.1 and abs(correlations[3]) < 0.5
    still = driver.copy()
    still[:, 2] *= 0.01
    assert np.isnan(gains.gains(made, still)[0][2]) and np.isnan(gains.gains(made, still)[1][2])


def test_channels_that_do_not_move_in_one_film_are_left_out_of_the_mean():
    known = gains.mean_known([np.array([0.5, np.nan, np.nan]), np.array([0.7, 0.4, np.nan])])
    assert known[:2] == pytest.approx([0.6, 0.4]) and np.isnan(known[2])


def test_a_judges_scores_become_the_channels_by_which_gains_go():
    turn = face_model.rotation_matrix(np.array([5.0, -12.0, 3.0]))
    towards = np.diag([1.0, -1.0, -1.0])
    matrix = np.eye(4)
    matrix[:3, :3] = 30 * towards @ turn @ towards  # its own axes, and of another size
    values = judges.values_of({"jawOpen": 0.4, "mouthUpperUpLeft": 0.2, "mouthUpperUpRight": 0.4}, matrix)
    named = dict(zip(gains.CHANNELS, gains.of_values(values)))
    assert named["jaw"] == pytest.approx(0.4) and named["lip up"] == pytest.approx(0.3)
    assert [named[name] for name in ("pitch", "yaw", "roll")] == pytest.approx([5, -12, 3])
    assert np.isnan(named["smile"])


@pytest.mark.parametrize("channel, names", [
    ("blink R", ("eyeBlinkRight",)), ("blink L", ("eyeBlinkLeft",)), ("smile", ("mouthSmileLeft", "mouthSmileRight")),
    ("jaw", ("jawOpen",)), ("brow up", ("browInnerUp", "browOuterUpLeft", "browOuterUpRight")),
    ("brow down", ("browDownLeft", "browDownRight")), ("pucker", ("mouthPucker",)),
    ("lip up", ("mouthUpperUpLeft", "mouthUpperUpRight")), ("yaw", ("headYaw",)),
])
def test_the_ruler_measures_its_own_channel_and_no_other_persons_place(channel, names):
    column = list(gains.CHANNELS).index(channel)
    amount = 8.0 if channel == "yaw" else 0.8
    moved = with_values(**dict.fromkeys(names, amount))
    found = measures.measures(drawn(np.stack([REST, moved])))
    assert found[1, column] - found[0, column] > 0.02
    away = moved + with_values(headRoll=12.0, headX=0.4, headScale=0.3)
    elsewhere = measures.measures(drawn(np.stack([REST, away])))
    assert elsewhere[1, :10] == pytest.approx(found[1, :10], abs=2e-3)


def test_both_tables_tell_the_gains():
    numbers = np.linspace(0.1, 1.1, 11)
    numbers[5] = np.nan
    row = table.Row("film", "ships", {"l1": 0.1}, 0, gains=numbers, correlations=numbers)
    text = table.as_text([row], "mediapipe")
    assert "blink R" in text and "0.10" in text and "correlation" in text
    told = json.loads(table.as_json([row], "mediapipe"))["rows"][0]
    assert told["gains"]["blink R"] == pytest.approx(0.1) and told["gains"]["brow down"] is None
    plain = table.Row("film", "ships", {"l1": 0.1}, 0)
    assert "Gain" not in table.as_text([plain], "embedded")
    assert "gains" not in json.loads(table.as_json([plain], "embedded"))["rows"][0]


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Ten frames of the embedded photo opening its mouth."""
    photo = images.load_image(demo.photo_path())[60:440, 90:470]
    actor = animation.cast(photo)[0]
    values = np.repeat(actor.face.rest[None], 10, axis=0)
    values[:, face.INDEX["jawOpen"]] += 0.5 * np.sin(np.linspace(0, np.pi, 10))
    frames = [actor.portrait.render(face.posed_points(actor.face, row)) for row in values]
    return io.Clip(frames, fps=25).save(tmp_path_factory.mktemp("film") / "film.mp4", progress=False)


def test_the_stages_stand_in_their_order_and_tell_what_is_left(film):
    with evaluation.open_judge() as find:
        rows = stages.shares_left(evaluation.read_take(film), find, step=1)
    assert [stage for stage, _ in rows] == ["points found", "face fitted", "bounds", "steadied", "transferred", "warp",
                                            "mouth and lids", "network"]
    jaw = list(gains.CHANNELS).index("jaw")
    assert rows[0][1][jaw] == pytest.approx(1, abs=0.25)  # the embedded judge and the tracker are the same network
    assert all(0.5 < numbers[jaw] < 1.5 for stage, numbers in rows if stage != "warp")
    text = stages.stages_text([("film", *row) for row in rows], "embedded")
    assert "points found" in text and "network" in text and "mean" not in text


# ---------------------------------------------------------------- what the landmarker sees


def test_brows_that_are_half_seen_and_lids_come_back_whole():
    values = np.repeat(REST[None], 12, axis=0)
    wave = np.sin(np.linspace(0, np.pi, 12))
    for name in ("eyeBlinkLeft", "eyeBlinkRight", "browInnerUp"):
        values[:, face.INDEX[name]] = 0.9 * wave
    points = drawn(values, seen.model())
    found = tracking.motion_from_points(points, np.ones(12, bool), 25.0, steady=False)
    for name in ("eyeBlinkLeft", "eyeBlinkRight", "browInnerUp"):
        assert np.ptp(found[name]) == pytest.approx(0.9, abs=0.2)
    plain = motion.fit_motion(face_model.fit_face(points[0]), points)
    assert np.ptp(plain["browInnerUp"]) < 0.85 * np.ptp(found["browInnerUp"])


def test_the_gap_between_the_lids_says_how_far_they_are_shut():
    blink = face.INDEX["eyeBlinkLeft"]
    points = drawn(np.stack([REST, with_values(eyeBlinkLeft=0.5), REST]), seen.model())
    points[2, [43, 44, 46, 47]] += [0.0, 4.0]  # px of a face of 100 px: both lids lie lower, as far apart as before
    person = tracking.fit_person(points[0])
    fitted = motion.fit_motion(person, points).values
    found = tracking.lids_as_seen(person, fitted, points)
    assert fitted[2, blink] > 0.2 and found[2, blink] < 0.6 * fitted[2, blink]
    assert found[1, blink] - found[0, blink] == pytest.approx(0.5, abs=0.05)


def test_a_lid_falls_or_is_raised_and_not_both():
    blink, wide = face.INDEX["eyeBlinkLeft"], face.INDEX["eyeWideLeft"]
    # together they leave an eye that is a little wider than at rest, and one that is shut
    made = [with_values(eyeBlinkLeft=0.25, eyeWideLeft=0.9), with_values(eyeBlinkLeft=1.3, eyeWideLeft=0.6)]
    fitted = [made[0], with_values(eyeBlinkLeft=1.2, eyeWideLeft=0.4)]  # of the same gap
    points = drawn(np.stack([REST, *made]))
    person = tracking.fit_person(points[0])
    found = tracking.lids_as_seen(person, np.stack([REST, *fitted]), points)
    assert found[1, blink] == 0 and 0.1 < found[1, wide] < 0.6
    assert found[2, blink] > 0.95 and found[2, wide] == 0


def test_an_eye_that_is_wide_open_in_a_film_is_so_in_the_photo():
    points = drawn(np.stack([REST, with_values(eyeBlinkLeft=0.25, eyeWideLeft=0.9, eyeSquintLeft=0.3)]))
    points = np.repeat(points, 12, axis=0)
    moved = tracking.motion_from_points(points, np.ones(24, bool), 25.0)
    actor, options = face_model.fit_face(points[0]), animation.Settings()
    values = transfer.values_for(moved, actor, "absolute", options)
    beside = transfer.beside_for(moved, "absolute", options)
    target = posing.posed_points(actor, values[20], beside[20])
    assert eyelids.opening(target, 1) == pytest.approx(eyelids.opening(points[20], 1), rel=0.05)


def test_some_of_what_moves_is_seen_as_less_than_it_is():
    plain, theirs = face_model.FaceModel.load().channels, seen.model().channels
    lips = np.arange(48, 68)
    assert (plain[..., 2] == theirs[..., 2]).all()
    for name in ("jawOpen", "mouthSmileLeft", "mouthPucker", "mouthUpperUpLeft"):  # lips are looked at from near
        assert theirs[face.INDEX[name], lips] == pytest.approx(plain[face.INDEX[name], lips], abs=1e-6)
    brow = face.INDEX["browInnerUp"]
    assert 0.4 < theirs[brow, 21, 1] / plain[brow, 21, 1] < 0.95


def test_a_hair_line_that_rises_with_the_brows_does_not_lift_the_head():
    values = np.repeat(REST[None], 12, axis=0)
    for name in ("browInnerUp", "browOuterUpLeft", "browOuterUpRight"):
        values[:, face.INDEX[name]] = np.sin(np.linspace(0, np.pi, 12))
    points = drawn(values, seen.model())
    actor = face_model.fit_face(points[0])
    plain = motion.fit_motion(actor, points)
    found = tracking.motion_from_points(points, np.ones(12, bool), 25.0, steady=False)

    def outline_gone(moved):  # px of a face of 100 px between the eyes
        head = np.repeat(actor.rest[None], 12, axis=0)
        head[:, face_model.HEAD_COLUMNS] = moved.full()[:, face_model.HEAD_COLUMNS]
        off = face_model.pose_points(actor, head) - points[0]
        return np.linalg.norm(off, axis=-1).max()

    assert outline_gone(found) < 0.5 < 1.5 < outline_gone(plain)


def test_the_first_frame_of_a_film_is_the_photo_it_shows():
    points = drawn(np.stack([with_values(jawOpen=0.3, eyeBlinkLeft=0.3), with_values(jawOpen=0.6)]))
    found = tracking.motion_from_points(points, np.ones(2, bool), 25.0, steady=False)
    assert found.values[0] == pytest.approx(face_model.fit_face(points[0]).rest, abs=0.05)


def test_the_recipe_finds_how_much_is_seen():
    plain, rng = face_model.FaceModel.load().channels, np.random.default_rng(2)
    changes = np.zeros((400, 51))
    brows = [face.INDEX["browOuterUpLeft"], face.INDEX["browOuterUpRight"]]
    changes[:, brows] = rng.uniform(0, 1, (400, 2))
    moved = 0.4 * np.tensordot(changes, plain[..., :2], axes=1) + rng.normal(0, 0.002, (400, 78, 2))
    found = seen_recipe.displacements(changes, moved, plain)
    wanted = 1 - seen_recipe.SHARE * 0.6
    assert found[brows[0], 25, 1] == pytest.approx(wanted * plain[brows[0], 25, 1], rel=0.05)
    assert (found[:, 48:68] == plain[:, 48:68, :2]).all()


def test_the_recipe_looks_at_people_who_move():
    picture = images.load_image(demo.photo_path())
    points = animation.cast(picture)[0].points
    near, place = seen_recipe.closely(picture, points)
    assert near.shape == (256, 256, 3) and (place > 0).all() and (place < 256).all()
    changes, moved = seen_recipe.looked_at(near, place, np.random.default_rng(0), 2)
    assert changes.shape == (2, 51) and moved.shape == (2, 78, 2)
    assert 0.001 < np.abs(moved).mean() < 0.1


# ---------------------------------------------------------------- points beside the model


def test_what_the_model_cannot_do_is_seen_in_the_photo_of_the_same_face():
    values = np.repeat(with_values(headRoll=8.0, headScale=0.1)[None], 6, axis=0)
    points = drawn(values)
    points[3:, 51] += [0.0, -3.0]  # px of a face of 100 px: a lip raised in a way that no channel has
    found = tracking.motion_from_points(points, np.ones(6, bool), 25.0, steady=False)
    actor, options = face_model.fit_face(points[0]), animation.Settings()
    made = transfer.values_for(found, actor, "absolute", options)
    beside = transfer.beside_for(found, "absolute", options)
    target = posing.posed_points(actor, made[4], beside[4])
    assert np.linalg.norm(target[51] - points[4, 51]) < 0.6
    assert np.linalg.norm(posing.posed_points(actor, made[4])[51] - points[4, 51]) > 1.0
    assert transfer.beside_for(found, "relative", options) is None
    assert np.abs(transfer.beside_for(found, "absolute", animation.Settings(strength=0.0))).max() == 0


def test_a_point_that_was_read_wrongly_does_not_tear_the_face():
    points = drawn(np.repeat(REST[None], 4, axis=0))
    points[2, 33] += [60.0, 0.0]
    found = tracking.motion_from_points(points, np.ones(4, bool), 25.0, steady=False)
    assert np.linalg.norm(found.beside, axis=-1).max() <= tracking.MOST_BESIDE + 1e-6


def test_a_motion_keeps_what_is_beside_it(tmp_path):
    beside = np.random.default_rng(0).normal(0, 0.01, (6, 78, 2))
    moved = motion.Motion(np.zeros((6, 57)), beside=beside)
    assert motion.Motion.load(moved.save(tmp_path / "moved.npz")).beside == pytest.approx(beside, abs=1e-6)
    assert moved.resample(50).beside.shape == (12, 78, 2)
    assert smoothing.steady(moved).beside.std() < moved.beside.std()
    with pytest.raises(errors.MotionError, match="beside"):
        motion.Motion(np.zeros((6, 57)), beside=beside[:5])


# ---------------------------------------------------------------- strength


def test_strength_goes_by_part_of_the_face():
    assert (strength.strengths(None) == 1).all() and (strength.strengths("1.5") == 1.5).all()
    factors = strength.strengths("mouth:1.2, eyes:0.8,head:0.5")
    named = {name: factors[face.INDEX[name]] for name in face.CHANNELS}
    assert named["jawOpen"] == named["mouthSmileLeft"] == pytest.approx(1.2)
    assert named["eyeBlinkLeft"] == pytest.approx(0.8) and named["headX"] == pytest.approx(0.5)
    assert named["browInnerUp"] == 1
    points = strength.of_points("mouth:2,brows:0")
    assert points[62] == 2 and points[20] == 0 and points[40] == 1 and points[30] == 1


@pytest.mark.parametrize("words", ["", "loud", "ears:1", "mouth:", "mouth:x", "mouth:4", "-1", "nan", "mouth:1,mouth:2",
                                   "mouth:1,", "1,2"])
def test_a_strength_that_means_nothing_is_refused(words):
    with pytest.raises(errors.MotionError, match="strength"):
        strength.strengths(words)


@pytest.mark.parametrize("mode", ["speech", "offset", "relative", "absolute"])
def test_strength_makes_movement_larger_in_every_mode(mode):
    actor = face_model.fit_face(drawn(REST))
    values = np.repeat(REST[None], 50, axis=0)
    values[25:, face.INDEX["jawOpen"]], values[25:, face.INDEX["browInnerUp"]] = 0.3, 0.2
    moved = motion.Motion(values)
    plain = transfer.values_for(moved, actor, mode, animation.Settings())
    strong = transfer.values_for(moved, actor, mode, animation.Settings(strength="mouth:2,brows:0.5"))
    for name, factor in (("jawOpen", 2.0), ("browInnerUp", 0.5)):
        column = face.INDEX[name]
        change = plain[-1, column] - actor.rest[column]
        assert strong[-1, column] - actor.rest[column] == pytest.approx(factor * change, abs=0.02)


# ---------------------------------------------------------------- a face's own range


def test_a_mouth_that_is_shut_opens_as_far_as_the_drivers_that_was_half_open():
    jaw, smile, blink = face.INDEX["jawOpen"], face.INDEX["mouthSmileLeft"], face.INDEX["eyeBlinkLeft"]
    start, rest, full = with_values(jawOpen=0.3), with_values(mouthSmileLeft=0.6), REST.copy()
    full[[jaw, smile, blink]] = 1.2, 1.2, 1.0
    made = motion.in_own_range(np.stack([start, full]), start, rest)
    assert made[0] == pytest.approx(start)
    assert (made[1] - start)[jaw] == pytest.approx(1.2)  # 0.9 of the driver's, all of the photo's own way
    assert (made[1] - start)[smile] == pytest.approx(0.6 * 1.2)  # not further than it can, within reason
    assert (made[1] - start)[blink] == pytest.approx(1.0) and made[1, 51:] == pytest.approx(full[51:])


def test_a_smile_that_fades_takes_the_photos_own_with_it():
    smile = face.INDEX["mouthSmileLeft"]
    start, rest = with_values(mouthSmileLeft=0.5), with_values(mouthSmileLeft=0.7)
    made = motion.in_own_range(np.stack([start, REST]), start, rest)
    assert (made[1] - start)[smile] == pytest.approx(-0.7)


def test_relative_movement_starts_where_the_drivers_jaw_is_as_the_photos():
    actor = face_model.fit_face(drawn(REST))
    frames = np.stack([with_values(jawOpen=0.3), with_values(mouthDimpleLeft=0.35, mouthDimpleRight=0.35)])
    made = transfer.values_for(motion.Motion(frames), actor, "relative", animation.Settings())
    assert made[1] == pytest.approx(actor.rest, abs=1e-4)
    jaw = face.INDEX["jawOpen"]
    assert made[0, jaw] - actor.rest[jaw] == pytest.approx(0.3, abs=0.02)


def test_a_film_asks_for_more_of_what_is_shown_too_little():
    brow, lip, yaw, roll = (face.INDEX[name] for name in ("browInnerUp", "mouthUpperUpLeft", "headYaw", "headRoll"))
    alone, beside = shown.asked(beside=False), shown.asked(beside=True)
    assert alone[brow] == pytest.approx(1 / shown.SHARES["browInnerUp"])
    assert 1 < alone[brow] < alone[lip] <= shown.MOST and alone[roll] == 1
    # there the film's points say most of it already
    assert 1 < beside[brow] < 1.2 and 1 < beside[lip] < 1.2
    pucker, blink = face.INDEX["mouthPucker"], face.INDEX["eyeBlinkLeft"]
    assert 1.3 < beside[pucker] <= shown.MOST and 1.3 < alone[pucker]  # no point brings back what the drawing loses
    assert beside[blink] == 1 < alone[blink] < 1.2  # small eyes are shut before the blink is whole
    assert alone[yaw] == beside[yaw] == 1
    actor = face_model.fit_face(drawn(REST))
    frames = np.stack([REST, with_values(browInnerUp=0.4)])
    for beside, wanted in ((None, 0.4), (np.zeros((2, 78, 2)), 0.4 * alone[brow])):  # made by hand, and from a film
        made = transfer.values_for(motion.Motion(frames, beside=beside), actor, "relative", animation.Settings())
        assert np.ptp(made[:, brow]) == pytest.approx(wanted, abs=0.02)


def test_what_goes_back_from_the_photos_own_expression_goes_as_far_as_the_film_says():
    brow = face.INDEX["browDownLeft"]
    actor = replace(face_model.fit_face(drawn(REST)), rest=with_values(browDownLeft=0.5))
    made = shown.enough(np.stack([with_values(browDownLeft=0.2), with_values(browDownLeft=0.8)]), actor, beside=True)
    assert made[0, brow] == pytest.approx(0.2) and made[1, brow] == pytest.approx(0.5 + 0.3 / 0.78)


def test_a_frown_of_a_film_goes_further_than_other_channels_and_raised_brows_do_not():
    actor = face_model.fit_face(drawn(REST))
    most = with_values(browDownLeft=1.0, browInnerUp=1.0, mouthUpperUpLeft=1.5)
    film = motion.Motion(np.stack([REST, most]), beside=np.zeros((2, 78, 2)))
    made = transfer.values_for(film, actor, "relative", animation.Settings())[1]
    assert made[face.INDEX["browInnerUp"]] == pytest.approx(1.2)
    assert made[face.INDEX["mouthUpperUpLeft"]] == pytest.approx(1.6) and made[face.INDEX["browDownLeft"]] > 1.3
    by_hand = transfer.values_for(motion.Motion(np.stack([REST, most])), actor, "relative", animation.Settings())[1]
    assert by_hand[face.INDEX["mouthUpperUpLeft"]] == pytest.approx(1.2)


def test_a_nod_turns_further_and_leaves_the_face_where_it_is():
    actor = face_model.fit_face(drawn(REST))
    nods = np.stack([with_values(headPitch=degrees, headY=0.1) for degrees in (0.0, 10.0, -6.0)])
    made = shown.nodding(nods, actor)
    pitch = face.INDEX["headPitch"]
    assert (made - actor.rest)[:, pitch] == pytest.approx((nods - actor.rest)[:, pitch] / shown.NOD)
    before, after = face_model.pose_points(actor, nods), face_model.pose_points(actor, made)
    assert after.mean(axis=1) == pytest.approx(before.mean(axis=1), abs=0.02)
    assert np.abs(after[1] - before[1]).max() > 0.5  # and yet it is turned: pixels


def test_the_command_prints_one_table_at_a_time(film, capsys):
    assert cli.main(["evaluate", str(film), "--stages", "--json"]) == 2
    assert "--stages" in capsys.readouterr().err


# ---------------------------------------------------------------- heads that stand still


def followed(nod: float) -> np.ndarray:
    """A fit's values of a film (60, 57): lips part thrice, which draws the head down by a degree and a bit aside, on a
    head that itself nods by so many degrees."""
    values = np.repeat(REST[None], 60, axis=0).astype(float)
    t = np.linspace(0, 1, 60)
    jaw = np.sin(3 * np.pi * t) ** 2
    values[:, face.INDEX["jawOpen"]] = jaw
    values[:, face.INDEX["headPitch"]] += 1.2 * jaw + nod * np.sin(2 * np.pi * t)
    values[:, face.INDEX["headX"]] += 0.015 * jaw
    return values


def test_a_head_that_stands_still_is_not_moved_by_what_the_face_does():
    values = followed(0.0)
    stilled = still_head.standing_still(values)
    pitch, x = face.INDEX["headPitch"], face.INDEX["headX"]
    assert np.ptp(stilled[:, pitch]) < 0.1 * np.ptp(values[:, pitch])
    assert np.ptp(stilled[:, x]) < 0.1 * np.ptp(values[:, x])
    assert stilled[0] == pytest.approx(values[0])
    expressions = slice(0, face_model.N_CHANNELS)
    assert (stilled[:, expressions] == values[:, expressions]).all()


def test_a_head_that_moves_is_left_alone():
    values = followed(6.0)
    assert (still_head.standing_still(values) == values).all()


def test_what_goes_along_with_the_face_is_taken_off_within_bounds_only():
    values = followed(0.0)
    values[:, face.INDEX["headScale"]] += 0.2 * values[:, face.INDEX["jawOpen"]]  # he leans in as he speaks
    stilled = still_head.standing_still(values)
    assert np.ptp(stilled[:, face.INDEX["headScale"]]) > 0.17


def test_the_first_frame_is_read_as_the_frames_after_it(hopper):
    """Else what is left of the first look's mistake stays in all the film."""
    small = cv2.resize(hopper, (256, 300), interpolation=cv2.INTER_AREA)
    points, _ = tracking.track_points([small] * 4)
    outline = np.r_[0:17, 70:78]
    off = np.linalg.norm(points[:, outline] - points[0, outline], axis=-1).mean(axis=1)
    assert off.max() < 0.003 * np.ptp(points[0], axis=0).max()
