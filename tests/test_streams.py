"""Standard streams that are closed, full, or know too few letters: the film is made all the same."""

import io as text_io
import subprocess
import sys

import numpy as np
import pytest

from course import cli, errors, face, io, motion, streams
from course.io import progress


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    """`course animate` with a film of two frames, as words of a shell."""
    still = motion.Motion(np.zeros((2, len(face.CHANNELS)), np.float32))
    path = still.save(tmp_path_factory.mktemp("still") / "still.npz")
    return f'"{sys.executable}" -m course animate --motion "{path}" --size 96 --generator warp -o'


@pytest.mark.parametrize("ending", ["<&- >&- 2>&-", ">/dev/full 2>/dev/full"])
def test_streams_that_cannot_be_written(tmp_path, words, ending):
    done = subprocess.run(f"{words} film.mp4 {ending}", shell=True, cwd=tmp_path)
    assert done.returncode == 0 and io.probe(tmp_path / "film.mp4").frames == 2


def test_a_name_that_standard_output_cannot_write(tmp_path, words):
    done = subprocess.run(f"PYTHONIOENCODING=ascii LC_ALL=C {words} 影片.mp4", shell=True, cwd=tmp_path,
                          capture_output=True)
    assert done.returncode == 0 and (tmp_path / "影片.mp4").is_file()
    assert done.stdout.startswith(rb"\u5f71\u7247.mp4: ") and done.stderr == b""


class Full(text_io.StringIO):
    def write(self, text):
        raise OSError(28, "No space left on device")


class Ascii(text_io.TextIOWrapper):
    def __init__(self):
        super().__init__(text_io.BytesIO(), encoding="ascii", write_through=True)


def closed():
    stream = text_io.StringIO()
    stream.close()
    return stream


@pytest.mark.parametrize("stream", [None, Full(), closed(), Ascii()], ids=["none", "full", "closed", "ascii"])
def test_a_progress_bar_harms_no_work(monkeypatch, stream):
    monkeypatch.setattr(sys, "stderr", stream)
    assert list(progress.bar(range(4), delay=0, desc="影片", mininterval=0)) == [0, 1, 2, 3]


def test_what_one_alphabet_lacks_is_written_as_in_source():
    stream = Ascii()
    print("影 and \udcff", file=streams.Tolerant(stream))
    assert stream.buffer.getvalue() == b"\\u5f71 and \\udcff\n"


def test_a_stream_that_failed_is_not_asked_again():
    tolerant = streams.Tolerant(Full())
    assert tolerant.write("one") == 3 and tolerant.problem.errno == 28
    tolerant.flush()
    streams.Tolerant(None).flush()


def test_a_result_that_nobody_could_read_is_no_success(monkeypatch, capsys):
    """`course data list > /dev/full`: here the lines are the result. A reader who goes away is no failure."""
    monkeypatch.setattr(sys, "stdout", Full())
    assert cli.main(["data", "list"]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "No space left on device" in told


def test_an_error_of_several_lines_is_told_in_one(monkeypatch, capsys):
    def bad(options):
        raise errors.CourseError("there is no file a\nb\r\n\tc.jpg")

    monkeypatch.setattr(cli, "run_data_list", bad)
    assert cli.main(["data", "list"]) == 2
    assert capsys.readouterr().err == "course: there is no file a b c.jpg\n"


@pytest.mark.parametrize("problem", [
    MemoryError(), RuntimeError("[enforce fail at alloc_cpu.cpp:114] DefaultCPUAllocator: can't allocate memory"),
    OSError(12, "Cannot allocate memory"), RuntimeError("std::bad_alloc"), RuntimeError("can't start new thread"),
    ImportError("libtorch_cpu.so: failed to map segment from shared object"),
])
def test_too_little_memory_is_one_line(monkeypatch, capsys, problem):
    def greedy(options):
        raise problem

    monkeypatch.setattr(cli, "run_data_list", greedy)
    assert cli.main(["data", "list"]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "not enough memory" in told


@pytest.mark.parametrize("words, told", [
    (["anmate"], "there is no command 'anmate', did you mean animate or animate-many? (course --help"),
    (["zzz"], "there is no command 'zzz': choose from animate, evaluate"),
    (["animate", "--sise", "3"], "nothing is known of --sise, did you mean --size? (course animate --help"),
    (["animate", "--text"], "argument --text: expected one argument (course animate --help"),
    (["animate", "a", "b"], "nothing is known of b (course animate --help"),
    ([], "the following arguments are required: COMMAND (course --help"),
    (["evaluate", "a.mp4", "--limit", "x"], "--limit: invalid int value: 'x' (course evaluate --help"),
    (["data", "fetch", "portrait"], "there is no name 'portrait', did you mean portraits? (course data fetch --help"),
    (["data", "list", "--all"], "nothing is known of --all (course data list --help"),
])
def test_wrong_words_are_one_line_that_says_where_the_help_is(capsys, words, told):
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    said = capsys.readouterr().err
    assert ended.value.code == 2 and said.count("\n") == 1 and said.startswith("course: ") and told in said
