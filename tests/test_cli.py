"""The command line: every option reaches the film, and every ending has its exit code."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from course import __version__, animation, cli, errors, face, images, io, motion

SMALL = ("--size", "160", "--fps", "10", "--no-watermark")  # the mark tells films apart by their settings
WORDS = "Hello, my friends over there."


@pytest.fixture
def animate(hopper_path, tmp_path, capsys):
    """Run `course animate` on a small copy of the photo: the film's frames (N, H, W, 3) and what was printed."""
    def run(*options, photo=hopper_path):
        out = tmp_path / f"film{len(list(tmp_path.iterdir()))}.mp4"
        assert cli.main(["animate", str(photo), *map(str, options), "-o", str(out)]) == 0
        frames = np.stack(list(io.load_video(out)))
        return frames.astype(np.int16), capsys.readouterr().out, out
    return run


@pytest.fixture(scope="module")
def plain(hopper_path, tmp_path_factory):
    """The film of `WORDS` without any option: (N, H, W, 3)."""
    out = tmp_path_factory.mktemp("plain") / "film.mp4"
    assert cli.main(["animate", str(hopper_path), "--text", WORDS, *SMALL, "-o", str(out)]) == 0
    return np.stack(list(io.load_video(out))).astype(np.int16)


@pytest.fixture(scope="module")
def turning(tmp_path_factory, hopper):
    """A film of 12 frames whose head turns by 8 degrees, and the Motion in it."""
    folder = tmp_path_factory.mktemp("turning")
    values = np.zeros((12, len(face.CHANNELS)), np.float32)
    values[:, face.INDEX["headYaw"]] = np.linspace(0, 8, 12)
    values[:, face.INDEX["jawOpen"]] = np.linspace(0.3, 0, 12)
    wanted = motion.Motion(values, fps=10)
    wanted.save(folder / "turning.npz")
    animation.animate(hopper, motion=wanted, size=256, fps=10).save(folder / "turning.mp4", progress=False)
    return folder


def change(a, b):
    """Mean difference of two films over the frames that both have."""
    count = min(len(a), len(b))
    return np.abs(a[:count] - b[:count]).mean()


def test_size_and_rate(animate):
    frames, said, out = animate("--text", WORDS, *SMALL)
    assert max(frames.shape[1:3]) == 160
    info = io.probe(out)
    assert info.fps == pytest.approx(10) and info.duration == pytest.approx(len(frames) / 10, abs=0.11)
    assert str(out) in said and "made in" in said


@pytest.mark.parametrize("options", [("--head", "0"), ("--seed", "5"), ("--expression", "happy"), ("--voice", "en-gb")])
def test_each_option_changes_the_film(animate, plain, options):
    other, *_ = animate("--text", WORDS, *SMALL, *options)
    assert change(plain, other) > 0.1


def test_the_same_words_make_the_same_film(animate, plain):
    again, *_ = animate("--text", WORDS, *SMALL)
    assert change(plain, again) < 0.01  # grey levels: libraries round by how many threads are free just then


def test_no_polish_leaves_out_what_polish_adds(animate):
    plain, *_ = animate("--text", WORDS, "--size", 300, "--fps", 10)
    bare, *_ = animate("--text", WORDS, "--size", 300, "--fps", 10, "--no-polish")
    assert 0 < change(plain, bare) < 4


def test_a_recording_a_motion_and_a_driving_video(animate, turning, tmp_path):
    from scipy.io import wavfile

    from course import speech

    said = speech.synthesize(WORDS)
    wavfile.write(tmp_path / "said.wav", said.sample_rate, (said.samples * 32767).astype(np.int16))
    for options in (("--audio", tmp_path / "said.wav"), ("--motion", turning / "turning.npz"),
                    ("--driving", turning / "turning.mp4")):
        frames, *_ = animate(*options, *SMALL)
        assert np.abs(frames - frames[0]).max(axis=0).mean() > 1, options


def test_absolute_takes_the_pose_that_relative_only_adds(animate, turning, tmp_path, hopper):
    """A photo turned by 8 degrees, driven by a film that begins at none."""
    values = np.zeros((1, len(face.CHANNELS)), np.float32)
    values[0, face.INDEX["headYaw"]] = -8
    turned = next(iter(animation.animate(hopper, motion=motion.Motion(values, fps=10), size=256)))
    images.save_image(tmp_path / "turned.png", turned)
    relative, *_ = animate("--driving", turning / "turning.mp4", *SMALL, "--relative", photo=tmp_path / "turned.png")
    absolute, *_ = animate("--driving", turning / "turning.mp4", *SMALL, "--absolute", photo=tmp_path / "turned.png")
    plain, *_ = animate("--driving", turning / "turning.mp4", *SMALL, photo=tmp_path / "turned.png")
    assert change(relative, plain) == 0
    assert np.abs(absolute[0] - relative[0]).mean() > 0.5


