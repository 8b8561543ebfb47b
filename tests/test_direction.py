"""Expression, gaze and head in time: from a setting, from marks in a text; eyes and lips opened by shares."""

from dataclasses import replace

import numpy as np
import pytest

import course
from course import animation, cli, errors, face, motion
from course.motion import direction, marks, openness, timeline
from course.rendering import eyelids
from course.speech.phonemes import Phoneme

PLAIN = {"size": 96, "generator": "warp", "polish": False}
LOOKS = [face.INDEX[name] for name in face.CHANNELS if name.startswith("eyeLook")]


@pytest.fixture(scope="module")
def actor(hopper):
    import cv2

    return animation.cast(cv2.resize(hopper, (192, 225), interpolation=cv2.INTER_AREA), generator="warp")[0]


def still(seconds: float = 6.0, fps: float = 25.0) -> motion.Motion:
    return motion.Motion(np.zeros((round(seconds * fps), 1)), ("jawOpen",), fps)


def values(actor, moved=None, mode="offset", **options):
    moved = still() if moved is None else moved
    return motion.values_for(moved, actor.face, mode, animation.Settings(**options)) - actor.face.rest


# ---------------------------------------------------------------- words


def test_cues_have_names_times_and_strengths_in_any_order():
    cues = direction.expression_cues(" Happy + surprised @500ms:0.5, neutral:1@4s,sad@2")
    assert [(cue.names, cue.at, cue.strength) for cue in cues] == [
        (["happy", "surprised"], 0.5, 0.5), (["sad"], 2.0, 1.0), (["neutral"], 4.0, 1.0)]
    assert [(cue.what, cue.at) for cue in direction.gaze_cues("left+up,10,-5@2s,camera@3s")] == [
        ("left+up", None), ("10,-5", 2.0), ("camera", 3.0)]
    assert direction.head_strength("0.5,left@1s") == 0.5 and direction.head_strength("left@1s") == 1
    assert [cue.what for cue in direction.head_cues("0.5,left@1s,nod@2s:0.5")] == ["left", "nod"]


@pytest.mark.parametrize("setting, given, told", [
    ("expression", "hapy@1s", "unknown expression 'hapy' (did you mean happy?)"),
    ("expression", "happy@-1s", "a time is seconds from 0 on"),
    ("expression", "happy@soon", "a time is seconds from 0 on"),
    ("expression", "happy@1e400", "a time is seconds from 0 on"),
    ("expression", "happy@1s:3", "the strength of an expression is a number from 0 to 2"),
    ("expression", "happy,sad", "expression 'sad' has no time"),
    ("expression", "happy@1s,sad@1s", "happy and sad at 1 s"),
    ("gaze", "lef", "unknown gaze 'lef' (did you mean left?)"),
    ("gaze", "40,0", "30 degrees at most"),
    ("gaze", "10,20,30", "unknown gaze '30'"),
    ("head", "nodd@1s", "unknown head 'nodd' (did you mean nod?)"),
    ("head", "4,nod@1s", "one number from 0 to 3"),
    ("head", "1,2", "one number from 0 to 3"),
    ("eyes_open", 1.4, "eyes_open must be a number from 0 to 1.3"),
    ("lips_open", -0.1, "lips_open must be a number from 0 to 1.5"),
])
def test_what_cannot_be_is_one_line_in_python_and_in_the_command(hopper_path, tmp_path, capsys, setting, given, told):
    with pytest.raises(errors.CourseError) as refused:
        course.animate(hopper_path, text="Hi.", **{setting: given})
    assert told in str(refused.value) and "\n" not in str(refused.value)
    option = "--" + setting.replace("_", "-")
    assert cli.main(["animate", str(hopper_path), "--text", "Hi.", f"{option}={given}",
                     "-o", str(tmp_path / "out.mp4")]) == 2
    assert told in capsys.readouterr().err and not list(tmp_path.iterdir())


@pytest.mark.parametrize("setting, given", [
    ("expression", "happy@6s"), ("gaze", "left@1s,right@7s"), ("head", "nod@99s")])
def test_what_begins_after_the_end_is_refused(hopper_path, setting, given):
    with pytest.raises(errors.MotionError, match=rf"{setting} \w+@\d+s begins when the film is over: it lasts 6.0 s"):
        course.animate(hopper_path, motion=still(), **{setting: given})


def test_shares_pass_from_one_to_the_next_without_a_jerk():
    times = np.arange(500) / 100
    cues = timeline.parse("a,b@1s,c@1.1s,d@4s", "thing", "abcd")
    shares = timeline.shares(times, cues, 0.5)
    assert shares.min() >= 0 and np.allclose(shares.sum(axis=1), 1)
    assert shares[0].tolist() == [1, 0, 0, 0] and shares[-1].tolist() == [0, 0, 0, 1]
    assert np.abs(np.diff(shares, axis=0)).max() < 0.04 and np.abs(np.diff(shares, 2, axis=0)).max() < 0.006


