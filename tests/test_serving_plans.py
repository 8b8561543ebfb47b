"""What D-ID's options do to a film, without a server: expressions over time, a film that ends as it began, voices."""

import numpy as np
import pytest

from course import animation, errors
from course.face import channels
from course.motion import expressions
from course.motion import motion as motions
from course.serving import direction, making, plans, schemas, server, voices
from course.speech import catalogue

SOURCE = plans.Source(lambda url, kind: {"upload": url}, lambda identifier, kind: {"upload": identifier})


def drive(frames: int = 60, fps: float = 25.0):
    """A motion whose head turns steadily."""
    values = np.zeros((frames, len(channels.CHANNELS)), np.float32)
    values[:, channels.INDEX["headYaw"]] = np.linspace(0, 5, frames)
    return animation.Drive(motions.Motion(values, fps=fps), "speech")


def changed(monkeypatch, changes: direction.Changes, **more) -> np.ndarray:
    """Its values as `animate` is given them under these changes."""
    monkeypatch.setitem(animation.DRIVES, "text", lambda value, options: drive(**more))
    before = animation.DRIVES["text"]
    with direction.applied(changes):
        values = animation.DRIVES["text"]("Hi.", animation.Settings()).motion.full()
    assert animation.DRIVES["text"] is before
    return values


def test_an_expression_comes_at_its_frame_and_gives_way_to_the_next(monkeypatch):
    shown = ((0, "happy", 1.0), (30, "neutral", 1.0))
    values = changed(monkeypatch, direction.Changes(shown=shown, transition=10))
    smile = values[:, channels.INDEX["mouthSmileLeft"]]
    full = expressions.EXPRESSIONS["happy"]["mouthSmileLeft"]
    assert np.allclose(smile[:30], full) and np.allclose(smile[40:], 0, atol=1e-6)
    assert np.all(np.diff(smile[30:41]) < 0) and full * 0.4 < smile[35] < full * 0.6


def test_frames_of_expressions_count_at_25_a_second_whatever_the_film_has(monkeypatch):
    values = changed(monkeypatch, direction.Changes(shown=((25, "happy", 0.5),), transition=1), frames=120, fps=50.0)
    smile = values[:, channels.INDEX["mouthSmileLeft"]]
    assert smile[49] == 0 and smile[53] == pytest.approx(expressions.EXPRESSIONS["happy"]["mouthSmileLeft"] / 2)


def test_a_fluent_film_ends_with_its_first_pose_and_moves_as_before_until_then(monkeypatch):
    plain = changed(monkeypatch, direction.Changes())
    fluent = changed(monkeypatch, direction.Changes(fluent=True))
    assert np.allclose(fluent[-1], fluent[0]) and not np.allclose(plain[-1], plain[0])
    assert np.array_equal(fluent[:40], plain[:40])
    assert np.abs(np.diff(fluent, axis=0)).max() < 1, "it does not jump"


@pytest.mark.parametrize("asked, wanted", [
    ("en-gb", "en-gb"), ("cmn", "cmn"), ("de-DE-KatjaNeural", "de"), ("fr-FR-DeniseNeural", "fr-fr"),
    ("zh-CN-liaoning-XiaobeiNeural", catalogue.preferred("cmn")), (None, None)])
def test_voices_by_our_names_and_by_those_of_microsoft(asked, wanted):
    assert voices.voice_of(asked, None) == wanted


def test_a_language_chooses_a_voice_and_an_unknown_one_is_told():
    assert voices.voice_of(None, "German") == "de" and voices.voice_of(None, "pt-BR")
    assert voices.voice_of("en-US-JennyNeural", None) == catalogue.preferred("en-us")
    for name in ("Joanna", "xx-XX-NobodyNeural", "21m00Tcm4TlvDq8ikWAM"):
        with pytest.raises(errors.TextError, match="no voice"):
            voices.voice_of(name, None)


