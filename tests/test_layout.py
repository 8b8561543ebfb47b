"""Films beside pictures and after one another: where what lies, when it changes, what is heard, what is refused."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

import course
from course import cli, errors, images, io, joining, layout, plots
from course.speech import captions

FACE = np.full((60, 50, 3), (200, 40, 40), np.uint8)
SLIDES = [np.full((60, 80, 3), shade, np.uint8) for shade in (90, 170, 250)]
SIZE = (240, 136)


def film(count: int = 20, sound: bool = True, shade: int = 0) -> io.Clip:
    """Frames of one colour, ten a second, with a tone."""
    frame = FACE if not shade else np.full((136, 240, 3), shade, np.uint8)
    tone = np.full(round(count / 10 * 8000), 0.5, np.float32) if sound else None
    return io.Clip([frame] * count, 10, tone, 8000 if sound else None)


def places(frame: np.ndarray) -> tuple:
    """(x from, to, y from, to) of the face's colour, and of what is neither face nor ground."""
    red = np.abs(frame.astype(int) - (200, 40, 40)).max(axis=2) < 6
    grey = (frame.min(axis=2) > 60) & ~red & (np.ptp(frame.astype(int), axis=2) < 6)
    return tuple(tuple(np.flatnonzero(mask.any(axis=axis))[[0, -1]].tolist() for axis in (0, 1))
                 for mask in (red, grey))


@pytest.mark.parametrize("side", ["left", "right"])
def test_face_and_picture_stand_side_by_side_as_tall_as_each_other(side):
    made = course.beside(film(), SLIDES[0], size=SIZE, side=side, colour="#101010")
    frames = list(made)
    assert len(frames) == len(made) == 20 and frames[0].shape == (136, 240, 3) and frames[0].dtype == np.uint8
    (face_x, face_y), (slide_x, slide_y) = places(frames[0])
    assert face_y == slide_y and face_y[0] == 135 - face_y[1]
    first, second = (face_x, slide_x) if side == "left" else (slide_x, face_x)
    assert 0 < first[0] < first[1] < second[0] < second[1] < 239
    wide, tall = face_x[1] - face_x[0] + 1, face_y[1] - face_y[0] + 1
    assert wide / tall == pytest.approx(50 / 60, abs=0.02)
    assert (slide_x[1] - slide_x[0] + 1) / tall == pytest.approx(80 / 60, abs=0.02)
    np.testing.assert_array_equal(made.audio, film().audio)


def test_a_wide_film_and_a_tall_picture_fit_as_well():
    wide = io.Clip([np.full((40, 90, 3), (200, 40, 40), np.uint8)], 10)
    frame = next(iter(course.beside(wide, np.full((200, 40, 3), 90, np.uint8), size=SIZE)))
    (face_x, face_y), (slide_x, slide_y) = places(frame)
    assert 0 < slide_x[0] < slide_x[1] < face_x[0] < face_x[1] < 239 and 0 < face_y[0] < face_y[1] < 135


def test_pictures_change_when_they_should_and_dissolve():
    given = [(1.5, SLIDES[2]), (0.2, SLIDES[0]), (0.5, SLIDES[1])]  # in any order; the first is there from the start
    shades = [int(frame[68, 60, 0]) for frame in course.beside(film(), given, size=SIZE, fade=0)]
    assert shades == [90] * 5 + [170] * 10 + [250] * 5
    shades = [int(frame[68, 60, 0]) for frame in course.beside(film(), given, size=SIZE, fade=0.4)]
    assert shades[:5] == [90] * 5 and shades[9:15] == [170] * 6 and shades[19] == 250
    assert shades[5:9] == sorted(shades[5:9]) and all(90 <= shade < 170 for shade in shades[5:9])


def test_a_picture_of_another_shape_is_fitted_into_the_first_ones_place():
    tall = np.full((80, 20, 3), 250, np.uint8)
    frames = list(course.beside(film(4), [(0, SLIDES[0]), (0.2, tall)], size=SIZE, colour="#101010", fade=0))
    before, after = places(frames[0])[1], places(frames[3])[1]
    assert before[1] == after[1] and after[0][0] > before[0][0] and after[0][1] < before[0][1]


