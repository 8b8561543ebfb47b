"""The studio without a browser: what its controls do, the film it makes, what can be kept, and what goes wrong."""

import base64
import html
import io
import itertools
import re
import sys

import numpy as np
import pytest

pytest.importorskip("ipywidgets")

from PIL import Image

import course
from course import animation, cli, demo, errors, images, settings
from course.io import decoding
from course.motion import motion
from course.provenance import manifest
from course.serving.studio import app, capture, examples, inputs, opening, parts, preview, rendering, view


@pytest.fixture(scope="module")
def made():
    return course.studio(size=256)


@pytest.fixture
def studio(made):
    """The studio with everything at its start."""
    made.photo.choice.value = 0
    made.manner.set({})
    made.words.kind.value = inputs.Words.TYPED
    made.words.text.value, made.words.voice.value = "Hi.", "en-us"
    made.consent.value = True
    made.line.say("")
    return made


def shown(studio) -> np.ndarray:
    """What the preview shows."""
    return np.asarray(Image.open(io.BytesIO(studio.view.image.value))).astype(int)


def differ(a, b) -> float:
    """The share of pixels that differ clearly."""
    return float((np.abs(a - b).max(axis=2) > 25).mean()) if a.shape == b.shape else 1.0


@pytest.fixture(scope="module")
def film(made):
    """A film of two words with a statement, made once."""
    made.words.text.value, made.words.voice.value = "Hi.", "en-us"
    made.consent.value, made.statement.value = True, "She is a test."
    made.make_button.click()
    made.wait(120)
    assert made.film is not None, made.line.words
    return made.film


# ---------------------------------------------------------------- the preview


@pytest.mark.parametrize("name, value", [("head", 3), ("strength", 0), ("eyes_open", 0.2), ("lips_open", 0.0)])
def test_each_slider_is_seen_in_the_preview_at_once_and_taken_back(studio, name, value):
    before = shown(studio)
    studio.manner.sliders[name].value = value
    assert differ(before, shown(studio)) > 0.001
    assert studio.settings()[name] == value
    studio.manner.set({})
    assert np.array_equal(before, shown(studio))


def test_an_expression_and_how_much_of_it_are_seen(studio):
    neutral = shown(studio)
    studio.manner.expression.value = "happy"
    happy = shown(studio)
    studio.manner.sliders["amount"].value = 0.3
    assert 0 < differ(neutral, shown(studio)) < differ(neutral, happy)
    assert studio.settings()["expression"] == "happy:0.3"


def test_the_words_mood_is_seen_where_the_face_follows_it(studio):
    plain = shown(studio)
    studio.words.text.value = "We won! I am so happy, this is wonderful!"
    assert differ(plain, shown(studio)) > 0.001
    assert preview.of_mood("auto:0.5", "We won! I am so happy!").startswith("happy:")
    assert preview.of_mood("sad:0.2", "We won!") == "sad:0.2" and preview.of_mood("auto", "").startswith("neutral")


def test_every_example_can_be_made_and_fills_the_controls(studio):
    for example in examples.EXAMPLES:
        studio.words.menu.value = example
        asked = settings.checked(studio.settings())
        assert studio.words.text.value == example.text
        for name, value in example.settings.items():
            assert asked[name] in (value, f"{value}:1"), name
    studio.words.menu.value = ""


# ---------------------------------------------------------------- the photo


def test_of_several_faces_one_is_chosen_and_agreement_to_one_is_none_to_another(studio, hopper, tmp_path):
    images.save_image(tmp_path / "two.png", np.concatenate([hopper[:, :400], hopper[:, ::-1][:, 60:]], axis=1))
    studio.photo.received("two.png", (tmp_path / "two.png").read_bytes())
    assert not studio.consent.value and studio.photo.several.layout.display is None
    assert [words for words, _ in studio.photo.choice.options] == ["1", "2"]
    first, boxes = shown(studio), studio.photo.faces.value
    studio.consent.value = True
    studio.photo.choice.value = 1
    assert studio.settings()["face"] == 1 and not studio.consent.value
    assert differ(first, shown(studio)) > 0.05 and studio.photo.faces.value != boxes
    studio.photo.take(demo.photo_path(), is_own=False)
    assert studio.photo.several.layout.display == "none" and studio.statement.value == demo.CONSENT


@pytest.mark.parametrize("name, data, said", [("x.png", b"", "empty"), ("x.jpg", b"\xff\xd8\xffnothing", "picture"),
                                              ("grey.png", None, "no face")])
