"""Downloads against a server with faults: resumed, restarted, refused, never half there."""

import hashlib
import os

import pytest

from course import errors, io
from course.io import downloads

BODY = bytes(range(256)) * 1200  # 300 KB
SHA = hashlib.sha256(BODY).hexdigest()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(downloads, "FIRST_PAUSE", 0.0)


@pytest.fixture
def server(file_server):
    file_server.files["/a.bin"] = BODY
    return file_server


def left_over(folder):
    return sorted(path.name for path in folder.iterdir())


def test_fetches_and_keeps_what_is_there(server, tmp_path):
    path = io.download(server.url + "/a.bin", tmp_path / "deep" / "a.bin", SHA, len(BODY))
    assert path.read_bytes() == BODY
    assert left_over(path.parent) == ["a.bin"]
    io.download(server.url + "/a.bin", path, SHA.upper(), len(BODY))
    assert len(server.requests) == 1, "a file with the right checksum is not fetched again"


def test_goes_on_where_the_connection_broke(server, tmp_path):
    server.cut_after = [100_000, 50_000]
    path = io.download(server.url + "/a.bin", tmp_path / "a.bin", SHA, len(BODY))
    assert path.read_bytes() == BODY
    assert [wanted for _, wanted in server.requests] == [None, "bytes=100000-", "bytes=150000-"]


def test_goes_on_in_a_later_call(server, tmp_path, monkeypatch):
    monkeypatch.setattr(downloads, "ATTEMPTS", 1)
    server.cut_after = [100_000, 0]
    with pytest.raises(errors.DownloadError, match="part that came is kept"):
        io.download(server.url + "/a.bin", tmp_path / "a.bin", SHA, len(BODY))
    assert left_over(tmp_path) == [f"a.bin.{SHA[:8]}.part"]
    io.download(server.url + "/a.bin", tmp_path / "a.bin", SHA, len(BODY))
    assert server.requests[-1][1] == "bytes=100000-"
    assert left_over(tmp_path) == ["a.bin"]


def test_starts_again_where_ranges_are_not_served(server, tmp_path):
    server.ranges = False
    server.cut_after = [100_000]
    path = io.download(server.url + "/a.bin", tmp_path / "a.bin", SHA)
    assert path.read_bytes() == BODY
    assert len(server.requests) == 2


@pytest.mark.parametrize("size", [None, len(BODY)])
@pytest.mark.parametrize("length", [1000, len(BODY), len(BODY) + 5])
def test_a_part_of_something_else_is_thrown_away(server, tmp_path, length, size):
    (tmp_path / f"a.bin.{SHA[:8]}.part").write_bytes(b"x" * length)
    path = io.download(server.url + "/a.bin", tmp_path / "a.bin", SHA, size)
    assert path.read_bytes() == BODY
    assert left_over(tmp_path) == ["a.bin"]


@pytest.mark.parametrize("size", [None, len(BODY)])
def test_wrong_bytes_never_take_the_place(server, tmp_path, size):
    server.files["/a.bin"] = BODY[:-1] + b"!"
    with pytest.raises(errors.DownloadError, match="wrong checksum") as caught:
        io.download(server.url + "/a.bin", tmp_path / "a.bin", SHA, size)
    assert left_over(tmp_path) == []
    message = str(caught.value)
    assert f"by hand to {tmp_path / 'a.bin'}" in message and SHA in message and "\n" not in message


def test_wrong_bytes_and_cut_connections_together_end(server, tmp_path):
    server.files["/a.bin"] = BODY[:-1] + b"!"
    server.cut_after = [1000, 200_000, 1000, 200_000]
    with pytest.raises(errors.DownloadError, match="wrong checksum"):
        io.download(server.url + "/a.bin", tmp_path / "a.bin", SHA)
    assert left_over(tmp_path) == []


def test_another_length_is_refused_before_it_is_read(server, tmp_path):
    server.files["/a.bin"] = BODY + BODY
    with pytest.raises(errors.DownloadError, match="offers 614400 bytes where 307200 belong"):
        io.download(server.url + "/a.bin", tmp_path / "a.bin", SHA, len(BODY))
    assert left_over(tmp_path) == []


def test_a_busy_server_is_asked_again_and_a_missing_file_is_not(server, tmp_path):
    server.answers = [503, 429]
    io.download(server.url + "/a.bin", tmp_path / "a.bin", SHA)
    assert len(server.requests) == 3
    with pytest.raises(errors.DownloadError, match="404"):
        io.download(server.url + "/b.bin", tmp_path / "b.bin", SHA)
    assert len(server.requests) == 4


def test_no_server_at_all(tmp_path):
    with pytest.raises(errors.DownloadError, match="cannot be reached .* by hand"):
        io.download("http://127.0.0.1:9/a.bin", tmp_path / "a.bin", SHA)
    assert left_over(tmp_path) == []


def test_a_wrong_file_already_there_is_replaced_only_by_the_right_one(server, tmp_path):
    (tmp_path / "a.bin").write_bytes(b"mine")
    server.answers = [404]
    with pytest.raises(errors.DownloadError):
        io.download(server.url + "/a.bin", tmp_path / "a.bin", SHA)
    assert (tmp_path / "a.bin").read_bytes() == b"mine"
    assert io.download(server.url + "/a.bin", tmp_path / "a.bin", SHA).read_bytes() == BODY


def test_a_folder_on_this_machine_serves_too(tmp_path):
    (tmp_path / "mirror.bin").write_bytes(BODY)
    url = (tmp_path / "mirror.bin").as_uri()
    assert io.download(url, tmp_path / "a.bin", SHA).read_bytes() == BODY
    with pytest.raises(errors.DownloadError, match="not there"):
        io.download(url + "x", tmp_path / "b.bin", SHA)
    with pytest.raises(errors.DownloadError, match="no address"):
        io.download("ftp://example.org/a", tmp_path / "b.bin", SHA)


def test_no_room_and_no_folder(server, tmp_path):
    with pytest.raises(errors.OutputError, match="MB free"):
        io.download(server.url + "/a.bin", tmp_path / "a.bin", SHA, 10**18)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(errors.OutputError, match="cannot be written"):
        io.download(server.url + "/a.bin", tmp_path / "file" / "a.bin", SHA)
    assert server.requests == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_disk_that_fills(server, tmp_path):
    part = tmp_path / f"a.bin.{SHA[:8]}.part"
    part.symlink_to("/dev/full")
    with pytest.raises(errors.OutputError, match="No space left"):
        io.download(server.url + "/a.bin", tmp_path / "a.bin", SHA)
    assert left_over(tmp_path) == []