@pytest.mark.parametrize("options, words", [
    (("--face", "7"), "face"), (("--expression", "furious"), "expression"), (("--size", "0"), "size"),
    (("--fps", "0"), "fps"), (("--head", "-1"), "head"), (("--expression", "happy:lots"), "'lots'"),
])
def test_a_wrong_value_is_one_line_and_exit_code_2(hopper_path, tmp_path, capsys, options, words):
    out = tmp_path / "film.mp4"
    assert cli.main(["animate", str(hopper_path), "--text", WORDS, *options, "-o", str(out)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("course: ") and said.count("\n") == 1 and words in said
    assert not out.exists()


def test_a_photo_and_nothing_that_moves_it(hopper_path, tmp_path, capsys):
    assert cli.main(["animate", str(hopper_path), "-o", str(tmp_path / "film.mp4")]) == 2
    assert "--text" in capsys.readouterr().err


def test_ways_that_exclude_each_other(hopper_path, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["animate", str(hopper_path), "--text", "a", "--audio", "b.wav"])
    assert ended.value.code == 2 and "not allowed with" in capsys.readouterr().err


def test_evaluate_prints_a_table_or_json(turning, capsys):
    assert cli.main(["evaluate", str(turning / "turning.mp4"), "--limit", "4"]) == 0
    table = capsys.readouterr().out
    assert all(word in table for word in ("static", "warp", "ships", "AKD"))
    assert cli.main(["evaluate", str(turning / "turning.mp4"), "--limit", "4", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)


def test_evaluate_keeps_what_it_can_when_a_clip_is_bad(turning, tmp_path, capsys):
    """A grey film, a text and a name of nothing among good clips: each named in a line, the rest in the table."""
    grey = io.Clip([np.full((96, 96, 3), 128, np.uint8)] * 3, fps=25).save(tmp_path / "grey.mp4", progress=False)
    (tmp_path / "letter.mp4").write_text("Dear film")
    bad = [str(grey), str(tmp_path / "letter.mp4"), str(tmp_path / "none.mp4")]
    clips = [bad[0], str(turning / "turning.mp4"), *bad[1:]]
    assert cli.main(["evaluate", *clips, "--limit", "3", "--json"]) == 1
    told = capsys.readouterr()
    # on a machine that has much to do, a progress bar is drawn before them
    lines = [line for line in told.err.replace("\r", "\n").splitlines() if line.startswith("course: ")]
    assert len(lines) == 3 and "Traceback" not in told.err
    assert all(Path(path).name in line for line, path in zip(lines, bad))
    made = json.loads(told.out)
    assert list(made["failed"]) == bad and {row["clip"] for row in made["rows"]} == {"turning", "mean"}
    assert {row["method"] for row in made["rows"]} > {"static", "warp", "ships"}


@pytest.mark.parametrize("count", [1, 2])
def test_evaluate_without_a_good_clip_is_one_line(tmp_path, capsys, count):
    assert cli.main(["evaluate", *[str(tmp_path / "none.mp4"), str(tmp_path)][:count]]) == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1 and ("the other clip" in told.err) == (count == 2)


def test_train_refuses_what_it_cannot_do(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    assert cli.main(["train", "speech", "--steps", "0"]) == 2
    assert cli.main(["train", "keypoints", "--data", str(tmp_path / "none"), "--logdir", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 2


def test_data_list(capsys):
    assert cli.main(["data", "list"]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in ("portraits", "scenes", "face-alignment", "resnet50", "vgg19"))


@pytest.mark.parametrize("raised, code, words", [
    (KeyboardInterrupt(), 130, "stopped"), (errors.CourseError("no bread: bake some"), 2, "no bread: bake some")])
def test_how_it_ends(monkeypatch, capsys, raised, code, words):
    def bad(options):
        raise raised

    monkeypatch.setattr(cli, "run_data_list", bad)
    assert cli.main(["data", "list"]) == code
    assert capsys.readouterr().err == f"course: {words}\n"


def test_as_a_command_of_its_own():
    """Version and help come fast and without PyTorch; a reader who goes away is no error."""
    said = subprocess.run([sys.executable, "-m", "course", "--version"], capture_output=True, text=True, check=True)
    assert said.stdout == f"course {__version__}\n"
    code = ("import sys; from course import cli\n"
            "try: cli.main(['animate', '--help'])\n"
            "except SystemExit: print('torch' in sys.modules)\n")
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.endswith("False\n") and "--driving VIDEO" in said.stdout
    command = f"{sys.executable} -m course data list | head -n 0"
    piped = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert piped.returncode == 0 and piped.stderr == ""