def test_rates_and_pitches():
    assert [voices.rate_of(word) for word in (None, "0.8", "+20%", "-10%", "slow")] == [1, 0.8, 1.2, 0.9, 0.75]
    assert [voices.pitch_of(word) for word in (None, "+2st", "-1.5st", "low")] == [0, 2, -1.5, -3]
    for function, word in ((voices.rate_of, "2st"), (voices.rate_of, "nan"), (voices.pitch_of, "2"),
                           (voices.pitch_of, "+10%"), (voices.rate_of, "")):
        with pytest.raises(errors.TextError):
            function(word)


def plan_of(**more) -> dict:
    script = {"type": "text", "input": "Hello <break time='1s'/> you."} | more.pop("script", {})
    return plans.of_talk(schemas.TalkAsk(source_url="u", script=script, **more), SOURCE)


def test_what_a_request_becomes():
    plain = plan_of()
    assert plain["text"] == "Hello   you." and plain["square"] and plain["format"] == "mp4" and not plain["fluent"]
    assert plain["settings"] == {"strength": 1.0, "polish": True, "head": 1.0}
    told = plan_of(script={"ssml": True}, driver_url="bank://subtle/", config={
        "sharpen": False, "stitch": True, "motion_factor": 0.5, "result_format": ".mov", "fluent": True,
        "driver_expressions": {"expressions": [{"start_frame": 9, "expression": "serious", "intensity": 0.5},
                                               {"start_frame": 0, "expression": "surprise"}]}})
    assert "<break" in told["text"] and not told["square"] and told["format"] == "mov" and told["fluent"]
    assert told["settings"] == {"strength": 0.5, "polish": False, "head": 0.5, "expression": "neutral"}
    assert told["expressions"] == [[0, "surprised", 1.0], [9, "angry:0.5", 0.5]]
    with pytest.raises(errors.CourseError, match="rate must be"):
        plan_of(script={"provider": {"voice_config": {"rate": "9"}}})


def test_the_face_that_is_asked_for_is_the_one_cut_out(hopper):
    pair = np.concatenate([hopper, hopper], axis=1)
    with pytest.raises(errors.FaceError, match="2 faces"):
        making.chosen_face(pair, None)
    for left in (0, 512):
        box, _ = making.chosen_face(pair, {"top_left": [left + 150, 150], "size": 200})
        assert left < box[0] < box[2] < left + 512
        part, number = making.square_around(pair, box)
        side = making.SIDE * max(box[2] - box[0], box[3] - box[1])
        assert part.shape[0] == part.shape[1] == round(side) and number == 0


def test_where_a_server_may_listen_and_what_hosts_it_goes_by():
    key = "0123456789abcdef"
    for host, keys, address in (("0.0.0.0", (), None), ("0.0.0.0", (key,), None), ("10.0.0.5", (), None),
                                ("127.0.0.1", ("short",), None), ("127.0.0.1", (key,), "ftp://x")):
        with pytest.raises(errors.CourseError):
            server.check(server.ServerOptions(host, keys=keys, address=address))
    for host in ("127.0.0.1", "localhost", "::1", "127.9.9.9"):
        server.check(server.ServerOptions(host))
    told = server.ServerOptions("0.0.0.0", keys=(key,), address="https://portraits.example.org/")
    server.check(told)
    assert "portraits.example.org" in server.hosts_of(told, 8000) and "0.0.0.0:8000" in server.hosts_of(told, 8000)
    assert "127.0.0.1" not in server.hosts_of(told, 8000) and "127.0.0.1" in server.hosts_of(told, 80)


def test_keys_in_a_file_stay_out_of_the_list_of_processes(tmp_path):
    from course.serving import command

    (tmp_path / "keys").write_text("first-key-of-two\nsecond-key-of-two\n", encoding="utf-8")
    assert command.keys_of(["plain", f"@{tmp_path / 'keys'}"]) == ("plain", "first-key-of-two", "second-key-of-two")
    with pytest.raises(errors.CourseError, match="a file of keys|no file"):
        command.keys_of([f"@{tmp_path / 'absent'}"])
    assert command.limits_of(["seconds=60", "waiting=7"]).waiting == 7
    for word in ("waiting=none", "waiting=-1", "seconds=nan", "waiting"):
        with pytest.raises(errors.CourseError, match="--limit"):
            command.limits_of([word])
