"""Bad inputs through the command: one line on stderr, exit code 2, no traceback, nothing half-written."""

import os
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from test_images import png_of
from test_sound import set_rate, tone, write_encoded, write_wav

from course import cli


@pytest.fixture
def animate(tmp_path, capfd, monkeypatch):
    """Runs `course animate ARGUMENTS -o OUT` in this process; checks the refusal and returns its line."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, output="out/film.mp4"):
        before = sorted(tmp_path.rglob("*"))
        capfd.readouterr()
        code = cli.main(["animate", *map(str, arguments), "-o", str(output)])
        told = capfd.readouterr()
        check_refusal(code, told.err)
        written = [path for path in sorted(tmp_path.rglob("*")) if path not in before and path.is_file()]
        assert written == [], "nothing half-written"
        return told.err.strip()

    return run


def check_refusal(code: int, told: str) -> None:
    lines = [line for line in re.split(r"[\r\n]+", told) if line.strip()]
    assert code == 2, told
    assert len(lines) == 1 and lines[0].startswith("course: "), told
    assert "Traceback" not in told


def saved(image, path):
    Image.fromarray(image).save(path)
    return path


def test_no_face(animate, tmp_path):
    ramp = np.linspace(60, 200, 400).astype(np.uint8)
    photo = saved(np.repeat(ramp[None, :, None].repeat(300, axis=0), 3, axis=2), tmp_path / "wall.png")
    assert "no face found in the 400x300 picture" in animate(photo, "--text", "Hello.")


@pytest.mark.parametrize("name", ["chelsea", "cat"])
def test_a_cat(animate, tmp_path, name):
    from skimage import data

    photo = saved(getattr(data, name)(), tmp_path / "cat.png")
    assert "no face found" in animate(photo, "--text", "Meow.")


def test_a_face_of_30_px(animate, tmp_path, hopper):
    from course import detection

    box = detection.detect_faces(hopper)[0]
    scale = 30 / max(box[2] - box[0], box[3] - box[1])
    height, width = hopper.shape[:2]
    small = Image.fromarray(hopper).resize((round(width * scale), round(height * scale)), Image.Resampling.LANCZOS)
    canvas = Image.new("RGB", (320, 320), (90, 100, 110))
    canvas.paste(small, (120, 100))
    canvas.save(tmp_path / "far.png")
    told = animate(tmp_path / "far.png", "--text", "Hello.")
    assert re.search(r"only \d+ px large; \d+ px or more|no face found", told)


def test_a_truncated_jpeg(animate, tmp_path, hopper_path):
    (tmp_path / "cut.jpg").write_bytes(hopper_path.read_bytes()[:20_000])
    assert "cut.jpg is damaged or cut short" in animate(tmp_path / "cut.jpg", "--text", "Hello.")


def test_a_text_file_named_jpg(animate, tmp_path):
    (tmp_path / "letter.jpg").write_text("Dear photo,\nplease speak.\n")
    assert "letter.jpg is not a picture" in animate(tmp_path / "letter.jpg", "--text", "Hello.")


def test_a_picture_of_20000_px(animate, tmp_path):
    (tmp_path / "huge.png").write_bytes(png_of(20_000, 2_000))
    assert "20000x2000 px" in animate(tmp_path / "huge.png", "--text", "Hello.")


def test_silence(animate, tmp_path, hopper_path):
    import soundfile

    soundfile.write(tmp_path / "silence.wav", np.zeros(32_000, np.float32), 16_000)
    assert "silen" in animate(hopper_path, "--audio", tmp_path / "silence.wav")


def test_a_constant_value_is_silence_too(animate, tmp_path, hopper_path):
    import soundfile

    soundfile.write(tmp_path / "constant.wav", np.full(32_000, 0.5, np.float32), 16_000)
    assert "constant.wav is silent" in animate(hopper_path, "--audio", tmp_path / "constant.wav")


def test_sound_that_is_no_sound_file(animate, tmp_path, hopper_path):
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "list.m3u8").write_text("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/a.wav\n")
    for name, message in [("pipe.wav", "is no regular file"), ("/dev/zero", "is no regular file"),
                          ("empty.wav", "is empty"), ("list.m3u8", "a list of other files"), (".", "is a folder"),
                          ("http://127.0.0.1:9/a.wav", "there is no file"), ("a\0.wav", "zero byte"),
                          ("a\nb.wav", "there is no file"), ("x" * 300 + ".wav", "there is no file")]:  # fmt: skip
        assert message in animate(hopper_path, "--audio", name)


def test_sound_with_a_header_that_cannot_be(animate, tmp_path, hopper_path):
    write_wav(tmp_path / "many.wav", tone(0.1), channels=65)
    set_rate(write_wav(tmp_path / "slow.wav", tone()), 1)
    write_encoded(tmp_path / "film.mkv", "pcm_s16le", tone(1.0, 900), 900, picture=0.0)
    assert "many.wav has 65 channels" in animate(hopper_path, "--audio", "many.wav")
    assert "slow.wav says it has 1 samples a second" in animate(hopper_path, "--audio", "slow.wav")
    assert "film.mkv says it has 900 samples a second" in animate(hopper_path, "--driving", "film.mkv")


@pytest.mark.parametrize("text", ["", "  \n ", "..."])
def test_empty_text(animate, hopper_path, text):
    assert re.search("nothing to pronounce|is empty", animate(hopper_path, "--text", text))


def test_an_unknown_voice(animate, hopper_path):
    told = animate(hopper_path, "--text", "Hello.", "--voice", "en-uss")
    assert "en-uss" in told and "en-us" in told.replace("en-uss", "")


def test_sound_and_video_that_do_not_decode(animate, tmp_path, hopper_path):
    (tmp_path / "a.wav").write_bytes(b"RIFF and nothing more")
    (tmp_path / "a.mp4").write_bytes(b"\0\0\0\x18ftypisom and nothing more")
    assert "a.wav" in animate(hopper_path, "--audio", tmp_path / "a.wav")
    assert "a.mp4" in animate(hopper_path, "--driving", tmp_path / "a.mp4")
    assert "none.wav" in animate(hopper_path, "--audio", tmp_path / "none.wav")


def test_films_and_photos_that_are_none(animate, tmp_path, hopper_path, monkeypatch):
    """Each by one line that says what it is; nothing waits, and no other program is started."""
    monkeypatch.setattr("subprocess.Popen", lambda *_, **__: pytest.fail("a program was started"))
    (tmp_path / "empty").touch()
    (tmp_path / "a.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(90))
    (tmp_path / "a.eps").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n")
    (tmp_path / "list.mp4").write_text("ffconcat version 1.0\nfile a.mp4\n")
    (tmp_path / "a.m3u8").write_text("#EXTM3U\n#EXTINF:5,\nhttp://127.0.0.1:9/a.ts\n")
    long, nul = "x" * 300 + ".mp4", "a\0b.mp4"
    for photo, told in (("empty", "is empty"), (tmp_path, "is a folder"), (long, "no file"), (nul, "zero byte"),
                        ("a.heic", "HEIC"), ("a.eps", "PostScript"), ("list.mp4", "not a video")):
        assert told in animate(photo, "--text", "Hello."), photo
    for film, told in (("empty", "is empty"), (tmp_path, "is a folder"), (long, "no file"), (nul, "zero byte"),
                       ("list.mp4", "not a video"), ("a.m3u8", "not a video"), (hopper_path, "not a video")):
        assert told in animate(hopper_path, "--driving", film), film


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
def test_a_pipe_is_not_waited_for(animate, tmp_path, hopper_path):
    os.mkfifo(tmp_path / "pipe")
    assert "no regular file" in animate("pipe", "--text", "Hello.")
    assert "no regular file" in animate(hopper_path, "--driving", "pipe")


def test_places_that_cannot_be_written(animate, tmp_path, hopper_path):
    (tmp_path / "file").write_text("in the way")
    assert "file" in animate(hopper_path, "--text", "Hello.", output="file/film.mp4")
    assert "film.xyz" in animate(hopper_path, "--text", "Hello.", output="film.xyz")


def test_a_disk_that_fills_while_the_film_is_written(tmp_path):
    """The real command, in a process that may write no file beyond 4 kB."""
    import resource  # unknown to Windows

    done = subprocess.run(
        [sys.executable, "-m", "course", "animate", "--text", "Hello.", "--size", "192", "-o", "film.mp4"],
        cwd=tmp_path, capture_output=True, text=True, stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
    )
    assert done.returncode == 2, done.stderr
    # the bar was drawn and wiped before; what stays is one line
    last = [line for line in re.split(r"[\r\n]+", done.stderr) if line.strip()][-1]
    assert last.startswith("course: ") and "film.mp4" in last and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
