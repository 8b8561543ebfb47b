"""A live face, on a clock that the tests turn: what is said, heard and stopped, and what a slow machine loses."""

import contextlib
import dataclasses
import http.server
import json
import re
import threading
import time

import numpy as np
import pytest

import course
from course import demo, errors
from course.face import channels
from course.provenance import watermark_reader
from course.serving import addresses
from course.serving import live as live_room
from course.serving.live import clock as clocks
from course.serving.live import (
    conversing,
    detecting,
    heard,
    idling,
    loopback,
    markup,
    mixer,
    painter,
    replies,
    sentences,
    silero,
    speaking,
    tracks,
)
from course.serving.live import (
    model_server as model_servers,
)

TEXT = "Hello there. I am glad to see you."


class TurnedClock:
    """Time goes on when it is waited for. cost: seconds that a frame takes to be painted."""

    def __init__(self, cost: float = 0.0):
        self.second, self.cost, self.seen = 100.0, cost, {}

    def now(self) -> float:
        return self.second

    def wait_until(self, second: float) -> None:
        self.second = max(self.second, second)

    def is_done(self, future) -> bool:
        done = self.second - self.seen.setdefault(future, self.second) >= self.cost - 1e-9
        if done:
            future.result()
        return done


class Told(list):
    """Lines that were told."""

    def __call__(self, line: str) -> None:
        self.append(line)


@pytest.fixture(scope="module")
def told():
    return Told()


@pytest.fixture(scope="module")
def clock():
    return TurnedClock()


@pytest.fixture(scope="module")
def live(told, clock):
    """One small face for all tests of this file; each leaves it silent."""
    with course.Live(demo.photo_path(), size=160, clock=clock, tell=told, generator="warp", seed=3) as face:
        yield face


@pytest.fixture(autouse=True)
def silent_again(request):
    yield
    if "live" in request.fixturenames:
        face, clock = (request.getfixturevalue(name) for name in ("live", "clock"))
        clock.cost = 0.0
        face.stop()
        for _ in range(8):
            face.read()
        request.getfixturevalue("told").clear()


@pytest.fixture(scope="module")
def track():
    return tracks.track_of("Hello there, my friend.", tracks.Asked())


def read_until(live, condition, most: int = 2000) -> list:
    """Moments until one for which the condition holds; a voice gets real time to speak."""
    moments = []
    for _ in range(most):
        moments.append(live.read())
        if condition(moments[-1]):
            return moments
        if not np.abs(moments[-1].sound).any():
            time.sleep(0.002)
    raise AssertionError(f"not within {most} frames")


def spoken(seconds: float = 1.5, rate: int = clocks.RATE) -> np.ndarray:
    """A recording of speech."""
    from course.io import sound

    samples = tracks.track_of("My mama may be home by now.", tracks.Asked()).sound[: round(seconds * clocks.RATE)]
    return sound.resample(samples, clocks.RATE, rate)


# ---------------------------------------------------------------- one clock


def test_each_moment_is_a_frame_and_40_ms_of_sound_on_time(live, clock):
    first = live.read()
    start = clock.second
    for step in range(1, 30):
        moment = live.read()
        assert moment.number == first.number + step
        assert clock.second == pytest.approx(start + step / 25)
        assert moment.frame.shape == (*live.shape, 3) and moment.frame.dtype == np.uint8
        assert moment.sound.shape == (960,) and moment.sound.dtype == np.float32 and not moment.sound.any()
    assert max(live.shape) == 160 and not any(side % 2 for side in live.shape)


