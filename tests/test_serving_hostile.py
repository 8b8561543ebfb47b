"""Requests that mean no good: each is refused with a 4xx, and afterwards the server still serves."""

import socket
import struct
import threading
import time
import zlib

import pytest
import requests
from serving_tools import HELLO, Server

from course.serving import addresses

KEY = "a-key-for-these-tests-only"
LIMITS = {"json_bytes": 20_000, "picture_bytes": 300_000, "sound_bytes": 300_000, "film_bytes": 300_000,
          "pixels": 1_000_000, "seconds": 20.0, "waiting": 5, "body_seconds": 1.5, "header_seconds": 1.5,
          "stored": 30}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("served"), {"hosts": (), "most": LIMITS}).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def keyed(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("keyed"), {"keys": (KEY, KEY + "-of-another"), "most": LIMITS}).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def small_photo(hopper, tmp_path_factory):
    import cv2

    path = tmp_path_factory.mktemp("photo") / "small.jpg"
    cv2.imwrite(str(path), cv2.resize(hopper, (256, 300))[..., ::-1])
    return path


@pytest.fixture(scope="module")
def image(server, small_photo):
    return server.upload(small_photo)["url"]


def raw(server, data: bytes, seconds: float = 8) -> bytes:
    """What comes back on a bare connection until it is closed, or `seconds` are over."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=seconds) as connection:
        connection.sendall(data)
        got = b""
        try:
            while block := connection.recv(65536):
                got += block
                if b"\r\n\r\n" in got and b"100 Continue" not in got[:40]:
                    break
        except TimeoutError:
            return got + b"(still open)"
        except ConnectionError:
            pass
        return got


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0


# ---------------------------------------------------------------- paths and ids

FORGED = ["/files/../jobs.db", "/files/..%2f..%2fjobs.db/x", "/files/img_x/../../jobs.db", "/files/%2e%2e/jobs.db",
          "/files//etc/passwd", "/files/img_x/..%5c..%5cjobs.db", "/talks/../jobs.db", "/talks/tlk_' OR '1'='1",
          "/talks/tlk_%00", "/talks/" + "a" * 64, "/images/tlk_x", "/talks/%ff%fe"]


@pytest.mark.parametrize("path", FORGED)
def test_forged_paths_and_ids_lead_nowhere(server, path):
    answer = raw(server, f"GET {path.replace(' ', '%20')} HTTP/1.1\r\nHost: {server.url[7:]}\r\n\r\n".encode())
    assert status(answer) in (400, 404), answer
    assert b"SQLite" not in answer and b"root:" not in answer


def test_a_name_that_climbs_is_no_name_of_an_upload(server, small_photo):
    data = small_photo.read_bytes()
    for name in ("../../escaped.jpg", "..", "a/b.jpg", "a\\b.jpg", "x" * 51, "a b.jpg", "é.jpg", "-\x00.jpg"):
        answer = requests.post(f"{server.url}/images", files={"image": (name, data)}, timeout=30)
        assert answer.status_code in (201, 400)
        if answer.status_code == 201:  # the parser of forms cut the folder off
            assert requests.get(answer.json()["url"], timeout=30).status_code == 200
    inside = {path.name for path in server.folder.iterdir()}
    assert inside <= {"jobs.db", "jobs.db-wal", "jobs.db-shm", "lock", "uploads", "results", "work"}
    assert not list(server.folder.parent.glob("*escaped*"))


# ---------------------------------------------------------------- addresses

PRIVATE = ["http://127.0.0.1/a.jpg", "http://localhost/a.jpg", "http://[::1]/a.jpg", "http://10.0.0.1/a.jpg",
           "http://192.168.1.1/a.jpg", "http://172.16.0.1/a.jpg", "http://169.254.169.254/latest/meta-data/",
           "http://0.0.0.0/a.jpg", "http://2130706433/a.jpg", "http://0x7f.1/a.jpg", "http://017700000001/a.jpg",
           "http://[::ffff:127.0.0.1]/a.jpg", "http://[64:ff9b::7f00:1]/a.jpg", "http://[fe80::1]/a.jpg",
           "http://100.64.0.1/a.jpg", "http://224.0.0.1/a.jpg", "file:///etc/passwd", "ftp://example.org/a.jpg",
           "gopher://127.0.0.1/_x", "http://user:word@8.8.8.8/a.jpg", "http://8.8.8.8:22/a.jpg", "data:image/png,x",
           "http://8.8.8.8/a b", "http://", "/etc/passwd", "http://8.8.8.8/\r\nHost: x"]


@pytest.mark.parametrize("url", PRIVATE)
def test_private_and_odd_addresses_are_refused_at_once(server, image, url):
    for body in ({"source_url": url, "script": HELLO}, {"source_url": image, "script": HELLO, "webhook": url},
                 {"source_url": image, "script": {"type": "audio", "audio_url": url}}):
        answer = requests.post(f"{server.url}/talks", json=body, timeout=30)
        assert answer.status_code == 400, answer.text


def rules_to(server, **more) -> addresses.Rules:
    """Rules under which a server of this machine counts as a public one, and nothing else does."""
    return addresses.Rules(**{"hosts": (), "ports": (int(server.url.rpartition(":")[2]),), "seconds": 3.0,
                              "may_connect": lambda ip: ip == "127.0.0.1", **more})


def test_what_lies_at_an_address_is_fetched_within_its_limits(file_server, tmp_path):
    file_server.files = {"/a": b"x" * 1000}
    path = addresses.fetch(file_server.url + "/a", tmp_path / "a", 1000, rules_to(file_server))
    assert path.read_bytes() == b"x" * 1000
    with pytest.raises(addresses.AddressError, match="the most"):
        addresses.fetch(file_server.url + "/a", tmp_path / "b", 999, rules_to(file_server))
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize("location", ["http://10.0.0.1/x", "http://169.254.169.254/x", "file:///etc/passwd",
                                      "//[::1]/x", "/a", "http://127.0.0.1:22/"])
def test_redirects_are_checked_as_the_first_address_was(tmp_path, location):
    with answering(f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()) as server:
        with pytest.raises(addresses.AddressError):
            addresses.fetch(server.url + "/a", tmp_path / "a", 1000, rules_to(server))
    assert not (tmp_path / "a").exists()


def test_the_address_that_was_checked_is_the_one_connected_to(file_server, tmp_path, monkeypatch):
    """A name that leads to a public address once, and to a private one afterwards."""
    file_server.files = {"/a": b"right"}
    port, asked = int(file_server.url.rpartition(":")[2]), []

    def look_up(host, *_, **__):
        asked.append(host)
        ip = "127.0.0.1" if len(asked) == 1 else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", look_up)
    monkeypatch.setattr(addresses.socket, "create_connection", connect_to(socket.create_connection))
    place = addresses.fetch(f"http://rebinding.example:{port}/a", tmp_path / "a", 100, rules_to(file_server))
    assert place.read_bytes() == b"right" and asked == ["rebinding.example"]
    with pytest.raises(addresses.AddressError, match="not public"):
        addresses.fetch(f"http://rebinding.example:{port}/a", tmp_path / "b", 100, rules_to(file_server))


def connect_to(connect):
    def connected(address, timeout=None):
        assert address[0] == "127.0.0.1", "a number is connected to, no name"
        raw_socket = socket.socket()
        raw_socket.settimeout(timeout)
        raw_socket.connect(address)
        return raw_socket

    return connected


def test_one_private_address_among_several_is_enough(monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(addresses.AddressError, match="not public"):
        addresses.find("http://both.example/", addresses.Rules(hosts=()))


def test_bytes_that_drip_are_cut_off(tmp_path):
    with answering(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n", drip=b"x") as server:
        begin = time.monotonic()
        with pytest.raises(addresses.AddressError):
            addresses.fetch(server.url + "/a", tmp_path / "a", 10**9, rules_to(server, seconds=1.0))
        assert time.monotonic() - begin < 5


class answering:
    """A server that sends the same bytes to everybody, and then drips others until it is left."""

    def __init__(self, answer: bytes, drip: bytes = b""):
        self.answer, self.drip, self.over = answer, drip, threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def __enter__(self):
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def serve(self):
        while not self.over.is_set():
            try:
                connection, _ = self.listener.accept()
                connection.recv(65536)
                connection.sendall(self.answer)
                while self.drip and not self.over.wait(0.1):
                    connection.sendall(self.drip)
                connection.close()
            except OSError:
                continue

    def __exit__(self, *_):
        self.over.set()
        self.listener.close()


# ---------------------------------------------------------------- bodies


def bomb(width: int, height: int, packed: bool = True) -> bytes:
    """A PNG of one colour: a few kilobytes that become width x height pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(bytes((width * 3 + 1) * height), 9) if packed else b""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_pictures_that_grow_are_refused_before_they_do(server):
    for data in (bomb(5000, 4000), bomb(60_000, 60_000, packed=False), bomb(2**31 - 1, 2**31 - 1, packed=False)):
        answer = requests.post(f"{server.url}/images", files={"image": ("bomb.png", data)}, timeout=60)
        assert answer.status_code == 400 and answer.elapsed.total_seconds() < 20, answer.text
        assert "1 million pixels are the most" in answer.text, answer.text


