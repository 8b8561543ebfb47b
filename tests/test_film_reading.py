"""Films in: shown as players show them, by time stamps of every kind; what is damaged is left out, counted and said."""

import itertools
import logging
import os
import struct
import subprocess
import sys
from fractions import Fraction

import av
import numpy as np
import pytest

from course import errors, io

KR_KB = {"601": (0.299, 0.114), "709": (0.2126, 0.0722), "2020": (0.2627, 0.0593)}  # ITU-R BT.601, 709, 2020
MATRIX_TAGS = {"601": 6, "709": 1, "2020": 9}
COLOURS = [(205, 130, 105), (255, 255, 255), (0, 0, 0), (128, 128, 128), (255, 0, 0), (0, 200, 30), (20, 40, 220)]


def corners(height=48, width=64):
    """A picture whose four quarters differ, so that each way to turn it shows: uint8 (H, W, 3)."""
    picture = np.full((height, width, 3), 40, np.uint8)
    picture[: height // 2, : width // 2] = (220, 30, 30)
    picture[: height // 2, width // 2 :] = (30, 200, 30)
    picture[height // 2 :, : width // 2] = (30, 30, 220)
    return picture


def numbered(count, height=48, width=64):
    """Frames that carry their number in their brightness: 8 grey levels a step, read back by `numbers`."""
    for number in range(count):
        yield np.full((height, width, 3), 8 * (number % 30) + 8, np.uint8)


def numbers(frames):
    return [round((float(frame.mean()) - 8) / 8) for frame in frames]


def write(path, frames, codec="libx264", pixels="yuv420p", stamps=None, base=Fraction(1, 25), rate=25, file=None,
          **settings):
    """Frames into a film; `stamps` in units of `base`. `settings` are fields of the codec; `matrix` turns it."""
    matrix, options = settings.pop("matrix", None), settings.pop("options", {})
    if codec == "libx264":
        options = {"qp": "8", "bf": "0"} | options
    with av.open(str(path), "w", options=file or {}) as container:
        stream = container.add_stream(codec, rate=rate, options=options)
        for number, picture in enumerate(frames):
            if not number:
                stream.height, stream.width, stream.pix_fmt = *picture.shape[:2], pixels
                stream.codec_context.time_base = base
                for name, value in settings.items():
                    setattr(stream.codec_context, name, value)
            frame = av.VideoFrame.from_ndarray(picture, "rgb24") if isinstance(picture, np.ndarray) else picture
            frame.pts, frame.time_base = number if stamps is None else stamps[number], base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    if matrix is not None:
        data = bytearray(path.read_bytes())
        place = data.index(b"tkhd") + 44  # ISO/IEC 14496-12, 8.3.2
        data[place : place + 36] = struct.pack(">9i", *matrix)
        path.write_bytes(data)
    return path


def remux(path, out, change=lambda number, packet: packet, **options):
    """The same packets again, each through `change`; None leaves one out."""
    with av.open(str(path)) as source, av.open(str(out), "w", **options) as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(source.demux(source.streams.video[0])):
            if packet.size and (packet := change(number, packet)) is not None:
                packet.stream = stream
                target.mux(packet)
    return out


def packets(path):
    """(place in the file, size) of each packet."""
    with av.open(str(path)) as source:
        return [(packet.pos, packet.size) for packet in source.demux(source.streams.video[0]) if packet.size]


def said(caplog):
    return [record.getMessage() for record in caplog.records if record.name == "course"]


@pytest.fixture(autouse=True)
def listen(caplog):
    caplog.set_level(logging.WARNING, "course")


# ---------------------------------------------------------------- turned, mirrored, oblong

ONE = 1 << 16
W = 1 << 30
TURNED = {  # a, b, c, d of the display matrix -> what NumPy makes of the picture
    "as it is": ((1, 0, 0, 1), lambda a: a),
    "mirrored": ((-1, 0, 0, 1), lambda a: a[:, ::-1]),
    "upside down": ((-1, 0, 0, -1), lambda a: a[::-1, ::-1]),
    "flipped": ((1, 0, 0, -1), lambda a: a[::-1]),
    "transposed": ((0, 1, 1, 0), lambda a: a.transpose(1, 0, 2)),
    "clockwise": ((0, 1, -1, 0), lambda a: np.rot90(a, -1)),
    "transversed": ((0, -1, -1, 0), lambda a: np.rot90(a, 2).transpose(1, 0, 2)),
    "counter-clockwise": ((0, -1, 1, 0), lambda a: np.rot90(a)),
}


def matrix_of(a, b, c, d):
    return [round(a * ONE), round(b * ONE), 0, round(c * ONE), round(d * ONE), 0, 0, 0, W]


@pytest.mark.parametrize("ending", ["mp4", "mov"])
@pytest.mark.parametrize("name", TURNED)
def test_every_display_matrix_turns_the_picture_as_players_do(tmp_path, caplog, name, ending):
    (a, b, c, d), turn = TURNED[name]
    path = write(tmp_path / f"a.{ending}", [corners()], matrix=matrix_of(a, b, c, d))
    shown = next(io.read_frames(path)).astype(int)
    expected = turn(corners()).astype(int)
    assert shown.shape == expected.shape and io.probe(path).size == expected.shape[1::-1]
    assert np.abs(shown - expected).mean() < 4
    assert not said(caplog)


def test_scale_and_place_in_a_display_matrix_do_not_matter(tmp_path):
    """As cameras write it: twice as large, moved back into sight, and turned by half a degree more."""
    matrix = matrix_of(-0.0175, 2, -2, -0.0175)
    matrix[6] = 48 * ONE
    path = write(tmp_path / "a.mov", [corners()], matrix=matrix)
    assert np.abs(next(io.read_frames(path)) - np.rot90(corners(), -1).astype(int)).mean() < 4


@pytest.mark.parametrize("linear", [(0, 0, 0, 1), (1, 1, 1, 1), (0.7, 0.7, -0.7, 0.7), (1, 0, 0, 0), (0.5, 0, 1, 0)])
def test_a_display_matrix_that_turns_nothing_is_ignored_with_a_word(tmp_path, caplog, linear):
    path = write(tmp_path / "a.mp4", [corners()] * 3, matrix=matrix_of(*linear))
    frames = list(io.read_frames(path))
    assert np.abs(frames[0] - corners().astype(int)).mean() < 4
    assert len(said(caplog)) == 1 and "display matrix" in said(caplog)[0] and "a.mp4" in said(caplog)[0]


@pytest.mark.parametrize("ending, codec", [("mp4", "libx264"), ("mkv", "libx264"), ("avi", "mpeg4"), ("ts", "libx264")])
@pytest.mark.parametrize("aspect, size", [((2, 1), (128, 48)), ((1, 2), (64, 96)), ((16, 11), (93, 48)),
                                          ((12, 11), (70, 48)), ((0, 1), (64, 48)), ((1, 1), (64, 48))])
def test_oblong_pixels_are_made_square(tmp_path, caplog, aspect, size, ending, codec):
    """By the file (MP4, MKV) and by the coded picture alone (AVI, TS)."""
    path = write(tmp_path / f"a.{ending}", [corners()] * 20, codec, sample_aspect_ratio=Fraction(*aspect))
    shown = next(io.read_frames(path))
    assert io.probe(path).size == size == shown.shape[1::-1]
    assert np.abs(shown[6, 6] - (220.0, 30, 30)).max() < 20 and np.abs(shown[6, -6] - (30.0, 200, 30)).max() < 20
    assert not said(caplog)


@pytest.mark.parametrize("aspect", [(9, 1), (1, 5), (40, 3)])
def test_absurd_pixels_are_taken_for_square_ones_with_a_word(tmp_path, caplog, aspect):
    path = write(tmp_path / "a.mp4", [corners()], sample_aspect_ratio=Fraction(*aspect))
    assert [frame.shape for frame in io.read_frames(path)] == [(48, 64, 3)]
    assert len(said(caplog)) == 1 and f"{aspect[0]}:{aspect[1]}" in said(caplog)[0]


@pytest.mark.parametrize("name", ["clockwise", "transposed", "mirrored"])
def test_oblong_and_turned(tmp_path, name):
    """The pixels are oblong before they are turned: a phone held upright, anamorphic."""
    (a, b, c, d), turn = TURNED[name]
    path = write(tmp_path / "a.mp4", [corners()], matrix=matrix_of(a, b, c, d), sample_aspect_ratio=Fraction(2))
    expected = turn(corners(48, 128)).astype(int)
    shown = next(io.read_frames(path))
    assert shown.shape == expected.shape and np.abs(shown - expected).mean() < 5
    small = next(io.read_frames(path, max_side=64))
    assert small.shape == tuple(n // 2 for n in expected.shape[:2]) + (3,)


def test_a_film_that_changes_its_size_keeps_the_first_one(tmp_path):
    """As MPEG-TS recorders and browsers write it."""
    parts = [write(tmp_path / f"{side}.ts", numbered(5, side, side)).read_bytes() for side in (64, 96)]
    (tmp_path / "a.ts").write_bytes(b"".join(parts))
    frames = list(io.read_frames(tmp_path / "a.ts"))
    assert {frame.shape for frame in frames} == {(64, 64, 3)} and len(frames) == 10


# ---------------------------------------------------------------- colours


def stored(colour, matrix, full, bits):
    """sRGB values -> Y, Cb, Cr as the standards store them."""
    red_share, blue_share = KR_KB[matrix]
    red, green, blue = (value / 255 for value in colour)
    luma = red_share * red + (1 - red_share - blue_share) * green + blue_share * blue
    chroma = (blue - luma) / (2 - 2 * blue_share), (red - luma) / (2 - 2 * red_share)
    step = 2 ** (bits - 8)
    if full:
        top = 2**bits - 1
        values = luma * top, *(value * top + 128 * step for value in chroma)
        return [round(min(max(value, 0), top)) for value in values]
    return [round(value * step) for value in (16 + 219 * luma, *(128 + 224 * value for value in chroma))]


def flat(values, pixels, bits):
    """One flat frame of stored values, 64x64."""
    frame = av.VideoFrame(64, 64, pixels)
    for plane, value in zip(frame.planes, values):
        kind = np.uint16 if bits > 8 else np.uint8
        plane.update(np.full(plane.buffer_size // kind().itemsize, value, kind).tobytes())
    return frame


def colour_film(path, codec, pixels, values, bits=8, **tags):
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25, options={"qp": "0"} if codec == "libx264" else {})
        stream.width, stream.height, stream.pix_fmt = 64, 64, pixels
        for name, value in tags.items():
            setattr(stream.codec_context, name, value)
        for number, value in enumerate(values):
            frame = flat(value, pixels, bits)
            frame.pts, frame.time_base = number, Fraction(1, 25)
            for name in ("colorspace", "color_range"):
                setattr(frame, name, tags.get(name, getattr(frame, name)))
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def furthest(frames, colours=COLOURS):
    return max(np.abs(frame[8:-8, 8:-8].astype(float) - colour).max() for frame, colour in zip(frames, colours))


@pytest.mark.parametrize("codec, ending", [("ffv1", "mkv"), ("libx264", "mp4")])
@pytest.mark.parametrize("pixels, bits", [("yuv420p", 8), ("yuv444p", 8), ("yuv420p10le", 10)])
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("matrix", KR_KB)
def test_known_colours_come_back_within_two_grey_levels(tmp_path, matrix, full, pixels, bits, codec, ending):
    values = [stored(colour, matrix, full, bits) for colour in COLOURS]
    path = colour_film(tmp_path / f"a.{ending}", codec, pixels, values, bits, colorspace=MATRIX_TAGS[matrix],
                       color_range=2 if full else 1)
    assert furthest(io.read_frames(path)) <= 2


@pytest.mark.parametrize("codec, ending, pixels", [
    ("ffv1", "mkv", "bgr0"), ("libx264rgb", "mp4", "rgb24"), ("png", "mov", "rgb24"), ("png", "mov", "rgba"),
    ("rawvideo", "avi", "bgr24"), ("qtrle", "mov", "rgb24"), ("apng", "apng", "rgb24"), ("ffv1", "mkv", "gbrp16le")])
def test_films_in_red_green_and_blue(tmp_path, codec, ending, pixels):
    frames = [np.full((64, 64, 3), colour, np.uint8) for colour in COLOURS]
    path = tmp_path / f"a.{ending}"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25, options={"qp": "0"} if codec == "libx264rgb" else {})
        stream.width, stream.height, stream.pix_fmt = 64, 64, pixels
        for number, picture in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format=pixels)
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert furthest(io.read_frames(path)) <= 1


@pytest.mark.parametrize("codec, ending, pixels", [("gif", "gif", "pal8"), ("png", "mov", "pal8"),
                                                   ("rawvideo", "avi", "pal8")])
def test_films_with_a_palette(tmp_path, codec, ending, pixels):
    palette = np.zeros((256, 4), np.uint8)
    palette[: len(COLOURS)] = [(255, *colour) for colour in COLOURS]  # alpha, red, green, blue
    path = tmp_path / f"a.{ending}"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, pixels
        for number in range(len(COLOURS)):
            frame = av.VideoFrame.from_ndarray((np.full((64, 64), number, np.uint8), palette), "pal8")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert furthest(io.read_frames(path)) <= 1


@pytest.mark.parametrize("codec, ending, full", [("libx264", "mp4", False), ("libx264", "mp4", True),
                                                 ("ffv1", "mkv", True)])
def test_grey_films(tmp_path, codec, ending, full):
    greys = [(16, 16, 16), (128, 128, 128), (235, 235, 235)]
    values = [[gray[0] if full else round(16 + 219 * gray[0] / 255)] for gray in greys]
    path = colour_film(tmp_path / f"a.{ending}", codec, "gray", values, color_range=2 if full else 1)
    assert furthest(io.read_frames(path), greys) <= 2


def to_2020(colour, to_signal):
    """sRGB colour -> BT.2020 values in [0, 1], by way of linear light."""
    linear = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])  # BT.2087
    light = np.array([value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
                      for value in np.array(colour) / 255])
    return to_signal(linear @ light)


def pq(light):
    """Light, 1 for white of 203 cd/m2 -> SMPTE ST 2084."""
    power = (np.clip(light, 0, None) * 203 / 10_000) ** (2610 / 16384)
    return ((3424 / 4096 + 2413 / 128 * power) / (1 + 2392 / 128 * power)) ** (2523 / 32)


def hlg(light):
    """Light, 1 for white of 203 cd/m2 on a screen of 1000 -> BT.2100's HLG."""
    shown = light * 0.203
    luminance = shown @ np.array([0.2627, 0.6780, 0.0593])
    scene = shown * luminance ** (1 / 1.2 - 1) if luminance > 0 else shown
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene),
                    0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073)


