"""Sound files: what is read, how loud, when it begins, what is refused, and what is said of damage."""

import contextlib
import os
import re
import struct
import subprocess
import sys
import wave
from fractions import Fraction

import numpy as np
import pytest
import soundfile

from course import animation, errors, io
from course.io import downmix, sound

RATE = io.SAMPLE_RATE
BACKWARDS = (3, 2, 1)  # numbers of CAF for centre, right, left: an order that FFmpeg has no name for


# ---------------------------------------------------------------- files, made here


def tone(seconds=1.0, rate=RATE, hertz=440.0):
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def write_wav(path, samples, rate=RATE, channels=1):
    """16 bits; samples (N,), in `channels` equal channels, or (C, N)."""
    samples = np.repeat(samples[None], channels, axis=0) if samples.ndim == 1 else samples
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(samples))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples.T * 32_767).astype("<i2").tobytes())
    return path


def write_encoded(path, codec, samples, rate=RATE, layout="mono", picture=None, begin=0.0, lost=(), options=None):
    """Sound (N,) or (C, N) through an encoder of PyAV.

    picture: seconds at which 2 s of film begin beside it; begin: seconds at which the sound does; lost: numbers of
    packets that are left out; options: of the container.
    """
    import av

    samples = np.atleast_2d(samples).astype(np.float32)
    with av.open(str(path), "w", options=options or {}) as container:
        shown = [] if picture is None else pictures(container, picture)
        stream = container.add_stream(codec, rate=rate, layout=layout)
        stream.bit_rate = 96_000 * len(samples)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T.reshape(1, -1)), "flt", layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, round(begin * rate), Fraction(1, rate)
        size = stream.codec_context.frame_size
        even = av.AudioResampler(stream.format, layout, rate, size if size > 1 else 800)
        packets = [packet for piece in [*even.resample(frame), *even.resample(None)] for packet in stream.encode(piece)]
        packets = [packet for number, packet in enumerate(packets + stream.encode(None)) if number not in lost]
        for packet in sorted(packets + shown, key=lambda packet: packet.dts * packet.time_base):
            container.mux(packet)
    return path


def pictures(container, begin: float) -> list:
    """The packets of two seconds of grey film."""
    import av

    stream = container.add_stream("libvpx" if container.format.name == "webm" else "mpeg4", rate=25)
    stream.width = stream.height = 32
    stream.pix_fmt, stream.time_base = "yuv420p", Fraction(1, 25)
    packets = []
    for number in range(50):
        frame = av.VideoFrame.from_ndarray(np.full((32, 32, 3), 5 * number, np.uint8), "rgb24")
        frame.pts, frame.time_base = number + round(begin * 25), Fraction(1, 25)
        packets += stream.encode(frame)
    return packets + stream.encode(None)