WRONG = {"text": b"hello", "empty": b"", "html": b"<html><script>1</script>", "pdf": b"%PDF-1.7\n",
         "elf": b"\x7fELF" + bytes(100), "zip": b"PK\x03\x04" + bytes(100), "jpeg": b"\xff\xd8\xff\xe0" + bytes(200),
         "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
         "list": b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "concat": b"ffconcat version 1.0\nfile /etc/passwd\n",
         "gif": b"GIF89a" + bytes(100)}


@pytest.mark.parametrize("kind", WRONG)
def test_files_are_what_their_bytes_say_whatever_they_are_called(server, kind):
    for what in ("images", "audios", "drivers"):
        files = {what[:-1]: ("face.jpg", WRONG[kind], "image/jpeg")}
        answer = requests.post(f"{server.url}/{what}", files=files, timeout=60)
        assert answer.status_code == 400, answer.text
        assert str(server.folder) not in answer.text
    assert not [path for path in (server.folder / "uploads").iterdir() if path.is_dir()], "nothing is left behind"


def test_bodies_that_do_not_end_or_are_too_long(server):
    host = server.url[7:]
    head = f"POST /talks HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n".encode()
    assert status(raw(server, head + b"Content-Length: 99999999\r\n\r\n")) == 413
    chunk = b"2000\r\n" + b"x" * 0x2000 + b"\r\n"
    assert status(raw(server, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 10)) == 413
    assert status(raw(server, head + b"Content-Length: -1\r\n\r\n")) == 400
    assert status(raw(server, head + b"Content-Length: 10\r\nContent-Length: 20\r\n\r\n")) == 400
    large = {"image": ("a.jpg", b"\xff\xd8\xff" + bytes(400_000))}
    assert requests.post(f"{server.url}/images", files=large, timeout=30).status_code == 413
    packed = requests.post(f"{server.url}/talks", data=zlib.compress(b"[" * 10**7), timeout=30,
                           headers={"Content-Encoding": "deflate", "Content-Type": "application/json"})
    assert packed.status_code == 415