@pytest.mark.parametrize("name, transfer, curve", [("PQ", 16, pq), ("HLG", 18, hlg)])
def test_hdr_is_brought_down_with_a_word(tmp_path, caplog, name, transfer, curve):
    """Skin and all that is not bright keeps its colour; white stays light grey to white, brighter light white."""
    colours = [(205, 130, 105), (0, 0, 0), (128, 128, 128), (20, 40, 180), (90, 160, 60)]
    signals = [to_2020(colour, curve) * 255 for colour in [*colours, (255, 255, 255)]]
    signals.append(np.full(3, 0.95 * 255))  # a lamp
    values = [stored(signal, "2020", False, 10) for signal in signals]
    path = colour_film(tmp_path / "a.mkv", "ffv1", "yuv420p10le", values, 10, colorspace=9, color_range=1,
                       color_trc=transfer, color_primaries=9)
    frames = list(io.read_frames(path))
    assert furthest(frames, colours) <= 3
    assert 235 <= frames[5].min() and frames[5].min() < frames[6].min() <= 255
    assert len(said(caplog)) == 1 and name in said(caplog)[0]


@pytest.mark.parametrize("primaries", [9, 12])
def test_wide_colours_without_hdr_are_shown_in_srgb(tmp_path, caplog, primaries):
    """Grey is grey; a colour as pale as skin is deeper in sRGB than the stored values say (matrices of BT.2407)."""
    to_srgb = {9: [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]],
               12: [[1.2249, -0.2247, 0], [-0.0420, 1.0419, 0], [-0.0197, -0.0786, 1.0979]]}[primaries]
    greys = [(16, 16, 16), (128, 128, 128), (250, 250, 250)]
    matrix = "2020" if primaries == 9 else "709"
    values = [stored(colour, matrix, False, 10) for colour in [*greys, (205, 130, 105)]]
    path = colour_film(tmp_path / "a.mkv", "ffv1", "yuv420p10le", values, 10, color_range=1, color_trc=1,
                       colorspace=MATRIX_TAGS[matrix], color_primaries=primaries)
    frames = list(io.read_frames(path))
    assert furthest(frames, greys) <= 2
    wanted = 255 * (np.array(to_srgb) @ (np.array([205, 130, 105]) / 255) ** 2.4) ** (1 / 2.4)
    assert np.abs(frames[3][32, 32] - wanted).max() <= 2 and not said(caplog)


