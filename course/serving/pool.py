"""The worker processes of a server: one a core, started again when one dies, stopped when a job takes too long; and
the calls to those who want to be told."""

import contextlib
import dataclasses
import json
import logging
import secrets
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from . import addresses, children, limits, store

BEAT = 0.5  # seconds between two looks at the workers
SLOWEST = 30.0  # seconds at most before a worker that dies at once is started again
log = logging.getLogger("course")


class Pool:
    """The workers of a store.

    Args:
        count: of processes; rules: for addresses; answer: makes of a job what its webhook is sent; record: path of the
            operator's log, or None.
    """

    def __init__(self, jobs: store.Store, most: limits.Limits, rules: addresses.Rules, count: int, answer,
                 record=None):
        self.store, self.most, self.rules, self.answer, self.record = jobs, most, rules, answer, record
        self._slots = [_Slot() for _ in range(count)]
        self._lock, self._stopping = threading.Lock(), threading.Event()
        self._callers, self._called = ThreadPoolExecutor(4, thread_name_prefix="webhook"), set()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Start the workers; jobs that a server before this one left begun are done again."""
        self.store.give_back(None, self.most.attempts)
        shutil.rmtree(self.store.folder / "work", ignore_errors=True)
        (self.store.folder / "work").mkdir(mode=0o700, exist_ok=True)
        self._thread.start()

    def wake(self) -> None:
        """Tell the workers that there is work."""
        with self._lock:
            for slot in self._slots:
                slot.call()

    def stop(self) -> None:
        """End the workers; what they had begun waits for the next server."""
        self._stopping.set()
        self._thread.join()
        with self._lock:
            for slot in self._slots:
                slot.end()
        self._callers.shutdown(wait=False, cancel_futures=True)
        self.store.give_back(None, self.most.attempts)

    def _watch(self) -> None:
        next_sweep = 0.0
        while True:
            try:
                self._look_after()
                self._call_hooks()
                if time.monotonic() >= next_sweep:
                    next_sweep = time.monotonic() + 60
                    self.store.forget_old(self.most.keep_hours)
            except Exception:  # a full disk, a locked file: the next beat may fare better
                log.exception("the workers could not be looked after")
            if self._stopping.wait(BEAT):
                return

    def _look_after(self) -> None:
        for job in self.store.overdue(self.most.job_seconds):
            self.store.fail(job.id, job.worker, "TimeoutError", f"the work took more than {self.most.job_seconds:g} s")
            with self._lock:
                for slot in self._slots:
                    if slot.name == job.worker:
                        slot.end()
        with self._lock:
            for slot in self._slots:
                if slot.alive():
                    continue
                if slot.process is not None:
                    self.store.give_back(slot.name, self.most.attempts)
                    slot.end()
                if time.monotonic() >= slot.not_before:
                    slot.begin(self._arguments)

    def _arguments(self, name: str) -> list:
        told = {"folder": str(self.store.folder), "name": name, "limits": dataclasses.asdict(self.most),
                "rules": {"hosts": self.rules.hosts, "ports": self.rules.ports, "seconds": self.rules.seconds,
                          "redirects": self.rules.redirects}, "log": self.record and str(self.record)}
        return [sys.executable, "-m", "course.serving.worker", json.dumps(told)]

    def _call_hooks(self) -> None:
        for job in self.store.hooks():
            if job.id not in self._called:
                self._called.add(job.id)
                self._callers.submit(self._call_hook, job)

    def _call_hook(self, job: store.Job) -> None:
        try:
            status = addresses.post(job.request["webhook"], json.dumps(self.answer(job)).encode(), self.rules)
            self.store.told(job.id, 200 <= status < 300)
        except addresses.AddressError as problem:
            log.warning("the webhook of %s: %s", job.id, problem)
            self.store.told(job.id, False)
        finally:
            self._called.discard(job.id)


class _Slot:
    """A place for one worker process."""

    def __init__(self):
        self.process, self.name, self.not_before, self._pause, self._began = None, "", 0.0, 0.5, 0.0

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def begin(self, arguments) -> None:
        """Start a process under a new name."""
        now = time.monotonic()
        self._pause = 0.5 if now - self._began > 60 else min(2 * self._pause, SLOWEST)
        self.name, self._began, self.not_before = secrets.token_hex(8), now, now + self._pause
        self.process = subprocess.Popen(arguments(self.name), stdin=subprocess.PIPE, env=children.environment(),
                                        start_new_session=True)  # Ctrl-C is for the server, which ends it

    def call(self) -> None:
        if self.alive():
            with contextlib.suppress(OSError):  # it died a moment ago
                self.process.stdin.write(b".")
                self.process.stdin.flush()

    def end(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            with contextlib.suppress(OSError):
                self.process.stdin.close()
            self.process = None
