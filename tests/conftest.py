"""What several tests need: the folder of labelled faces, the embedded photo, a server on this machine."""

import contextlib
import http.server
import os
import signal
import threading
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent

# Tests that stop a command must be heard, also where a shell started them in the background, or `nohup` did: whatever
# is ignored here is ignored in every process that a test starts.
for _number in (getattr(signal, name, None) for name in ("SIGINT", "SIGHUP")):
    if _number and signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, signal.default_int_handler if _number == signal.SIGINT else signal.SIG_DFL)


def pytest_collection_modifyitems(items):
    """The lessons first: they take longest, and meanwhile another process does the rest."""
    items.sort(key=lambda item: item.path.name != "test_lessons.py")


def pytest_terminal_summary(terminalreporter):
    """What each lesson's proof has to say, at the end: with several processes nothing printed on the way is seen."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    lines = [line for report in reports if getattr(report, "when", "") == "call"
             for name, line in report.user_properties if name == "lesson"]
    if lines:
        terminalreporter.section("lessons")
        for line in sorted(lines):
            terminalreporter.write_line(line)


@pytest.fixture(scope="session", autouse=True)
def maker_folder(tmp_path_factory):
    """Films that tests write are marked and signed by a maker of their own, and none is made in the user's folder."""
    before = os.environ.get("COURSE_MAKER")
    os.environ["COURSE_MAKER"] = str(tmp_path_factory.mktemp("maker") / "maker")
    yield Path(os.environ["COURSE_MAKER"])
    os.environ.pop("COURSE_MAKER")
    if before is not None:
        os.environ["COURSE_MAKER"] = before


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder with `portraits/`, `scenes/`, `clips/`, ...: `$COURSE_SHARED`, or `../shared` beside the checkout."""
    named = os.environ.get("COURSE_SHARED")
    folder = Path(named) if named else CHECKOUT.parent / "shared"
    if not (folder / "portraits" / "labels.npz").is_file():
        pytest.skip(f"{folder} holds no labelled faces: set COURSE_SHARED to the folder that does")
    return folder


@pytest.fixture
def espeak_alone(monkeypatch):
    """As where no neural voice is installed."""
    from course.speech import catalogue

    monkeypatch.setattr(catalogue, "neural_voices", lambda: ())
    catalogue.voices.cache_clear()
    yield
    catalogue.voices.cache_clear()


@pytest.fixture(scope="session")
def hopper_path() -> Path:
    """The embedded photo: Grace Hopper, 512x600, public domain, out of matplotlib's wheel."""
    from course import demo

    return demo.photo_path()


@pytest.fixture(scope="session")
def hopper(hopper_path):
    """The embedded photo as uint8 (600, 512, 3)."""
    from course import images

    return images.load_image(hopper_path)


@pytest.fixture(scope="session")
def labelled_folder(tmp_path_factory, hopper):
    """Six pictures of the embedded photo with labels, as `course data fetch` leaves them: four to train on, one of the
    validation's sheet, one of the held-out's."""
    import cv2
    import numpy as np

    from course import keypoints
    from course.face import channels
    from course.training import labelled

    folder = tmp_path_factory.mktemp("labelled")
    small = cv2.resize(hopper, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    points = keypoints.find_points(small, np.array([[85, 50, 205, 195, 1.0]], np.float32))[0]
    rows, rng = [], np.random.default_rng(0)
    for number in range(6):
        shift = rng.integers(-8, 9, 2)
        moved = np.roll(small, shift[::-1], axis=(0, 1))
        cv2.imwrite(str(folder / f"{number}.png"), np.ascontiguousarray(moved[..., ::-1]))
        rows.append(points + shift)
    flat = np.stack(rows).astype(np.float32)
    sheets = ["own"] * 4 + [min(labelled.VALIDATION_SHEETS), min(labelled.HELD_OUT_SHEETS)]
    np.savez(folder / "labels.npz", files=[f"{number}.png" for number in range(6)], sheet=sheets,
             points=np.concatenate([flat, np.zeros_like(flat[..., :1])], axis=2),
             blendshapes=rng.random((6, len(channels.BLENDSHAPES))).astype(np.float32) * 0.1)
    return folder


class FileServer:
    """An HTTP server with faults to order: files by path, ranges or none, cut connections, wrong answers."""

    def __init__(self):
        self.files = {}  # "/name" -> bytes
        self.ranges = True
        self.cut_after = []  # bytes after which the next connections break, one entry a connection
        self.answers = []  # status codes that the next requests get instead of a file
        self.requests = []  # (path, Range header or None)
        self.url = None


@contextlib.contextmanager
def serving(server: FileServer):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            wanted = self.headers.get("Range")
            server.requests.append((self.path, wanted))
            if server.answers:
                return self.send_error(server.answers.pop(0))
            body = server.files.get(self.path)
            if body is None:
                return self.send_error(404)
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and server.ranges else 0
            if start and start >= len(body):
                return self.send_error(416)
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            rest = body[start:]
            self.send_header("Content-Length", str(len(rest)))
            self.end_headers()
            if server.cut_after:
                self.wfile.write(rest[: server.cut_after.pop(0)])
                self.close_connection = True
            else:
                self.wfile.write(rest)

        def log_message(self, *_):
            pass

    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{httpd.server_port}"
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()


@pytest.fixture
def file_server():
    with serving(FileServer()) as server:
        yield server
