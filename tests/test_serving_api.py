"""The API with real jobs: requests in the form of D-ID's documentation, what becomes of each option, pages, files."""

import subprocess
import sys

import av
import numpy as np
import pytest
import requests
from serving_tools import HELLO, Server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("served"), {"workers": 1}).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def image(server, hopper_path):
    return server.upload(hopper_path)["url"]


@pytest.fixture(scope="module")
def sound(server, tmp_path_factory):
    """Half a second of something like a voice, uploaded as stereo at 44.1 kHz."""
    import soundfile

    path = tmp_path_factory.mktemp("sound") / "voice.wav"
    times = np.arange(22_050) / 44_100
    tone = np.sin(2 * np.pi * 180 * times) * (0.4 + 0.3 * np.sin(2 * np.pi * 4 * times))
    soundfile.write(path, np.stack([tone, tone], axis=1), 44_100)
    return server.upload(path, "audios")


def asked(server, what: str, body: dict, **more) -> requests.Response:
    return requests.post(f"{server.url}/{what}", json=body, timeout=30, **more)


def made(server, body: dict, what: str = "talks") -> dict:
    answer = asked(server, what, body)
    assert answer.status_code == 201, answer.text
    return server.finished(f"/{what}/{answer.json()['id']}")


def test_a_talk_as_the_documentation_shows_it(server, image):
    answer = asked(server, "talks", {"source_url": image, "script": {"type": "text", "input": "Hello!"}})
    assert answer.status_code == 201
    told = answer.json()
    assert set(told) == {"id", "object", "created_at", "created_by", "status"}
    assert told["id"].startswith("tlk_") and told["object"] == "talk" and told["status"] == "created"
    talk = server.finished(f"/talks/{told['id']}")
    assert talk["status"] == "done", talk
    assert {"user_id", "source_url", "audio_url", "started_at", "modified_at", "result_url", "config", "metadata",
            "face", "duration"} <= set(talk)
    assert talk["metadata"]["resolution"] == [64, 64], "without stitch: the square around the face"
    assert talk["metadata"]["num_frames"] == round(talk["duration"] * 25)
    film = requests.get(talk["result_url"], timeout=30)
    assert film.headers["content-type"] == "video/mp4" and film.content[4:8] == b"ftyp"
    part = requests.get(talk["result_url"], headers={"Range": "bytes=4-7"}, timeout=30)
    assert part.status_code == 206 and part.content == b"ftyp"
    assert requests.get(talk["audio_url"], timeout=30).content[:4] == b"RIFF"


def test_strings_for_switches_and_numbers_as_the_documentation_s_clients_send_them(server, image):
    script = {"type": "text", "subtitles": "false", "ssml": "false", "input": "Yes.",
              "provider": {"type": "microsoft", "voice_id": "en-US-JennyNeural"}}
    talk = made(server, {"source_url": image, "script": script, "config": {"fluent": "false", "pad_audio": "0.0"}})
    assert talk["status"] == "done" and talk["metadata"]["voice"] in ("heart", "en-us")


def test_padding_lengthens_by_what_was_asked_for_text_and_sound(server, image, sound):
    assert sound["duration"] == pytest.approx(0.5, abs=0.01)
    recording = {"type": "audio", "audio_url": sound["url"]}
    for script in (HELLO, recording):
        plain, padded = (made(server, {"source_url": image, "script": script,
                                       "config": {"result_format": "wav", "pad_audio": seconds}})
                         for seconds in (0, 1.5))
        assert padded["duration"] - plain["duration"] == pytest.approx(1.5, abs=0.13)
        assert plain["result_url"].split("?")[0].endswith(".wav")


def test_stitch_keeps_the_whole_picture_and_formats_are_what_they_say(server, image):
    talk = made(server, {"source_url": image, "script": HELLO, "config": {"stitch": True, "result_format": "webm"}})
    assert talk["metadata"]["resolution"] == [56, 64]
    assert requests.get(talk["result_url"], timeout=30).content[:4] == b"\x1aE\xdf\xa3"


