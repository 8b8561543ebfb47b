"""Where a film goes: never over what it is made from, through links, and nothing left where it cannot go."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

import course
from course import cli, errors, face, images, io, motion
from course.io import encoding

FRAME = np.full((32, 48, 3), 90, np.uint8)


def clip(count=3):
    return io.Clip([FRAME] * count, fps=25)


@pytest.fixture
def still(tmp_path):
    """A saved Motion of two frames."""
    return motion.Motion(np.zeros((2, len(face.CHANNELS)), np.float32)).save(tmp_path / "still.npz")


def refusal(capsys, *arguments) -> str:
    capsys.readouterr()
    assert cli.main([str(word) for word in arguments]) == 2
    told = capsys.readouterr().err
    assert told.startswith("course: ") and told.count("\n") == 1, told
    return told


# ---------------------------------------------------------------- over an input


@pytest.mark.parametrize("way", ["itself", "./", "..", "link", "hard link", "link to a link", "upper folder link"])
def test_a_driving_film_is_not_replaced(tmp_path, capsys, hopper_path, monkeypatch, way):
    monkeypatch.chdir(tmp_path)
    film = clip().save(tmp_path / "actor.mp4", progress=False)
    before = film.read_bytes()
    (tmp_path / "in").mkdir()
    os.symlink(film, "link.mp4")
    os.symlink("link.mp4", "further.mp4")
    os.symlink(tmp_path, "here")
    os.link(film, "hard.mp4")
    output = {"itself": film, "./": "./actor.mp4", "..": "in/../actor.mp4", "link": "link.mp4", "hard link": "hard.mp4",
              "link to a link": "further.mp4", "upper folder link": "here/actor.mp4"}[way]
    told = refusal(capsys, "animate", hopper_path, "--driving", "actor.mp4", "-o", output)
    assert "is what the film is made from" in told
    assert film.read_bytes() == before and not list(tmp_path.rglob("*part*"))


@pytest.mark.parametrize("option", ["--audio", "--motion", "photo"])
def test_nor_is_any_other_input(tmp_path, capsys, hopper_path, option):
    """Whatever its name ends in."""
    given = tmp_path / "given.mp4"
    given.write_bytes(b"precious")
    words = [given, "--text", "Hi."] if option == "photo" else [hopper_path, option, given]
    assert "is what the film is made from" in refusal(capsys, "animate", *words, "-o", given)
    assert given.read_bytes() == b"precious"


def test_python_refuses_it_too(tmp_path, hopper, still):
    source = tmp_path / "photo.mp4"
    images.save_image(tmp_path / "photo.png", hopper)
    os.rename(tmp_path / "photo.png", source)
    os.symlink(still, tmp_path / "motion.mkv")
    film = course.animate(source, motion=still, size=96, generator="warp")
    for place in (source, tmp_path / "motion.mkv"):
        with pytest.raises(errors.OutputError, match="is what the film is made from"):
            film.save(place, progress=False)
    kept = clip().save(tmp_path / "kept.mp4", progress=False)
    with pytest.raises(errors.OutputError, match="is what the film is made from"):
        io.load_video(kept).save(kept, progress=False)
    film.save(kept, progress=False)  # any other file may be replaced
    assert io.probe(kept).size == (82, 96)


# ---------------------------------------------------------------- links, folders, names


def test_a_link_stays_and_its_target_is_written(tmp_path):
    (tmp_path / "real").mkdir()
    target = tmp_path / "real" / "film.mp4"
    for name in ("new.mp4", "again.mp4"):  # the target is not there yet, and is there
        os.symlink("real/film.mp4", tmp_path / name)
        assert clip().save(tmp_path / name, progress=False) == tmp_path / name
        assert (tmp_path / name).is_symlink() and io.probe(target).frames == 3
    os.symlink("round.mp4", tmp_path / "round.mp4")
    with pytest.raises(errors.OutputError, match="round.mp4 cannot be written"):
        clip().save(tmp_path / "round.mp4", progress=False)
    assert sorted(path.name for path in target.parent.iterdir()) == ["film.mp4"]


def test_no_folder_is_left_when_no_film_comes(tmp_path, capsys, hopper_path):
    def broken():
        yield FRAME
        raise errors.MotionError("stop here")

    (tmp_path / "no.jpg").write_text("no picture")
    refusal(capsys, "animate", tmp_path / "no.jpg", "--text", "Hi.", "-o", tmp_path / "new" / "x.mp4")
    refusal(capsys, "animate", hopper_path, "--text", "Hi.", "--voice", "nobody", "-o", tmp_path / "new" / "x.mp4")
    refusal(capsys, "animate", hopper_path, "--audio", tmp_path / "no.wav", "-o", tmp_path / "a" / "b" / "x.mp4")
    with pytest.raises(errors.MotionError):
        io.Clip(broken, fps=25).save(tmp_path / "c" / "d" / "x.mp4", progress=False)
    assert [path.name for path in tmp_path.iterdir()] == ["no.jpg"]
    clip().save(tmp_path / "c" / "d" / "x.mp4", progress=False)
    assert (tmp_path / "c" / "d" / "x.mp4").is_file()


@pytest.mark.parametrize("name", ["film.", "film.txt", "film.mp3", ".mp4", "film.mp4.part"])
def test_an_ending_that_is_none_names_those_that_are(tmp_path, name):
    with pytest.raises(errors.OutputError, match=r"let its name end in \.mp4, \.m4v, \.mov, \.mkv, \.webm"):
        encoding.check_output(tmp_path / name)


@pytest.mark.parametrize("name, words", [
    ("n" * 300 + ".mp4", "a name of 304 bytes"), ("影" * 90 + ".mp4", "a name of 274 bytes"),
    ("new/" + "n" * 256 + "/film.mp4", "a name of 256 bytes"), ("a\0b.mp4", "zero byte"), ("", "is empty"),
    (5, "named by its path"), (None, "named by its path"), ("deep/" * 1500 + "film.mp4", "film.mp4 cannot be written"),
])
def test_a_name_that_no_disk_takes(tmp_path, monkeypatch, name, words):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(errors.OutputError, match=words) as refused:
        clip().save(name, progress=False)
    assert len(str(refused.value)) < 300 and not list(tmp_path.iterdir())


def test_pipes_and_devices_are_refused_at_once(tmp_path, capsys, hopper_path):
    """As photo, sound, film and motion, and as the place of the film."""
    pipe = tmp_path / "pipe.mp4"
    os.mkfifo(pipe)
    os.symlink("/dev/null", tmp_path / "null.mp4")
    for words in ([pipe, "--text", "Hi."], [hopper_path, "--audio", pipe], [hopper_path, "--driving", pipe],
                  [hopper_path, "--motion", pipe], ["/dev/zero", "--text", "Hi."],
                  [hopper_path, "--audio", "/dev/zero"]):
        assert "no regular file" in refusal(capsys, "animate", *words, "-o", tmp_path / "x.mp4")
    for output in (pipe, tmp_path / "null.mp4"):
        assert "no regular file" in refusal(capsys, "animate", hopper_path, "--text", "Hi.", "-o", output)


def test_a_locked_folder_and_a_locked_file():
    """As somebody who is not the superuser, who may read and write everything."""
    code = (
        "import os, sys\n"
        "from course import errors, images, io\n"
        "import av, PIL.Image\n"
        "from course.io import decoding, encoding, sound  # loaded while that is allowed\n"
        "if os.geteuid() == 0: os.setgid(65534), os.setuid(65534)\n"
        "os.chdir(sys.argv[1])\n"
        "for work in (lambda: io.check_output('shut/x.mp4'), lambda: io.check_output('shut/new/x.mp4'),\n"
        "             lambda: io.check_output('kept.mp4'), lambda: io.check_output('secret/x.mp4'),\n"
        "             lambda: images.load_image('secret/p.png'), lambda: io.load_audio('secret/a.wav'),\n"
        "             lambda: io.probe('secret/v.mp4'), lambda: images.load_image('mine.png')):\n"
        "    try: print('done', work())\n"
        "    except errors.CourseError as problem: print('refused:', problem)\n")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name, mode in (("shut", 0o555), ("secret", 0o700)):
            (place / name).mkdir()
            (place / name).chmod(mode if os.geteuid() == 0 else mode & 0o077 | 0o500 if name == "shut" else 0)
        for name in ("kept.mp4", "mine.png"):
            (place / name).write_bytes(b"mine")
            (place / name).chmod(0o400 if os.geteuid() == 0 or name == "kept.mp4" else 0)
        place.chmod(0o777)
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, env=environment)
        (place / "secret").chmod(0o700)
        (place / "shut").chmod(0o700)
        assert sorted(path.name for path in place.rglob("*")) == ["kept.mp4", "mine.png", "secret", "shut"]
    lines = done.stdout.splitlines()
    assert len(lines) == 8 and all(line.startswith("refused: ") for line in lines), done.stdout + done.stderr
    assert "shut/x.mp4" in lines[0] and "may not be changed" in lines[2] and "may not be read" in lines[4]


def test_no_room_leaves_nothing(tmp_path, capfd):
    """A real file system of 64 kB where this machine lets us mount one, else a limit on the size of files."""
    code = (
        "import resource, subprocess, sys, os, numpy as np\n"
        "from course import errors, io\n"
        "place = sys.argv[1]\n"
        "mount = ['mount', '-t', 'tmpfs', '-o', 'size=64k', 'none', place]\n"
        "if subprocess.run(mount, capture_output=True).returncode:\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (60000, 60000))\n"
        "random = np.random.default_rng(0)\n"
        "frames = [random.integers(0, 255, (128, 128, 3), dtype=np.uint8) for _ in range(20)]\n"
        "for name in ('new/full.mp4', 'full.mkv', 'full.webm'):\n"
        "    try: io.Clip(frames, fps=25).save(place + '/' + name, progress=False)\n"
        "    except errors.OutputError as problem: print('refused:', problem)\n"
        "print(os.listdir(place))\n"
        "subprocess.run(['umount', place], capture_output=True)\n")
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True)
    lines = done.stdout.splitlines()
    assert lines[-1] == "[]" and len(lines) == 4, done.stdout + done.stderr
    assert all(line.startswith("refused: ") and "make room" in line for line in lines[:3])


# ---------------------------------------------------------------- sizes


def test_sizes_that_h264_does_not_know():
    """The bounds of table A-1: 139264 macroblocks, and 1055 of them along a side."""
    encoding.check_size(8192, 4320)
    encoding.check_size(16880, 1000)
    for width, height in ((16896, 1000), (8192, 4368), (1000, 40000)):
        with pytest.raises(errors.VideoError, match=f"{width}x{height} px"):
            encoding.check_size(width, height)
    assert encoding.plays_anywhere(4096, 2304) and not encoding.plays_anywhere(3200, 3750)
    with pytest.raises(errors.VideoError, match="choose a smaller size"):
        io.Clip([np.zeros((16, 16912, 3), np.uint8)]).save("never.mp4", progress=False)
    assert not Path("never.mp4").exists()
