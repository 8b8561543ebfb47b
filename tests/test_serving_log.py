"""The operator's log of `course serve`: what a line says and does not say, files put aside, and no film without it."""

import hashlib
import json
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from course import cli, errors
from course.serving import addresses, handling, limits, making, operator_log, pool, schemas, server, store, work

PLAN = {"photo": {"upload": "img_1"}, "text": "A secret sentence.", "format": "mp4", "square": False, "face": None,
        "settings": {"consent": "Ada agreed on 27 November 2026"}}
FACTS = {"metadata": {"resolution": [64, 76]}, "duration": 1.2, "face": {}}


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def lines(path: Path) -> list:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(name="jobs")
def jobs_fixture(tmp_path):
    """A store with one upload and one talk that waits."""
    jobs = store.Store(tmp_path / "served")
    (tmp_path / "photo").write_bytes(b"the bytes of a photo")
    jobs.add_upload(store.Upload(0, "img_1", "image", "key|abc", "me.jpg", ".jpg", "image/jpeg", {}, time.time()),
                    tmp_path / "photo", 9)
    jobs.add_job(store.Order("talk", "key|abc", {"source_url": "x"}, PLAN, "http://here"), 9)
    return jobs


def worker(jobs, monkeypatch, log: Path | None) -> work.Worker:
    """A worker that makes a film of a few bytes."""
    def make(plan, inputs, folder, seconds):
        (folder / "film.mp4").write_bytes(b"film")
        return FACTS, {".mp4": folder / "film.mp4"}

    monkeypatch.setattr(making, "make", make)
    return work.Worker(jobs, "w", limits.Limits(), addresses.Rules(None), log and operator_log.OperatorLog(log))


def test_a_line_for_a_film_without_its_photo_and_its_words(jobs, monkeypatch, tmp_path):
    log = tmp_path / "log.jsonl"
    assert worker(jobs, monkeypatch, log).work()
    told, = lines(log)
    job, = jobs.jobs("talk", "key|abc", 9)
    assert job.state == "done" and told["id"] == job.id and told["owner"] == "key|abc"
    assert told["photo"] == digest(b"the bytes of a photo") and told["text"] == digest(PLAN["text"].encode())
    assert (told["consent"], told["size"], told["seconds"]) == (PLAN["settings"]["consent"], [64, 76], 1.2)
    assert abs(time.time() - time.mktime(time.strptime(told["time"], "%Y-%m-%dT%H:%M:%SZ")) + time.timezone) < 60
    assert "secret" not in log.read_text() and "me.jpg" not in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_sound_and_driving_films_are_hashed_and_silence_about_consent_is_told(tmp_path):
    for name in ("photo", "drive"):
        (tmp_path / name).write_bytes(name.encode())
    inputs = making.Inputs(tmp_path / "photo", tmp_path / "drive")
    for kind in ("sound", "film"):
        job = SimpleNamespace(id="tlk_1", owner="local", plan={kind: {"upload": "x"}, "settings": {}})
        told = operator_log.line_of(job, inputs, FACTS)
        assert told[kind] == digest(b"drive") and "text" not in told
        assert told["consent"] == "nothing was said about consent"


def test_what_a_request_says_of_consent_reaches_film_and_log(jobs):
    image = jobs.uploads("image", "key|abc", 1)[0]
    service = handling.Service(jobs, SimpleNamespace(hosts=frozenset({"here"}), most=limits.Limits()),
                               addresses.Rules(None), lambda: None, "http://here")
    request = SimpleNamespace(app=SimpleNamespace(state=SimpleNamespace(service=service)),
                              state=SimpleNamespace(owner="key|abc"))

    def plan(**more) -> dict:
        asked = schemas.TalkAsk(source_url=f"http://here/files/{image.id}/me.jpg",
                                script={"type": "text", "input": "Hi.", "provider": {"voice_id": "en-us"}}, **more)
        return jobs.job(handling.create(request, "talk", asked, None)["id"]).plan["settings"]

    assert plan(consent="Ada agreed to this")["consent"] == "Ada agreed to this"
    assert plan(consent=False)["consent"] is False
    assert plan().get("consent") is None
    with pytest.raises(errors.CourseError, match="seems to name a file"):
        plan(consent="secrets.txt")


def test_without_a_log_nothing_is_written(jobs, monkeypatch, tmp_path):
    before = set(tmp_path.iterdir())
    assert worker(jobs, monkeypatch, None).work()
    assert set(tmp_path.iterdir()) == before and jobs.counts() == {"done": 1}


def test_no_film_is_given_out_where_the_log_cannot_be_written(jobs, monkeypatch, tmp_path):
    (tmp_path / "no folder").write_bytes(b"")
    assert worker(jobs, monkeypatch, tmp_path / "no folder" / "log.jsonl").work()
    job, = jobs.jobs("talk", "key|abc", 9)
    assert job.state != "done" and "the operator's log cannot be written" in job.problem["description"]
    assert str(tmp_path) not in job.problem["description"]


def test_files_are_put_aside_and_the_oldest_dropped(tmp_path):
    log = operator_log.OperatorLog(tmp_path / "log.jsonl", most=60, kept=2)
    for number in range(8):
        log.add({"number": number, "filled": "x" * 20})  # two lines a file
    held = {path.name: [line["number"] for line in lines(path)] for path in tmp_path.glob("log.jsonl*")
            if not path.name.endswith("lock")}
    assert held == {"log.jsonl": [6, 7], "log.jsonl.1": [4, 5], "log.jsonl.2": [2, 3]}


def test_several_at_once_lose_no_line(tmp_path):
    def add(writer: int) -> None:
        for number in range(25):
            operator_log.OperatorLog(tmp_path / "log.jsonl", most=500, kept=40).add({"line": [writer, number]})

    threads = [threading.Thread(target=add, args=[writer]) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    written = [tuple(line["line"]) for path in tmp_path.glob("log.jsonl*") for line in lines(path)]
    assert sorted(written) == [(writer, number) for writer in range(4) for number in range(25)]


def test_the_option_reaches_the_workers(monkeypatch, tmp_path, jobs):
    asked, started = [], []
    monkeypatch.setattr(server, "serve", asked.append)
    assert not cli.main(["serve"]) and asked.pop().log is None
    assert not cli.main(["serve", "--log", str(tmp_path / "log.jsonl")]) and asked[0].log == tmp_path / "log.jsonl"

    class Fake:
        stdin, pid = SimpleNamespace(close=lambda: None), 0

        def __init__(self, arguments, **more):
            started.append(json.loads(arguments[-1]))

        poll, kill, wait = (lambda self: None,) * 3

    monkeypatch.setattr(pool.subprocess, "Popen", Fake)
    watching = pool.Pool(jobs, limits.Limits(), addresses.Rules(None), 1, None, asked[0].log)
    watching.start()
    end = time.monotonic() + 20
    while not started and time.monotonic() < end:
        time.sleep(0.02)
    watching.stop()
    assert work.Worker.of(started[0]).record.path == tmp_path / "log.jsonl"
    assert work.Worker.of({**started[0], "log": None}).record is None


def test_a_place_where_no_log_can_be_is_said_before_the_server_starts(tmp_path):
    options = server.ServerOptions(log=tmp_path / "not there" / "log.jsonl")
    with pytest.raises(errors.OutputError, match="operator's log cannot be written"):
        server.check(options)
    server.check(server.ServerOptions(log=tmp_path / "log.jsonl"))
    assert (tmp_path / "log.jsonl").read_bytes() == b""