def test_an_animation_follows_an_uploaded_film_and_keeps_its_sound_if_told(server, image, tmp_path):
    talk = made(server, {"source_url": image, "script": HELLO, "config": {"stitch": True}})
    film = tmp_path / "driver.mp4"
    film.write_bytes(requests.get(talk["result_url"], timeout=30).content)
    driver = server.upload(film, "drivers")
    assert driver["duration"] == pytest.approx(talk["duration"], abs=0.1)
    streams = []
    for mute in (True, False):
        done = made(server, {"source_url": image, "driver_url": driver["url"], "config": {"mute": mute}}, "animations")
        assert done["status"] == "done" and done["id"].startswith("anm_"), done
        (tmp_path / "out.mp4").write_bytes(requests.get(done["result_url"], timeout=30).content)
        with av.open(str(tmp_path / "out.mp4")) as container:
            streams.append(len(container.streams.audio))
    assert streams == [0, 1]


def test_a_picture_without_a_face_is_an_error_of_the_job_that_says_why(server, tmp_path):
    from course import images

    images.save_image(tmp_path / "grey.png", np.full((80, 80, 3), 128, np.uint8))
    talk = made(server, {"source_url": server.upload(tmp_path / "grey.png")["url"], "script": HELLO})
    assert talk["status"] == "error" and talk["error"]["kind"] == "FaceError"
    assert "no face" in talk["error"]["description"] and "result_url" not in talk


def test_the_square_of_an_answer_names_its_face(server, image):
    talk = made(server, {"source_url": image, "script": HELLO, "config": {"result_format": "wav"}})
    again = made(server, {"source_url": image, "script": HELLO, "face": talk["face"],
                          "config": {"result_format": "wav"}})
    assert again["status"] == "done" and again["face"] == talk["face"]
    elsewhere = made(server, {"source_url": image, "script": HELLO, "face": {"top_left": [0, 0], "size": 20}})
    assert elsewhere["status"] == "error" and "square" in elsewhere["error"]["description"]