# ---------------------------------------------------------------- time


def test_an_uneven_film_shows_what_a_player_shows(tmp_path):
    """Frames at 0, 40, 80, 400, 420 and 1000 ms, asked for at 50 a second."""
    stamps = [0, 40, 80, 400, 420, 1000]
    for ending in ("mp4", "mkv"):
        path = write(tmp_path / f"a.{ending}", numbered(6), stamps=stamps, base=Fraction(1, 1000))
        shown = numbers(io.read_frames(path, fps=50))
        wanted = [max(n for n, stamp in enumerate(stamps) if stamp <= 20 * k) for k in range(51)]
        assert shown[:51] == wanted and len(shown) < 51 + 50


@pytest.mark.parametrize("first", [250, 90_000, -40])
@pytest.mark.parametrize("ending", ["mkv", "ts"])
def test_a_film_whose_clock_does_not_begin_at_zero(tmp_path, first, ending):
    path = write(tmp_path / f"a.{ending}", numbered(10), stamps=[first + 40 * n for n in range(10)],
                 base=Fraction(1, 1000), file={"avoid_negative_ts": "disabled"} if first < 0 else {})
    assert numbers(io.read_frames(path, fps=25)) == list(range(10))


class Stamped:
    """A frame of which only the time matters."""

    def __init__(self, number, stamp):
        self.number, self.time, self.duration, self.time_base = number, stamp, 0, None


