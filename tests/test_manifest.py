"""The signed manifest, the maker's keys, consent and the label that people see."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from course import errors, settings
from course.io import encoding, video
from course.provenance import certificates, consent, label, maker, manifest, stamp, watermark_reader

pytest.importorskip("c2pa", reason="c2pa-python is a dependency that some machines have no wheel for")


@pytest.fixture(scope="module")
def frames(hopper):
    small = cv2.resize(hopper, (320, 376), interpolation=cv2.INTER_AREA)
    return [np.roll(small, number % 3, axis=0) for number in range(26)]


def origin(**changes):
    return stamp.Origin(**{"photo": "sha256:1", "driven_by": "text", "settings": {"seed": 3}} | changes)


def saved(frames, path, marked=True, shown=None, **changes):
    """A film as `course.animate` saves it."""
    clip = video.Clip(frames, 25, stamp=stamp.stamp(origin(**changes), marked, shown))
    clip.save(path, progress=False)
    return path


# ---------------------------------------------------------------- keys


def test_keys_are_made_once_and_for_nobody_else(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_MAKER", str(tmp_path / "a" / "maker"))
    assert maker.known_watermark_key() is None and maker.known_chain() == ""
    key, (secret, chain) = maker.watermark_key(), maker.signer()
    assert len(key) == 32 and maker.watermark_key() == key == maker.known_watermark_key()
    assert maker.signer() == (secret, chain) and maker.known_chain() == chain
    files = sorted(path.name for path in maker.folder().iterdir())
    assert files == ["signer.pem", "watermark.key"]  # and nothing half-made beside them
    for path in maker.folder().iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(maker.folder().stat().st_mode) == 0o700


def test_the_folder_is_the_users_own(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_MAKER")
    monkeypatch.setenv("COURSE_HOME", str(tmp_path))
    assert maker.folder() == tmp_path / "maker"


def test_two_programs_that_begin_together_have_one_key(tmp_path):
    code = "from course.provenance import maker; print(maker.watermark_key().hex())"
    environment = os.environ | {"COURSE_MAKER": str(tmp_path / "m"), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", code]
    running = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) for _ in range(3)]
    assert len({one.communicate()[0] for one in running}) == 1


@pytest.mark.parametrize(("name", "text", "call"), [("watermark.key", "12", maker.watermark_key),
                                                    ("signer.pem", "nothing", maker.signer)])
def test_a_spoilt_key_is_one_line(tmp_path, monkeypatch, name, text, call):
    monkeypatch.setenv("COURSE_MAKER", str(tmp_path))
    (tmp_path / name).write_text(text)
    with pytest.raises(errors.CourseError, match=name):
        call()


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path, monkeypatch, caplog):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COURSE_MAKER", str(tmp_path / "file" / "maker"))
    monkeypatch.setattr(maker, "_not_kept", {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(maker.Path, "read_text", lambda *a, **k: (_ for _ in ()).throw(FileNotFoundError()))
        first = maker.watermark_key()
        assert maker.watermark_key() == first and len(first) == 32
    assert "forgotten" in caplog.text


def test_the_certificates_are_what_c2pa_asks_for():
    from cryptography import x509

    text = certificates.new_signer()
    key, chain = certificates.parts(text)
    leaf, root = (x509.load_pem_x509_certificate(one.encode()) for one in certificates.each(chain))
    leaf.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)
    assert certificates.algorithm(key) == "es256" and certificates.serial_number(chain) == str(leaf.serial_number)
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert text.count("PRIVATE KEY") == 2  # one key: the root's is thrown away


# ---------------------------------------------------------------- what the film says


def test_a_film_says_what_made_it_of_what_and_with_which_consent(frames, tmp_path):
    path = saved(frames, tmp_path / "film.mp4", consent=consent.of("I am the person, and I agree."))
    found = manifest.read(path)
    assert (found.state, found.ours, found.mine, found.problems) == ("whole", True, True, [])
    said = found.assertions[manifest.GENERATION]
    assert said["photo"] == "sha256:1" and said["driven_by"] == "text" and said["settings"] == {"seed": 3}
    assert said["generated"] is True and said["watermark"] is True and said["version"]
    assert found.assertions[manifest.CONSENT]["words"] == "I am the person, and I agree."
    assert found.assertions[manifest.FILM] == {"frames": 26, "fps": 25.0, "width": 320, "height": 376}
    actions = found.assertions["c2pa.actions.v2"]["actions"]
    assert [one["action"] for one in actions] == ["c2pa.created", "c2pa.watermarked.bound"]
    reading = watermark_reader.read_watermark(video.load_video(path).frames, 25)
    assert reading.payload == found.payload and reading.made_with(maker.watermark_key())


def test_frames_in_python_are_unmarked(frames, tmp_path):
    clip = video.Clip(frames, 25, stamp=stamp.stamp(origin()))
    clip.save(tmp_path / "film.mp4", progress=False)
    assert all((one == other).all() for one, other in zip(clip.frames, frames))
    assert watermark_reader.read_watermark(clip.frames, 25) is None


def test_what_is_left_out_stands_in_the_manifest(frames, tmp_path):
    path = saved(frames[:6], tmp_path / "film.mp4", marked=False, consent=consent.of(False))
    found = manifest.read(path)
    assert found.assertions[manifest.GENERATION]["watermark"] is False and found.payload is None
    assert found.assertions[manifest.CONSENT]["given"] is False
    assert [one["action"] for one in found.assertions["c2pa.actions.v2"]["actions"]] == ["c2pa.created"]
    unsaid = manifest.read(saved(frames[:6], tmp_path / "other.mp4"))
    assert "given" in unsaid.assertions[manifest.CONSENT] and unsaid.assertions[manifest.CONSENT]["given"] is None


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.999])
def test_one_changed_byte_is_noticed(frames, tmp_path, share):
    path = saved(frames[:6], tmp_path / "film.mp4", marked=False)
    data = bytearray(path.read_bytes())
    begin = data.index(b"mdat")
    data[begin + int(share * (len(data) - begin))] ^= 1
    path.write_bytes(data)
    assert manifest.read(path).state == "changed"


def test_a_changed_statement_is_noticed(frames, tmp_path):
    path = saved(frames[:6], tmp_path / "film.mp4", consent=consent.of("Nobody agreed to this."))
    data = path.read_bytes()
    assert data.count(b"Nobody agreed to this.") >= 1
    path.write_bytes(data.replace(b"Nobody agreed to this.", b"Anna   agreed to this."))
    assert manifest.read(path).state in ("changed", "broken")


def test_a_manifest_laid_onto_another_film_does_not_fit(frames, tmp_path):
    one, other = saved(frames[:6], tmp_path / "one.mp4"), tmp_path / "other.mp4"
    encoding.write_video(other, [255 - frame for frame in frames[:6]], 25)
    data, bare = one.read_bytes(), other.read_bytes()
    begin = data.index(b"uuid") - 4
    size = int.from_bytes(data[begin : begin + 4], "big")
    head = int.from_bytes(bare[:4], "big")  # the box ftyp
    other.write_bytes(bare[:head] + data[begin : begin + size] + bare[head:])
    assert manifest.read(other).state in ("changed", "broken")


@pytest.mark.parametrize("ending", [".mp4", ".m4v", ".mov"])
def test_every_kind_that_can_hold_a_manifest_does(frames, tmp_path, ending):
    assert manifest.read(saved(frames[:3], tmp_path / f"film{ending}", marked=False)).state == "whole"


@pytest.mark.parametrize("ending", [".webm", ".mkv"])
def test_where_none_can_be_it_is_said_for_every_film(frames, tmp_path, ending, caplog):
    saved(frames[:3], tmp_path / f"film{ending}")
    assert f"film{ending} holds no signed manifest" in caplog.text


@pytest.mark.parametrize("ending", [".png", ".jpg", ".webp", ".gif"])
def test_pictures_hold_one_too(frames, tmp_path, ending):
    from PIL import Image

    path = tmp_path / f"frame{ending}"
    Image.fromarray(frames[0]).save(path)
    said = stamp.assertions(origin(), {"frames": 1}, None, False)
    assert manifest.seal(path, said, "1", path.name) and manifest.read(path).state == "whole"


def test_without_the_library_a_film_is_made_and_its_lack_told(frames, tmp_path, monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "c2pa", None)
    path = saved(frames[:3], tmp_path / "film.mp4")
    assert path.is_file() and "pip install c2pa-python" in caplog.text and manifest.read(path) is None


def test_a_signer_that_c2pa_refuses_is_told_and_the_film_made(frames, tmp_path, monkeypatch, caplog):
    key, chain = certificates.parts(certificates.new_signer())
    monkeypatch.setenv("COURSE_MAKER", str(tmp_path / "maker"))
    (tmp_path / "maker").mkdir()
    (tmp_path / "maker" / "signer.pem").write_text(key + certificates.each(chain)[1])  # a root does not sign films
    path = saved(frames[:3], tmp_path / "film.mp4")
    assert path.is_file() and "was refused" in caplog.text
    assert sorted(one.name for one in tmp_path.iterdir()) == ["film.mp4", "maker"]


def test_ones_own_chain_signs(frames, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_MAKER", str(tmp_path / "mine"))
    path = saved(frames[:3], tmp_path / "film.mp4")
    assert manifest.read(path).mine
    monkeypatch.setenv("COURSE_MAKER", str(tmp_path / "another"))
    maker.signer()
    found = manifest.read(path)
    assert found.state == "whole" and not found.mine


def test_the_file_says_it_in_plain_words(frames, tmp_path):
    import av

    path = saved(frames[:3], tmp_path / "film.mp4", consent=consent.of("She agreed."))
    with av.open(str(path)) as container:
        words = container.metadata["comment"]
    assert words.startswith(encoding.NOTICE) and "She agreed." in words and "watermark: yes" in words


def test_the_same_film_says_the_same_number():
    key = b"k" * 32
    assert origin().payload(key) == origin().payload(key) < 2**32
    others = {origin(photo="sha256:2").payload(key), origin(settings={}).payload(key), origin().payload(b"x" * 32)}
    assert origin().payload(key) not in others and len(others) == 3


def test_photos_are_told_apart_by_their_bytes_or_pixels(hopper, hopper_path):
    assert stamp.photo_hash(hopper_path).startswith("sha256:") and len(stamp.photo_hash(hopper_path)) == 7 + 64
    assert stamp.photo_hash(hopper) != stamp.photo_hash(hopper[:, ::-1])
    assert stamp.photo_hash(hopper) != stamp.photo_hash(hopper.reshape(512, 600, 3))


# ---------------------------------------------------------------- consent


def test_consent_by_words_by_file_or_not_at_all(tmp_path):
    assert consent.of(None).given is None and consent.of(False).given is False
    assert consent.of("  I agree. ") == consent.Consent(True, "I agree.")
    words = tmp_path / "agreed.txt"
    words.write_text("We agree.\n", encoding="utf-8-sig")
    found = consent.of(words)
    assert (found.words, found.file, len(found.sha256)) == ("We agree.", "agreed.txt", 64)
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF-\xff\x00")
    assert consent.of(scan).words == "" and "scan.pdf" in str(consent.of(scan))
    assert {str(consent.of(None)), str(consent.of(False))} == {"nothing was said about consent",
                                                               "made without a statement of consent"}


@pytest.mark.parametrize("wrong", ["", "  \n", "agreed.pdf", True, 7, "x" * 20_001])
def test_what_is_no_consent_is_one_line(wrong):
    with pytest.raises(errors.CourseError) as told:
        consent.of(wrong)
    assert "\n" not in str(told.value)


def test_a_string_reads_no_file(tmp_path, monkeypatch):
    # words may come from somebody on the other side of a network
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret").write_text("the password")
    assert consent.of("secret").words == "secret"
    with pytest.raises(errors.CourseError, match="Path"):
        consent.of("/etc/secret.txt")
    assert settings.of_text("consent", "agreed.txt") == Path("agreed.txt")
    assert settings.of_text("consent", "I agree.") == "I agree." and settings.of_text("consent", False) is False
    assert settings.of_text("label", "logo.png") == Path("logo.png") and settings.of_text("label", "AI") == "AI"


def test_consent_is_a_setting():
    assert settings.checked({"consent": False}) == {"consent": False}
    with pytest.raises(errors.CourseError, match="consent must be"):
        settings.checked({"consent": True})


def test_the_command_hands_on_what_is_said(tmp_path, monkeypatch, hopper_path):
    from course import animation, cli, demo

    given = {}

    def animate(photo, **settings):
        given.update(settings)
        raise errors.CourseError("enough")

    monkeypatch.setattr(animation, "animate", animate)
    out = ["-o", str(tmp_path / "film.mp4")]
    assert cli.main(["animate", *out, "--no-watermark", "--label", "--label-corner", "top-left", "--no-consent"]) == 2
    assert (given["watermark"], given["consent"], given["label"], given["label_corner"]) == (
        False, False, "auto", "top-left")
    cli.main(["animate", *out])
    assert given["consent"] == demo.CONSENT and given["watermark"] is None and given["label"] is None
    cli.main(["animate", str(hopper_path), "--text", "Hello.", *out, "--consent", "agreed.txt"])
    assert given["consent"] == Path("agreed.txt")


# ---------------------------------------------------------------- the label


@pytest.mark.parametrize("corner", label.CORNERS)
def test_a_label_is_in_its_corner_and_nowhere_else(corner, frames):
    out = label.Label(corner=corner)(frames[0])
    changed = np.argwhere((out != frames[0]).any(axis=2))
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    assert (bottom < 188) == corner.startswith("top") and (right < 200 or left > 100)
    assert (left > 100) == corner.endswith("right") and bottom - top < 45


def test_a_label_may_be_a_picture_and_be_seen_through(frames, tmp_path):
    from PIL import Image

    Image.new("RGBA", (300, 100), (255, 0, 0, 128)).save(tmp_path / "logo.png")
    out = label.Label(tmp_path / "logo.png", "top-left")(frames[0]).astype(int)
    spot, before = out[20, 30], frames[0][20, 30].astype(int)
    assert np.abs(spot - (before + [255, 0, 0]) / 2).max() <= 2


@pytest.mark.parametrize("arguments", [("",), ("Hello", "middle"), ("auto", "top-left", "xx"), ("none.png",), ("𓀀",)])
def test_a_wrong_label_is_one_line(arguments):
    with pytest.raises(errors.CourseError):
        label.Label(*arguments)


def test_labels_in_many_languages_where_a_font_has_them(frames):
    drawn = 0
    for language in label.WORDS:
        try:
            drawn += (label.Label("auto", language=language)(frames[0]) != frames[0]).any()
        except errors.CourseError as problem:
            assert language in ("zh", "ja", "ko") and "font" in str(problem)
    assert drawn >= len(label.WORDS) - 3


def test_a_label_is_under_the_mark(frames, tmp_path):
    path = saved(frames, tmp_path / "film.mp4", shown=label.Label("Made by AI"))
    found = manifest.read(path)
    assert found.assertions[manifest.GENERATION]["label"] is True
    assert watermark_reader.read_watermark(video.load_video(path).frames, 25).payload == found.payload
    assert "c2pa.edited" in json.dumps(found.assertions["c2pa.actions.v2"])