@pytest.mark.parametrize("change, said", [
    ({"config": {"logo": {"url": "x"}}}, "config.logo: no logo"),
    ({"config": {"align_expand_factor": 0.3}}, "align_expand_factor"),
    ({"config": {"normalization_factor": 1}}, "normalization_factor"),
    ({"config": {"auto_match": False}}, "auto_match"),
    ({"config": {"align_driver": False}}, "align_driver"),
    ({"config": {"result_format": "avi"}}, "result_format"),
    ({"config": {"pad_audio": 11}}, "pad_audio"),
    ({"config": {"nonsense": 1}}, "config.nonsense"),
    ({"config": {"driver_expressions": {"expressions": [{"start_frame": 0, "expression": "furious"}]}}}, "expression"),
    ({"driver_url": "bank://fun"}, "driver_url"),
    ({"result_url": "https://example.org/x"}, "result_url"),
    ({"webhook": "https://example.org/hook"}, "webhook: addresses are not"),
    ({"source_url": "https://example.org/me.jpg"}, "source_url: addresses are not"),
    ({"face": {"size": 4}}, "face"),
    ({"user_data": "x" * 1001}, "user_data"),
    ({"script": {**HELLO, "subtitles": True}}, "subtitles"),
    ({"script": {**HELLO, "provider": {"voice_id": "Matthew"}}}, "no voice 'Matthew'"),
    ({"script": {**HELLO, "provider": {"voice_config": {"style": "Cheerful"}}}}, "style"),
    ({"script": {**HELLO, "provider": {"voice_config": {"rate": "soon"}}}}, "rate"),
    ({"script": {"type": "audio", "audio_url": "https://example.org/a.mp3"}}, "audio_url"),
    ({"script": {"type": "video"}}, "script"),
    ({"script": {**HELLO, "input": "<break/>"}}, "no words"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_not_had_is_refused_by_name(server, image, change, said):
    answer = asked(server, "talks", {"source_url": image, "script": HELLO, **change})
    assert answer.status_code == 400 and set(answer.json()) <= {"kind", "description", "details"}
    assert said in answer.json()["description"]


def test_lists_come_in_pages_newest_first_and_what_is_deleted_is_gone(server, image, hopper_path):
    ids = [asked(server, "talks", {"source_url": image, "script": HELLO, "name": str(n)}).json()["id"]
           for n in range(3)]
    first = requests.get(f"{server.url}/talks?limit=2", timeout=30).json()
    assert [talk["id"] for talk in first["talks"]] == ids[:0:-1]
    second = requests.get(f"{server.url}/talks", params={"limit": 1, "token": first["token"]}, timeout=30).json()
    assert [talk["id"] for talk in second["talks"]] == ids[:1]
    settled = [server.finished(f"/talks/{one}") for one in ids]
    gone = requests.delete(f"{server.url}/talks/{ids[0]}", timeout=30)
    assert gone.status_code == 200 and gone.json()["id"] == ids[0]
    for address in (f"{server.url}/talks/{ids[0]}", settled[0]["result_url"]):
        assert requests.get(address, timeout=30).status_code == 404
    assert not list((server.folder / "results").glob(ids[0] + "*"))
    stored = server.upload(hopper_path)
    assert stored["id"] in [one["id"] for one in requests.get(f"{server.url}/images", timeout=30).json()["images"]]
    assert requests.delete(f"{server.url}/images/{stored['id']}", timeout=30).status_code == 200
    assert requests.get(stored["url"], timeout=30).status_code == 404
    assert requests.get(f"{server.url}/images/{stored['id']}", timeout=30).json()["kind"] == "NotFoundError"


def test_asked_again_with_its_key_a_job_is_the_same(server, image):
    bodies = [asked(server, "talks", {"source_url": image, "script": HELLO}, headers={"Idempotency-Key": "once"}).json()
              for _ in range(2)]
    assert bodies[0]["id"] == bodies[1]["id"]


def test_the_page_loads_nothing_from_elsewhere(server):
    page = requests.get(f"{server.url}/docs", timeout=30)
    assert page.status_code == 200 and "/animations" in page.text
    assert "<script" not in page.text and "src=" not in page.text and "//cdn" not in page.text
    assert requests.get(f"{server.url}/openapi.json", timeout=30).json()["info"]["title"] == "Living Portraits"


def test_published_clients_write_a_slash_at_the_end(server):
    assert "talks" in requests.get(f"{server.url}/talks/", allow_redirects=False, timeout=30).json()


def command(*words) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "course", "serve", *words], capture_output=True, text=True, timeout=60)


def test_no_server_beyond_loopback_without_a_key(tmp_path, server):
    done = command("--host", "0.0.0.0", "--folder", str(tmp_path))
    assert done.returncode == 2 and "--key" in done.stderr and done.stderr.count("\n") == 1
    short = command("--host", "0.0.0.0", "--key", "short", "--address", "http://x", "--folder", str(tmp_path))
    assert short.returncode == 2 and "16 letters" in short.stderr
    taken = command("--port", "0", "--folder", str(server.folder))
    assert taken.returncode == 2 and "another server" in taken.stderr
    assert "there is no limit" in command("--limit", "x=1", "--folder", str(tmp_path)).stderr


def test_without_the_extra_a_line_says_what_to_install(tmp_path, monkeypatch):
    from course import errors
    from course.serving import extras, server

    monkeypatch.setitem(sys.modules, "fastapi", None)
    monkeypatch.setattr(extras.importlib, "import_module", _no_fastapi)
    with pytest.raises(errors.CourseError, match=r"pip install 'living-portraits\[serve\]'"):
        server.serve(server.ServerOptions(folder=tmp_path))


def _no_fastapi(name):
    raise ModuleNotFoundError(f"No module named {name!r}", name=name)
