"""`course animate-many`: rows here in processes, resumed, a failed row told; on a Dask cluster, with a lost worker."""

import csv
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from course import animation, cli, errors, images
from course.serving import analyses, many, many_here, rows

QUICK = {"size": "64", "generator": "warp", "voice": "en-us", "idle": "hand"}


def write(path, table: list):
    """A CSV table of dicts; the first one's keys are the head."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    return path


@pytest.fixture
def photo(tmp_path, hopper):
    path = tmp_path / "photo.png"
    import cv2

    images.save_image(path, cv2.resize(hopper, (256, 300), interpolation=cv2.INTER_AREA))
    return path


def entries(table) -> list:
    lines = table.with_name(table.name + ".done").read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line]


def test_films_come_a_failed_row_is_told_and_the_rest_goes_on(tmp_path, photo, capfd):
    quick = {"photo": "photo.png", **QUICK}
    table = write(tmp_path / "jobs.csv", [
        {**quick, "text": "Hi.", "output": "films/a.mp4"},
        {**quick, "photo": "absent.png", "text": "Hi.", "output": "b.mp4"},
        {**quick, "text": "Yes, one.", "output": "c.webm"},
        {**quick, "text": "Hi.", "voice": "nobody", "output": "d.mp4"},
        {**quick, "text": "Hi.", "output": "c.webm"}])
    assert cli.main(["animate-many", str(table), "--workers", "1"]) == 1
    out, err = capfd.readouterr()
    assert (tmp_path / "films" / "a.mp4").is_file() and (tmp_path / "c.webm").is_file()
    assert "row 3: there is no file" in err and "row 5: there is no voice 'nobody'" in err
    assert "row 6: row 4 has the same output" in err and "2 films made" in err and "3 failed" in err
    assert sorted(out.split()) == sorted(str(tmp_path / name) for name in ("films/a.mp4", "c.webm"))
    # again: what is there stays, bit for bit
    before = (tmp_path / "c.webm").stat()
    assert cli.main(["animate-many", str(table), "--workers", "1"]) == 1
    assert "2 were there already" in capfd.readouterr().err
    assert (tmp_path / "c.webm").stat().st_mtime_ns == before.st_mtime_ns
    assert [entry["row"] for entry in entries(table)] == sorted(entry["row"] for entry in entries(table))


def test_a_row_is_made_again_when_what_goes_in_has_changed(tmp_path, photo):
    table = write(tmp_path / "jobs.csv", [{"photo": "photo.png", "text": "Hi.", "output": "a.mp4", **QUICK}])
    row = rows.read_rows(table)[0]
    progress = many.Progress(table)
    row.output.write_bytes(b"film")
    assert not progress.is_done(row)
    progress.add(row)
    assert many.Progress(table).is_done(rows.read_rows(table)[0])
    picture = images.load_image(photo)
    picture[0, 0] ^= 1
    images.save_image(photo, picture)
    assert not many.Progress(table).is_done(rows.read_rows(table)[0])
    row.output.unlink()
    assert not many.Progress(table).is_done(row)


def test_the_line_of_a_killed_process_is_passed_over(tmp_path, photo):
    table = write(tmp_path / "jobs.csv", [{"photo": "photo.png", "text": "Hi.", "output": "a.mp4", **QUICK}])
    row = rows.read_rows(table)[0]
    row.output.write_bytes(b"film")
    many.Progress(table).add(row)
    with open(table.with_name("jobs.csv.done"), "a") as file:
        file.write('{"output": "b.m')
    progress = many.Progress(table)
    assert progress.is_done(row)
    progress.add(row)
    assert many.Progress(table).is_done(row)


@pytest.mark.parametrize("head, said", [
    ("photo,text", "no column 'output'"), ("photo,text,output,colour", "'colour'"),
    ("photo,photo,output", "two columns"), ("photo,text,output", "no row")])
def test_a_table_that_is_none_is_told_in_a_line(tmp_path, head, said):
    (tmp_path / "jobs.csv").write_text(head + "\n" + ("" if said == "no row" else "a,b,c,d\n"), encoding="utf-8")
    with pytest.raises(errors.CourseError, match=said):
        rows.read_rows(tmp_path / "jobs.csv")


def test_settings_of_a_table_are_those_of_the_command(tmp_path, photo):
    told = {"photo": "photo.png", "text": "Hi.", "output": "a.mp4"}
    cells = [({"polish": "no", "head": "0.5", "face": "0"}, {"polish": False, "head": 0.5, "face": "0"}),
             ({"polish": "perhaps", "head": "", "face": ""}, "polish must be yes"),
             ({"polish": "", "head": "9", "face": ""}, "head must be"), ({"polish": "", "head": "", "face": ""}, {})]
    table = write(tmp_path / "jobs.csv", [{**told, "output": f"{n}.mp4", **more} for n, (more, _) in enumerate(cells)])
    for row, (_, wanted) in zip(rows.read_rows(table), cells):
        assert row.settings == wanted if isinstance(wanted, dict) else wanted in row.problem


def test_a_process_that_dies_takes_no_other_row_along(tmp_path, photo, monkeypatch):
    """A program that ends when it is asked for the second row, in place of the one that makes films."""
    script = tmp_path / "dies.py"
    script.write_text("import json, os, sys\nfor line in sys.stdin:\n    row = json.loads(line)\n"
                      "    if row['output'].endswith('1.mp4'): os._exit(9)\n    print('{}', flush=True)\n")
    monkeypatch.setattr(many_here.subprocess, "Popen",
                        lambda command, **more: popen([sys.executable, str(script)], **more))
    told = [rows.Row(n, photo, ("text", "Hi."), {}, tmp_path / f"{n}.mp4") for n in range(4)]
    made = {row.number: row.problem for row in many_here.made(told, 2)}
    assert made[1] and "died twice" in made[1] and [made[n] for n in (0, 2, 3)] == [None] * 3


popen = subprocess.Popen


# ---------------------------------------------------------------- what was found out about a photo


def test_a_photo_is_looked_at_once_and_gives_the_same_film(photo):
    cache, settings = analyses.Cache(), {"size": 64, "voice": "en-us", "idle": "hand"}
    plain = [frame.copy() for frame in animation.animate(photo, text="Hi.", **settings)]
    with analyses.in_use(cache):
        for _ in range(2):
            again = list(animation.animate(photo, text="Hi.", **settings))
        assert (cache.looked, cache.known) == (1, 1)
        animation.animate(photo, text="Hi.", **{**settings, "size": 80})
        assert cache.looked == 2, "another size is another question"
    assert all(np.array_equal(a, b) for a, b in zip(plain, again)) and len(plain) == len(again)
    assert animation.cast.__name__ == "cast", "what was there is there again"


def test_what_was_found_travels_small_and_gives_the_same_film(photo):
    cache, settings = analyses.Cache(), {"size": 64, "voice": "en-us", "idle": "hand"}
    with analyses.in_use(cache):
        plain = list(animation.animate(photo, text="Hi.", **settings))
    (key, actors), = cache.items()
    packed = analyses.pack(actors)
    assert len(packed) < 2_000_000, "the networks, 13 MB, are on every machine"
    other = analyses.Cache()
    other.put(key, analyses.unpack(packed))
    with analyses.in_use(other):
        again = list(animation.animate(photo, text="Hi.", **settings))
    assert other.looked == 0 and all(np.array_equal(a, b) for a, b in zip(plain, again))


def test_the_cache_keeps_so_many_and_no_more():
    cache = analyses.Cache(2)
    for number in (1, 2, 1, 3, 1, 2):
        cache.actors(lambda image: [image], np.full((2, 2), number, np.uint8))
    assert (cache.looked, cache.known, len(cache.items())) == (4, 2, 2)


# ---------------------------------------------------------------- Dask


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A real scheduler and three workers of one thread each, in processes of their own: (address, workers)."""
    folder = tmp_path_factory.mktemp("dask")
    file = folder / "scheduler.json"
    environment = {**os.environ, "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "20s", "OMP_NUM_THREADS": "1"}
    quiet = {"cwd": folder, "env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    run = [sys.executable, "-m"]
    scheduler = subprocess.Popen([*run, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
                                  "--no-dashboard", "--scheduler-file", str(file)], **quiet)
    workers = [subprocess.Popen([*run, "distributed.cli.dask_worker", "--scheduler-file", str(file), "--nthreads", "1",
                                 "--no-nanny", "--no-dashboard", "--host", "127.0.0.1", "--name", str(number)], **quiet)
               for number in range(3)]
    try:
        end = time.monotonic() + 90
        while not file.exists() and time.monotonic() < end:
            time.sleep(0.2)
        address = json.loads(file.read_text())["address"]
        import distributed

        with distributed.Client(address, timeout=30, set_as_default=False) as client:
            client.wait_for_workers(3, timeout=90)
        yield address, workers
    finally:
        for process in [*workers, scheduler]:
            process.kill()
            process.wait()


def test_on_a_cluster_a_lost_worker_s_films_are_made_again_and_none_twice(tmp_path, photo, cluster, monkeypatch, capfd):
    address, workers = cluster
    count = int(os.environ.get("COURSE_DASK_JOBS", "9"))
    table = write(tmp_path / "jobs.csv", [
        {"photo": "photo.png", "text": f"This is number {n}.", "output": f"{n}.mp4", **QUICK} for n in range(count - 1)]
        + [{"photo": "grey.png", "text": "Hi.", "output": "grey.mp4", **QUICK}])
    images.save_image(tmp_path / "grey.png", np.full((80, 80, 3), 128, np.uint8))
    put, written = many_dask().put, []

    def put_and_kill(path, data):
        written.append(path)
        put(path, data)
        if len(written) == 2:  # films are on their way to all workers by now
            os.kill(workers[0].pid, signal.SIGKILL)

    monkeypatch.setattr(many_dask(), "put", put_and_kill)
    assert many.animate_many(table, dask=address) == 1
    out, err = capfd.readouterr()
    assert workers[0].wait(10) == -signal.SIGKILL
    assert f"{count - 1} films made" in err and f"row {count + 1}: no face found" in err and "1 failed" in err
    assert len(written) == len(set(written)) == count - 1, "each came once"
    assert len(out.split()) == count - 1 == len(entries(table))
    for number in range(count - 1):
        assert (tmp_path / f"{number}.mp4").read_bytes()[4:8] == b"ftyp"
    assert not list(tmp_path.glob(".*.part"))
    # the same again: nothing is left to do but the row that fails
    monkeypatch.setattr(many_dask(), "put", put)
    assert many.animate_many(table, dask=address) == 1
    assert f"{count - 1} were there already" in capfd.readouterr().err


def test_a_film_of_the_cluster_is_the_film_of_this_machine(tmp_path, photo, cluster):
    """And its photo, which the cluster looked at before, is not looked at again."""
    told = {"size": 64, "generator": "warp", "voice": "en-us", "idle": "hand"}
    looked = many_dask().look(photo.read_bytes(), ".png", {"size": 64, "generator": "warp"})
    film = many_dask().film(looked, "text", "Hi.", told, ".mp4")
    assert film["looked"] == 0
    animation.animate(photo, text="Hi.", **told).save(tmp_path / "here.mp4", progress=False)
    from course import io

    (tmp_path / "there.mp4").write_bytes(film["film"])
    here, there = (list(io.read_frames(tmp_path / name)) for name in ("here.mp4", "there.mp4"))
    assert len(here) == len(there) and all(np.array_equal(a, b) for a, b in zip(here, there))


def many_dask():
    from course.serving import many_dask

    return many_dask


def test_where_there_is_no_cluster_a_line_says_so(tmp_path, photo, monkeypatch, capsys):
    monkeypatch.setattr(many_dask(), "SECONDS", 1)
    table = write(tmp_path / "jobs.csv", [{"photo": "photo.png", "text": "Hi.", "output": "a.mp4", **QUICK}])
    assert cli.main(["animate-many", str(table), "--dask", "tcp://127.0.0.1:9"]) == 2
    assert "there is no Dask scheduler" in capsys.readouterr().err
    assert cli.main(["animate-many", str(table), "--dask", "x", "--workers", "2"]) == 2

