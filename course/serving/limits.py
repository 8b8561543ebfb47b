"""How much one request, one job and one server may take."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What is refused beyond.

    Bytes: json_bytes of a request, picture_bytes (D-ID's 10 MB), sound_bytes and film_bytes of an upload or of what
    lies at an address. pixels: of a picture. seconds: of a film (D-ID's five minutes).
    waiting: jobs in the queue; stored: uploads of one owner; uploads: bodies of uploads that come in at once.
    rate: requests a minute of one owner. body_seconds, header_seconds: in which a request must have come;
    connections: open at once; job_seconds: of work on one job; attempts: at a job whose worker dies.
    keep_hours: after which uploads and results go, unless a job says persist.
    """

    json_bytes: int = 256 * 1024
    picture_bytes: int = 10 * 1024**2
    sound_bytes: int = 15 * 1024**2
    film_bytes: int = 60 * 1024**2
    pixels: int = 25_000_000
    seconds: float = 300.0
    waiting: int = 500
    stored: int = 1000
    uploads: int = 4
    rate: int = 1200
    body_seconds: float = 30.0
    header_seconds: float = 10.0
    connections: int = 200
    job_seconds: float = 1800.0
    attempts: int = 5
    keep_hours: float = 48.0