@pytest.mark.parametrize("given, kind, words", [
    ({"side": "top"}, errors.ImageError, "left or right"), ({"colour": "bluish"}, errors.ImageError, "no colour"),
    ({"size": (241, 136)}, errors.VideoError, "even numbers"), ({"size": 5}, errors.VideoError, "width, height"),
    ({"fade": -1}, errors.VideoError, "0 to 10"), ({"pictures": []}, errors.ImageError, "there is no picture"),
    ({"pictures": [(-1, SLIDES[0])]}, errors.ImageError, "from 0 on"),
    ({"pictures": [SLIDES[0]]}, errors.ImageError, "list of"),
    ({"pictures": "no_such_slide.png"}, errors.ImageError, "no_such_slide.png"),
])
def test_what_cannot_stand_beside_is_told_in_one_line(given, kind, words):
    with pytest.raises(kind, match=words) as told:
        course.beside(film(), **{"pictures": SLIDES[0]} | given)
    assert "\n" not in str(told.value)


def test_a_film_with_alpha_is_told():
    with pytest.raises(errors.VideoError, match="has no alpha"):
        list(course.beside(io.Clip([np.zeros((60, 50, 4), np.uint8)], 10), SLIDES[0]))


CUES = [captions.Cue(0.2, 1.0, "One, two."), captions.Cue(1.2, 2.0, "A long one"),
        captions.Cue(2.0, 3.0, "in two parts."), captions.Cue(3.5, 4.0, "End.")]


def test_a_piece_starts_with_the_cue_of_its_first_letter():
    assert layout.starts(["One, two.", " A long one  in two parts.", "End."], CUES) == [0.2, 1.2, 3.5]
    assert layout.starts(["One, two. A long one", "in two parts. End."], CUES) == [0.2, 2.0]
    letters = [captions.Cue(at, at + 1.0, letter) for at, letter in enumerate("ABCD")]
    assert layout.starts(["A", "B", "CD"], letters) == [0, 1, 2]
    for pieces, cues in ((["One, two."], CUES), ([], []), (["Other words."], CUES[:1])):
        with pytest.raises(errors.TextError, match="of another text"):
            layout.starts(pieces, cues)


def test_subtitles_are_written_below_and_kept():
    clip = film(shade=120).with_texts({}, CUES)
    made = course.subtitled(clip)
    frames = list(made)
    assert (frames[0] == 120).all() and made.cues == tuple(CUES)
    changed = np.flatnonzero((frames[5] != 120).any(axis=(1, 2)))
    assert len(changed) and changed[0] > 90
    with pytest.raises(errors.TextError, match="no subtitles"):
        course.subtitled(film())


def test_a_film_of_a_text_knows_its_cues(hopper):
    clip = course.animate(hopper, text="One. Two.", size=96, generator="warp", subtitles="x.srt")
    assert layout.starts(["One.", "Two."], clip.cues)[1] > 0.3
    made = course.beside(clip, SLIDES[0])
    assert made.cues == clip.cues and made.texts == clip.texts and made.stamp is clip.stamp


# ---------------------------------------------------------------- after one another


def test_films_dissolve_into_each_other_and_into_black():
    made = course.join([film(10, shade=50), film(10, shade=200), film(10, False, shade=100)], fade=0.3)
    shades = [int(frame[0, 0, 0]) for frame in made]
    assert len(shades) == len(made) == 24  # 30 less two fades of 3 frames
    assert shades[:7] == [50] * 7 and shades[10:14] == [200] * 4 and shades[17:21] == [100] * 4
    assert shades[6:11] == sorted(shades[6:11]) and shades[13:18] == sorted(shades[13:18], reverse=True)
    assert shades[21:] == sorted(shades[21:], reverse=True) and shades[-1] < 40
    loud = np.abs(made.audio).reshape(24, -1).mean(axis=1)  # a frame each
    assert len(made.audio) == 24 * 800 and loud[12] == pytest.approx(0.5) and loud[20] == 0 and loud[15] < 0.45
    assert loud[7:10] == pytest.approx(0.5, abs=0.02)  # one sound goes as the other comes