def test_bodies_and_headers_that_come_too_slowly(server):
    host = server.url[7:]
    head = f"POST /talks HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
    assert status(raw(server, head.encode())) == 408
    begin = time.monotonic()
    assert b"still open" not in raw(server, f"GET /talks HTTP/1.1\r\nHost: {host}\r\nX-A: ".encode())
    assert b"still open" not in raw(server, b"")
    assert time.monotonic() - begin < 7
    long = f"GET /talks HTTP/1.1\r\nHost: {host}\r\nX-A: ".encode() + b"a" * 200_000
    assert status(raw(server, long)) in (0, 400, 431)


JSON = {"nested": b"[" * 9000 + b"]" * 9000, "NaN": b'{"source_url": NaN}', "cut": b'{"source_url": "',
        "digits": b'{"source_url": ' + b"9" * 9000 + b"}", "surrogate": b'{"source_url": "\\ud800", "script": 1}',
        "list": b"[]", "null": b"null", "number": b"1e999", "bytes": b"\xff\xfe\x00", "proto": b'{"__proto__": {}}'}


@pytest.mark.parametrize("kind", JSON)
def test_odd_json_is_told_to_be_wrong(server, kind):
    for what in ("talks", "animations"):
        answer = requests.post(f"{server.url}/{what}", data=JSON[kind], headers={"Content-Type": "application/json"},
                               timeout=30)
        assert answer.status_code == 400 and answer.json()["kind"], answer.text


def test_wrong_types_in_a_request(server, image):
    good = {"source_url": image, "script": HELLO}
    for change in ({"script": []}, {"script": {"type": "text", "input": {"$ne": 1}}}, {"config": "mp4"},
                   {"config": {"pad_audio": True}}, {"config": {"pad_audio": "1e400"}},
                   {"config": {"pad_audio": "nan"}}, {"config": {"motion_factor": -1}}, {"source_url": 7},
                   {"name": "\ud800"}, {"user_data": 1},
                   {"face": {"top_left": [1], "size": 1}}, {"script": {"type": "text", "input": "x" * 5001}},
                   {"config": {"driver_expressions": {"expressions": [{"start_frame": 1.5, "expression": "happy"}]}}}):
        answer = requests.post(f"{server.url}/talks", json={**good, **change}, timeout=30)
        assert answer.status_code == 400, (change, answer.text)


def test_the_queue_and_the_uploads_have_an_end(server, image, small_photo):
    answers = [requests.post(f"{server.url}/talks", json={"source_url": image, "script": HELLO}, timeout=30)
               for _ in range(LIMITS["waiting"] + 3)]
    assert [answer.status_code for answer in answers][-3:] == [429] * 3
    assert answers[-1].headers["Retry-After"]