def test_a_photo_that_is_none_is_one_line_and_the_one_before_stays(studio, tmp_path, name, data, said):
    if data is None:
        images.save_image(tmp_path / name, np.full((90, 90, 3), 128, np.uint8))
        data = (tmp_path / name).read_bytes()
    before, picture = shown(studio), studio.photo.picture
    upload = studio.photo.box.children[1].children[0]
    handler = parts.guarded(studio.line, lambda change: studio.photo.received(*parts.uploaded(change)))
    assert type(upload).__name__ == "FileUpload"
    handler({name: {"content": data}})
    assert said in studio.line.words and "\n" not in studio.line.words and "lp-bad" in studio.line.box.value
    assert studio.photo.picture is picture and np.array_equal(before, shown(studio))
    assert studio.consent.value, "nothing that was chosen is lost"


def test_uploads_of_ipywidgets_7_and_8():
    seven = {"me.jpg": {"metadata": {"name": "me.jpg"}, "content": b"bytes"}}
    eight = ({"name": "me.jpg", "content": memoryview(b"bytes"), "size": 5},)
    assert parts.uploaded(seven) == parts.uploaded(eight) == ("me.jpg", b"bytes")
    assert parts.uploaded({}) is None and parts.uploaded(()) is None


def test_the_browser_sends_a_photo_and_without_anywidget_nothing_asks_for_one(studio, hopper_path, monkeypatch):
    pytest.importorskip("anywidget")
    before = studio.photo.picture
    studio.photo.camera._handle_custom_msg({"name": "webcam.jpg"}, [memoryview(hopper_path.read_bytes())])
    assert studio.photo.picture is not before and studio.photo.is_own
    monkeypatch.setitem(sys.modules, "anywidget", None)
    capture.kind.cache_clear()
    try:
        assert capture.make("photo", print) is None
        plain = app.Studio(size=256)
        words = "".join(child.value for child in plain.children[1].children[0].children if hasattr(child, "value"))
        assert plain.photo.camera is None and "install anywidget" in html.unescape(words)
    finally:
        monkeypatch.undo()
        capture.kind.cache_clear()


# ---------------------------------------------------------------- the sound


def test_a_recording_is_what_is_said(studio):
    studio.words.recording = None
    studio.words.kind.value = inputs.Words.RECORDED
    studio.make_button.click()
    assert "no recording yet" in studio.line.words
    tone = np.sin(2 * np.pi * 180 * np.arange(16_000) / 16_000) * 0.4
    studio.words.received("voice.wav", inputs.wav(tone, 16_000))
    assert set(studio.words.drive()) == {"audio"} and "1.0 s" in studio.words.heard.value
    kept = studio.words.recording
    with pytest.raises(errors.AudioError):
        studio.words.received("voice.webm", b"no sound at all")
    assert studio.words.recording == kept


# ---------------------------------------------------------------- the film


@pytest.mark.parametrize("change, said", [({"consent": False}, "tick the box"), ({"text": "  "}, "nothing to say")])
def test_what_is_missing_is_said_and_nothing_begins(studio, change, said):
    studio.consent.value = change.get("consent", True)
    studio.words.text.value = change.get("text", "Hi.")
    before = studio.rendering
    studio.make_button.click()
    assert said in studio.line.words and studio.rendering is before and not studio.make_button.disabled


def test_a_film_that_is_stopped_leaves_nothing_and_another_can_be_made(studio, monkeypatch):
    studio.words.text.value = "One two three four five six seven eight nine ten."
    stopped = []

    def stop(change):
        if change["new"] >= 2 and not stopped:
            stopped.append(change["new"])
            assert studio.make_button.disabled and not studio.stop_button.disabled
            studio.stop_button.click()

    studio.bar.observe(stop, names="value")
    film, files = studio.film, sorted(studio.folder.iterdir())
    studio.make_button.click()
    studio.wait(120)
    studio.bar.unobserve(stop, names="value")
    assert stopped and "stopped" in studio.line.words and studio.film is film
    assert sorted(studio.folder.iterdir()) == files and not studio.make_button.disabled
    assert studio.words.text.value.startswith("One two") and studio.consent.value


def test_the_film_is_whole_says_who_agreed_and_plays(made, film):
    path = film.files[rendering.FILM]
    info = decoding.probe(path)
    assert info.has_audio and max(info.size) == 256 and info.frames == len(film.clip) > 10
    assert made.view.film == path.read_bytes() and made.view.player.children[0].value == made.view.film
    told = str(manifest.read(path))
    assert "She is a test." in told and "ticked in the studio" in told
    assert made.view.choice.value == view.FILM or made.view.choice.layout.display is None


