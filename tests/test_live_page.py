"""The page to talk with, in a headless Chromium with a fake microphone: picture and sound arrive, and it answers."""

import contextlib
import os
import threading
import time
from pathlib import Path

import pytest
import requests
from jupyter_in_browser import find_browser
from serving_tools import Server

pytest.importorskip("aiortc", reason="no WebRTC: pip install aiortc")
pytest.importorskip("playwright.sync_api", reason="nothing to drive a browser with: pip install playwright")

FAKES = ["--no-sandbox", "--disable-dev-shm-usage", "--use-fake-device-for-media-stream",
         "--use-fake-ui-for-media-stream"]
# What the video element shows and lets be heard within some milliseconds
MEASURE = """async milliseconds => {
  const video = document.getElementById("face"), canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const drawing = canvas.getContext("2d", {willReadFrequently: true}), context = new AudioContext();
  await context.resume();
  const analyser = context.createAnalyser(), wave = new Float32Array(analyser.fftSize);
  context.createMediaStreamSource(video.srcObject).connect(analyser);
  const end = performance.now() + milliseconds;
  let last = null, changed = 0, loudest = 0;
  while (performance.now() < end) {
    drawing.drawImage(video, 0, 0);
    const pixels = drawing.getImageData(0, 0, canvas.width, canvas.height).data;
    if (last && pixels.some((value, at) => Math.abs(value - last[at]) > 12)) changed += 1;
    last = pixels;
    analyser.getFloatTimeDomainData(wave);
    loudest = wave.reduce((most, value) => Math.max(most, Math.abs(value)), loudest);
    await new Promise(done => setTimeout(done, 50));
  }
  await context.close();
  return {width: canvas.width, height: canvas.height, changed, loudest};
}"""

# What somebody who only hears the page would not be told the name of
UNLABELLED = """() => [...document.querySelectorAll("input, select, textarea, button")].filter(
  one => !(one.labels && one.labels.length) && !one.textContent.trim()).map(one => one.id)"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    running = Server(folder, {}).start()
    yield running
    running.process.kill()
    running.process.wait()


@contextlib.contextmanager
def page_at(address: str, sound: Path):
    """The live page in a browser whose microphone plays a file."""
    from playwright.sync_api import sync_playwright

    browser = find_browser()
    if browser is None:
        pytest.skip("no Chromium here: apt-get install chromium, or name one in COURSE_BROWSER")
    with sync_playwright() as driver:
        window = driver.chromium.launch(executable_path=browser,
                                        args=[*FAKES, f"--use-file-for-fake-audio-capture={sound}"])
        try:
            page = window.new_page(viewport={"width": 1100, "height": 760})
            page.goto(address)
            yield page
        finally:
            window.close()


def until(page, condition: str, seconds: float = 90) -> None:
    """Wait for a condition in the page; its own rules forbid Playwright's way to do so."""
    end = time.monotonic() + seconds
    while not page.evaluate(f"() => Boolean({condition})"):
        assert time.monotonic() < end, f"{condition} is not so: {page.inner_text('#status')} {page.inner_text('#log')}"
        time.sleep(0.05)


def shoot(page, name: str) -> None:
    """Kept where `$COURSE_SHOTS` names a folder, to be looked at."""
    if folder := os.environ.get("COURSE_SHOTS"):
        page.screenshot(path=f"{folder}/live_{name}.png")


def post(server, body: dict, **headers):
    return requests.post(f"{server.url}/live/sessions", json=body, headers=headers, timeout=150)


def test_a_session_needs_consent_an_offer_a_known_photo_and_a_page_of_this_server(server):
    asked = {"consent": "Yes.", "offer": "v=0"}
    assert post(server, {"offer": "v=0"}).status_code == 400
    assert post(server, asked | {"consent": ""}).status_code == 400
    assert "no image" in post(server, asked | {"image": "img_of_somebody_else"}).json()["description"]
    assert "size" in post(server, asked | {"size": 5000}).json()["description"]
    assert post(server, asked, Origin="https://elsewhere.example").status_code == 403
    assert post(server, asked, Host="elsewhere.example").status_code == 421
    assert requests.get(f"{server.url}/live/page.py", timeout=30).status_code == 404
    assert requests.delete(f"{server.url}/live/sessions/liv_none", timeout=30).status_code == 404