def at_25(stamps):
    """Numbers of the frames shown at 25 a second, of a film of 25 whose stamps (seconds or None) are these."""
    from course.io import frame_times

    frames = [Stamped(number, stamp) for number, stamp in enumerate(stamps)]
    return [frame.number for frame in frame_times.even(iter(frames), 25, 25, stamps[0] or 0.0, [])]


@pytest.mark.parametrize("change", [
    {4: None}, {4: 3}, {4: 1}, {4: 5000}, {4: -7000}, {3: None, 4: None, 5: None}, {0: None}, {9: None}, {8: 3, 9: 3}],
    ids=str)
def test_broken_stamps_in_the_middle_move_nothing_else(change):
    """Missing, doubled, going back, far off: such a frame lies between its neighbours."""
    stamps = [change.get(n, n) for n in range(10)]
    assert at_25([None if stamp is None else stamp / 25 for stamp in stamps]) == list(range(10))


@pytest.mark.parametrize("stamps", [[None] * 40, [0.0] * 40, [2.0] + [0.0] * 39, list(np.arange(40, 0, -1) / 25)])
def test_stamps_that_are_all_broken_give_the_films_own_rate(stamps):
    assert at_25(stamps) == list(range(40))


def test_two_recordings_joined_go_on_without_a_jump():
    once = [n / 25 for n in range(20)]
    for second in (once, [stamp + 4000 for stamp in once], [stamp - 77 for stamp in once]):
        assert at_25(once + second) == list(range(40))


