"""One job after the other: inputs fetched and looked at, the film made, the store told."""

import os
import shutil
import traceback
from pathlib import Path

from .. import errors
from . import addresses, analyses, checks, limits, making, operator_log, store


class Worker:
    """One worker. name: what its jobs are marked with; record: the operator's log, or None."""

    def __init__(self, jobs: store.Store, name: str, most: limits.Limits, rules: addresses.Rules,
                 record: operator_log.OperatorLog | None = None):
        self.store, self.name, self.most, self.rules = jobs, name, most, rules
        self.record, self.cache = record, analyses.Cache(4)
        self.folder = jobs.folder / "work" / name

    @classmethod
    def of(cls, told: dict) -> "Worker":
        """The worker that a server's message describes: folder, name, limits, rules, log."""
        rules = addresses.Rules(**{name: tuple(value) if isinstance(value, list) else value
                                   for name, value in told["rules"].items()})
        record = operator_log.OperatorLog(Path(told["log"])) if told.get("log") else None
        return cls(store.Store(told["folder"]), told["name"], limits.Limits(**told["limits"]), rules, record)

    def work(self) -> bool:
        """Do the oldest job that nobody works on; False if there is none."""
        job = self.store.take(self.name)
        if job is None:
            return False
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        try:
            with analyses.in_use(self.cache):
                inputs = self._inputs(job)
                facts, files = making.make(job.plan, inputs, self.folder, self.most.seconds)
            if self.record:
                self.record.add(operator_log.line_of(job, inputs, facts))
            self.store.finish(job.id, self.name, facts, files)
        except errors.CourseError as problem:
            self.store.fail(job.id, self.name, type(problem).__name__, self._told(problem))
        except MemoryError:
            self.store.fail(job.id, self.name, "InternalError", "there is not enough memory for this film")
        except Exception as problem:
            traceback.print_exc()
            self.store.fail(job.id, self.name, "InternalError", f"the work failed ({type(problem).__name__})")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
        return True

    def _told(self, problem: Exception) -> str:
        """What an error says, without the folders of this machine."""
        return " ".join(str(problem).replace(f"{self.store.folder}{os.sep}", "").split())[:500]

    def _inputs(self, job: store.Job) -> making.Inputs:
        drive = job.plan.get("sound") or job.plan.get("film")
        return making.Inputs(self._file(job, job.plan["photo"], "image"),
                             drive and self._file(job, drive, "audio" if "sound" in job.plan else "driver"))

    def _file(self, job: store.Job, source: dict, kind: str) -> Path:
        """The file of a source: an upload's, or fetched from its address and looked at as an upload is."""
        if "upload" in source:
            upload = self.store.upload(source["upload"], kind, job.owner)
            if upload is None:
                raise errors.CourseError("an upload that this film is made of was deleted or is too old")
            return self.store.upload_file(upload)
        most = {"image": self.most.picture_bytes, "audio": self.most.sound_bytes, "driver": self.most.film_bytes}
        fetched = addresses.fetch(source["url"], self.folder / f"{kind}.fetched", most[kind], self.rules)
        kept = self.folder / f"{kind}.kept"
        told = checks.look(kind, fetched, kept, self.most)
        return kept.rename(kept.with_suffix(told["suffix"]))
