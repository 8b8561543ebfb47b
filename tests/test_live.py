"""A live face, on a clock that the tests turn: what is said, heard and stopped, and what gives way on a slow machine."""

import time

import numpy as np
import pytest

import course
from course import demo, errors
from course.face import channels
from course.serving import live as live_room
from course.serving.live import clock as clocks
from course.serving.live import heard, idling, mixer, sentences, speaking, tracks

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
                                         (np.zeros(160), 0), (np.zeros(160), 16e3), (np.zeros(200_000), 16_000)])
def test_what_is_no_sound_is_refused_in_one_line(live, chunk, rate):
    with pytest.raises(errors.AudioError) as problem:
        live.hear(chunk, rate)
    assert "\n" not in str(problem.value)


def test_bytes_are_sixteen_bit_sound():
    assert np.allclose(heard.checked(np.array([0, 16384, -32768], "<i2").tobytes(), 8000), [0, 0.5, -1])


# ---------------------------------------------------------------- what gives way


def test_a_slow_machine_loses_frames_then_pixels_but_no_sound_and_says_so(told):
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
        for _ in range(20 * 25 * 8):
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


# ---------------------------------------------------------------- text in pieces


@pytest.mark.parametrize("text, wanted", [
    ("Hello there. How are you?", ["Hello there.", "How are you?"]),
    ("Dr. Hopper wrote A-0. It was a compiler!", ["Dr. Hopper wrote A-0.", "It was a compiler!"]),
    ("It costs 3.50 today", ["It costs 3.50 today"]),
    ("你好。再见。", ["你好。", "再见。"]),
    ("... -- !", []),
    ("<speak>One. Two.</speak>", ["<speak>One. Two.</speak>"]),
])
def test_a_text_is_cut_where_sentences_end(text, wanted):
    assert sentences.pieces_of(text) == wanted


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
                                          ({"expression": "happy@2s"}, "without times"), ({"head": "nod@1s"}, "head")])
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
    with pytest.raises(errors.TextError, match="nothing to say"):
        face.say("...")
    with pytest.raises(course.CourseError, match="cannot be changed"):
        face.set(face="largest")
    face.close()
    face.close()
    with pytest.raises(course.CourseError, match="closed"):
        face.read()


def test_what_cannot_be_spoken_is_told_and_the_next_sentence_is_spoken(live, told):
    live.set(voice="en-us")
    live.say("[happy:9] Hello.")
    live.say("Good.")
    assert read_until(live, lambda moment: moment.words)[-1].words == "Good."
    assert "not spoken" in told[0]
    live.set(voice=None)


def test_the_door_hands_on_what_a_program_needs():
    assert live_room.Live is course.Live and live_room.Moment.__name__ == "Moment"