def test_doubled_stamps_in_a_file(tmp_path):
    """In MKV, where two frames may have one stamp: the film is as long as before."""
    path = write(tmp_path / "a.mkv", numbered(10), stamps=list(range(10)))

    def double(number, packet):
        packet.pts = packet.dts = packet.pts - 40 if number == 5 else packet.pts
        return packet

    shown = numbers(io.read_frames(remux(path, tmp_path / "b.mkv", double), fps=25))
    assert len(shown) == 10 and shown[:5] + shown[6:] == [0, 1, 2, 3, 4, 6, 7, 8, 9]


def test_thirty_frames_in_thousandths_are_thirty_frames(tmp_path):
    """MKV rounds 1/30 s to 33 ms: no frame is shown twice for that."""
    path = write(tmp_path / "a.mkv", numbered(29), stamps=list(range(29)), base=Fraction(1, 30), rate=30)
    assert numbers(io.read_frames(path, fps=30)) == list(range(29))


@pytest.mark.parametrize("rate", [12, 24, 30, 60, Fraction(30000, 1001)])
def test_probe_gives_the_rate(tmp_path, rate):
    for ending in ("mp4", "mkv", "avi"):
        path = write(tmp_path / f"a.{ending}", numbered(20), "mpeg4", stamps=list(range(20)), base=1 / Fraction(rate),
                     rate=rate)
        assert io.probe(path).fps == pytest.approx(float(rate), rel=0.01)


