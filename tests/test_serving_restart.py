"""Jobs outlive their server: killed in the middle and started again, none is lost and none is done twice.

The long form, 200 jobs of 8 clients, is `make test-long`: COURSE_SERVING_JOBS=200 COURSE_SERVING_CLIENTS=8.
"""

import os
import sqlite3
import threading
import time
import uuid

import pytest
import requests
from serving_tools import HELLO, Server

from course.serving import store

JOBS = int(os.environ.get("COURSE_SERVING_JOBS", "20"))
CLIENTS = int(os.environ.get("COURSE_SERVING_CLIENTS", "4"))


class Client(threading.Thread):
    """Somebody who asks for films, and asks again when nobody answers; then waits for each and fetches it."""

    def __init__(self, server: Server, image: str, number: int, jobs: int):
        super().__init__(daemon=True)
        self.server, self.image, self.names = server, image, [f"{number}-{job}" for job in range(jobs)]
        self.ids, self.films, self.problem = {}, {}, None

    def run(self):
        try:
            for name in self.names:
                body = {"source_url": self.image, "script": HELLO, "name": name}
                told = self.ask("POST", "/talks", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
                self.ids[name] = told.json()["id"]
            for name, identifier in self.ids.items():
                self.films[name] = self.film(identifier)
        except Exception as problem:
            self.problem = problem

    def film(self, identifier: str) -> bytes:
        while True:
            told = self.ask("GET", f"/talks/{identifier}").json()
            if told["status"] == "done":
                return self.ask("GET", told["result_url"].removeprefix(self.server.url)).content
            assert told["status"] in ("created", "started"), told
            time.sleep(0.2)

    def ask(self, method: str, path: str, **more):
        end = time.monotonic() + 60
        while True:
            try:
                answer = requests.request(method, self.server.url + path, timeout=30, **more)
                if answer.status_code < 300:
                    return answer
                assert answer.status_code in (429, 503), answer.text
            except requests.ConnectionError:
                assert time.monotonic() < end, "the server does not come back"
            time.sleep(0.2)


def test_none_is_lost_and_none_done_twice_over_a_kill(tmp_path, hopper_path):
    server = Server(tmp_path / "served", {"workers": 2}).start()
    image = server.upload(hopper_path)["url"]
    clients = [Client(server, image, number, JOBS // CLIENTS) for number in range(CLIENTS)]
    begin = time.monotonic()
    for client in clients:
        client.start()
    jobs = store.Store(server.folder)
    while jobs.counts().get("done", 0) < JOBS // 4:
        assert time.monotonic() - begin < 60 + 5 * JOBS
        time.sleep(0.05)
    assert wait_for(lambda: jobs.counts().get("started", 0) > 0)
    server.kill()
    before = jobs.counts()
    server.start()
    for client in clients:
        client.join(60 + 5 * JOBS)
        assert client.problem is None and not client.is_alive(), client.problem
    took = time.monotonic() - begin
    assert len({one for client in clients for one in client.ids.values()}) == JOBS
    assert all(film[4:8] == b"ftyp" for client in clients for film in client.films.values())
    assert jobs.counts() == {"done": JOBS}
    with sqlite3.connect(server.folder / "jobs.db") as database:
        names = [row[0] for row in database.execute("SELECT json_extract(request, '$.name') FROM jobs")]
        attempts = dict(database.execute("SELECT attempts, COUNT(*) FROM jobs GROUP BY attempts"))
    assert sorted(names) == sorted(name for client in clients for name in client.names), "each was taken on once"
    assert attempts[1] >= JOBS - 2 * 2, "only what was in work at the kill is done again"
    assert len(list((server.folder / "results").glob("*.mp4"))) == JOBS
    print(f"\n{JOBS} jobs of {CLIENTS} clients in {took:.0f} s; at the kill {before}; attempts {attempts}")
    assert "Traceback" not in server.stop()


def wait_for(true, seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


def test_workers_of_a_killed_server_end_themselves(tmp_path):
    import psutil

    server = Server(tmp_path / "served", {"workers": 2}).start()
    assert wait_for(lambda: len(psutil.Process(server.process.pid).children()) == 2)
    workers = psutil.Process(server.process.pid).children()
    server.kill()
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert not alive


def test_a_worker_that_dies_is_replaced_and_its_job_done_again(tmp_path, hopper_path):
    import psutil

    server = Server(tmp_path / "served", {"workers": 1}).start()
    image = server.upload(hopper_path)["url"]
    body = {"source_url": image, "script": {"type": "text", "input": "This takes a moment to say."}}
    talk = requests.post(f"{server.url}/talks", json=body, timeout=30).json()
    jobs = store.Store(server.folder)
    assert wait_for(lambda: jobs.job(talk["id"]).state == "started")
    psutil.Process(server.process.pid).children()[0].kill()
    assert server.finished(f"/talks/{talk['id']}")["status"] == "done"
    assert jobs.job(talk["id"]).attempts == 2
    server.stop()


# ---------------------------------------------------------------- the store alone


@pytest.fixture
def jobs(tmp_path):
    return store.Store(tmp_path)


def order(**more) -> store.Order:
    return store.Order(**{"kind": "talk", "owner": "me", "request": {}, "plan": {"format": "mp4"}, "base": "", **more})


def test_one_job_is_taken_by_one_worker_however_many_ask(jobs):
    for _ in range(30):
        jobs.add_job(order(), 100)
    taken, lock = [], threading.Lock()

    def take(name: str):
        while job := jobs.take(name):
            with lock:
                taken.append(job.id)

    threads = [threading.Thread(target=take, args=[str(number)]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 30 == len(set(taken))


def test_who_lost_a_job_cannot_finish_it(jobs, tmp_path):
    job = jobs.add_job(order(), 100)
    jobs.take("first")
    jobs.give_back("first", 5)
    jobs.take("second")
    for name, right in (("first", False), ("second", True), ("second", False)):
        film = tmp_path / "film.mp4"
        film.write_bytes(name.encode())
        assert jobs.finish(job.id, name, {}, {".mp4": film}) is right
    assert jobs.result(job.id, ".mp4").read_bytes() == b"second" and jobs.job(job.id).state == "done"


def test_a_job_that_kills_its_workers_comes_to_an_end(jobs):
    job = jobs.add_job(order(hook=True), 100)
    for _ in range(3):
        assert jobs.take("worker")
        jobs.give_back(None, 3)
    assert jobs.take("worker") is None
    assert jobs.job(job.id).state == "error" and "cut off 3 times" in jobs.job(job.id).problem["description"]
    assert [one.id for one in jobs.hooks()] == [job.id]


def test_a_job_that_takes_too_long_is_overdue_and_what_is_old_is_forgotten(jobs):
    job, kept = jobs.add_job(order(), 100), jobs.add_job(order(persist=True), 100)
    jobs.take("worker"), jobs.take("other")
    assert jobs.overdue(60) == [] and [one.id for one in jobs.overdue(-1)] == [job.id, kept.id]
    jobs.fail(job.id, "worker", "Error", "x"), jobs.fail(kept.id, "other", "Error", "x")
    jobs.forget_old(1)
    assert jobs.job(job.id)
    jobs.forget_old(-1)
    assert jobs.job(job.id) is None and jobs.job(kept.id)


def test_a_webhook_is_called_until_it_answers_five_times_at_most(jobs):
    job = jobs.add_job(order(hook=True), 100)
    assert jobs.hooks() == [], "not before it is settled"
    jobs.take("worker")
    jobs.fail(job.id, "worker", "Error", "x")
    assert [one.id for one in jobs.hooks()] == [job.id]
    jobs.told(job.id, False)
    assert jobs.hooks() == [], "later"
    for _ in range(4):
        jobs.told(job.id, False)
    assert jobs.job(job.id).hook == "failed"


def test_a_webhook_is_sent_what_a_get_answers(jobs):
    """The rules let this machine count as public here; those of a server never do."""
    import http.server
    import json

    from course.serving import addresses, answers, limits, pool

    got = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        hook = f"http://127.0.0.1:{receiver.server_port}/done"
        job = jobs.add_job(order(hook=True, request={"webhook": hook, "source_url": "x", "user_data": "mine"}), 9)
        jobs.take("worker")
        jobs.fail(job.id, "worker", "FaceError", "no face")
        rules = addresses.Rules(hosts=(), ports=(receiver.server_port,), may_connect=lambda ip: True)
        secret = jobs.secret()
        watching = pool.Pool(jobs, limits.Limits(), rules, 0, lambda one: answers.film(one, secret))
        watching.start()
        assert wait_for(lambda: jobs.job(job.id).hook == "sent")
        watching.stop()
        receiver.shutdown()
    assert got == [answers.film(jobs.job(job.id), secret)] and got[0]["user_data"] == "mine"


# ---------------------------------------------------------------- what a worker costs that has nothing to do


def test_a_worker_is_light_until_there_is_a_job():
    import subprocess
    import sys

    code = ("import sys; from course.serving import worker\n"
            "heavy = {'numpy', 'torch', 'cv2', 'fastapi'} & set(sys.modules); sys.exit(str(heavy) if heavy else 0)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_worker_that_has_had_nothing_to_do_for_long_ends(jobs, monkeypatch):
    import json

    from course.serving import work, worker

    jobs.add_job(order(), 9)
    worked = []

    class Fake:
        def work(self):
            worked.append(len(worked) == 0)
            return worked[-1]

    monkeypatch.setattr(work.Worker, "of", lambda told: Fake())
    monkeypatch.setattr(worker, "REST", 0.3)
    monkeypatch.setattr(worker, "_wait", lambda called: time.sleep(0.1))
    monkeypatch.setattr(worker, "_listen", lambda called: None)
    worker.main([json.dumps({"folder": str(jobs.folder)})])
    assert worked[0] and not worked[-1] and 3 <= len(worked) <= 5
