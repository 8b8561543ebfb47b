"""A script of turns becomes a film: who says what, when, who looks at whom, where everybody is."""

import cv2
import numpy as np
import pytest

import course
from course import animation, cli, demo, dialogue, errors, face, io, motion
from course.dialogue import listening, performance, saying, script, stage, timing
from course.motion import direction
from course.motion.spoken import Delivery
from course.speech.phrases import Phrase

SMALL = {"size": 192, "generator": "warp", "polish": False, "idle": "hand"}
LOOKS = ("eyeLookOutLeft", "eyeLookInLeft")


@pytest.fixture(scope="module")
def two(hopper, tmp_path_factory):
    """One photo with two faces, the larger one on the right."""
    large = cv2.resize(hopper, (160, 188), interpolation=cv2.INTER_AREA)
    small = cv2.copyMakeBorder(cv2.resize(hopper, (130, 152), interpolation=cv2.INTER_AREA), 36, 0, 0, 0,
                               cv2.BORDER_REPLICATE)
    path = tmp_path_factory.mktemp("two") / "two.png"
    cv2.imwrite(str(path), np.ascontiguousarray(np.concatenate([small, large], axis=1)[..., ::-1]))
    return path


@pytest.fixture(scope="module")
def tone(tmp_path_factory):
    """A recording of half a second of voice after 0.2 s of silence."""
    from course.speech import synthesis

    said = synthesis.synthesize("Yes, really.", "en")
    path = tmp_path_factory.mktemp("sound") / "yes.wav"
    import soundfile

    soundfile.write(path, np.concatenate([np.zeros(said.sample_rate // 5, np.float32), said.samples]),
                    said.sample_rate)
    return path


def said(first=0.1, last=1.1, question=False, rate=16000, fps=25):
    """A turn as it is heard, without a voice: 1.3 s, of which one second is spoken."""
    lips = motion.Motion(np.full((round(1.3 * fps), 1), 0.4), ("jawOpen",), fps)
    phrase = Phrase(first, last, question=question)
    return saying.Said(np.full(round(1.3 * rate), 0.25, np.float32), rate, lips, Delivery((), (phrase,)), first, last)


# ---------------------------------------------------------------- the script


def test_a_script_is_read_as_people_write_it(tmp_path, hopper_path):
    (tmp_path / "scene.txt").write_text(f"""# a remark
Ann = left (en-gb)
Bob = {hopper_path}

ann (happy:0.5, after 1, rate 1.2): Hello! [nod] 1 + 1 = 2:
    and on it goes
bob (fr-fr, pitch 2): Oh.
pause 1.5s
left 2 (sad):
Bob：你好！
""", encoding="utf-8")
    read = script.read_script(tmp_path / "scene.txt")
    assert read.speakers["ann"] == script.Speaker("Ann", "left", None, "en-gb")
    assert read.speakers["bob"].photo == hopper_path and read.speakers["bob"].voice == "fr-fr"
    one, two, three, four = read.turns
    assert (one.text, one.expression, one.after, one.rate, one.line) == (
        "Hello! [nod] 1 + 1 = 2: and on it goes", "happy:0.5", 1.0, 1.2, 5)
    assert (two.who, two.text, two.pitch, two.pause) == ("bob", "Oh.", 2.0, 0.0)
    assert (three.who, three.text, three.expression, three.pause) == ("left 2", "", "sad", 1.5)
    assert (four.who, four.text, four.line) == ("bob", "你好！", 10)


def test_json_says_the_same(tmp_path, tone):
    path = tmp_path / "scene.json"
    path.write_text('{"speakers": {"Ann": {"face": "left", "voice": "en-gb"}, "Bob": "right"}, "turns": ['
                    '{"who": "Ann", "text": "Hello!", "expression": "happy:0.5", "after": 1}, {"pause": 0.5}, '
                    f'{{"who": "Bob", "sound": "{tone}", "pause": 1}}, {{"who": "0", "text": "Hi."}}]}}')
    read = script.read_script(path)
    assert read.speakers["ann"].voice == "en-gb" and read.speakers["bob"].place == "right"
    assert [(turn.who, turn.text, turn.sound, turn.pause, turn.line) for turn in read.turns] == [
        ("ann", "Hello!", None, 0.0, 1), ("bob", "", tone, 1.5, 3), ("0", "Hi.", None, 0.0, 4)]
    assert script.read_script([{"who": "left", "text": "Hi."}]).turns[0].who == "left"
    assert script.read_script("left: Hi.").turns == script.read_script("left: Hi.\n").turns


@pytest.mark.parametrize("words, told", [
    ("lft: Hi", "line 1: nobody is called 'lft' (did you mean left?)"),
    ("left: Hi\n\nleft (hapy): x", "line 3: there is no voice 'hapy'"),
    ("left (hapy): x", "or did you mean the expression happy?"),
    ("left (happy:9): x", "line 1: the strength of an expression"),
    ("left (happy@1s): x", "line 1: the expression happy of a turn lasts as long as the turn"),
    ("left:", "line 1: left has nothing to say"),
    ("left (rate 9): x", "line 1: rate is a number from 0.5 to 2"),
    ("left: a\nleft (after soon): x", "line 2: after is a number"),
    ("pause -1\nleft: a", "line 1: pause is a number from 0 to 60"),
    ("Ann = lefd\nann: x", "line 1: 'lefd' is no place (did you mean left?)"),
    ("Ann = no.jpg\nann: x", "line 1: there is no file"),
    ("left: <no.wav>", "line 1: there is no file"),
    ("hello there", "line 1: 'hello there' is no turn"),
    ("# nobody\n", "nobody says anything"),
    ("left (sad):\n", "nobody says anything"),
    ("left = right\nleft: a", "line 1: left is a place"),
    ("a = left (happy)\na: h", "line 1: only a voice"),
    ("a = left\na = right\na: h", "line 2: a is somebody already"),
    ("left (en-gb): a\nleft (fr-fr): b", "line 2: left has the voice en-gb already"),
])
def test_what_is_wrong_names_its_line(tmp_path, words, told):
    with pytest.raises(errors.TextError) as refused:
        script.read_script(words + "\n")
    assert told in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize("words, told", [
    ("{", "line 1: this is no JSON"), ("5", "needs \"turns\""), ("{}", "needs \"turns\""),
    ("[5]", "line 1: '5' is no turn"),
    ('[{"who": "left", "words": "x"}]', "line 1: 'words' is not known"), ('[{"text": "x"}]', "it has no \"who\""),
    ("[" * 100000, "so many brackets"), ("[]", "nobody says anything"),
])  # fmt: skip
def test_wrong_json_is_one_line(tmp_path, words, told):
    (tmp_path / "s.json").write_text(words)
    with pytest.raises(errors.TextError) as refused:
        script.read_script(tmp_path / "s.json")
    assert told in str(refused.value) and "\n" not in str(refused.value)


def test_what_is_no_script_at_all(tmp_path):
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xd8\xff\xe0")
    (tmp_path / "empty.txt").write_text("")
    for name, told in (("bytes.txt", "no text in UTF-8"), ("empty.txt", "is empty"), ("none.txt", "there is no file")):
        with pytest.raises(errors.TextError, match=told):
            script.read_script(tmp_path / name)


# ---------------------------------------------------------------- voices and times


def test_everybody_has_a_voice_of_their_own():
    read = script.read_script("left: Hello!\nright: Hello!\n0 (fr-fr): Salut!\n1: Hello!\n")
    chosen = saying.voices(read)
    assert len(set(chosen.values())) == 4 and chosen["0"] == ("fr-fr", 0.0)
    assert set(saying.voices(read, "en-gb").values()) == {("en-gb", 0.0), ("fr-fr", 0.0)}


def test_turns_follow_each_other_with_natural_gaps():
    read = script.read_script("left: a\nright: b\nright: c\nleft (after 1.5): d\npause 2\nright: e\n"
                              "left (after -0.5): f")
    placed, duration = timing.place(read, [said() for _ in read.turns], 25.0, seed=3)
    gaps = [now.first - before.last for before, now in zip(placed, placed[1:])]
    assert timing.LEAST <= gaps[0] <= timing.MOST + 0.04 and gaps[1] == pytest.approx(timing.BREATH, abs=0.04)
    assert gaps[2] == pytest.approx(1.5, abs=0.04) and gaps[3] >= 2 + timing.LEAST
    assert gaps[4] == pytest.approx(-0.5, abs=0.04)
    assert all(abs(one.start * 25 - round(one.start * 25)) < 1e-6 for one in placed)
    assert duration == pytest.approx(placed[-1].last + timing.TAIL)
    many = script.read_script("left: a\nright: b\n" * 100)
    placed, _ = timing.place(many, [said() for _ in many.turns], 25.0)
    gaps = np.array([now.first - before.last for before, now in zip(placed, placed[1:])])
    assert 0.2 < np.median(gaps) < 0.4 and gaps.min() >= timing.LEAST - 1e-6 and gaps.std() > 0.05
    asked, _ = timing.place(many, [said(question=True) for _ in many.turns], 25.0)
    assert asked[-1].last < placed[-1].last


def test_a_turn_before_the_one_before_is_refused():
    read = script.read_script("left: a\nright: b\nleft (after -5): c")
    with pytest.raises(errors.TextError, match="line 3: after -5 would begin before"):
        timing.place(read, [said() for _ in read.turns], 25.0)
    long = script.read_script("left: a\n" * 400 + "pause 60\nleft: b\n" * 30)
    with pytest.raises(errors.TextError, match="minutes; 30 are the most"):
        timing.place(long, [said() for _ in long.turns], 25.0)


def test_sounds_are_mixed_in_their_time():
    read = script.read_script("left: a\nright (after -0.5): b")
    placed, duration = timing.place(read, [said(rate=16000), said(rate=8000)], 25.0)
    track, rate = timing.mixed(placed, duration)
    assert rate == 16000 and len(track) == np.ceil(duration * 16000)
    second = int(placed[1].start * rate)
    assert track[second + 2000] == pytest.approx(0.5, abs=0.02) and track[100] == pytest.approx(
        0.25 if placed[0].start < 0.005 else 0.0, abs=0.01)
    assert track[int((placed[0].start + 1.2) * rate)] > 0.3 and not track[-8000:].any()
    loud = [timing.Placed(one.turn, one.said, 0.0) for one in placed]
    for one in loud:
        one.said.samples = one.said.samples * 4
    assert np.abs(timing.mixed(loud, duration)[0]).max() <= 0.985


# ---------------------------------------------------------------- listening


@pytest.fixture
def scene():
    read = script.read_script("left (happy): a\nright: b\nleft: c\nright (sad): d\n")
    placed, _ = timing.place(read, [said() for _ in read.turns], 25.0)
    return listening.Scene(placed, {"left": 0, "right": 1}, np.array([[50.0, 60.0], [150.0, 60.0]]))


def test_who_listens_looks_at_who_speaks_and_turns_to_them(scene):
    options = animation.Settings()
    left, right = (listening.settings_for(seat, scene, options) for seat in (0, 1))
    times = (np.arange(200) + 0.5) / 25
    during = [(times > one.first + 0.6) & (times < one.last - 0.1) for one in scene.placed]
    yaw_left, yaw_right = (direction.head_rows(own.head, times)[:, 1] for own in (left, right))
    rest = np.zeros(57)
    turned = np.zeros((2, 200, 57))
    turned[:, :, face.INDEX["headYaw"]] = yaw_left, yaw_right
    eyes = [direction.with_gaze(rows, rest, own.gaze, times) for rows, own in zip(turned, (left, right))]
    assert during[1].sum() > 5
    # while the right one speaks the left one looks and turns to the right, and the other way round
    assert yaw_left[during[1]].min() > 5 and eyes[0][during[1]][:, face.INDEX["eyeLookOutLeft"]].min() > 0.2
    assert yaw_right[during[2]].max() < -5 and eyes[1][during[2]][:, face.INDEX["eyeLookInLeft"]].min() > 0.2
    # a speaker turns less than a listener, and in the end all look to the camera
    assert 0 < yaw_left[during[2]].mean() < yaw_left[during[1]].mean()
    assert abs(yaw_left[-1]) < 0.1 and abs(yaw_right[-1]) < 0.1
    assert left.seed != right.seed


def test_listeners_nod_where_phrases_end_and_not_while_they_speak():
    read = script.read_script("left: a\n" * 30 + "right: b\n")
    placed, _ = timing.place(read, [said() for _ in read.turns], 25.0)
    scene = listening.Scene(placed, {"left": 0, "right": 1}, np.array([[50.0, 60.0], [150.0, 60.0]]))
    nods = [cue.at for cue in direction.head_cues(listening.settings_for(1, scene, animation.Settings()).head)
            if "nod" in cue.what]
    ends = np.array([one.start + 1.1 for one in placed[:30]])
    assert 8 <= len(nods) <= 28 and np.diff(nods).min() > 1.2
    assert max(np.abs(ends - nod).min() for nod in nods) < 0.25
    speaker = direction.head_cues(listening.settings_for(0, scene, animation.Settings()).head)
    assert sum("nod" in cue.what for cue in speaker) <= 1  # to the last turn alone


def test_listeners_blink():
    lips, delivery = performance.lips_of([], 25.0, 150)
    for idle in ("autoregressive", "hand"):
        moved = animation.with_idle(lips, animation.Settings(idle=idle), delivery)
        assert moved["eyeBlinkLeft"].max() > 0.8 and not moved["jawOpen"].any()


def test_everybody_breathes_at_a_time_of_their_own(scene, hopper):
    actor, count = animation.cast(hopper, generator="warp")[0], 200
    options = animation.Settings(idle="hand", expression="neutral")
    scene = listening.Scene(scene.placed, scene.seats, np.array([[50.0, 60.0], [150.0, 60.0], [250.0, 60.0]]))
    speaks, listens, quiet = (performance._values(actor, seat, scene, options, 25.0, count) for seat in (0, 1, 2))
    for rows in (speaks, listens, quiet):
        assert rows.shape == (count, 59) and 0.5 < rows[:, -1].max() <= 1 and rows[-1, -1] < 0.02
    begins = [np.flatnonzero(rows[:, -1])[0] / 25 for rows in (speaks, listens, quiet)]
    assert min(abs(a - b) for a, b in ((begins[0], begins[1]), (begins[1], begins[2]), (begins[0], begins[2]))) > 0.6
    assert np.corrcoef(speaks[:, -1], listens[:, -1])[0, 1] < 0.5
    still = animation.Settings(idle="hand", expression="neutral", head=0.0)
    assert not performance._values(actor, 0, scene, still, 25.0, count)[:, -1].any()


def test_an_expression_comes_with_its_turn_and_goes(scene):
    left = listening.settings_for(0, scene, animation.Settings())
    rows = direction.expression_rows(left.expression, (np.arange(200) + 0.5) / 25)[:, face.INDEX["mouthSmileLeft"]]
    first, second = scene.placed[0], scene.placed[2]
    assert rows[round(first.last * 25) - 5] == pytest.approx(0.55, abs=0.02)
    assert not rows[round((second.first + 0.3) * 25)]
    assert listening.settings_for(1, scene, animation.Settings()).expression.startswith("sad@")


# ---------------------------------------------------------------- places


def test_faces_are_found_by_place_and_number(two):
    read = script.read_script("left: a\nright: b\n0: c\n1: d\nleft 2: e\nAnn = right 2\nann: f\n")
    where = stage.set_up(read, two)
    assert len(where.panels) == 1 and len(where.panels[0].points) == 2
    assert where.seats == {"left": 1, "right": 0, "0": 0, "1": 1, "left 2": 0, "ann": 1}
    assert where.places[1, 0] < 130 < where.places[0, 0]
    for words, told in (("left: a\n2: b", "line 2: there is no face 2: 2 faces were found, so use 0 to 1"),
                        ("left 3: b", "line 1: there is no face 'left 3': 2 faces were found"),
                        ("middle: b", "there is no face 'middle'")):
        with pytest.raises(errors.FaceError) as refused:
            stage.set_up(script.read_script(words + "\n"), two)
        assert told in str(refused.value)
    with pytest.raises(errors.TextError, match="nothing of a photo of left"):
        stage.set_up(script.read_script("left: a\n"), None)


def test_photos_of_their_own_stand_side_by_side(hopper_path, two, tmp_path):
    read = script.read_script(f"Ann = {hopper_path}\nleft: b\nann: a\n")
    where = stage.set_up(read, two, size=300)
    both, own = where.panels
    assert len(both.points) == 2 and len(own.points) == 1 and own.x == both.image.shape[1]
    assert both.image.shape[0] == own.image.shape[0] and 298 <= own.x + own.image.shape[1] <= 302
    assert where.seats == {"ann": 2, "left": 1} and where.places[2, 0] > own.x


# ---------------------------------------------------------------- the film


def test_only_who_speaks_moves_their_lips(two, tone):
    clip = course.perform(f"left (en-gb): Hello there.\nright (happy): <{tone}>\n", two, seed=1, **SMALL)
    frames = list(clip)
    assert len(frames) == len(clip) == np.ceil(clip.duration * clip.fps) and clip.audio is not None
    read = script.read_script(f"left (en-gb): Hello there.\nright (happy): <{tone}>\n")
    options = animation.Settings(seed=1)
    heard = list(saying.say_all(read, options, 25.0))
    placed, _ = timing.place(read, heard, 25.0, 1)
    shares = [performance.speaking([one], (np.arange(len(frames)) + 0.5) / 25) for one in placed]
    lips = [performance.lips_of([one], 25.0, len(frames))[0]["jawOpen"] for one in placed]
    for mine, other in ((0, 1), (1, 0)):
        assert lips[mine].max() > 0.1 and not lips[mine][shares[mine] == 0].max() > 0.12
        alone = (shares[other] == 1) & (shares[mine] == 0)
        assert alone.sum() > 5 and not lips[mine][alone].any()
    # and in the pictures: while one speaks, the mouth region of that one changes more
    height, width = frames[0].shape[:2]
    moving = [(shares[k] > 0.9) & (shares[1 - k] == 0) for k in (0, 1)]
    change = np.abs(np.diff(np.stack(frames).astype(np.float32), axis=0)).mean(axis=3)
    where = stage.set_up(read, two, SMALL["size"])
    for k, seat in enumerate((1, 0)):
        x, y = where.panels[0].points[seat][48:68].mean(axis=0).round().astype(int)
        mouth = change[:, max(0, y - 4):y + 9, max(0, x - 9):x + 10].mean(axis=(1, 2))
        assert mouth[moving[k][1:]].mean() > 1.5 * mouth[moving[1 - k][1:]].mean()


def test_the_command_makes_a_dialogue_of_photos(hopper_path, tmp_path, capsys):
    path = tmp_path / "scene.txt"
    path.write_text(f"Ann = {hopper_path}\nBob = {hopper_path.name}\nann (en-gb, happy): Hi.\nbob (en-us): [nod] Oh.\n"
                    "ann: [shake]\n")
    (tmp_path / hopper_path.name).write_bytes(hopper_path.read_bytes())  # beside the script
    out = tmp_path / "talk.mp4"
    assert cli.main(["animate", "--script", str(path), "--size", "160", "--generator", "warp", "--idle", "hand",
                     "-o", str(out)]) == 0
    info = io.probe(out)
    assert info.has_audio and info.duration > 1.5
    capsys.readouterr()
    path.write_text("Ann = left\nann: Hi.\nann: [happy:7] Oh.\n")
    assert cli.main(["animate", str(hopper_path), "--script", str(path), "-o", str(out)]) == 2
    assert "course: scene.txt, line 3: the strength of an expression" in capsys.readouterr().err
    for option in (["--expression", "happy"], ["--face", "0"], ["--gaze", "left"], ["--head", "left@1s"]):
        assert cli.main(["animate", str(hopper_path), "--script", str(path), *option, "-o", str(out)]) == 2
        assert "a script says it for each turn" in capsys.readouterr().err
    assert cli.main(["animate", "--script", str(path), "-o", str(out)]) == 2
    assert "says nothing of a photo of Ann" in capsys.readouterr().err


def test_the_room_hands_on_its_names():
    assert dialogue.perform is course.perform is performance.perform


def test_a_film_of_a_script_has_a_background_and_subtitles(tmp_path):
    written = "Anna = {0}\nBen = {0}\nAnna: Hi there.\nBen: Good day.".format(demo.photo_path())
    clip = course.perform(written, size=96, background="lime", subtitles=str(tmp_path / "talk.srt"))
    frame = next(iter(clip))
    corner = frame[:6, :3].mean(axis=(0, 1))
    assert corner[1] > 150 and max(corner[0], corner[2]) < 90
    clip.save(tmp_path / "talk.mp4")
    told = (tmp_path / "talk.srt").read_text("utf-8")
    assert told.index("Hi there.") < told.index("Good day.") and told.count("-->") == 2
    with pytest.raises(errors.CourseError, match="has no alpha"):
        course.perform(written, background="transparent")