# ---------------------------------------------------------------- what the face does


def test_an_expression_comes_at_its_time_and_goes_at_the_next(actor):
    made = values(actor, expression="happy@2s:0.8,neutral@4s")[:, face.INDEX["mouthSmileLeft"]]
    assert np.abs(made[:44]).max() < 1e-6 and np.allclose(made[60:94], 0.8 * 0.55, atol=1e-5)
    assert np.abs(made[110:]).max() < 1e-6 and np.abs(np.diff(made)).max() < 0.08
    both = values(actor, expression="happy+surprised")[0]
    assert both[face.INDEX["browInnerUp"]] == pytest.approx(0.7, abs=1e-4)
    assert both[face.INDEX["mouthSmileLeft"]] == pytest.approx(0.55, abs=1e-4)


def test_the_mood_of_the_words_rests_while_an_expression_is_directed():
    times = np.array([0.5, 2.9, 4.9])
    assert direction.auto_share("happy@2s,auto@4s", times).tolist() == [1, 0, 1]
    assert direction.auto_share("auto:0.5", times).tolist() == [0.5] * 3
    assert direction.auto_share(None, times).tolist() == [1] * 3 and not direction.auto_share("neutral", times).any()


def test_eyes_look_where_they_are_told_and_stay_there_while_the_head_turns(actor):
    def sideways(made):
        return made[:, face.INDEX["eyeLookOutLeft"]] - made[:, face.INDEX["eyeLookInLeft"]]

    made = values(actor, gaze="left@1s,right@2s,up@3s,camera@4s")
    assert sideways(made)[30] < -0.25 and sideways(made)[60] > 0.25 and abs(sideways(made)[110]) < 1e-5
    up = made[:, face.INDEX["eyeLookUpLeft"]] - made[:, face.INDEX["eyeLookDownLeft"]]
    assert up[90] > 0.25 and abs(up[110]) < 1e-5
    held = values(actor, gaze="camera", head="right@1s")
    assert held[100, face.INDEX["headYaw"]] == pytest.approx(14, abs=0.01) and sideways(held)[100] < -0.25
    free = values(actor, head="right@1s")
    assert np.abs(free[:, LOOKS]).max() < 1e-6


def test_pupils_move_by_the_degrees_asked_for(actor):
    rest = actor.face.rest
    looked = direction.with_gaze(rest[None].astype(float), rest, "12,0", np.array([1.0]))[0]
    before, after = (face.pose_points(actor.face, row)[[68, 69]] for row in (rest, looked))
    wanted = np.sin(np.radians(12)) * direction.EYEBALL * actor.face.scale
    assert (after - before)[:, 0] == pytest.approx(wanted, rel=0.15)


def test_the_head_takes_poses_holds_them_and_nods(actor):
    made = values(actor, head="left@1s,center@3s,nod@4s")
    yaw, pitch = made[:, face.INDEX["headYaw"]], made[:, face.INDEX["headPitch"]]
    assert np.abs(yaw[:24]).max() < 1e-5 and np.allclose(yaw[42:74], -14, atol=0.01) and np.abs(yaw[95:]).max() < 1e-4
    assert np.abs(pitch[:99]).max() < 1e-4 and pitch.max() == pytest.approx(7, abs=0.3)
    assert ((pitch[1:-1] > pitch[:-2]) & (pitch[1:-1] > pitch[2:]) & (pitch[1:-1] > 5)).sum() == 2
    late = values(actor, head="nod@5.8s")[:, face.INDEX["headPitch"]]
    assert late.max() > 6 and abs(late[-1]) < 0.1  # it is over when the film is
    shaken = values(actor, head="shake@1s:0.5")[:, face.INDEX["headYaw"]]
    assert shaken.max() > 3 and shaken.min() < -3


def test_eyes_and_lips_open_by_shares_of_the_photo_s_own(actor):
    rest = actor.face.rest.copy()
    rest[[face.INDEX[name] for name in ("jawOpen", "mouthUpperUpLeft", "mouthUpperUpRight")]] = 0.3
    rest[[face.INDEX[f"mouth{name}"] for name in ("SmileLeft", "SmileRight", "StretchLeft", "StretchRight")]] = 1.0
    laughing = replace(actor.face, rest=rest)

    def openings(**shares):
        posed = face.posed_points(laughing, openness.opened(rest[None].astype(float), laughing, **shares)[0])
        gaps = posed[[67, 66, 65], 1] - posed[[61, 62, 63], 1]
        return eyelids.opening(posed, 0) + eyelids.opening(posed, 1), gaps.mean()

    eyes, lips = openings()
    assert openings(eyes=0.0)[0] < 0.05 * eyes
    assert openings(eyes=0.5)[0] == pytest.approx(0.5 * eyes, rel=0.2)
    assert openings(eyes=1.2)[0] == pytest.approx(1.2 * eyes, rel=0.06)
    assert lips > 1 and openings(lips=0.0)[1] < 0.05 * lips
    assert openings(lips=0.5)[1] == pytest.approx(0.5 * lips, rel=0.25)
    assert openings(lips=1.4)[1] > 1.2 * lips