def write_caf(path, labels: tuple, samples: np.ndarray | None = None, rate: int = RATE):
    """A Core Audio file of 16 bits whose channels have the given labels; samples (C, N), or noise."""
    if samples is None:
        samples = np.random.default_rng(0).normal(0, 0.1, (len(labels), rate // 3))
    channels = len(labels)
    parts = ((b"desc", struct.pack(">d4sIIIII", rate, b"lpcm", 0, 2 * channels, 1, channels, 16)),
             (b"chan", struct.pack(">III", 0, 0, channels) + b"".join(struct.pack(">IIfff", label, 0, 0, 0, 0)
                                                                      for label in labels)),
             (b"data", bytes(4) + (samples.T * 32_767).astype(">i2").tobytes()))  # fmt: skip
    path.write_bytes(b"caff" + struct.pack(">HH", 1, 0)
                     + b"".join(name + struct.pack(">q", len(body)) + body for name, body in parts))
    return path


def halve(path):
    path.write_bytes(path.read_bytes()[:path.stat().st_size // 2])
    return path


def set_rate(path, rate: int):
    data = bytearray(path.read_bytes())
    data[24:28] = struct.pack("<I", rate)
    path.write_bytes(data)
    return path


def loudness(samples) -> float:
    return float(np.sqrt(np.mean(np.square(samples))))


def begins(samples) -> float:
    """Seconds until the first sample that is heard."""
    return np.flatnonzero(np.abs(samples) > 0.1)[0] / RATE


def said(path, caplog) -> str:
    """What the log says when a file is read: nothing or one line."""
    caplog.clear()
    io.load_audio(path)
    assert len(caplog.messages) <= 1
    return "".join(caplog.messages)


def refusal(path) -> str:
    with pytest.raises(errors.AudioError) as caught:
        io.load_audio(path)
    assert len(str(caught.value).splitlines()) == 1 and len(str(caught.value)) < 300
    return str(caught.value)


# ---------------------------------------------------------------- whole files


def test_wav_stereo_at_another_rate(tmp_path):
    samples, rate = io.load_audio(write_wav(tmp_path / "a.wav", tone(1.0, 44_100), 44_100, channels=2))
    assert rate == RATE and samples.dtype == np.float32 and samples.ndim == 1
    assert len(samples) == pytest.approx(RATE, abs=40)
    assert np.argmax(np.abs(np.fft.rfft(samples[:16_000]))) == pytest.approx(440, abs=2)
    assert np.abs(samples[2000:-2000]).max() == pytest.approx(0.5, rel=0.05)


@pytest.mark.parametrize("ending, codec, picture", [
    ("mp3", "mp3", None), ("m4a", "aac", None), ("mp4", "aac", 0.0), ("mkv", "aac", 0.0), ("webm", "libopus", 0.0),
    ("ogg", "libopus", None), ("flac", "flac", None), ("mov", "alac", None), ("wma", "wmav2", None),
    ("aac", "aac", None), ("ts", "aac", 0.0), ("avi", "mp3", 0.0)])  # fmt: skip
def test_compressed_and_film_sound(tmp_path, caplog, ending, codec, picture):
    path = write_encoded(tmp_path / f"a.{ending}", codec, tone(1.0, 48_000), 48_000, picture=picture)
    assert said(path, caplog) == "", "nothing is said of a whole file"
    samples, _ = io.load_audio(path)
    assert len(samples) == pytest.approx(RATE, abs=1500)
    middle = samples[4000:12_000]
    assert np.argmax(np.abs(np.fft.rfft(middle))) * 2 == pytest.approx(440, abs=4)
    assert np.abs(middle).max() == pytest.approx(0.5, rel=0.1)


def test_ogg_vorbis(tmp_path, caplog):
    soundfile.write(tmp_path / "a.ogg", tone(2.0, 44_100), 44_100, "VORBIS")
    assert said(tmp_path / "a.ogg", caplog) == ""
    assert len(io.load_audio(tmp_path / "a.ogg")[0]) == pytest.approx(2 * RATE, abs=100)


def test_tags_that_are_no_utf8(tmp_path):
    path = write_wav(tmp_path / "a.wav", tone())
    tag = b"INFO" + b"INAM" + struct.pack("<I", 4) + b"\xc4\xd6\xdc\0"
    path.write_bytes(path.read_bytes() + b"LIST" + struct.pack("<I", len(tag)) + tag)
    assert len(io.load_audio(path)[0]) == RATE


# ---------------------------------------------------------------- channels


@pytest.mark.parametrize("channels", [3, 7, 8, 9, 16, 64])
def test_any_number_of_channels(tmp_path, channels):
    path = write_wav(tmp_path / "many.wav", tone(0.25, 44_100), 44_100, channels)
    assert loudness(io.load_audio(path)[0]) == pytest.approx(loudness(tone()), rel=0.02)


@pytest.mark.parametrize("ending, codec, layout", [
    ("flac", "flac", "7.1"), ("m4a", "aac", "7.1"), ("webm", "libopus", "7.1"), ("m4a", "aac", "octagonal")])
def test_compressed_sound_of_many_channels(tmp_path, ending, codec, layout):
    import av

    channels = np.repeat(tone(0.5, 48_000)[None], len(av.AudioLayout(layout).channels), axis=0)
    path = write_encoded(tmp_path / f"a.{ending}", codec, channels, 48_000, layout)
    assert loudness(io.load_audio(path)[0][2000:7000]) == pytest.approx(loudness(tone()), rel=0.05)


def test_more_channels_than_can_be_read(tmp_path):
    assert "65 channels, 64 can be read" in refusal(write_wav(tmp_path / "a.wav", tone(0.1), channels=65))


def test_orders_of_channels_without_a_name(tmp_path):
    """In a child process: PyAV frees such an order twice, and what does that dies."""
    orders = [(2, 1), (3, 3), BACKWARDS, (1, 1, 3, 3, 5, 5, 6, 6, 2, 2)]
    paths = [write_caf(tmp_path / f"{len(labels)}-{labels[0]}.caf", labels, np.repeat(tone()[None], len(labels), 0))
             for labels in orders]
    code = ("import sys; from course import io\n"
            "for path in sys.argv[1:] * 5: samples = io.load_audio(path)[0]; print(abs(samples).max())")
    done = subprocess.run([sys.executable, "-c", code, *map(str, paths)], capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    assert done.returncode == 0, done.stderr
    assert np.allclose([float(line) for line in done.stdout.split()], 0.5, atol=0.01)


def test_ordinary_sound_stays_as_it_is(tmp_path):
    """Mono is itself and stereo the mean of the two, to the bit."""
    left, right = np.random.default_rng(0).normal(0, 0.1, (2, RATE))
    one = io.load_audio(write_wav(tmp_path / "a.wav", left))[0]
    other = io.load_audio(write_wav(tmp_path / "b.wav", right))[0]
    both = io.load_audio(write_wav(tmp_path / "c.wav", np.stack([left, right])))[0]
    assert (one == (left * 32_767).astype(np.int16) / np.float32(32_768)).all()
    assert (both == (one + other) / 2).all()


def test_stereo_whose_channels_cancel_out(tmp_path):
    voice, hiss = tone(), np.random.default_rng(0).normal(0, 0.01, (2, RATE))
    for name, channels in [("inverse", (voice, -voice)), ("other", (-voice, voice)), ("partly", (voice, -0.8 * voice)),
                           ("hiss", (voice + hiss[0], -voice + hiss[1]))]:  # fmt: skip
        samples = io.load_audio(write_wav(tmp_path / f"{name}.wav", np.stack(channels)))[0]
        assert loudness(samples) == pytest.approx(loudness(voice), rel=0.12), name


@pytest.mark.parametrize("channels", [(1, 0), (0, 1), (1, 0.1)])
def test_one_sided_stereo_is_heard_at_its_loudness(tmp_path, channels):
    path = write_wav(tmp_path / "a.wav", np.outer(channels, tone()).astype(np.float32))
    assert loudness(io.load_audio(path)[0]) == pytest.approx(loudness(tone()), rel=0.01)


def test_two_people_left_and_right_are_both_heard(tmp_path):
    left, right = tone(2.0), tone(2.0, hertz=700)
    left[RATE:], right[:RATE] = 0, 0
    samples = io.load_audio(write_wav(tmp_path / "a.wav", np.stack([left, right])))[0]
    assert loudness(samples[:RATE]) == pytest.approx(loudness(samples[RATE:]), rel=0.01)
    assert loudness(samples) == pytest.approx(loudness(left) / np.sqrt(2), rel=0.01)  # the mean of the two


@pytest.mark.parametrize("layout", ["5.1", "5.1(side)", "7.1", "3.0"])
@pytest.mark.parametrize("speaker", ["FC", "FL", "LFE"])
def test_one_speaker_of_several(tmp_path, layout, speaker):
    import av

    names = [channel.name for channel in av.AudioLayout(layout).channels]
    if speaker not in names:
        speaker = "FR"
    channels = np.stack([tone(0.5, 48_000) * (name == speaker) for name in names])
    samples = io.load_audio(write_encoded(tmp_path / "a.mkv", "pcm_s16le", channels, 48_000, layout))[0]
    assert loudness(samples) == pytest.approx(loudness(tone()), rel=0.02)


def test_weights_are_those_of_bs_775():
    weights = downmix.base_weights(("FL", "FR", "FC", "LFE", "BL", "BR"))
    assert weights.sum() == pytest.approx(1) and weights[3] == 0
    assert weights / weights[2] == pytest.approx([0.7071, 0.7071, 1, 0, 0.5, 0.5], abs=1e-4)
    assert (downmix.base_weights(("NONE",) * 5) == np.float32(0.2)).all()


def test_what_is_raised_does_not_clip(tmp_path):
    loud = np.stack([tone(hertz=300 + 100 * k) * 1.9 for k in range(6)])
    samples = io.load_audio(write_wav(tmp_path / "a.wav", loud))[0]
    assert np.abs(samples).max() == 1 and np.count_nonzero(np.abs(samples) > 0.999) < 0.02 * RATE


# ---------------------------------------------------------------- when it begins


@pytest.mark.parametrize("ending, codec", [("mkv", "pcm_s16le"), ("mov", "pcm_s16le"), ("mp4", "aac"),
                                           ("webm", "libopus"), ("ts", "aac")])
@pytest.mark.parametrize("voice, picture", [(0.6, 0.0), (1.5, 0.2), (0.0, 0.4), (0.0, 0.0)])
def test_sound_keeps_its_place_beside_the_picture(tmp_path, ending, codec, voice, picture):
    path = write_encoded(tmp_path / f"a.{ending}", codec, tone(1.0, 48_000), 48_000, picture=picture, begin=voice)
    read = sound.read_sound(path)
    assert len(read.samples) / RATE == pytest.approx(1 + voice - picture, abs=0.04)
    assert begins(read.samples) == pytest.approx(max(0.0, voice - picture), abs=0.004)
    # an encoder's own beginning may count
    assert read.start == pytest.approx(voice - picture, abs=0.025)
    assert ("before the first picture were cut" in " ".join(read.notes)) == (voice < picture)


def test_a_sound_file_begins_with_its_sound(tmp_path):
    path = write_encoded(tmp_path / "a.mka", "pcm_s16le", tone(), begin=0.7)
    read = sound.read_sound(path)
    assert read.start == 0 and len(read.samples) == RATE


@pytest.mark.parametrize("ending, codec", [("mkv", "pcm_s16le"), ("mkv", "aac"), ("mp4", "aac"), ("webm", "libopus")])
@pytest.mark.parametrize("lost, gaps", [({8}, 1), ({8, 9, 10, 11, 12}, 1), ({5, 11}, 2)])
def test_what_is_missing_inside_becomes_silence(tmp_path, caplog, ending, codec, lost, gaps):
    low = tone(1.0, 48_000, 60)  # Hz: some files round their time stamps to a millisecond
    whole = write_encoded(tmp_path / f"a.{ending}", codec, low, 48_000, picture=0.0)
    gappy = write_encoded(tmp_path / f"b.{ending}", codec, low, 48_000, picture=0.0, lost=lost)
    whole, line, gappy = io.load_audio(whole)[0], said(gappy, caplog), io.load_audio(gappy)[0]
    assert len(gappy) == pytest.approx(len(whole), abs=20)
    count, seconds = re.search(r"(\d) gaps? became silence \(([\d.]+) s\)", line).groups()
    assert int(count) == gaps
    assert float(seconds) == pytest.approx(len(lost) * (800 if "pcm" in codec else 1000) / 48_000, rel=0.12, abs=0.006)
    # what follows stands where it stood
    assert np.corrcoef(whole[12_000:15_000], gappy[12_000:15_000])[0, 1] > 0.9


@pytest.mark.parametrize("waver", [0.015, 0.05])
def test_wavering_time_stamps(tmp_path, waver):
    """One frame that says it is late, the next not: nothing moves."""
    import av

    whole = write_encoded(tmp_path / "a.mkv", "pcm_s16le", tone(2.0, hertz=60), picture=0.0)
    with av.open(str(whole)) as source, av.open(str(tmp_path / "b.mkv"), "w") as target:
        streams = [target.add_stream_from_template(stream) for stream in source.streams]
        for packet in source.demux():
            if packet.dts is None:
                continue
            if packet.stream_index == 1 and 0.99 < packet.pts * packet.time_base < 1.01:
                packet.pts = packet.dts = packet.pts + round(waver / packet.time_base)
            packet.stream = streams[packet.stream_index]
            target.mux(packet)
    read, true = sound.read_sound(tmp_path / "b.mkv"), io.load_audio(whole)[0]
    assert read.notes == () and np.abs(read.samples - true).max() < 0.01


def test_time_stamps_that_begin_again(tmp_path, caplog):
    """Two recordings in one file, one behind the other."""
    path = write_encoded(tmp_path / "a.ts", "aac", tone(1.0, 48_000), 48_000)
    path.write_bytes(path.read_bytes() * 2)
    assert "time stamps that cannot be were not followed" in said(path, caplog)
    assert len(io.load_audio(path)[0]) == pytest.approx(2 * RATE, abs=0.1 * RATE)
    for ending, codec in [("mp3", "mp3"), ("ogg", "libopus"), ("aac", "aac")]:
        path = write_encoded(tmp_path / f"a.{ending}", codec, tone(1.0, 48_000), 48_000)
        path.write_bytes(path.read_bytes() * 2)
        assert len(io.load_audio(path)[0]) == pytest.approx(2 * RATE, abs=0.15 * RATE)


def test_a_stream_that_turns_up_on_the_way(tmp_path):
    """Flash video whose pictures begin after 20 s: PyAV (18) ends such a file with an IndexError."""
    import av

    path = write_encoded(tmp_path / "a.flv", "mp3", tone(20.0, 44_100), 44_100)
    with av.open(str(tmp_path / "b.flv"), "w") as container:
        stream = container.add_stream("flv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), "rgb24")
        container.mux([*stream.encode(frame), *stream.encode(None)])
    path.write_bytes(path.read_bytes() + (tmp_path / "b.flv").read_bytes()[13:])
    assert len(io.load_audio(path)[0]) == pytest.approx(20 * RATE, abs=0.1 * RATE)


# ---------------------------------------------------------------- damage


def test_a_bad_packet_is_passed_over_and_said(tmp_path, caplog):
    for ending, codec in [("mp3", "mp3"), ("m4a", "aac"), ("aac", "aac"), ("flac", "flac"), ("ogg", "libopus")]:
        path = write_encoded(tmp_path / f"a.{ending}", codec, tone(3.0, 48_000), 48_000)
        data = bytearray(path.read_bytes())
        data[len(data) // 2:len(data) // 2 + 800] = np.random.default_rng(1).bytes(800)
        path.write_bytes(data)
        line = said(path, caplog)
        told = r"packets? (was|were) skipped \(\d\.\d\d s\)|became silence \(\d\.\d\d s\)"
        assert re.search(told, line), (ending, line)
        assert len(io.load_audio(path)[0]) / RATE == pytest.approx(3, abs=0.25), ending


@pytest.mark.parametrize("ending, codec, picture", [
    ("wav", "pcm_s16le", None), ("mp3", "mp3", None), ("flac", "flac", None), ("ogg", "libopus", None),
    ("caf", "pcm_s16be", None), ("mka", "aac", None), ("mkv", "aac", 0.0), ("webm", "libopus", 0.0),
    ("avi", "mp3", 0.0), ("mp4", "aac", 0.0)])  # fmt: skip
def test_half_a_file_is_used_as_far_as_it_goes_and_said(tmp_path, caplog, ending, codec, picture):
    options = {"movflags": "faststart"} if ending == "mp4" else None
    path = tmp_path / f"a.{ending}"
    write_encoded(path, codec, np.random.default_rng(0).normal(0, 0.1, 96_000), 48_000, picture=picture,
                  options=options)
    line = said(halve(path), caplog)
    assert 0.4 < len(io.load_audio(path)[0]) / RATE < 1.5
    if ending == "ogg":
        assert "the file breaks off after 1.0 s" in line
    else:
        told, there = re.search(r"the file ends early: ([\d.]+) s by its header, ([\d.]+) s are there", line).groups()
        assert float(told) == pytest.approx(2, abs=0.25) and 0.6 < float(there) < 1.4


def test_half_an_m4a_has_lost_its_table(tmp_path):
    path = halve(write_encoded(tmp_path / "a.m4a", "aac", tone(2.0, 48_000), 48_000))
    assert "its table of contents is missing" in refusal(path)


def test_all_that_was_mended_is_said_in_one_line(tmp_path, caplog):
    samples = np.random.default_rng(0).normal(0, 0.1, 96_000).astype(np.float32)
    samples[1000:1010] = np.nan
    soundfile.write(tmp_path / "a.wav", samples, RATE, "FLOAT")
    line = said(halve(tmp_path / "a.wav"), caplog)
    assert line.startswith(f"{tmp_path / 'a.wav'}: the file ends early") and "; " in line
    assert "samples that are no numbers became silence" in line


def test_nothing_is_printed_over_a_place_before_the_file(tmp_path, capfd):
    """A length of chunk that leads back before the beginning, as damage makes it."""
    for at, value in [(40, 0xFFFFFFF0), (16, 0xFFFFFFF0), (4, 0x80000001), (16, 0x7FFFFFFF)]:
        data = bytearray(write_wav(tmp_path / "a.wav", tone()).read_bytes())
        data[at:at + 4] = struct.pack("<I", value)
        (tmp_path / "a.wav").write_bytes(data)
        with contextlib.suppress(errors.AudioError):
            sound.read_sound(tmp_path / "a.wav")
    assert capfd.readouterr() == ("", "")


def test_noise_named_mp3(tmp_path):
    (tmp_path / "a.mp3").write_bytes(np.random.default_rng(0).bytes(20_000))
    assert "no sound that can be read" in refusal(tmp_path / "a.mp3")


# ---------------------------------------------------------------- values


def test_samples_that_are_no_numbers(tmp_path, caplog):
    samples = tone()
    samples[100:110], samples[500], samples[600] = np.nan, np.inf, -np.inf
    soundfile.write(tmp_path / "a.wav", samples, RATE, "FLOAT")
    assert "12 samples that are no numbers became silence" in said(tmp_path / "a.wav", caplog)
    soundfile.write(tmp_path / "b.wav", np.stack([tone(), np.full(RATE, np.nan)], 1), RATE, "FLOAT")
    assert loudness(io.load_audio(tmp_path / "b.wav")[0]) == pytest.approx(loudness(tone()), rel=0.01)
    soundfile.write(tmp_path / "c.wav", np.full(RATE, np.nan), RATE, "FLOAT")
    assert "silent" in refusal(tmp_path / "c.wav")


def test_numbers_far_beyond_full_scale(tmp_path, caplog):
    soundfile.write(tmp_path / "a.wav", tone() * 32_768, RATE, "FLOAT")
    assert "1.64e+04 times full scale and were lowered" in said(tmp_path / "a.wav", caplog)
    assert np.corrcoef(io.load_audio(tmp_path / "a.wav")[0], tone())[0, 1] > 0.999


@pytest.mark.parametrize("rate", [16_000, 44_100])
@pytest.mark.parametrize("kind", ["constant", "minus one", "step", "ramp", "apart", "slow"])
def test_a_constant_is_silence(tmp_path, kind, rate):
    ones, line = np.ones(2 * rate, np.float32), np.linspace(-0.9, 0.9, 2 * rate)
    samples = {"constant": 0.5 * ones, "minus one": -ones, "step": 0.5 * (line > 0), "ramp": line,
               "apart": np.stack([0.3 * ones, -0.3 * ones], 1), "slow": 0.5 * np.sin(3 * line)}[kind]
    soundfile.write(tmp_path / "a.wav", samples, rate, "FLOAT")
    assert "is silent" in refusal(tmp_path / "a.wav")


def test_a_quiet_voice_on_a_constant_is_heard(tmp_path):
    soundfile.write(tmp_path / "a.wav", tone() * 0.004 + 0.3, RATE, "FLOAT")
    assert len(io.load_audio(tmp_path / "a.wav")[0]) == RATE


@pytest.mark.parametrize("rate", [1, 7, 999, 400_000, 10_000_000])
def test_a_header_with_an_impossible_rate(tmp_path, rate):
    path = set_rate(write_wav(tmp_path / "a.wav", tone()), rate)
    assert f"says it has {rate} samples a second, 1000 to 384000" in refusal(path)


def test_a_header_without_a_rate(tmp_path):
    assert "no sound that can be read" in refusal(set_rate(write_wav(tmp_path / "a.wav", tone()), 0))


def test_a_header_that_claims_eleven_hours(tmp_path, caplog):
    path = write_wav(tmp_path / "a.wav", tone())
    data = bytearray(path.read_bytes())
    data[40:44] = struct.pack("<I", 11 * 3600 * RATE * 2)
    path.write_bytes(data)
    assert "39600.0 s by its header, 1.0 s are there" in said(path, caplog)
    assert len(io.load_audio(path)[0]) == RATE


def test_sound_that_is_too_long_is_refused_while_it_is_read(tmp_path):
    import tracemalloc

    path = write_wav(tmp_path / "a.wav", np.zeros(80 * RATE, np.float32))
    with pytest.raises(errors.AudioError, match="more than 0.5 minutes of sound: cut out"):
        sound.read_sound(path, longest=30)
    tracemalloc.start()
    read = sound.read_sound(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2.2 * read.samples.nbytes, "what was read is held about once"
    assert sound.LONGEST == 1800


# ---------------------------------------------------------------- names


@pytest.mark.parametrize("name", ["10:30.wav", "data:x.wav", "http:x.wav", "file:x.wav", "-x.wav", "%03d.wav",
                                  "concat:a|b.wav", "a\nb.wav", "ü€𝄞.wav", b"\xff\xfe.wav", "x" * 251 + ".wav"])
def test_a_name_is_never_an_address(tmp_path, monkeypatch, caplog, name):
    monkeypatch.chdir(tmp_path)
    write_wav(tmp_path / "made.wav", tone())
    os.rename("made.wav", name)
    assert len(io.load_audio(name)[0]) == RATE
    with open(name, "r+b") as file:
        file.truncate(20_000)
    line = said(name, caplog)
    assert "the file ends early" in line and line.isprintable() and len(line) < 250


LISTS = {
    "a.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\nreal.wav\n",
    "b.wav": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\nreal.wav\n",
    "a.ffconcat": "ffconcat version 1.0\nfile real.wav\n",
    "a.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
    "a.mpd": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"></MPD>',
    "letter.wav": "this is a letter, not a sound",
}


@pytest.mark.parametrize("name, content", LISTS.items())
def test_lists_and_texts_are_refused(tmp_path, name, content):
    write_wav(tmp_path / "real.wav", tone())
    (tmp_path / name).write_text(content)
    assert "no sound that can be read" in refusal(tmp_path / name)


@pytest.mark.parametrize("name", ["http://127.0.0.1:9/x.wav", "concat:a.wav|b.wav", "data:audio/wav;base64,UklG", "-",
                                  "pipe:0", "none.wav"])
def test_addresses_are_names_of_files_that_are_not_there(name):
    assert "there is no file" in refusal(name)


def test_what_is_no_regular_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "link.wav").symlink_to(tmp_path / "link.wav")
    (tmp_path / "empty.wav").write_bytes(b"")
    for name, message in [("pipe.wav", "is a pipe or a device"), ("link.wav", "cannot be opened"), (".", "folder"),
                          ("empty.wav", "is empty"), ("a\0b.wav", "cannot be opened"),
                          ("y" * 300 + ".wav", "cannot be opened")]:  # fmt: skip
        assert message in refusal(tmp_path / name)
    assert "is a pipe or a device" in refusal("/dev/zero")
    assert "by its name, not by int" in refusal(5)
    write_wav(tmp_path / "short.wav", tone(0.01))
    assert "less than" in refusal(tmp_path / "short.wav")


def test_a_file_that_may_not_be_read(tmp_path):
    path = write_wav(tmp_path / "a.wav", tone())
    path.chmod(0)
    user = os.geteuid()
    if user == 0:  # the superuser may read anything
        os.seteuid(65_534)
    try:
        assert "may not be read: check its permissions" in refusal(path)
    finally:
        os.seteuid(user)


# ---------------------------------------------------------------- the sound of a film


def test_the_sound_of_a_film_that_may_be_without(tmp_path, caplog):
    silent = write_encoded(tmp_path / "silent.mkv", "pcm_s16le", np.zeros(RATE), picture=0.0)
    assert sound.film_sound(silent) == (None, None)
    assert caplog.messages == [f"{silent}: its sound is silent and left out"]
    bare = io.Clip([np.zeros((32, 32, 3), np.uint8)] * 5).save(tmp_path / "bare.mp4", progress=False)
    assert sound.film_sound(bare) == (None, None) and len(caplog.messages) == 1
    spoken = write_encoded(tmp_path / "a.mkv", "pcm_s16le", tone(), picture=0.0, begin=0.6)
    samples, rate = sound.film_sound(spoken)
    assert rate == RATE and begins(samples) == pytest.approx(0.6, abs=0.001)


def test_a_films_sound_is_read_before_its_frames_are_tracked(tmp_path):
    """This film has no face in it, which tracking would say: the sound is refused first."""
    path = write_encoded(tmp_path / "a.mkv", "pcm_s16le", tone(1.0, 900), 900, picture=0.0)
    with pytest.raises(errors.AudioError, match="900 samples a second"):
        animation.drive_by_video(path, animation.Settings())


def test_eight_channels_in_a_film(tmp_path):
    channels = np.repeat(tone(1.0, 48_000)[None], 8, axis=0)
    path = write_encoded(tmp_path / "a.mkv", "pcm_s16le", channels, 48_000, "7.1", picture=0.0, begin=0.6)
    samples, _ = sound.film_sound(path)
    assert begins(samples) == pytest.approx(0.6, abs=0.002) and np.abs(samples).max() == pytest.approx(0.5, abs=0.01)
