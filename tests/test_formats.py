"""Films in every format, what lies behind the person, logo and subtitles: written, decoded again and looked into."""

import logging
import re
import types
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from PIL import Image

import course
from course import animation, cli, errors, finish, fonts, image_alpha, overlays
from course.io import decoding, encoding, pixel_formats, sound, text_file
from course.rendering import backdrop
from course.speech import captions

COUNT, FPS, RATE = 6, 10, 16_000


def frames(alpha: bool = False, height: int = 61, width: int = 80) -> list:
    """A disc that grows on a ramp; with alpha it is all that is seen, and a strip at the left is half seen."""
    y, x = np.mgrid[:height, :width]
    made = []
    for k in range(COUNT):
        frame = np.dstack([x * 2, y * 3, np.full_like(x, 8 * k)]).astype(np.uint8)
        disc = (x - 40) ** 2 + (y - 30) ** 2 < (12 + k) ** 2
        clear = np.where(disc, 255, np.where(x < 8, 128, 0)).astype(np.uint8)
        made.append(np.dstack([frame, clear]) if alpha else frame)
    return made


@pytest.fixture(scope="module")
def tone():
    return (0.3 * np.sin(np.arange(RATE // 2) * 0.2)).astype(np.float32)


def decoded(path, decoder=None) -> list:
    """The frames of a film with alpha: uint8 (H, W, 4)."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        if decoder is None:
            return [frame.to_ndarray(format="rgba") for frame in container.decode(stream)]
        context = av.codec.CodecContext.create(decoder, "r")
        packets = [packet if packet.size else None for packet in container.demux(stream)]
        return [frame.to_ndarray(format="rgba") for packet in packets for frame in context.decode(packet)]


# ---------------------------------------------------------------- formats


@pytest.mark.parametrize("ending", [".mp4", ".m4v", ".mov", ".mkv", ".webm"])
def test_films_keep_frames_length_and_sound(tmp_path, tone, ending):
    path = tmp_path / f"film{ending}"
    assert encoding.write_video(path, frames(), FPS, tone, RATE) == COUNT
    read = list(decoding.read_frames(path))
    assert len(read) == COUNT and decoding.probe(path).size == (80, 62)
    assert np.abs(read[3][:61].astype(float) - frames()[3]).mean() < 6
    samples, rate = sound.film_sound(path)
    assert len(samples) / rate == pytest.approx(COUNT / FPS, abs=0.08) and np.abs(samples).max() > 0.2


@pytest.mark.parametrize("ending", [".gif", ".webp"])
def test_moving_pictures_go_on_for_ever_and_say_that_they_have_no_sound(tmp_path, tone, ending, caplog):
    caplog.set_level(logging.WARNING)
    path = tmp_path / f"film{ending}"
    encoding.write_video(path, frames(), FPS, tone, RATE)
    assert "sound is left out" in caplog.text
    with Image.open(path) as picture:
        assert picture.n_frames == COUNT and picture.size == (80, 61) and picture.info["loop"] == 0
        for k in range(COUNT):
            picture.seek(k)
            picture.load()
            assert picture.info["duration"] == 100
            assert np.abs(np.asarray(picture.convert("RGB")).astype(float) - frames()[k]).mean() < 11


@pytest.mark.parametrize("ending, decoder, margin", [(".mov", None, 2), (".webm", "libvpx-vp9", 6)])
def test_alpha_is_kept_in_mov_and_webm(tmp_path, tone, ending, decoder, margin):
    path = tmp_path / f"film{ending}"
    encoding.write_video(path, frames(alpha=True), FPS, tone, RATE)
    found = decoded(path, decoder)
    assert len(found) == COUNT and decoding.probe(path).has_audio
    for k in (0, COUNT - 1):
        wanted = frames(alpha=True)[k]
        assert abs(int(found[k][30, 40, 3]) - 255) <= margin and found[k][5, 60, 3] <= margin
        assert abs(int(found[k][30, 3, 3]) - 128) <= margin
        assert np.abs(found[k][26:34, 36:44, :3].astype(float) - wanted[26:34, 36:44, :3]).mean() < 8
    assert found[-1][30, 40 + 14, 3] > 200 > 50 > found[0][30, 40 + 14, 3]  # it grows


def test_alpha_is_kept_in_webp_and_pngs(tmp_path, tone):
    encoding.write_video(tmp_path / "film.webp", frames(alpha=True), FPS)
    with Image.open(tmp_path / "film.webp") as picture:
        picture.seek(4)
        found = np.asarray(picture.convert("RGBA"))
    assert found[30, 40, 3] == 255 and found[5, 60, 3] == 0 and found[30, 3, 3] == 128
    encoding.write_video(tmp_path / "pictures", frames(alpha=True), FPS, tone, RATE)
    assert (np.asarray(Image.open(tmp_path / "pictures" / "00004.png")) == frames(alpha=True)[4]).all()
    samples, rate = sound.load_audio(tmp_path / "pictures" / "sound.wav")
    assert len(samples) / rate == pytest.approx(COUNT / FPS, abs=0.01)


@pytest.mark.parametrize("ending", [".mp4", ".gif"])
def test_alpha_is_laid_on_white_where_there_is_no_place_for_it(tmp_path, ending, caplog):
    caplog.set_level(logging.WARNING)
    encoding.write_video(tmp_path / f"film{ending}", frames(alpha=True), FPS)
    assert "laid on white" in caplog.text
    found = decoded(tmp_path / f"film{ending}")[2]
    assert (found[5, 60, :3] > 235).all() and found[30, 40, 0] < 120


def test_a_folder_of_pictures_replaces_one_of_its_own_and_nothing_else(tmp_path):
    clip = course.Clip(frames(), FPS)
    place = clip.save(f"{tmp_path}/out/", progress=False)
    assert sorted(path.name for path in place.iterdir()) == [f"{k:05d}.png" for k in range(COUNT)]
    course.Clip(frames()[:2], FPS).save(place, progress=False)
    assert len(list(place.iterdir())) == 2
    (place / "letters.txt").write_text("mine")
    with pytest.raises(errors.OutputError, match="letters.txt"):
        clip.save(place)
    assert (place / "letters.txt").read_text() == "mine" and len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_fails_leaves_the_one_before_it(tmp_path):
    course.Clip(frames(), FPS).save(tmp_path / "out", progress=False)

    def broken():
        yield frames()[0]
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError):
        encoding.write_video(tmp_path / "out", broken(), FPS)
    assert len(list((tmp_path / "out").iterdir())) == COUNT and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("name, word", [("film.xyz", "does not end as a video does"), ("film.avi", "does not end"),
                                        ("out.mp4/", "is a folder, and .mp4")])
def test_other_names_are_refused_in_one_line(name, word, tmp_path):
    with pytest.raises(errors.OutputError, match=word):
        course.Clip(frames(), FPS).save(f"{tmp_path}/{name}")
    assert not list(tmp_path.iterdir())


def test_a_file_in_a_folders_place_stays(tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(errors.OutputError, match="is a file"):
        course.Clip(frames(), FPS).save(tmp_path / "out")


def test_a_gif_has_the_colours_of_later_frames_too():
    late = [np.full((16, 16, 3), 20, np.uint8)] * 3 + [np.full((16, 16, 3), (220, 40, 40), np.uint8)]
    convert = pixel_formats.Palette(late, Fraction(10))
    assert np.abs(convert(late[3], 3).to_ndarray(format="rgb24").astype(int) - late[3]).max() < 16


def test_a_photo_turned_by_its_exif_is_turned_with_its_alpha(tmp_path):
    picture = Image.fromarray(frames(alpha=True)[0])
    exif = picture.getexif()
    exif[0x0112] = 6
    picture.save(tmp_path / "turned.png", exif=exif)
    alpha = image_alpha.alpha_of(tmp_path / "turned.png")
    assert alpha.shape == course.images.load_image(tmp_path / "turned.png").shape[:2] == (80, 61)
    assert alpha[3, 30] == 128 and image_alpha.alpha_of(frames()[0]) is None


# ---------------------------------------------------------------- behind the person


@pytest.fixture(scope="module")
def small(hopper):
    return cv2.resize(hopper, (164, 192), interpolation=cv2.INTER_AREA)


@pytest.fixture(scope="module")
def nod():
    values = np.zeros((3, 57), np.float32)
    values[:, 0], values[1, course.face.CHANNELS.index("headYaw")] = 0.2, 5
    return course.Motion(values, fps=FPS)


def test_a_background_lies_behind_the_person_and_nowhere_before(small, nod, tmp_path):
    Image.fromarray(np.tile(np.uint8([[[10, 200, 60]]]), (30, 90, 1))).save(tmp_path / "green.png")
    plain = list(course.animate(small, motion=nod))
    for wish in ("#0ac83c", str(tmp_path / "green.png")):
        made = list(course.animate(small, motion=nod, background=wish))
        for before, now in zip(plain, made):
            assert now.shape == before.shape and np.abs(now[:12, -12:].astype(int) - [10, 200, 60]).max() <= 3
            face = slice(70, 100), slice(70, 95)
            assert np.abs(now[face].astype(int) - before[face]).max() <= 4


def test_nothing_behind_the_person_is_alpha_that_moves_with_it(small, nod):
    made = list(course.animate(small, motion=nod, background="transparent"))
    assert all(frame.shape == (192, 164, 4) for frame in made)
    for frame in made:
        assert frame[:12, -12:, 3].max() <= 3 and frame[70:100, 70:95, 3].min() >= 250
    assert np.abs(made[1][..., 3].astype(int) - made[0][..., 3]).max() > 60


def test_a_photo_with_alpha_keeps_it(small, nod):
    y, x = np.mgrid[:192, :164]
    alpha = np.where(np.hypot(x - 82, (y - 90) * 0.8) < 74, 255, 0).astype(np.uint8)
    made = list(course.animate(np.dstack([small, alpha]), motion=nod))
    assert made[0].shape == (192, 164, 4)
    # beside the head, which moves, it is the photo's own
    assert made[0][4, 4, 3] == 0 and made[0][188, 160, 3] == 0 and made[0][90, 82, 3] == 255
    share = (np.abs(made[0][..., 3].astype(int) - alpha) < 40).mean()
    assert share > 0.97
    laid = list(course.animate(np.dstack([small, alpha]), motion=nod, background="navy"))[0]
    assert np.abs(laid[4, 4].astype(int) - [0, 0, 128]).max() <= 2


def test_the_straight_colour_of_an_edge_has_nothing_of_what_was_behind():
    frame = np.full((4, 4, 3), 100, np.uint8)  # half of 200 on black
    found = backdrop.straight(frame, np.full((4, 4), 0.5, np.float32))
    assert (found[..., :3] == 200).all() and (found[..., 3] == 128).all()


@pytest.mark.parametrize("wish, word", [("no-such-colour", "neither the name of a colour"), ("", "empty"),
                                        ("gone/wall.png", "neither the name")])
def test_a_background_that_is_none_is_told_so(small, nod, wish, word):
    with pytest.raises(errors.CourseError, match=word):
        course.animate(small, motion=nod, background=wish)


def test_a_background_needs_the_layers(small, nod):
    with pytest.raises(errors.ImageError, match="generator warp"):
        course.animate(small, motion=nod, background="navy", generator="warp")


# ---------------------------------------------------------------- logo


def test_a_logo_lies_in_its_corner_and_lets_through_what_it_does_not_cover(tmp_path):
    mark = np.zeros((60, 120, 4), np.uint8)
    mark[:, 60:] = (250, 30, 30, 255)
    Image.fromarray(mark).save(tmp_path / "mark.png")
    logo = overlays.Logo(tmp_path / "mark.png")
    for frame in (np.full((200, 300, 3), 90, np.uint8), np.dstack([np.full((200, 300, 3), 90, np.uint8),
                                                                   np.zeros((200, 300), np.uint8)])):
        made = logo(frame, 0.0)
        changed = np.argwhere((made != frame).any(axis=2))
        (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
        assert 4 <= top and right <= 295 and bottom - top <= 33 and right - left <= 20 and left > 270
        assert np.abs(made[(top + bottom) // 2, right - 3, :3].astype(int) - [250, 30, 30]).max() <= 2
        assert frame.shape[2] == 3 or made[(top + bottom) // 2, right - 3, 3] == 255
        assert (frame[..., :3] == 90).all()  # the frame itself is left alone


def test_a_logo_that_is_no_picture_is_told_so(small, nod, tmp_path):
    with pytest.raises(errors.ImageError, match="there is no file"):
        course.animate(small, motion=nod, logo=str(tmp_path / "gone.png"))


# ---------------------------------------------------------------- subtitles


LONG = ("Hello there. This is a sentence that is much too long for one line of subtitles, and so it is shown in "
        "several pieces, one after the other, until it ends. Good bye!")


@pytest.fixture(scope="module")
def spoken():
    from course.speech import synthesis

    return synthesis.synthesize(LONG)


def test_cues_hold_all_words_in_order_and_time(spoken):
    cues = captions.of_speech(LONG, spoken)
    assert " ".join(cue.text for cue in cues) == LONG and len(cues) >= 4
    assert all(len(cue.text) <= captions.LONGEST + captions.CLAUSE for cue in cues)
    assert all(a.start < a.end <= b.start + 1e-6 for a, b in zip(cues, cues[1:])) and cues[-1].end <= spoken.duration
    said = [p for p in spoken.phonemes if p.symbol]
    assert abs(cues[0].start - said[0].start) < 0.05
    # the sentence after the first pause begins with the voice
    assert min(abs(cues[1].start - p.start) for p in said) < 0.02
    inside = [cue for cue in cues if cue.text.endswith(",")]
    assert inside, "pieces end at clauses where there are some"


def test_chinese_is_cut_between_characters():
    phonemes = [types.SimpleNamespace(symbol="a", start=0.2 * k, end=0.2 * k + 0.2, stress=0) for k in range(60)]
    text = "今天下午我们跟朋友一起去公园跑步，然后我们回家吃饭，晚上再一起看一部很长很长的电影，看完电影我们就睡觉了。"
    cues = captions.of_speech(text, types.SimpleNamespace(phonemes=phonemes, duration=12.0))
    assert "".join(cue.text for cue in cues) == text and len(cues) == 2 and cues[0].text[-1] == "，"


def test_the_files_are_what_players_read():
    cues = [captions.Cue(0.2, 61.5, "Fish & <chips>"), captions.Cue(3661.0, 3662.25, "Bye")]
    srt, vtt = (captions.as_text(cues, ending) for ending in (".srt", ".vtt"))
    assert srt.startswith("1\n00:00:00,200 --> 00:01:01,500\nFish & <chips>\n\n2\n01:01:01,000 --> ")
    assert vtt.startswith("WEBVTT\n\n00:00:00.200 --> 00:01:01.500\nFish &amp; &lt;chips&gt;\n")


@pytest.mark.parametrize("ending", [".srt", ".vtt"])
def test_the_command_writes_them_beside_the_film(tmp_path, hopper_path, ending, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["animate", str(hopper_path), "--text", "Hello!", "--size", "96", "--fps", "8", "--generator",
                     "warp", "-o", "film.webp", "--subtitles", f"words{ending}"]) == 0
    assert "Hello!" in (tmp_path / f"words{ending}").read_text() and (tmp_path / "film.webp").is_file()
    assert re.search(r"00:00:00[,.]\d{3} --> 00:00:0\d[,.]\d{3}", (tmp_path / f"words{ending}").read_text())


def test_burnt_words_are_seen_while_they_are_said_and_below_the_face():
    burn = overlays.Subtitles([captions.Cue(0.5, 1.0, "Hello there"), captions.Cue(2.0, 3.0, "word " * 30)])
    frame = np.full((200, 240, 3), 120, np.uint8)
    assert burn(frame, 0.2) is frame and burn(frame, 1.5) is frame
    for seconds, lines in ((0.7, 1), (2.5, 2)):
        made = burn(frame, seconds)
        rows, columns = np.nonzero((made != frame).any(axis=2))
        assert made.max() > 230 and rows.min() > 120 and rows.max() < 198 and columns.min() >= 0
        assert (rows.max() - rows.min() > 26) == (lines == 2)
        assert abs((columns.min() + columns.max()) / 2 - 119.5) < 4


def test_letters_that_no_font_has_are_told_in_one_line():
    assert fonts.font_for("Hello, Äpfel, Привет").name == "DejaVuSans.ttf"
    with pytest.raises(errors.TextError, match="no font on this computer"):
        fonts.font_for("\U00018b00")  # Khitan small script


@pytest.mark.parametrize("given, word", [({"motion": None, "subtitles": "burn"}, "subtitles need the words"),
                                         ({"text": "Hi", "subtitles": "words.txt"}, "ends in .srt or .vtt")])
def test_subtitles_that_cannot_be_are_told_in_one_line(small, nod, given, word):
    given = {name: nod if name == "motion" else value for name, value in given.items()}
    with pytest.raises(errors.CourseError, match=word):
        course.animate(small, **given)


def test_subtitles_never_replace_the_film_or_its_sources(tmp_path, small):
    text_file.write(tmp_path / "photo.srt", "mine")
    clip = course.Clip(frames(), FPS, sources=[tmp_path / "photo.srt"]).with_texts({tmp_path / "photo.srt": "1"})
    with pytest.raises(errors.OutputError, match="needed for something else"):
        clip.save(tmp_path / "film.webp")
    assert (tmp_path / "photo.srt").read_text() == "mine"


def test_what_is_laid_over_a_film_is_laid_over_every_frame(small, nod, tmp_path):
    Image.fromarray(np.full((20, 20, 3), (255, 0, 0), np.uint8)).save(tmp_path / "red.png")
    options = animation.Settings(logo=str(tmp_path / "red.png"))
    done = finish.Finish(options, "motion")
    made = list(done.over([small, small], FPS))
    assert len(made) == 2 and all((frame[8, 150] == [255, 0, 0]).all() for frame in made)
    with pytest.raises(errors.OutputError, match="would be lost"):
        (tmp_path / "red.webp").write_bytes((tmp_path / "red.png").read_bytes())
        course.animate(small, motion=nod, logo=str(tmp_path / "red.webp")).save(tmp_path / "red.webp")