def test_a_blink_stays_a_blink_and_an_m_stays_shut(actor):
    blink, jaw = face.INDEX["eyeBlinkLeft"], face.INDEX["jawOpen"]
    rows = np.tile(actor.face.rest.astype(float), (2, 1))
    rows[1, blink] = 1
    rows[:, jaw] = [0, 0.4]
    made = openness.opened(rows, actor.face, eyes=0.6, lips=1.5)
    assert made[1, blink] == 1 and 0.3 < made[0, blink] < 0.7
    assert made[0, jaw] == 0 and made[1, jaw] == pytest.approx(0.6)


def test_the_settings_arrive_in_the_film(hopper_path):
    def last(**more):
        return list(course.animate(hopper_path, motion=still(0.8), **PLAIN, **more))[-1].astype(int)

    plain = last()
    for more in ({"expression": "angry@0.1s"}, {"gaze": "left@0.1s"}, {"head": "tilt-left@0.1s"}, {"eyes_open": 0.2},
                 {"lips_open": 0.0}):
        assert np.abs(last(**more) - plain).max() > 10, more


# ---------------------------------------------------------------- marks in the text


@pytest.mark.parametrize("text, words, found", [
    ("Hello. [happy] Great!", "Hello. Great!", [("expression", "happy", 6)]),
    ("[sad:0.5]No.[nod]", "No.", [("expression", "sad:0.5", 0), ("head", "nod", 3)]),
    ("So [look left], [Head  Right 0.5] you", "So, you", [("gaze", "left", 2), ("head", "right:0.5", 3)]),
    ("你好[happy]世界", "你好世界", [("expression", "happy", 2)]),
    ("a [look 10,-5] b [happy + surprised] c", "a b c", [("gaze", "10,-5", 1), ("expression", "happy+surprised", 3)]),
    ("[pause 0.5] x [sic] [happy](y) [1]", "[pause 0.5] x [sic] [happy](y) [1]", []),
])
def test_marks_are_found_and_taken_out(text, words, found):
    kept, marked = marks.parted(text)
    assert kept == words
    assert [(mark.kind, mark.word, mark.at) for mark in marked] == found


def test_a_mark_that_is_nearly_one_is_read_out_and_said(caplog):
    assert marks.parted("[hapy] Hi")[0] == "[hapy] Hi" and "did you mean [happy]?" in caplog.text
    with pytest.raises(errors.MotionError, match="strength"):
        marks.parted("[happy:7] Hi")


def test_a_mark_is_reached_where_it_stands():
    text, marked = marks.parted("[sad] One two. [happy] Three four, [nod] five [look left] six. [neutral]")
    ends = np.arange(1, 25) * 0.1
    phonemes = [Phoneme("" if i in (0, 7, 14) else "a", end - 0.1, end) for i, end in enumerate(ends)]
    at = marks.moments(text, marked, phonemes)
    # the sentence begins after the first pause, the comma is the second, the last mark stands at the end
    assert at == pytest.approx([0, 0.8, 1.5, at[3], 2.4]) and 1.9 < at[3] < 2.3


def test_marks_join_what_the_command_says():
    text, marked = marks.parted("[happy] a [nod] [nod] b [look up] c")
    made = marks.merged(animation.Settings(expression="sad,angry@3s", head=0.5, gaze=None), marked, [1, 2, 2, 2.5])
    assert made["expression"] == "sad@0s,happy@1s,angry@3s" and made["gaze"] == "up@2.5s"
    cues = direction.head_cues(made["head"])
    assert direction.head_strength(made["head"]) == 0.5 and [cue.what for cue in cues] == ["nod", "nod"]
    assert cues[1].at - cues[0].at == pytest.approx(direction.GESTURES["nod"].duration, abs=0.01)


def test_a_text_with_marks_says_its_words_and_moves_the_face():
    drive = animation.drive_by_text("Well. [happy] Good [nod] morning.", animation.Settings(voice="en", idle="hand"))
    bare = animation.drive_by_text("Well. Good morning.", animation.Settings(voice="en", idle="hand"))
    assert np.array_equal(drive.audio, bare.audio) and not bare.asked
    (happy,), (nod,) = (direction.expression_cues(drive.asked["expression"]),
                        direction.head_cues(drive.asked["head"]))
    assert 0.3 < happy.at < nod.at < drive.motion.duration


# ---------------------------------------------------------------- the lesson's sliders


def test_sliders_direct_the_face(hopper):
    from course.lessons import directing

    panel = directing.Directing(hopper[::3, ::3])
    rest = panel.draw({}).astype(int)
    for moved in ({"eyes": 0.0}, {"lips": 0.0}, {"right": 15.0}, {"up": 12.0}, {"turn": -1.0}, {"jaw": 0.6}):
        assert np.abs(panel.draw(moved) - rest).max() > 20, moved