def test_a_header_of_1000_frames_a_second(tmp_path, caplog):
    """The unit of the clock, not the rate: the frames' own stamps are counted."""
    stamps = [40 * n for n in range(20)]
    path = write(tmp_path / "a.mkv", numbered(20), stamps=stamps, base=Fraction(1, 1000), rate=1000)
    assert io.probe(path).fps == pytest.approx(25, rel=0.01)
    assert numbers(io.read_frames(path, fps=25)) == list(range(20))
    assert len(said(caplog)) <= 1


def test_no_rate_at_all(tmp_path):
    """Raw H.264 has no clock, a GIF no rate in its header."""
    path = write(tmp_path / "a.h264", numbered(10))
    assert 5 <= io.probe(path).fps <= 120 and len(list(io.read_frames(path, fps=io.probe(path).fps))) == 10
    stamps = [8 * n for n in range(10)]
    path = write(tmp_path / "a.gif", numbered(10), "gif", "rgb8", base=Fraction(1, 100), stamps=stamps)
    assert io.probe(path).fps == pytest.approx(12.5, rel=0.2)


def test_a_frame_a_second_and_a_thousand_are_said(tmp_path, caplog):
    slow = write(tmp_path / "slow.mp4", numbered(4), rate=1, base=Fraction(1))
    assert io.probe(slow).fps == pytest.approx(1) and len(list(io.read_frames(slow, fps=5))) == 20
    fast = write(tmp_path / "fast.avi", numbered(9), "mpeg4", rate=1000, base=Fraction(1, 1000))
    assert io.probe(fast).fps == 240 and list(io.read_frames(fast))
    told = said(caplog)
    assert len(told) == 2 and "slow.mp4" in told[0] and "low, 1 a second" in told[0] and "1000" in told[1]


def test_a_header_that_makes_hours_of_a_short_film_is_refused(tmp_path):
    """Its clock says a frame in 4 seconds: not ten minutes of standing pictures."""
    path = write(tmp_path / "a.mp4", numbered(200), rate=Fraction(1, 4), base=Fraction(4))
    refused_at_25(path, "1 frames a second for 13 minutes")
    assert len(list(io.read_frames(path))) == 200, "as they are stored they can be had"


def refused_at_25(path, match):
    with pytest.raises(errors.VideoError, match=match):
        io.read_frames(path, fps=25)


@pytest.mark.parametrize("fps", [0, -1, float("nan"), float("inf"), "25", True, 1e9, [25]])
def test_a_rate_that_is_none(tmp_path, fps):
    with pytest.raises(errors.VideoError, match="frames a second must be a number above 0 and at most 1000"):
        io.read_frames(tmp_path / "none.mp4", fps=fps)


@pytest.mark.parametrize("side", [0, -5, "64", float("nan"), 3, False])
def test_a_side_that_is_none(tmp_path, side):
    with pytest.raises(errors.VideoError, match="longer side"):
        io.read_frames(tmp_path / "none.mp4", max_side=side)


# ---------------------------------------------------------------- damage


