"""Film in and out: what is written is what comes back, whole or not at all."""

import resource
import subprocess
import sys

import numpy as np
import pytest

from course import errors, io


def moving_bar(count=20, height=64, width=96):
    for t in range(count):
        frame = np.full((height, width, 3), (30, 90, 160), np.uint8)
        frame[:, 4 * t : 4 * t + 8] = (220, 200, 40)
        yield frame


def tone(seconds, rate=22050):
    return (0.4 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def test_what_is_written_comes_back(tmp_path):
    path = io.Clip(list(moving_bar()), fps=25).save(tmp_path / "bar.mp4", progress=False)
    info = io.probe(path)
    assert info.fps == pytest.approx(25) and not info.has_audio and tuple(info.size) == (96, 64)
    back = list(io.read_frames(path))
    assert len(back) == 20
    for sent, got in zip(moving_bar(), back):
        assert np.abs(sent.astype(int) - got).mean() < 6


@pytest.mark.parametrize("seconds", [0.3, 0.8, 2.0])
def test_sound_and_picture_end_together(tmp_path, seconds):
    """Sound shorter and longer than the picture is padded and cut."""
    import av

    clip = io.Clip(list(moving_bar()), fps=25, audio=tone(seconds), sample_rate=22050)
    path = clip.save(tmp_path / "tone.mp4", progress=False)
    with av.open(str(path)) as file:
        ends = {stream.type: float(stream.duration * stream.time_base) for stream in file.streams}
    assert ends["audio"] == pytest.approx(ends["video"], abs=0.06)


def test_frames_are_made_one_at_a_time(tmp_path):
    alive, most = 0, 0

    class Counted(np.ndarray):
        def __del__(self):
            nonlocal alive
            alive -= 1

    def frames():
        nonlocal alive, most
        for frame in moving_bar(60):
            alive += 1
            most = max(most, alive)
            yield frame.view(Counted)

    io.Clip(frames, fps=25, n_frames=60).save(tmp_path / "long.mp4", progress=False)
    assert most <= 4


def test_a_clip_can_be_shown_twice_and_says_how_long_it_is():
    clip = io.Clip(lambda: moving_bar(10), fps=20, n_frames=10)
    assert len(clip) == 10 and clip.duration == pytest.approx(0.5)
    assert len(list(clip)) == len(list(clip)) == 10


def test_odd_sizes_are_written(tmp_path):
    path = io.Clip(list(moving_bar(5, 63, 95)), fps=25).save(tmp_path / "odd.mp4", progress=False)
    assert next(io.read_frames(path)).shape[0] in (62, 64)


def test_the_file_says_that_it_was_generated(tmp_path):
    import av

    path = io.Clip(list(moving_bar(3)), fps=25).save(tmp_path / "note.mp4", progress=False)
    with av.open(str(path)) as file:
        assert "generated" in " ".join(file.metadata.values()).lower()


def test_an_error_halfway_leaves_nothing(tmp_path):
    def broken():
        yield from moving_bar(3)
        raise errors.MotionError("stop here")

    (tmp_path / "old.mp4").write_bytes(b"precious")
    with pytest.raises(errors.MotionError):
        io.Clip(broken, fps=25).save(tmp_path / "old.mp4", progress=False)
    assert [path.name for path in tmp_path.iterdir()] == ["old.mp4"]
    assert (tmp_path / "old.mp4").read_bytes() == b"precious"


def test_places_that_cannot_be_written_are_said_at_once(tmp_path):
    (tmp_path / "file").write_text("in the way")
    for place in (tmp_path / "file" / "out.mp4", tmp_path / "out.txt", tmp_path):
        with pytest.raises(errors.OutputError):
            io.check_output(place)


def test_a_full_disk_leaves_nothing(tmp_path):
    """A limit on the size of files stands in for a full disk."""
    code = ("import signal, sys, resource, numpy as np\n"
            "from course import errors, io\n"
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))\n"
            "random = np.random.default_rng(0)\n"
            "frames = lambda: (random.integers(0, 255, (256, 256, 3), dtype=np.uint8) for _ in range(40))\n"
            "try:\n    io.Clip(frames, fps=25, n_frames=40).save(sys.argv[1], progress=False)\n"
            "except errors.OutputError as problem:\n    print('refused:', problem)\n")
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "full.mp4")], capture_output=True, text=True)
    assert done.stdout.startswith("refused:"), done.stderr
    assert not list(tmp_path.iterdir())


def test_what_is_no_video_is_refused(tmp_path):
    whole = io.Clip(list(moving_bar()), fps=25).save(tmp_path / "whole.mp4", progress=False).read_bytes()
    for name, content in (("text.mp4", b"hello"), ("empty.mp4", b""), ("cut.mp4", whole[: len(whole) // 3])):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(errors.VideoError):
            io.probe(tmp_path / name)
    with pytest.raises(errors.VideoError):
        io.probe(tmp_path / "none.mp4")


def test_a_clip_plays_itself_in_a_notebook():
    from IPython.core.formatters import DisplayFormatter

    clip = io.Clip(list(moving_bar(5)), fps=25, audio=tone(0.2), sample_rate=22050)
    shown, _ = DisplayFormatter().format(clip)
    assert "<video" in shown["text/html"] and "base64" in shown["text/html"]
    assert "5 frames" in shown["text/plain"]


def test_memory_does_not_grow_with_length(tmp_path):
    def peak(count):
        code = ("import resource, sys, numpy as np\nfrom course import io\n"
                "frames = lambda: (np.full((360, 480, 3), t % 255, np.uint8) for t in range(int(sys.argv[2])))\n"
                "io.Clip(frames, fps=25, n_frames=int(sys.argv[2])).save(sys.argv[1], progress=False)\n"
                "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n")
        out = subprocess.run([sys.executable, "-c", code, str(tmp_path / f"{count}.mp4"), str(count)],
                             capture_output=True, text=True, check=True).stdout
        return int(out) / 1024  # MiB

    assert resource.getpagesize() > 0
    assert peak(1000) - peak(100) < 40
