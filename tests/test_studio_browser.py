"""The studio in a real JupyterLab: from a photo that is uploaded to a film that plays, whose picture moves and whose
sound is heard.

Where `$COURSE_SHOTS` names a folder, the page is kept there before and after each action, to be looked at.
"""

import os
from pathlib import Path

import pytest

pytest.importorskip("ipywidgets")

from jupyter_in_browser import HANDLE, notebook_of

CELL = "import course\n\nstudio = course.studio(size=256)\nstudio"
# Two pictures of the film at moments apart, and the loudest sample of its sound, decoded by the browser itself
PLAYED = """async video => {
  const picture = async seconds => {
    video.pause();
    await new Promise(done => { video.onseeked = done; video.currentTime = seconds; });
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    canvas.getContext("2d").drawImage(video, 0, 0);
    return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  };
  const source = video.currentSrc, ran = video.currentTime;
  const sound = await new AudioContext().decodeAudioData(await (await fetch(source)).arrayBuffer());
  const [a, b] = [await picture(0.05), await picture(video.duration / 2)];
  let changed = 0;
  for (let i = 0; i < a.length; i += 4) changed += Math.abs(a[i] - b[i]) > 20;
  return { ran, seconds: video.duration, width: video.videoWidth, changed: changed / (a.length / 4),
           loudest: sound.getChannelData(0).reduce((most, value) => Math.max(most, Math.abs(value)), 0) };
}"""


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    with notebook_of(tmp_path_factory.mktemp("lab"), CELL) as opened:
        opened.page.locator(".lp-face").wait_for(state="visible", timeout=60_000)
        yield opened


def shoot(notebook, words: str) -> None:
    if folder := os.environ.get("COURSE_SHOTS"):
        number = len(list(Path(folder).glob("*.png")))
        notebook.page.locator(".lp-studio").screenshot(path=f"{folder}/{number:02d}_{words}.png")


def changes_the_face(notebook, act, words: str) -> None:
    """`act()` makes the page draw another face."""
    face = notebook.page.locator(".lp-face")
    before = face.get_attribute("src")
    act()
    notebook.page.wait_for_function("([face, before]) => face.src !== before && face.complete && face.naturalWidth",
                                    arg=[face.element_handle(), before], timeout=60_000)
    shoot(notebook, words)


def test_from_upload_to_play(notebook, tmp_path, hopper):
    from course import images

    page, app = notebook.page, notebook.page.locator(".lp-studio")
    shoot(notebook, "begin")
    images.save_image(tmp_path / "mirrored.png", hopper[:, ::-1])

    def upload():
        with page.expect_file_chooser(timeout=30_000) as chooser:
            app.locator("button", has_text="Choose a photo").click()
        chooser.value.set_files(tmp_path / "mirrored.png")

    changes_the_face(notebook, upload, "uploaded")
    slider = app.locator(".widget-slider:visible", has_text="Eyes open")

    def move():
        slider.locator(HANDLE).first.focus()
        for _ in range(12):
            page.keyboard.press("ArrowLeft")

    changes_the_face(notebook, move, "eyes")
    app.locator("textarea:visible").fill("Hello there!")
    app.locator("button", has_text="Make the film").click()
    page.wait_for_function("() => document.querySelector('.lp-line')?.innerText.includes('tick the box')",
                           timeout=30_000)
    shoot(notebook, "refused")
    app.locator("input[type=checkbox]").check()
    app.locator("button", has_text="Make the film").click()
    video = app.locator(".lp-film video")
    video.wait_for(state="visible", timeout=120_000)
    page.wait_for_function("video => video.readyState >= 2 && video.currentTime > 0", arg=video.element_handle(),
                           timeout=60_000)
    shoot(notebook, "made")
    told = video.evaluate(PLAYED)
    assert told["ran"] > 0 and told["seconds"] > 0.6 and told["width"] == 218
    assert told["changed"] > 0.002 and told["loudest"] > 0.05, told
    with page.expect_download(timeout=30_000) as kept:
        app.locator(".lp-files a", has_text="film").click()
    assert kept.value.suggested_filename == "portrait.mp4"
    assert Path(kept.value.path()).read_bytes()[4:8] == b"ftyp"


def test_the_controls_are_whole_and_stand_beside_the_face(notebook):
    page = notebook.page
    boxes = page.locator(".lp-card").evaluate_all("cards => cards.map(c => [c.scrollWidth, c.clientWidth])")
    assert all(inner <= outer + 1 for inner, outer in boxes), boxes
    manner, film = (page.locator(".lp-card").nth(number).bounding_box() for number in (2, 3))
    assert manner["x"] + manner["width"] <= film["x"] + 1


def test_nothing_in_the_notebook_is_an_error(notebook):
    found = notebook.page.locator('[data-mime-type="application/vnd.jupyter.error"]')
    assert found.all_inner_texts() == []