@pytest.mark.parametrize("ending, codec", [("mp4", "libx264"), ("mov", "mjpeg"), ("avi", "mpeg4"), ("mp4", "mpeg4")])
@pytest.mark.parametrize("number", [3, 12, 22])
def test_a_bad_packet_is_left_out_counted_and_said(tmp_path, caplog, ending, codec, number):
    """The first, one in the middle and one of the last, which decoders with threads take the rest along with."""
    path = write(tmp_path / f"a.{ending}", numbered(25), codec, "yuvj420p" if codec == "mjpeg" else "yuv420p",
                 options={"g": "1"})
    place, size = packets(path)[number]
    data = bytearray(path.read_bytes())
    data[place : place + size] = b"\xff" * size
    path.write_bytes(data)
    wanted = [n for n in range(25) if n != number]
    assert numbers(io.read_frames(path)) == wanted
    assert len(said(caplog)) == 1 and "1 of 25 frames do not decode" in said(caplog)[0] and path.name in said(caplog)[0]
    held = [n if n != number else number - 1 for n in range(25)]
    assert numbers(io.read_frames(path, fps=25)) == held, "the frame before stays until the next"


def test_a_lost_beginning_moves_nothing(tmp_path, caplog):
    """The key frame is bad: what follows comes at its time."""
    path = write(tmp_path / "a.mp4", numbered(24), options={"g": "8"})
    place, size = packets(path)[0]
    data = bytearray(path.read_bytes())
    data[place : place + size] = b"\xff" * size
    path.write_bytes(data)
    shown = numbers(io.read_frames(path, fps=25))
    assert shown[8:] == list(range(8, 24)) and set(shown[:8]) == {8}
    assert len(said(caplog)) == 1 and "do not decode" in said(caplog)[0]


def test_a_film_without_a_frame_that_decodes(tmp_path):
    path = write(tmp_path / "a.mp4", numbered(5), options={"g": "1"})
    data = bytearray(path.read_bytes())
    for place, size in packets(path):
        data[place : place + size] = b"\xff" * size
    path.write_bytes(data)
    with pytest.raises(errors.VideoError, match="no frame that decodes"):
        io.probe(path)


@pytest.mark.parametrize("ending, codec", [("mkv", "libx264"), ("webm", "libvpx-vp9"), ("webm", "libvpx"),
                                           ("avi", "mjpeg")])
@pytest.mark.parametrize("share", [0.4, 0.75])
def test_a_film_that_is_cut_short_gives_what_is_there_and_says_so(tmp_path, caplog, ending, codec, share):
    options = {"deadline": "realtime", "cpu-used": "8", "threads": "1"} if "vpx" in codec else {}
    path = write(tmp_path / f"a.{ending}", numbered(100, 96, 128), codec, "yuvj420p" if codec == "mjpeg" else "yuv420p",
                 options=options | {"g": "10"})
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert 10 < len(list(io.read_frames(path))) < 99
    assert len(said(caplog)) == 1 and "ends early" in said(caplog)[0] and path.name in said(caplog)[0]


def test_a_whole_film_with_longer_sound_does_not_end_early(tmp_path, caplog):
    tone = (0.3 * np.sin(np.arange(44_000) / 9)).astype(np.float32)
    path = io.Clip(list(numbered(20)), 25, tone, 22_050).save(tmp_path / "a.mkv", progress=False)
    assert len(list(io.read_frames(path, fps=25))) == 20
    assert not said(caplog)


def test_a_hole_in_an_mkv_is_said(tmp_path, caplog):
    path = write(tmp_path / "a.mkv", numbered(75), options={"g": "1"})
    holed = remux(path, tmp_path / "b.mkv", lambda number, packet: packet if not 25 <= number < 55 else None)
    shown = numbers(io.read_frames(holed, fps=25))
    assert len(shown) == 75 and shown[10] == 10 and set(shown[25:55]) == {24} and shown[60] == 60 % 30
    assert len(said(caplog)) == 1 and "no picture from 1.0 to 2.2 s" in said(caplog)[0]


# ---------------------------------------------------------------- names


@pytest.mark.parametrize("name", ["10:30.mp4", "http:x.mp4", "%03d.mp4", "-x.mp4", "concat:a|b.mp4", "pipe:0",
                                  "a*?.mp4", "#1.mp4", "file:a.mp4", "ü 名.mp4", "data:,x.mp4", "two\nlines.mp4"])
def test_a_name_is_never_an_address_or_a_pattern(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "whole.mp4", numbered(3)).rename(name)
    for path in (name, tmp_path / name):
        assert io.probe(path).size == (64, 48) and numbers(io.read_frames(path)) == [0, 1, 2]