# ---------------------------------------------------------------- who asks


@pytest.mark.parametrize("which", ["server", "keyed"])
def test_hosts_and_origins_of_others_are_refused_with_a_key_and_without(which, request):
    server = request.getfixturevalue(which)
    key = {"Authorization": f"Basic {KEY}"}
    port = server.url.rpartition(":")[2]
    for host in ("evil.example", f"evil.example:{port}", f"127.0.0.1.evil.example:{port}", "127.0.0.1:1", ""):
        answer = requests.get(f"{server.url}/talks", headers={**key, "Host": host}, timeout=30)
        assert answer.status_code in (400, 421), (host, answer.status_code)
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"},
                    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        for method in ("GET", "POST", "DELETE", "OPTIONS"):
            answer = requests.request(method, f"{server.url}/talks", headers={**key, **headers}, timeout=30)
            assert answer.status_code == 403, (method, headers)
            assert "access-control-allow-origin" not in answer.headers
    own = {**key, "Origin": server.url, "Sec-Fetch-Site": "same-origin"}
    assert requests.get(f"{server.url}/talks", headers=own, timeout=30).status_code == 200


def test_keys_as_d_id_s_clients_send_them_and_nothing_else(keyed):
    import base64

    packed, colon = (base64.b64encode(word.encode()).decode() for word in (KEY, f"{KEY}:"))
    for word in (f"Basic {KEY}", f"Basic {colon}", f"Bearer {KEY}", f"basic {packed}"):
        answer = requests.get(f"{keyed.url}/talks", headers={"Authorization": word}, timeout=30)
        assert answer.status_code == 200, word
    for word in ("", "Basic", f"Basic {KEY[:-1]}", f"Basic {KEY}x", f"Digest {KEY}", "Basic é", "Basic " + "A" * 9000):
        answer = requests.get(f"{keyed.url}/talks", headers={"Authorization": word.encode()}, timeout=30)
        assert answer.status_code in (400, 401), word
        assert KEY not in answer.text
    assert requests.get(f"{keyed.url}/docs", timeout=30).status_code == 200
    assert requests.post(f"{keyed.url}/docs", timeout=30).status_code == 401


def test_what_one_key_made_another_does_not_see(keyed, small_photo):
    mine, theirs = ({"Authorization": f"Basic {key}"} for key in (KEY, KEY + "-of-another"))
    stored = keyed.upload(small_photo, headers=mine)
    address, _, signed = stored["url"].partition("?")
    assert requests.get(stored["url"], timeout=30).status_code == 200, "a signed address needs no key"
    other = signed[:-1] + ("0" if signed[-1] == "1" else "1")
    for query in ("", other, signed.replace("expires=1", "expires=2"), "expires=1&signature=x"):
        assert requests.get(f"{address}?{query}", timeout=30).status_code == 401, query
    assert requests.get(address, headers=theirs, timeout=30).status_code == 404
    assert requests.get(f"{keyed.url}/images/{stored['id']}", headers=theirs, timeout=30).status_code == 404
    assert requests.get(f"{keyed.url}/images", headers=theirs, timeout=30).json() == {"images": []}
    asked = requests.post(f"{keyed.url}/talks", json={"source_url": stored["url"], "script": HELLO}, headers=theirs,
                          timeout=30)
    assert asked.status_code == 400
    talk = requests.post(f"{keyed.url}/talks", json={"source_url": stored["url"], "script": HELLO}, headers=mine,
                         timeout=30).json()
    for method in ("GET", "DELETE"):
        answer = requests.request(method, f"{keyed.url}/talks/{talk['id']}", headers=theirs, timeout=30)
        assert answer.status_code == 404


def test_too_many_requests_are_told_to_wait(tmp_path):
    server = Server(tmp_path, {"most": {"rate": 5}}).start()
    try:
        codes = [requests.get(f"{server.url}/talks", timeout=30).status_code for _ in range(8)]
        assert codes[:5] == [200] * 5 and codes[-1] == 429
    finally:
        server.stop()


def test_after_all_that_the_server_serves(server, small_photo):
    assert requests.get(f"{server.url}/talks", timeout=30).status_code == 200
    assert server.upload(small_photo)["id"].startswith("img_")
    assert server.process.poll() is None


def test_is_public():
    for ip in ("8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8"):
        assert addresses.is_public(ip), ip
    for ip in ("127.0.0.1", "10.1.2.3", "::1", "fe80::1%eth0", "fc00::1", "::127.0.0.1", "2002:7f00:1::", "192.0.2.1",
               "255.255.255.255", "198.18.0.1", "2001:db8::1", "nonsense", "", "64:ff9b::a00:1", "::ffff:10.0.0.1"):
        assert not addresses.is_public(ip), ip