def test_the_motion_shows_the_same_film_again(made, film, tmp_path):
    again = course.animate(made.photo.picture.path, motion=film.files[rendering.MOTION], size=256)
    assert len(again) == len(film.clip)
    for a, b in itertools.islice(zip(film.clip, again), 8, 14):
        assert np.abs(a.astype(int) - b).mean() < 0.3
    table = course.Motion.load(film.files[rendering.TABLE])
    assert np.allclose(table.values, film.motion.values, atol=1e-4)


def test_the_motion_keeps_the_breath_as_deep_as_the_film_shows_it(hopper):
    actor = animation.cast(hopper, generator="warp")[0]
    lips = motion.Motion(np.full((5, 1), 0.3), ("jawOpen",))
    drive = animation.Drive(lips, "speech", breath=np.linspace(0, 1, 5))
    kept = rendering._motion_of(drive, actor, {"head": 0.5})
    np.testing.assert_allclose(kept["breath"], np.linspace(0, 0.5, 5), atol=1e-6)
    rows = drive.rows(actor.face, animation.Settings(head=0.5))
    again = animation.drive_by_motion(kept, animation.Settings()).rows(actor.face, animation.Settings())
    np.testing.assert_allclose(again, rows, atol=1e-5)


def test_what_can_be_kept_travels_in_the_page(made, film):
    made.make_gif()
    made.wait(120)
    links = dict(re.findall(r'download="([^"]+)" href="data:[^;]+;base64,([^"]+)"', made.view.files.value))
    assert set(links) == {rendering.FILM, rendering.MOTION, rendering.TABLE, rendering.GIF}
    for name, data in links.items():
        assert base64.b64decode(data) == film.files[name].read_bytes()
    with Image.open(film.files[rendering.GIF]) as gif:
        assert gif.n_frames > 5 and max(gif.size) == 256


def test_what_breaks_is_a_line_and_not_silence(studio, monkeypatch):
    monkeypatch.setattr(rendering.animation, "animate", lambda *given, **named: 1 / 0)
    studio.make_button.click()
    studio.wait(60)
    assert "ZeroDivisionError" in studio.line.words and not studio.make_button.disabled


# ---------------------------------------------------------------- how it is opened


def test_whoever_runs_it_can_put_a_label_on_every_film():
    labelled = course.studio(size=256, label="auto")
    assert labelled.settings()["label"] == "auto" and labelled.labelled.layout.display == "none"
    for wrong in ({"label": "gone.png"}, {"label": " "}, {"size": 100}, {"photo": "gone.jpg"}):
        with pytest.raises(errors.CourseError):
            course.studio(**wrong)


def test_the_notebook_that_is_opened_makes_the_studio(monkeypatch, hopper_path):
    asked = {}
    monkeypatch.setattr(app, "studio", lambda **given: asked.update(given))
    given = {"photo": hopper_path, "size": 384, "label": None}
    exec(opening.notebook_of(given)["cells"][1]["source"])
    assert asked == {"photo": hopper_path, "size": 384}


def test_the_command_shows_it_by_what_is_installed(monkeypatch, capsys):
    begun, there = [], {"jupyterlab"}
    monkeypatch.setattr(opening.importlib.util, "find_spec", lambda name: name in there or None)
    monkeypatch.setattr(opening.subprocess, "Popen", lambda words, env: begun.append(words) or Ended())
    assert cli.main(["studio", "--port", "0", "--no-browser"]) == 0
    assert begun[-1][2] == "jupyterlab" and begun[-1][-2:] == ["--port=0", "--no-browser"]
    there.add("voila")
    assert cli.main(["studio"]) == 0 and begun[-1][2] == "voila"
    assert any("default-src 'self'" in word for word in begun[-1]), "Voilà's page may fetch nothing elsewhere"
    there.clear()
    assert cli.main(["studio"]) == 2 and "pip install voila" in capsys.readouterr().err
    for wrong in (["--size", "100"], ["gone.jpg"], ["--label", "gone.png"], ["--port", "70000"]):
        assert cli.main(["studio", *wrong]) == 2 and capsys.readouterr().err.count("\n") == 1


class Ended:
    """A process that has ended well."""

    def wait(self) -> int:
        return 0

    def poll(self) -> int:
        return 0
