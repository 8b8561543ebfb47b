"""`course verify`: whole, changed, cut, marked, words, or no claim; in words, for programs, and as exit codes."""

import json

import av
import cv2
import numpy as np
import pytest

from course import cli, errors
from course.io import encoding, video
from course.provenance import consent, manifest, stamp, verify

pytest.importorskip("c2pa", reason="c2pa-python is a dependency that some machines have no wheel for")


@pytest.fixture(scope="module")
def film(hopper, tmp_path_factory):
    """A film as it is written, with a mark and a manifest."""
    small = cv2.resize(hopper, (436, 512), interpolation=cv2.INTER_AREA)
    frames = [np.roll(small, number % 3, axis=0) for number in range(50)]
    path = tmp_path_factory.mktemp("films") / "film.mp4"
    origin = stamp.Origin("sha256:1", "text", {}, consent.of("I agree."))
    video.Clip(frames, 25, stamp=stamp.stamp(origin)).save(path, progress=False)
    return path


def remuxed(path, out, keep=10**6):
    """The same compressed pictures in a new file, without what else the old one held."""
    with av.open(str(path)) as source, av.open(str(out), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(source.demux(video=0)):
            if packet.dts is not None and number < keep:
                packet.stream = stream
                target.mux(packet)
    return out


def test_a_film_as_it_was_written_is_whole(film):
    found = verify.verify(film)
    assert (found.verdict, found.code) == ("whole", 0)
    assert found.mark["fits_manifest"] and found.mark["made_with_my_key"] and not found.mark["scaled_or_cropped"]
    told = "\n".join(found.lines())
    assert "I agree." in told and "this computer's own key" in told and "not known" in told


def test_somebody_elses_film_is_whole_and_vouched_for_by_nobody(film, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_MAKER", str(tmp_path / "another"))
    found = verify.verify(film)
    assert found.verdict == "whole" and not found.mark["made_with_my_key"] and not found.manifest.mine
    told = "\n".join(found.lines())
    assert "whom nobody vouches for" in told and "anybody can make such a certificate" in told
    assert not (tmp_path / "another").exists()  # looking makes no keys


def test_a_changed_byte(film, tmp_path):
    data = bytearray(film.read_bytes())
    data[-len(data) // 3] ^= 4
    (tmp_path / "film.mp4").write_bytes(data)
    found = verify.verify(tmp_path / "film.mp4")
    assert (found.verdict, found.code) == ("changed", 3) and "assertion.bmffHash.mismatch" in found.manifest.problems


def test_a_film_cut_short(film, tmp_path):
    (tmp_path / "film.mp4").write_bytes(film.read_bytes()[: film.stat().st_size * 2 // 3])
    found = verify.verify(tmp_path / "film.mp4")
    assert (found.verdict, found.code) == ("cut", 3) and any("pictures are missing" in note for note in found.notes)


def test_a_film_stripped_of_its_manifest(film, tmp_path):
    found = verify.verify(remuxed(film, tmp_path / "bare.mp4"))
    assert (found.verdict, found.code, found.manifest) == ("marked", 4, None)
    assert found.mark["made_with_my_key"] and any("manifest is gone" in note for note in found.notes)


def test_a_film_compressed_again_smaller(film, tmp_path):
    frames = [cv2.resize(frame, (328, 384), interpolation=cv2.INTER_AREA) for frame in video.load_video(film)]
    encoding.write_video(tmp_path / "again.webm", frames, 25)
    found = verify.verify(tmp_path / "again.webm")
    assert (found.verdict, found.code) == ("marked", 4) and found.mark["scaled_or_cropped"]


def test_a_mark_of_one_film_under_the_manifest_of_another(film, tmp_path):
    other = tmp_path / "other.mp4"
    plain = stamp.stamp(stamp.Origin("sha256:2", "audio"))
    frames = list(video.load_video(film))

    def sealed(path, about, title):
        said = stamp.assertions(stamp.Origin("sha256:2", "audio"), about, 0x12345678, False)
        manifest.seal(path, said, "1", title)

    clip = video.Clip(frames, 25, stamp=encoding.Stamp(lambda fps: lambda frame: frame, plain.words, sealed))
    clip.save(other, progress=False)
    found = verify.verify(other)
    assert found.mark["fits_manifest"] is False and any("two films" in note for note in found.notes)


def test_no_claim_is_no_proof(tmp_path, hopper):
    with av.open(str(tmp_path / "real.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 376, "yuv420p"
        picture = av.VideoFrame.from_ndarray(cv2.resize(hopper, (320, 376)), format="rgb24")
        for number in range(20):
            picture.pts = number
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    found = verify.verify(tmp_path / "real.mp4")
    assert (found.verdict, found.code) == ("no claim", 1) and any("real" in one for one in found.unknown)


def test_words_alone(tmp_path, hopper):
    encoding.write_video(tmp_path / "said.mp4", [cv2.resize(hopper, (320, 376))] * 3, 25)
    found = verify.verify(tmp_path / "said.mp4")
    assert (found.verdict, found.code) == ("words", 4) and any("anybody can write" in note for note in found.notes)


def test_a_picture_with_a_manifest(tmp_path, hopper):
    cv2.imwrite(str(tmp_path / "frame.png"), cv2.resize(hopper, (320, 376))[..., ::-1])
    said = stamp.assertions(stamp.Origin("sha256:1", "text"), {"frames": 1}, None, False)
    manifest.seal(tmp_path / "frame.png", said, "1", "frame.png")
    found = verify.verify(tmp_path / "frame.png")
    assert found.verdict == "whole" and any("on purpose" in note for note in found.notes)


def test_the_command_says_it_in_words_and_for_programs(film, tmp_path, capsys):
    assert cli.main(["verify", str(film)]) == 0
    assert "film.mp4: whole" in capsys.readouterr().out
    bare = remuxed(film, tmp_path / "bare.mp4")
    assert cli.main(["verify", str(bare), "--json"]) == 4
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"] == "marked" and told["code"] == 4 and told["manifest"] is None
    assert told["watermark"]["payload"] == f"{manifest.read(film).payload:08x}"


@pytest.mark.parametrize("what", ["nothing", "empty", "words"])
def test_what_is_no_film_is_one_line(what, tmp_path, capsys):
    path = tmp_path / "film.mp4"
    if what != "nothing":
        path.write_bytes(b"" if what == "empty" else b"these are words and no film" * 40)
    assert cli.main(["verify", str(path)]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    with pytest.raises(errors.CourseError):
        verify.verify(path)


def test_a_manifest_whose_box_was_renamed_is_missed(film, tmp_path):
    (tmp_path / "film.mp4").write_bytes(film.read_bytes().replace(b"uuid\xd8\xfe", b"uuie\xd8\xfe", 1))
    found = verify.verify(tmp_path / "film.mp4")
    assert (found.verdict, found.manifest.state) == ("changed", "broken") and found.mark


def test_a_damaged_manifest_ends_in_no_traceback(film, tmp_path):
    data, random = film.read_bytes(), np.random.default_rng(3)
    begin = data.index(b"uuid")
    for _ in range(6):
        spoilt = bytearray(data)
        for place in random.integers(begin + 24, begin + 3000, 5):
            spoilt[place] = int(random.integers(256))
        path = tmp_path / "film.mp4"
        path.write_bytes(spoilt)
        assert manifest.read(path) is None or manifest.read(path).state in ("whole", "changed", "broken")


def test_every_verdict_has_its_exit_code():
    assert set(verify.CODES.values()) == {0, 1, 3, 4}  # 2 is for what cannot be read
