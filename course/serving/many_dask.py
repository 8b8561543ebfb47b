"""The rows of a table on a Dask cluster that is there already.

The files of a row travel to the cluster and its film travels back, so the machines need nothing in common but this
package. A photo is looked at once on the whole cluster, under a key made of its content, and what was found goes to
whoever makes a film of it. A film is written here when it has come whole. What a lost worker had not delivered Dask
gives to another one; a film that has come is let go of, and made no second time.
"""

import os
import tempfile
import uuid
from pathlib import Path

import distributed
import numpy as np

from .. import animation, errors
from ..io import downloads, encoding
from ..motion import motion
from . import analyses
from . import rows as tables

LOOKED_AT = ("face", "generator", "size", "force", "device")  # the settings that change what is found out about a photo
SECONDS = 10  # to reach the scheduler
AHEAD = 4  # films on their way for each thread of the cluster: the files of all rows at once would fill its memory


def made(rows: list, address: str):
    """The rows as their films come.

    Raises:
        errors.CourseError: no scheduler there, no workers, or workers without this package.
    """
    with _client(address) as client:
        threads = _check_workers(client)
        waiting, photos, under_way = list(reversed(rows)), {}, {}
        coming = distributed.as_completed(loop=client.loop)
        while waiting or under_way:
            while waiting and len(under_way) < AHEAD * threads:
                row = waiting.pop()
                try:
                    future = _submit(client, row, photos)
                except OSError as problem:
                    row.problem = f"its files cannot be read ({problem.strerror})"
                    yield row
                    continue
                under_way[future.key] = row
                coming.add(future)
            if under_way:
                future = next(coming)
                row = under_way.pop(future.key)
                _receive(client, future, row)
                yield row


def _client(address: str):
    try:
        return distributed.Client(address, timeout=SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as problem:
        raise errors.CourseError(f"there is no Dask scheduler at {address} ({str(problem)[:100]}): start one with "
                                 "`dask scheduler`, and workers with `dask worker ADDRESS`") from None


def _check_workers(client) -> int:
    """Threads of the whole cluster. Raises `errors.CourseError`."""
    workers = client.scheduler_info(n_workers=-1)["workers"]
    if not workers:
        raise errors.CourseError("this Dask cluster has no workers: start some with `dask worker ADDRESS`")
    answers = client.run(version, on_error="return")
    here = version()
    for worker, answer in answers.items():
        if answer != here:
            what = f"has living-portraits {answer}" if isinstance(answer, str) else "cannot import living-portraits"
            raise errors.CourseError(f"the Dask worker {worker} {what}: install {here} there")
    return sum(worker["nthreads"] for worker in workers.values())


def version() -> str:
    """The version of this package, as a worker has it."""
    import course

    return course.__version__


def _submit(client, row: tables.Row, photos: dict):
    photo = row.photo.read_bytes()
    looked_at = {name: row.settings[name] for name in LOOKED_AT if name in row.settings}
    key = f"photo-{downloads.file_sha256(row.photo)}-{sorted(looked_at.items())}"
    if key not in photos:
        photos[key] = client.submit(look, photo, row.photo.suffix, looked_at, key=key)
    name, value = row.drive
    drive = value if name == "text" else (value.read_bytes(), value.suffix)
    return client.submit(film, photos[key], name, drive, row.settings, row.output.suffix.lower(),
                         key=f"film-{row.mark}-{uuid.uuid4().hex[:8]}")


def _receive(client, future, row: tables.Row) -> None:
    """Put a film to its place, whole, and let the cluster forget it; or say why there is none."""
    try:
        told = future.result()
    except Exception as problem:  # a worker lost again and again, or what a library raised there
        told = {"problem": f"it failed on the cluster ({type(problem).__name__}: "
                           f"{' '.join(str(problem).split())[:200]})"}
    row.problem = told.get("problem")
    if row.problem is None:
        try:
            put(row.output, told["film"])
        except errors.CourseError as problem:
            row.problem = str(problem)
    future.release()


def put(path: Path, data: bytes) -> None:
    """Write a film beside its place and move it there when whole. Raises `errors.OutputError`."""
    path = encoding.check_output(path)
    part = path.with_name(f".{path.stem[:40]}-{uuid.uuid4().hex[:8]}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(part, "wb") as file:
                file.write(data)
                os.fsync(file.fileno())
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as problem:
        raise errors.OutputError(f"{path} cannot be written ({problem.strerror})") from None


# ---------------------------------------------------------------- on the workers


def look(photo: bytes, suffix: str, looked_at: dict) -> dict:
    """What there is to find out about a photo: {"photo", "suffix", "found": {key: packed actors}} or {"problem"}."""
    cache = analyses.Cache()
    with tempfile.TemporaryDirectory() as folder, analyses.in_use(cache):
        path = Path(folder) / f"photo{suffix}"
        path.write_bytes(photo)
        still = motion.Motion(np.zeros((1, 1), np.float32), ("jawOpen",))
        try:
            animation.animate(path, motion=still, **looked_at)
        except errors.CourseError as problem:
            return {"problem": _line(problem, folder)}
    return {"photo": photo, "suffix": suffix,
            "found": {key: analyses.pack(actors) for key, actors in cache.items()}}


def film(looked: dict, name: str, drive, settings: dict, ending: str) -> dict:
    """The bytes of one film: {"film", "looked": how often the photo was looked at once more} or {"problem"}."""
    if "problem" in looked:
        return looked
    cache = analyses.Cache()
    for key, packed in looked["found"].items():
        cache.put(key, analyses.unpack(packed))
    with tempfile.TemporaryDirectory() as folder, analyses.in_use(cache):
        photo = Path(folder) / f"photo{looked['suffix']}"
        photo.write_bytes(looked["photo"])
        if name != "text":
            data, suffix = drive
            drive = Path(folder) / f"drive{suffix}"
            drive.write_bytes(data)
        try:
            clip = animation.animate(photo, **{name: drive}, **settings)
            place = clip.save(Path(folder) / f"film{ending}", progress=False)
        except errors.CourseError as problem:
            return {"problem": _line(problem, folder)}
        return {"film": place.read_bytes(), "looked": cache.looked}


def _line(problem: Exception, folder: str) -> str:
    return " ".join(str(problem).replace(f"{folder}{os.sep}", "").split())