def test_a_server_that_is_stopped_while_a_face_is_prepared_ends_soon_and_in_peace(tmp_path):
    running, told = Server(tmp_path / "stopped", {}).start(), []
    asking = [threading.Thread(target=lambda: told.append(post(running, {"consent": "Yes.", "offer": "v=0"})))
              for _ in range(2)]
    for thread in asking:
        thread.start()
    end = time.monotonic() + 30
    while not told and time.monotonic() < end:  # one of them is refused at once, as the other is being prepared
        time.sleep(0.05)
    assert "open already" in told[0].text
    assert running.stop() == ""
    for thread in asking:
        thread.join()
    assert told[1].status_code == 503 and "being stopped" in told[1].json()["description"]


def test_the_page_shows_a_face_that_speaks_answers_listens_and_goes(server, tmp_path):
    import soundfile

    from course.serving.live import tracks

    soundfile.write(tmp_path / "microphone.wav",
                    tracks.track_of("My mama may be home by now.", tracks.Asked()).sound.repeat(2), 48_000)
    with page_at(f"{server.url}/live", tmp_path / "microphone.wav") as page:
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        shoot(page, "0_before")
        assert page.is_disabled("#start") and page.evaluate("document.getElementById('photo').naturalWidth") > 100
        page.set_input_files("#file", files=[{"name": "a.txt", "mimeType": "text/plain", "buffer": b"no photo"}])
        assert "a.txt is none" in page.inner_text("#status") and page.inner_text("#hint").startswith("Drop")
        assert page.evaluate(UNLABELLED) == []
        page.select_option("#size", "256")
        page.check("#consent")
        page.click("#start")
        until(page, "!document.getElementById('during').disabled && document.getElementById('face').videoWidth")
        idle = page.evaluate(MEASURE, 1500)
        shoot(page, "1_live")
        assert (idle["width"], idle["height"]) == (218, 256) and idle["changed"] and idle["loudest"] < 0.01

        second = post(server, {"consent": "Yes.", "offer": "v=0"})
        assert second.status_code == 503 and "open already" in second.json()["description"]

        page.fill("#text", "Hello there. I am glad to see you.")
        page.click("#say")
        until(page, "document.body.dataset.says == 'Hello there.'")
        said = page.evaluate(MEASURE, 1500)
        shoot(page, "2_say")
        assert said["changed"] > 1 and said["loudest"] > 0.05

        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.id") == "text"  # whoever has no mouse goes on typing
        page.keyboard.type("Who are you?")
        page.keyboard.press("Enter")
        until(page, "/photo that learned to talk/.test(document.body.dataset.says)")
        shoot(page, "3_ask")
        page.select_option("#microphone", "interrupt")
        until(page, "document.body.dataset.interrupted", 30)
        shoot(page, "4_interrupted")
        page.select_option("#microphone", "speak")
        end, heard = time.monotonic() + 60, page.evaluate(MEASURE, 2500)
        while heard["loudest"] <= 0.05:  # a busy machine is a while behind
            assert time.monotonic() < end, f"nothing is heard of the microphone: {page.inner_text('#status')}"
            heard = page.evaluate(MEASURE, 2500)
        shoot(page, "5_microphone")
        page.click("#end")
        until(page, "document.getElementById('status').innerText == 'Ended.'")
        shoot(page, "6_ended")
        assert {url.split("/")[2] for url in asked} <= {server.url.split("/")[2]}
    end = time.monotonic() + 30
    while "open already" in (last := post(server, {"consent": "Yes.", "offer": "v=0"})).text:
        assert time.monotonic() < end, "the session stays open"
        time.sleep(0.5)
    assert last.status_code == 400 and "offer" in last.json()["description"]