def test_playlists_and_pictures_stay_refused(tmp_path):
    film = write(tmp_path / "a.mp4", numbered(3))
    lists = {"a.m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{film}\n#EXT-X-ENDLIST\n",
             "list.mp4": f"ffconcat version 1.0\nfile {film}\n", "a.mpd": "<?xml version='1.0'?><MPD></MPD>",
             "text.mp4": "hello " * 1000, "%03d.png": "no picture"}
    for name, content in lists.items():
        (tmp_path / name).write_text(content)
        refused(tmp_path / name, "not a video that can be read")


def refused(path, match):
    for look in (io.probe, io.read_frames):
        with pytest.raises(errors.VideoError, match=match) as caught:
            look(path)
        assert "\n" not in str(caught.value) and len(str(caught.value)) < 300


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices of POSIX")
def test_what_is_no_file_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "circle.mp4").symlink_to(tmp_path / "circle.mp4")
    refused(tmp_path / "pipe.mp4", "no regular file")
    refused("/dev/zero", "no regular file")
    refused(tmp_path, "is a folder")
    refused(tmp_path / "empty.mp4", "is empty")
    refused(tmp_path / "circle.mp4", "no file")
    refused(tmp_path / "none.mp4", "there is no file")
    refused(tmp_path / "a\0b.mp4", "zero byte")
    refused(tmp_path / ("x" * 300), "no file")
    for nothing in (None, 7, ["a.mp4"]):
        refused(nothing, "named by its path")
    refused(b"none.mp4", "there is no file")


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = write(tmp_path / "a.mp4", numbered(3))
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may read all; test_outputs.py tries it as somebody else
    with pytest.raises(errors.VideoError, match="may not be read"):
        io.probe(path)


def test_everything_that_is_odd_is_one_line(tmp_path, caplog):
    path = write(tmp_path / "a.mp4", numbered(25), options={"g": "1"}, matrix=matrix_of(1, 1, 1, 1),
                 sample_aspect_ratio=Fraction(9))
    place, size = packets(path)[9]
    data = bytearray(path.read_bytes())
    data[place : place + size] = bytes(size)
    path.write_bytes(data)
    assert len(list(io.read_frames(path))) == 24
    assert len(said(caplog)) == 1 and said(caplog)[0].count(";") == 2


def test_reading_that_stops_early_leaves_nothing_open(tmp_path):
    path = write(tmp_path / "a.mp4", numbered(9))
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    for _ in range(3):
        list(itertools.islice(io.read_frames(path), 2))
    after = len(os.listdir("/proc/self/fd")) if before else 0
    assert after == before


def test_a_header_with_a_frame_of_any_size(tmp_path):
    """The sample description says 65535x65535: refused, or read by the coded picture's own size."""
    path = write(tmp_path / "a.mp4", numbered(3))
    data = bytearray(path.read_bytes())
    place = data.index(b"avc1", data.index(b"stsd")) + 28
    data[place : place + 4] = struct.pack(">HH", 65535, 65535)
    path.write_bytes(data)
    try:
        assert next(io.read_frames(path)).shape[0] == 48
    except errors.VideoError as problem:
        assert "65535" in str(problem)


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
def test_little_memory_is_one_line(tmp_path):
    """Frames of 24 million pixels in a process that may have little more than it has."""
    path = write(tmp_path / "a.avi", [np.zeros((4000, 6000, 3), np.uint8)], "mjpeg", "yuvj420p")
    code = ("import resource, sys, av, numpy\nfrom course import errors, io\n"
            "size = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
            "resource.setrlimit(resource.RLIMIT_AS, (size + int(sys.argv[2]) * 1_000_000,) * 2)\n"
            "try:\n    print(next(io.read_frames(sys.argv[1])).shape)\n"
            "except errors.VideoError as problem:\n    print(problem)\n")
    for megabytes in (30, 90):
        done = subprocess.run([sys.executable, "-c", code, str(path), str(megabytes)], capture_output=True, text=True)
        assert "more memory than there is" in done.stdout and done.stdout.count("\n") == 1, (megabytes, done)