def test_a_cut_keeps_every_frame_and_rates_of_sound_may_differ():
    other = io.Clip([np.full((136, 240, 3), 9, np.uint8)] * 10, 10, np.full(16_000, 0.25, np.float32), 16_000)
    made = course.join([film(10, shade=50), other.with_texts({}, CUES[:1])], fade=0)
    assert [int(frame[0, 0, 0]) for frame in made] == [50] * 10 + [9] * 10
    assert made.sample_rate == 16_000 and len(made.audio) == 32_000
    assert made.audio[8000] == pytest.approx(0.5, abs=0.02) and made.audio[24_000] == pytest.approx(0.25, abs=0.02)
    assert (made.cues[0].start, made.cues[0].end) == pytest.approx((1.2, 2.0))


@pytest.mark.parametrize("clips, fade, words", [
    ([], 0, "no film to join"), (["a.mp4"], 0, "no film to join"), ([film()], -1, "0 to 10"),
    ([film(), io.Clip([FACE] * 20, 25)], 0, "frames a second"), ([film(6)], 0.3, "too short for a fade"),
    ([film(), io.Clip(lambda: iter([FACE]), 10)], 0, "length is not known"),
])
def test_what_cannot_be_joined_is_told_in_one_line(clips, fade, words):
    with pytest.raises(errors.VideoError, match=words):
        course.join(clips, fade)


def test_films_of_two_sizes_are_told():
    with pytest.raises(errors.VideoError, match="one size: 50x60 px, then 240x136"):
        list(course.join([film(), film(shade=3)]))


def test_a_title_stands_in_the_middle_dark_on_light_and_light_on_dark():
    for colour, darker in (("navy", False), ("#ffffff", True)):
        card = course.title_card("A title", "and a line that is so long that it has to be broken into two lines", 0.5,
                                 (320, 180), colour)
        frame = next(iter(card))
        assert len(card) == 12 and frame.shape == (180, 320, 3) and card.audio is None
        ink = np.abs(frame.astype(int) - frame[0, 0]).max(axis=2) > 60
        rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
        assert abs(rows.mean() - 90) < 20 and abs((columns[0] + columns[-1]) / 2 - 160) < 6 and columns[0] > 12
        assert (frame[ink].mean() < frame[0, 0].mean()) == darker
    for title, kind in (("", errors.TextError), (None, errors.TextError)):
        with pytest.raises(kind):
            joining.title_card(title)
    with pytest.raises(errors.VideoError, match="no frame"):
        joining.title_card("A", seconds=0)


# ---------------------------------------------------------------- what helps


def test_a_kept_film_is_made_once():
    made = []

    def frames():
        made.append(1)
        yield FACE

    kept = io.Clip(frames, 10, np.zeros(800, np.float32), 8000, sources=["x"]).with_texts({"a.srt": "b"}, CUES).kept()
    assert [len(list(kept)), len(list(kept)), len(kept), len(made)] == [1, 1, 1, 1]
    assert kept.texts == {"a.srt": "b"} and kept.cues == tuple(CUES) and kept.sources == ("x",)
    assert kept.sample_rate == 8000


def test_a_figure_becomes_a_picture_of_its_size():
    figure = Figure(figsize=(2, 1), facecolor="#204080")
    picture = plots.pixels(figure)
    assert picture.shape == (100, 200, 3) and picture.dtype == np.uint8 and (picture == (0x20, 0x40, 0x80)).all()
    assert plots.pixels(figure, 50).shape == (50, 100, 3)


def test_the_command_puts_a_picture_beside(tmp_path, hopper, capsys):
    images.save_image(tmp_path / "me.png", hopper)
    Image.new("RGB", (400, 300), (250, 250, 240)).save(tmp_path / "slide.png")
    words = ["animate", str(tmp_path / "me.png"), "--text", "Hi.", "--size", "96", "--generator", "warp"]
    assert cli.main([*words, "--beside", str(tmp_path / "slide.png"), "-o", str(tmp_path / "a.mp4")]) == 0
    frame = next(iter(io.load_video(tmp_path / "a.mp4")))
    assert frame.shape == (540, 960, 3) and frame[270, 200].min() > 200 and frame[5, 5].max() < 60
    assert cli.main([*words, "--beside", str(tmp_path / "no.png"), "-o", str(tmp_path / "b.mp4")]) == 2
    assert "no.png" in capsys.readouterr().err
    assert cli.main([*words, "--beside", str(tmp_path / "slide.png"), "-o", str(tmp_path / "slide.png")]) == 2