def test_a_text_is_spoken_sentence_by_sentence_with_the_sound_of_its_voice(live):
    live.say(TEXT)
    moments = read_until(live, lambda moment: moment.words)
    assert moments[-1].words == "Hello there."
    wanted = tracks.track_of("Hello there.", tracks.Asked(seed=3)).sound
    moments = moments[-1:] + read_until(live, lambda moment: moment.words)
    heard_sound = np.concatenate([moment.sound for moment in moments])
    assert moments[-1].words == "I am glad to see you."
    assert np.array_equal(heard_sound[: len(wanted)], wanted)
    first, *_, last = moments[: len(wanted) // 960]
    assert np.abs(first.frame.astype(int) - last.frame).max() > 20  # the face moved
    read_until(live, lambda moment: not live.is_busy)


def test_stop_is_silent_at_once_and_forgets_what_waits(live):
    live.say(TEXT)
    read_until(live, lambda moment: np.abs(moment.sound).max() > 0.05)
    live.stop()
    first, *rest = [live.read() for _ in range(60)]
    assert not first.sound[240:].any()
    assert not any(moment.sound.any() or moment.words for moment in rest)
    assert not live.is_busy
    live.say("Again.")
    assert read_until(live, lambda moment: moment.words)[-1].words == "Again."


def test_a_reader_who_comes_late_gets_no_burst_of_old_frames(live, clock):
    live.read()
    clock.second += 20
    live.read()
    late = clock.second
    for step in range(1, 5):
        live.read()
        assert clock.second == pytest.approx(late + step / 25)


# ---------------------------------------------------------------- sound that comes in


@pytest.mark.parametrize("rate", [16_000, 24_000, 48_000])
def test_heard_sound_goes_out_with_its_lips_within_300_ms(live, clock, rate):
    samples, chunk = spoken(rate=rate), rate // 50
    silence = np.zeros(chunk, np.float32)
    pieces = [silence] * 10 + [samples[at : at + chunk] for at in range(0, len(samples), chunk)] + [silence] * 30
    moments = []
    for pair in zip(pieces[::2], pieces[1::2]):
        for piece in pair:
            live.hear(piece, rate)
        moments.append(live.read())
    heard_sound = np.concatenate([moment.sound for moment in moments])
    sent = np.concatenate(pieces)
    came, gone = (np.flatnonzero(np.abs(row) > 0.05)[0] / hertz for row, hertz in ((sent, rate),
                                                                                   (heard_sound, clocks.RATE)))
    assert 0 < gone - came < 0.3
    assert abs(np.square(heard_sound).mean() * len(heard_sound) / clocks.RATE
               - np.square(sent).mean() * len(sent) / rate) < 0.1 * np.square(sent).mean() * len(sent) / rate
    changes = [np.abs(b.frame.astype(int) - a.frame).max() for a, b in zip(moments, moments[1:])]
    assert max(changes[15:40]) > 20


def test_lips_of_heard_sound_are_those_of_the_whole_recording():
    from course.motion import spoken as motion_spoken

    samples, rows = spoken(2.0), []
    sounds = heard.Heard(lambda: 0.0, print)
    for at in range(0, len(samples), 480):
        sounds.feed(samples[at : at + 480], clocks.RATE, False)
        while (found := sounds.next()) is not None:
            rows.append(found[1])
    whole = motion_spoken.from_audio(samples, clocks.RATE, 25).full()[: len(rows)]
    jaw = channels.INDEX["jawOpen"]
    assert len(rows) > 40
    assert np.corrcoef(np.array(rows)[:, jaw], whole[:, jaw])[0, 1] > 0.8


def test_a_live_sound_that_comes_late_is_cut_and_said(live, told):
    for _ in range(100):
        live.hear(np.full(480, 0.1, np.float32), 24_000)
    assert told and "left out" in told[0]
    moments = [live.read() for _ in range(25)]
    assert sum(bool(moment.sound.any()) for moment in moments) <= 0.4 * 25


def test_a_voice_that_is_faster_than_speech_is_played_whole(live):
    samples = spoken()
    for at in range(0, len(samples), 4800):
        live.hear(samples[at : at + 4800], 24_000, live=False)
    moments = [live.read() for _ in range(60)]
    played = np.concatenate([moment.sound for moment in moments])
    begins = np.flatnonzero(np.abs(played) > 0)[0] - np.flatnonzero(np.abs(samples) > 0)[0]
    assert np.array_equal(played[begins : begins + len(samples)], samples)


@pytest.mark.parametrize("chunk, rate", [(np.zeros((2, 3)), 16_000), (np.full(9, np.nan), 16_000), ("no", 16_000),
                                         (np.zeros(160), 0), (np.zeros(160), 16e3), (np.zeros(200_000), 16_000),
                                         (np.zeros(160, np.int32), 16_000), (np.full(160, 2e4), 16_000),
                                         (np.zeros(160, complex), 16_000), ([[0.0], [0.0, 1.0]], 16_000)])
def test_what_is_no_sound_is_refused_in_one_line(live, chunk, rate):
    with pytest.raises(errors.AudioError) as problem:
        live.hear(chunk, rate)
    assert "\n" not in str(problem.value)


def test_bytes_are_sixteen_bit_sound_and_columns_are_channels():
    assert np.allclose(heard.checked(np.array([0, 16384, -32768], "<i2").tobytes(), 8000), [0, 0.5, -1])
    assert np.allclose(heard.checked(np.array([[0, 16384], [-32768, -32768], [0, 0]], np.int16), 8000), [0.25, -1, 0])
    assert np.allclose(heard.checked(np.array([[0.5], [0.25]], np.float16), np.int64(8000)), [0.5, 0.25])


# ---------------------------------------------------------------- what gives way


def test_a_slow_machine_loses_frames_then_pixels_but_no_sound_and_says_so(monkeypatch):
    monkeypatch.setattr(painter, "PATIENCE", 30)
    clock, lines = TurnedClock(cost=0.13), Told()
    with course.Live(demo.photo_path(), size=192, clock=clock, tell=lines, generator="warp") as face:
        fine = face.quality
        face.say("One two three four five six seven eight nine ten.")
        moments = read_until(face, lambda moment: moment.words)
        moments += [face.read() for _ in range(60)]
        played = np.concatenate([moment.sound for moment in moments])
        assert np.abs(played).max() > 0.1 and [moment.number for moment in moments] == list(range(len(moments)))
        assert any(not moment.fresh for moment in moments)
        assert max(moment.lag for moment in moments[10:]) <= 6
        assert face.quality != fine and "frames a second" in lines[0] and face.quality in lines[-1]
        clock.cost = 0.0
        for _ in range(400):
            face.read()
            if face.quality == fine:
                break
        assert face.quality == fine and "there is time again" in lines[-1]


# ---------------------------------------------------------------- no jumps


def mixed(steps: int, events: dict, track) -> np.ndarray:
    """Channel values (T, 57) of a mixer at whose frames something happens: {frame: function(mixer, queue)}."""
    class Queue:
        """Sentences that are ready."""

        def __init__(self):
            self.ready = []

        def next(self):
            return self.ready.pop(0) if self.ready else None

        def clear(self):
            self.ready.clear()

        @property
        def waiting(self):
            return bool(self.ready)

    queue, sounds = Queue(), heard.Heard(lambda: 0.0, print)
    rest = np.zeros(57, np.float32)
    rest[[channels.INDEX["jawOpen"], channels.INDEX["mouthSmileLeft"]]] = 0.2, 0.3
    made = mixer.Mixer(rest, idling.EndlessIdle(5), queue, sounds)
    rows = []
    for number in range(steps):
        if number in events:
            events[number](made, queue)
        rows.append(made.step(number)[0])
    return np.array(rows)


def largest_steps(rows: np.ndarray) -> np.ndarray:
    """The largest change of each channel in a frame, (57,)."""
    return np.abs(np.diff(rows, axis=0)).max(axis=0)


def test_idling_has_no_end_no_seam_and_no_memory():
    idle = idling.EndlessIdle(7)
    rows = np.array([idle.row(number) for number in range(25 * 240)])
    steps = np.abs(np.diff(rows, axis=0))
    head = [channels.INDEX[name] for name in ("headPitch", "headYaw", "headRoll")]
    seams = np.arange(idling.BLOCK - 1, len(steps), idling.BLOCK)
    assert steps[seams][:, head].max() < 1.2 * np.quantile(steps[:, head], 0.999)
    blinks = rows[:, channels.INDEX["eyeBlinkLeft"]]
    count = ((blinks[1:] >= 0.99) & (blinks[:-1] < 0.99)).sum()
    assert 40 < count < 110  # in four minutes
    assert (np.abs(np.diff(rows[:, channels.INDEX["eyeLookOutLeft"]])) > 0.02).sum() > 30
    assert len(idle._blinks) < 10 and len(idle._looks) < 10


def test_the_face_moves_into_speech_out_of_it_and_through_a_stop_without_a_jump(track):
    count = len(track.lips)
    idle = largest_steps(mixed(300, {}, track))
    whole = mixed(300, {60: lambda mixer, queue: queue.ready.append(track)}, track)
    own = largest_steps(np.concatenate([np.zeros((1, 57)), track.lips, np.zeros((1, 57))]))
    assert np.abs(whole[70 : 60 + count, channels.INDEX["jawOpen"]]).max() > 0.1
    assert (largest_steps(whole) <= idle + own + np.where(np.arange(57) < 51, 0.12, 1.0)).all()
    stopped = mixed(300, {60: lambda mixer, queue: queue.ready.append(track),
                          75: lambda mixer, queue: mixer.stop()}, track)
    assert (largest_steps(stopped) <= idle + own + np.where(np.arange(57) < 51, 0.16, 1.0)).all()
    still = mixed(300, {}, track)
    assert np.allclose(stopped[110:, 51:], still[110:, 51:], atol=1e-5)  # the head never left its way


def test_expression_turns_within_a_moment_and_gives_way_to_lips(track):
    rows = mixed(120, {20: lambda mixer, queue: mixer.express("happy")}, track)
    smile = rows[:, channels.INDEX["mouthSmileRight"]]
    assert smile[:20].max() < 0.05 and smile[60] > 0.5 and np.abs(np.diff(smile)).max() < 0.12


# ---------------------------------------------------------------- marks in a text


def said(steps: int, texts: list, **asked) -> np.ndarray:
    """Channel values (T, 57) of a mixer that says the pieces of a text."""
    found, held = [], tracks.Asked(**asked)
    for number, text in enumerate(texts):
        found.append(dataclasses.replace(tracks.track_of(text, held), goes_on=number > 0))
        held = tracks.held(text, held)
    return mixed(steps, {20: lambda mixer, queue: queue.ready.extend(found)}, None)


def test_marks_move_the_face_as_in_films_and_are_not_spoken():
    plain = ["Hello there.", "I am here."]
    marked = ["[happy] Hello [look left] there.", "[head right] I am [nod] here."]
    for words, mark in zip(plain, marked):
        one, other = tracks.track_of(words, tracks.Asked()), tracks.track_of(mark, tracks.Asked())
        assert np.array_equal(one.sound, other.sound) and np.array_equal(one.lips, other.lips) and other.text == words
    still, moved = said(150, plain), said(150, marked)
    smile, left, yaw, pitch = (moved[:, channels.INDEX[name]] - still[:, channels.INDEX[name]]
                               for name in ("mouthSmileRight", "eyeLookInLeft", "headYaw", "headPitch"))
    count = [len(tracks.track_of(words, tracks.Asked()).lips) for words in plain]
    second = slice(20 + count[0] + 8, 20 + sum(count))
    assert np.abs(moved[:20] - still[:20]).max() < 1e-6
    assert smile[second].max() > 0.3  # it holds over the sentences of a text
    assert left[20 + count[0] - 3 : 20 + count[0]].min() > 0.3 and yaw[second].max() > 10 and pitch[second].max() > 4
    assert np.abs(moved[-10:] - still[-10:]).max() < 0.02  # all is said: forgotten
    cheek = moved[:, channels.INDEX["cheekSquintLeft"]] - still[:, channels.INDEX["cheekSquintLeft"]]
    assert np.abs(np.diff(yaw)).max() < 2.5 and 0 < np.abs(np.diff(cheek)).max() < 0.15


def test_a_mark_counts_in_its_own_text_only_and_a_stop_forgets_it():
    alone = said(120, ["Well."])
    rows = mixed(120, {20: lambda mixer, queue: queue.ready.extend([
        tracks.track_of("[sad] [head left] Oh.", tracks.Asked()), tracks.track_of("Well.", tracks.Asked())])}, None)
    yaw, frown = rows[:, channels.INDEX["headYaw"]], rows[:, channels.INDEX["mouthFrownLeft"]]
    begins = 20 + len(tracks.track_of("Oh.", tracks.Asked()).lips)
    assert yaw[begins] < -4 and frown[begins] > 0.1
    assert abs(yaw[begins + 20] - alone[begins + 20, channels.INDEX["headYaw"]]) < 0.5 and frown[begins + 20] < 0.05
    still = mixed(120, {}, None)
    stopped = mixed(120, {20: lambda mixer, queue: queue.ready.append(tracks.track_of("[nod] [happy] Oh my dear.",
                                                                                     tracks.Asked())),
                          30: lambda mixer, queue: mixer.stop()}, None)
    assert np.abs(stopped[30:, 51:] - still[30:, 51:]).max() > 0.5
    assert np.allclose(stopped[-40:, 51:], still[-40:, 51:], atol=1e-4)
    assert np.abs(np.diff(stopped[:, 51])).max() < 2.5


def test_a_mark_without_words_is_a_gesture_in_silence_and_pauses_are_kept():
    nod = tracks.track_of("[nod]", tracks.Asked())
    assert nod.text == "" and not nod.sound.any() and len(nod.lips) >= 20
    assert len(tracks.track_of("[pause 0.8]", tracks.Asked()).lips) == 20
    plain, later = (tracks.track_of(text, tracks.Asked()) for text in ("Well.", "<break time='1s'/>Well. [pause 0.4]"))
    assert 1.2 < (len(later.sound) - len(plain.sound)) / clocks.RATE < 1.6
    assert np.abs(later.sound[: clocks.RATE]).max() < 0.01
    with pytest.raises(errors.TextError):
        tracks.track_of("...", tracks.Asked())
    assert tracks.track_of("**Dr.** <b>Hopper</b> \U0001f642", tracks.Asked()).text == "Dr. Hopper \U0001f642"


# ---------------------------------------------------------------- text in pieces


@pytest.mark.parametrize("text, wanted", [
    ("Hello there. How are you?", ["Hello there.", "How are you?"]),
    ("Dr. Hopper wrote A-0. It was a compiler!", ["Dr. Hopper wrote A-0.", "It was a compiler!"]),
    ("It costs 3.50 today", ["It costs 3.50 today"]),
    ("你好。再见。", ["你好。", "再见。"]),
    ("... -- !", []),
    ("<speak>One. Two.</speak>", ["<speak>One.", "Two.</speak>"]),
    ("<speak><s>One</s><prosody rate='slow'>Two. Three.</prosody></speak>",
     ["<speak><s>One</s>", "<prosody rate='slow'>Two. Three.</prosody></speak>"]),
    ("**Hello there. Well.** So *be it. Or* not.", ["**Hello there. Well.**", "So *be it. Or* not."]),
    ("I <3 you. Is 2 * 3 six? *Yes. Well.", ["I <3 you.", "Is 2 * 3 six?", "*Yes.", "Well."]),
    ("See [this. page](http://a.example/b). Or [look left] here.", ["See [this. page](http://a.example/b).",
                                                                   "Or [look left] here."]),
    ("# A title\n- one\n- two\n\nHello my\nfriend.", ["# A title", "- one", "- two", "Hello my\nfriend."]),
    ("I am glad. \U0001f642 Hello. [nod] [happy] Well. [nod]", ["I am glad. \U0001f642", "Hello.",
                                                             "[nod] [happy] Well.", "[nod]"]),
])
def test_a_text_is_cut_where_sentences_end(text, wanted):
    assert sentences.pieces_of(text) == wanted


def test_no_piece_of_an_answer_ends_within_a_mark_or_markup():
    text = "**Hello there. Well.** " + "word " * 30 + "[look left] " + "word " * 60 + "<b>So. It</b> is."
    found, pieces = sentences.Sentences(), []
    for letter in text:
        pieces += found.feed(letter)
    pieces += found.finish()
    assert " ".join(pieces).split() == text.split() and len(pieces) > 3
    assert not any(markup.Spans(piece, False).has(len(piece) + 1) for piece in pieces)
    assert sentences.Sentences().feed("*one. " + "two. " * 200)  # a sign that never ends does not hold it for ever


def test_no_text_takes_long_to_cut():
    begun = time.process_time()
    for text in ("." * 15_000, "a." + "\U0001f642" * 9000, "<a " * 6000, "*a " * 6000, "<b>" + "So. " * 4000 + "</b>"):
        sentences.pieces_of(text)
    assert time.process_time() - begun < 5


def test_sentences_come_as_soon_as_they_are_whole_and_a_long_one_in_pieces():
    found = sentences.Sentences()
    assert found.feed("Good mor") == [] and found.feed("ning. And") == ["Good morning."]
    assert found.finish() == ["And"]
    long = "When the long rain ended, the people of the town came out of their houses, and they looked at the river."
    pieces = sentences.pieces_of(long)
    assert " ".join(pieces) == long and len(pieces[0]) < 61 < len(long)
    assert max(map(len, sentences.pieces_of("word " * 400))) <= sentences.LONG


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize("given, words", [({"size": 20}, "size"), ({"generator": "magic"}, "generator"),
                                          ({"subtitles": "burn"}, "subtitles"), ({"voice": "nobody"}, "voice"),
                                          ({"expression": "happy@2s"}, "without times"), ({"head": "nod@1s"}, "head"),
                                          ({"size": "512"}, "whole number of pixels"), ({"tell": 3}, "print")])
def test_a_wrong_setting_is_refused_in_one_line(given, words):
    with pytest.raises(course.CourseError, match=words) as problem:
        course.Live(demo.photo_path(), **given)
    assert "\n" not in str(problem.value)


def test_nothing_to_say_too_much_to_say_and_a_closed_face_are_refused():
    with pytest.raises(errors.TextError, match="sentences wait"):
        texts = speaking.Speaking(print, tracks.Asked())
        try:
            texts.add(["word"] * (speaking.MOST + 1), tracks.Asked())
        finally:
            texts.close()
    face = course.Live(demo.photo_path(), size=128, generator="warp", clock=TurnedClock())
    with pytest.raises(errors.TextError, match="nothing to pronounce"):
        face.say("...")
    with pytest.raises(course.CourseError, match="cannot be changed"):
        face.set(face="largest")
    face.close()
    face.close()
    for act in (face.read, lambda: face.say("Hello."), lambda: face.hear(np.zeros(160), 8000),
                lambda: face.set(rate=1.1)):
        with pytest.raises(course.CourseError, match="closed"):
            act()
    assert list(face) == [] and not face.is_busy


def voices_at_work() -> int:
    return sum(thread.name == "course-live-voice" for thread in threading.enumerate())


def test_a_face_that_cannot_be_made_leaves_no_thread(monkeypatch):
    def fails(*_):
        raise errors.WeightsError("no network")

    before = voices_at_work()
    monkeypatch.setattr(painter, "Painter", fails)
    with pytest.raises(errors.WeightsError):
        course.Live(demo.photo_path(), size=128, generator="warp")
    assert voices_at_work() == before


def test_what_cannot_be_spoken_is_told_and_the_next_sentence_is_spoken(live, told):
    live.set(voice="en-us")
    live.say("[happy:9] Hello.")
    live.say("Good.")
    assert read_until(live, lambda moment: moment.words)[-1].words == "Good."
    assert "not spoken" in told[0]
    live.set(voice=None)


def test_the_door_hands_on_what_a_program_needs():
    assert live_room.Live is course.Live and live_room.Moment.__name__ == "Moment"


# ---------------------------------------------------------------- what is in every frame


def test_every_frame_has_the_watermark_and_the_label_that_was_asked_for(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_MAKER", str(tmp_path))
    frames, before = {}, voices_at_work()
    for name, count, given in (("marked", 50, {"label": "auto"}), ("bare", 31, {"watermark": False})):
        face = course.Live(demo.photo_path(), size=320, generator="warp", clock=TurnedClock(), seed=4, **given)
        frames[name] = [face.read().frame for _ in range(count)]
    del face  # nobody has closed them
    assert soon(lambda: voices_at_work() == before)
    assert watermark_reader.read_watermark(frames["marked"], 25) is not None
    off = np.abs(frames["marked"][30].astype(int) - frames["bare"][30]).max(axis=2)
    assert off[-25:, -60:].mean() > 20 > 12 > off[:150, :150].max()


# ---------------------------------------------------------------- answers


class Speaker:
    """Stands for a live face: what it was told to say, and how often to stop."""

    def __init__(self):
        self.said, self.going_on, self.stops, self.is_busy = [], [], 0, True

    def say(self, text: str, goes_on: bool = False) -> None:
        self.said.append(text)
        self.going_on.append(goes_on)

    def stop(self) -> None:
        self.stops += 1
        self.said.clear()


def soon(condition, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)
    return condition()


def answers_of(answer) -> list:
    return list(replies.Replier(answer, "a test").pieces("Hello"))


def test_an_answerer_may_give_a_string_or_pieces_now_or_later():
    async def one(text):
        return text + "!"

    async def many(text):
        for piece in (text, "!"):
            yield piece

    assert answers_of(lambda text: text + "!") == answers_of(one) == ["Hello!"]
    assert answers_of(lambda text: iter([text, "!"])) == answers_of(many) == ["Hello", "!"]
    assert "script" in answers_of(replies.scripted)[0] or "see you" in answers_of(replies.scripted)[0]


def test_an_answer_is_spoken_sentence_by_sentence_while_it_comes():
    goes_on, speaker, told = threading.Event(), Speaker(), []

    def answer(text):
        yield from ("The first sen", "tence. And the ")
        goes_on.wait(10)
        yield "second"

    talk = conversing.Conversing(speaker, replies.Replier(answer, ""), lambda *what: told.append(what))
    talk.ask("Well?")
    assert soon(lambda: speaker.said == ["The first sentence."])
    goes_on.set()
    assert soon(lambda: speaker.said == ["The first sentence.", "And the second"])
    assert told == [("answer", "The first sentence."), ("answer", "And the second")]
    assert speaker.going_on == [False, True]  # marks hold within an answer


def test_speaking_over_an_answer_stops_it_and_what_still_comes_is_not_said():
    goes_on, closed, speaker = threading.Event(), threading.Event(), Speaker()

    def answer(text):
        try:
            yield "One. "
            goes_on.wait(10)
            yield "Two. "
        finally:
            closed.set()

    talk = conversing.Conversing(speaker, replies.Replier(answer, ""), print)
    talk.ask("Well?")
    assert soon(lambda: speaker.said == ["One."])
    noise = np.random.default_rng(0).normal(0, 0.001, clocks.RATE).astype(np.float32)
    assert not talk.listen(noise, clocks.RATE)
    stops = speaker.stops
    assert talk.listen(spoken(1.0), clocks.RATE) and speaker.stops == stops + 1
    goes_on.set()
    assert closed.wait(10) and speaker.said == []


def test_an_answerer_that_fails_is_told_in_a_line():
    told = []
    talk = conversing.Conversing(Speaker(), replies.Replier(lambda text: 1 / 0, ""), lambda *what: told.append(what))
    talk.ask("Well?")
    assert soon(lambda: told) and "ZeroDivisionError" in told[0][1]


def test_the_faces_own_voice_from_loudspeakers_stops_nothing_and_somebody_who_speaks_over_it_does():
    own, speaker = np.tile(spoken(), 4), Speaker()
    talk = conversing.Conversing(speaker, replies.load_replier(), print)
    talk._detector = detecting.VoiceDetector()
    back = np.concatenate([np.zeros(2400, np.float32), own])[: len(own)] * 10 ** (-28 / 20)
    over = back.copy()
    over[-len(spoken(1.0)) :] += spoken(1.0)
    for heard_back, stops in ((back, False), (over, True)):
        for at in range(0, len(own), 960):
            talk.play(own[at : at + 960])
            for part in (0, 480):
                if talk.listen(heard_back[at + part : at + part + 480], clocks.RATE):
                    assert stops and at > len(own) - len(spoken(1.0)) - 960
                    stops = False
        assert not stops
    assert detecting.VoiceDetector().feed(back, clocks.RATE)  # without the guard it would


def test_silero_tells_a_voice_from_music_and_clicks():
    if not silero.is_there():
        pytest.skip("no Silero: pip install silero-vad")
    random, rate = np.random.default_rng(1), 48_000
    times = np.arange(3 * rate) / rate
    music = sum(0.1 * np.sin(2 * np.pi * note * times) * np.exp(-(times % 0.5) * 4) for note in (220, 277, 330, 440))
    clicks = np.zeros(3 * rate)
    for at in range(2000, len(clicks) - 2000, 9000):
        clicks[at : at + 900] = random.normal(0, 0.2, 900)
    for nobody in (music, clicks, np.zeros(rate)):
        assert not silero.SileroDetector().feed(nobody.astype(np.float32), rate)
    both, voice = silero.SileroDetector(), spoken(1.5, rate)
    assert both.feed(voice + music[: len(voice)].astype(np.float32), rate) and both.speaking
    both.feed(music.astype(np.float32), rate)
    assert not both.speaking and isinstance(detecting.new_detector(), silero.SileroDetector)


def test_a_voice_is_told_from_a_click_and_from_a_fan():
    random, rate = np.random.default_rng(1), clocks.RATE
    fan = random.normal(0, 0.02, 3 * rate).astype(np.float32)
    click = np.zeros(rate, np.float32)
    click[5000:5400] = 0.8
    for sound in (np.zeros(rate), fan, click):
        assert not detecting.VoiceDetector().feed(sound, rate)
    both = detecting.VoiceDetector()
    assert not both.feed(fan, rate)
    assert both.feed(fan[: len(spoken(1.0))] + 3 * spoken(1.0), rate) and both.speaking
    both.feed(fan, rate)
    assert not both.speaking


@contextlib.contextmanager
def model_server(answer):
    """A server of an OpenAI-compatible address: answer(handler, body); gives its address, and what it was asked."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            answer(self)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
    finally:
        server.shutdown()
        server.server_close()


def test_a_language_model_on_this_machine_answers_in_pieces_and_hears_the_conversation():
    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        for piece in ("I am ", "here."):
            told = {"choices": [{"delta": {"content": piece}}]}
            handler.wfile.write(f"data: {json.dumps(told)}\n\n".encode())
        handler.wfile.write(b': a comment\n\ndata: {"choices": []}\n\ndata: [DONE]\n\n')

    with model_server(answer) as (address, asked):
        replier = replies.load_replier(address, "small")
        assert "".join(replier.pieces("Where are you?")) == "I am here."
        assert "".join(replier.pieces("And now?")) == "I am here."
    path, body = asked[1]
    assert path == "/v1/chat/completions" and body["stream"] and body["model"] == "small"
    assert [(one["role"], one["content"]) for one in body["messages"][1:]] == [
        ("user", "Where are you?"), ("assistant", "I am here."), ("user", "And now?")]


def stream(handler, *lines: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.end_headers()
    for line in lines:
        handler.wfile.write(line + b"\n\n")


def refuse(handler, status: int, body: bytes) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


WORD = b'data: {"choices": [{"delta": {"content": "So. "}}]}'


@pytest.mark.parametrize("misbehave, said, words", [
    (lambda it: refuse(it, 401, b'{"error": {"message": "Incorrect\\nkey"}}'), [],
     "401: Incorrect key .*OPENAI_API_KEY"),
    (lambda it: refuse(it, 500, b"<html>\n<h1>Oops</h1>"), [], "answers 500: Oops$"),
    (lambda it: stream(it, WORD), ["So."], "breaks off its answer"),
    (lambda it: stream(it, WORD, b'data: {"error": {"message": "no memory"}}'), ["So."], "says: no memory"),
    (lambda it: (stream(it, WORD), [(stream_ping(it), time.sleep(0.05)) for _ in range(20)]), ["So."],
     "nothing for 0.3 s"),
    (lambda it: time.sleep(0.8), [], "nothing for 0.3 s"),
    (lambda it: stream(it, b"data: {"), [], "no answer of an OpenAI"),
    (lambda it: stream(it, b"data: [DONE]"), [], "has no answer"),
])
def test_a_model_that_fails_is_told_in_one_line_and_what_it_said_was_spoken(monkeypatch, misbehave, said, words):
    monkeypatch.setattr(model_servers, "SECONDS", 0.3)
    speaker, told = Speaker(), []
    with model_server(misbehave) as (address, _):
        talk = conversing.Conversing(speaker, replies.load_replier(address), lambda *what: told.append(what))
        talk.ask("Well?")
        assert soon(lambda: any(kind == "note" for kind, _ in told))
    (line,) = [line for kind, line in told if kind == "note"]
    assert speaker.said == said and "\n" not in line and re.search(words, line), line


def stream_ping(handler) -> None:
    with contextlib.suppress(OSError):  # nobody waits any more
        handler.wfile.write(b": a sign of life\n\n")


def test_a_model_that_refuses_or_sends_elsewhere_is_told_in_a_line():
    def away(handler):
        handler.send_response(307)
        handler.send_header("Location", "http://192.0.2.1/v1/chat/completions")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with model_server(away) as (address, _):
        replier = replies.load_replier(address)
        with pytest.raises(course.CourseError, match="answers 307"):
            list(replier.pieces("Hello"))
    with pytest.raises(course.CourseError, match="does not answer"):
        list(replier.pieces("Hello"))


@pytest.mark.parametrize("where, words", [
    ("http://192.0.2.7:80/v1", "another machine"), ("https://models.example/v1", "another machine"),
    ("http://127.0.0.1:99999/v1", "no address"), ("http://a:b@127.0.0.1/v1", "no address"),
    ("nowhere_at_all:answer", "no module"), ("json:nothing", "no function"), ("just words", "module:function")])
def test_an_answerer_that_cannot_be_is_refused_in_one_line(where, words):
    with pytest.raises(course.CourseError, match=words) as problem:
        replies.load_replier(where)
    assert "\n" not in str(problem.value)


def test_another_machine_answers_only_where_its_host_is_allowed():
    allowed = addresses.Rules(("models.example",))
    assert replies.load_replier("https://models.example/v1", rules=allowed).name == "https://models.example/v1"
    with pytest.raises(course.CourseError, match="another machine"):
        replies.load_replier("https://others.example/v1", rules=allowed)


# ---------------------------------------------------------------- on this machine alone


def test_only_candidates_of_this_machine_are_kept_of_an_offer():
    lines = ["v=0", "a=candidate:1 1 udp 2122 7d5c.local 40000 typ host",
             "a=candidate:2 1 udp 2122 203.0.113.9 40001 typ host",
             "a=candidate:3 1 tcp 2122 127.0.0.1 9 typ host tcptype active",
             "a=candidate:4 1 UDP 2122 127.0.0.1 40002 typ host", "a=candidate:5 1 udp 2122 224.0.0.251 5353 typ host",
             "a=candidate:6 1 udp 2122 ::1 40003 typ host", "a=candidate:7 1 udp 2122 0.0.0.0 40003 typ host", "a=end"]
    kept = loopback.kept("\r\n".join(lines)).split("\r\n")
    assert kept == ["v=0", "a=candidate:1 1 udp 2122 127.0.0.1 40000 typ host",
                    "a=candidate:4 1 UDP 2122 127.0.0.1 40002 typ host", "a=end", ""]


@pytest.mark.parametrize("address, here", [("127.0.0.1", True), ("::1", True), ("::ffff:127.0.0.1", True),
                                           ("192.0.2.4", False), ("", False), ("localhost.example", False)])
def test_who_is_on_this_machine(address, here):
    assert loopback.is_loopback(address) is here
