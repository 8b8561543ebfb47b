"""`course data fetch`, end to end on made contact sheets and a server on this machine."""

import hashlib
import io
import json

import numpy as np
import pytest
from PIL import Image

from course import errors, face, training
from course.io import datasets, downloads

SHEETS = ("first sheet, with a comma.jpg", "second")
SIZES = ((64, 60), (80, 80), (32, 32))  # boxes in a sheet; the second is scaled down to 48 px


def made_sheet(seed: int):
    """(picture, boxes): three smooth pictures in a row on white."""
    rng = np.random.default_rng(seed)
    canvas, boxes, x = Image.new("RGB", (220, 100), "white"), [], 5
    for width, height in SIZES:
        coarse = Image.fromarray(rng.integers(0, 255, (4, 4, 3), dtype=np.uint8))
        canvas.paste(coarse.resize((width, height), Image.Resampling.BICUBIC), (x, 10))
        boxes.append((x, 10, x + width, 10 + height))
        x += width + 10
    return canvas, boxes


@pytest.fixture
def origin(tmp_path, file_server, monkeypatch):
    """A made data set behind a server: (server, path of its manifest, sheets)."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(downloads, "FIRST_PAUSE", 0.0)
    entry = {"what": "made faces", "licence": "CC0", "base_url": "http://127.0.0.1:9/nowhere/", "jpeg_quality": 95,
             "labels": "labels_made.npz", "sheets": {}}
    files, sheet_of, box, size, sheets = [], [], [], [], []
    for number, name in enumerate(SHEETS):
        canvas, boxes = made_sheet(number)
        stream = io.BytesIO()
        canvas.save(stream, "PNG")
        body = stream.getvalue()
        path = f"images/{name}"
        file_server.files["/mirror/" + path.replace(" ", "%20").replace(",", "%2C")] = body
        entry["sheets"][name] = {"path": path, "bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
        for one in boxes:
            files.append(f"{len(files):03d}.jpg")
            sheet_of.append(name)
            box.append(one)
            size.append((min(48, one[2] - one[0]), min(48, one[3] - one[1])))
        sheets.append(canvas)
    points = np.arange(6 * 78 * 3).reshape(6, 78, 3) % 1500 - 200
    source = tmp_path / "source"
    source.mkdir()
    np.savez(source / "labels_made.npz", files=files, sheet=sheet_of, box=box, size=size,
             points=points.astype(np.int16), points_scale=np.float32(1 / 32),
             blendshapes=np.full((6, 51), 51, np.uint8))
    (source / "manifest.json").write_text(json.dumps({"made": entry}))
    return file_server, source / "manifest.json", sheets, np.array(box), points


def fetch(origin, folder):
    server, manifest = origin[:2]
    return datasets.fetch("made", folder, base_url=server.url + "/mirror", manifest=manifest)


def test_fetch_cuts_the_pictures_and_writes_their_labels(origin, tmp_path):
    _, _, sheets, boxes, points = origin
    folder = fetch(origin, tmp_path / "faces")
    faces = training.load_labelled(folder)
    assert [path.name for path in faces.paths] == [f"{i:03d}.jpg" for i in range(6)]
    assert faces.points.dtype == np.float32 and faces.blendshapes.shape == (6, len(face.BLENDSHAPES))
    np.testing.assert_allclose(faces.points, points / 32)
    np.testing.assert_allclose(faces.blendshapes, 0.2, atol=1e-6)
    assert set(faces.sheets) == set(SHEETS)
    for i, path in enumerate(faces.paths):
        with Image.open(path) as picture:
            expected = sheets[i // 3].crop(tuple(boxes[i]))
            assert picture.size == (min(48, expected.width), min(48, expected.height))
            expected = np.asarray(expected.resize(picture.size, Image.Resampling.BOX), float)
            assert np.abs(np.asarray(picture, float) - expected).mean() < 4
    assert sorted(p.name for p in folder.iterdir()) == [f"{i:03d}.jpg" for i in range(6)] + ["labels.npz"]


def test_a_second_fetch_asks_nobody(origin, tmp_path):
    folder = fetch(origin, tmp_path / "faces")
    asked = len(origin[0].requests)
    fetch(origin, tmp_path / "faces")
    assert len(origin[0].requests) == asked == 2
    (folder / "003.jpg").unlink()  # a picture that went missing is cut again, out of the cached sheets
    fetch(origin, tmp_path / "faces")
    assert len(origin[0].requests) == asked
    assert (folder / "003.jpg").is_file()


def test_an_interrupted_fetch_goes_on(origin, tmp_path, monkeypatch):
    monkeypatch.setattr(downloads, "ATTEMPTS", 1)
    server = origin[0]
    first, second = server.files.values()
    server.cut_after = [len(first), 100, 0]
    with pytest.raises(errors.DownloadError, match="try again later"):
        fetch(origin, tmp_path / "faces")
    assert not (tmp_path / "faces" / "labels.npz").exists(), "labels come last: a folder with labels is whole"
    with pytest.raises(errors.CourseError, match="no labels.npz"):
        training.load_labelled(tmp_path / "faces")
    folder = fetch(origin, tmp_path / "faces")
    assert len(training.load_labelled(folder)) == 6
    assert server.requests[-1][1] == "bytes=100-", "the second sheet was continued"
    assert sum("first" in path for path, _ in server.requests) == 1, "the first sheet was not fetched twice"


def test_a_wrong_sheet_is_refused(origin, tmp_path):
    server = origin[0]
    address = next(iter(server.files))
    server.files[address] = server.files[address][:-1] + b"?"
    with pytest.raises(errors.DownloadError, match="wrong checksum"):
        fetch(origin, tmp_path / "faces")
    assert not (tmp_path / "faces").exists()


def test_a_folder_that_cannot_be_written(origin, tmp_path):
    (tmp_path / "faces").write_text("in the way")
    with pytest.raises(errors.OutputError, match="cannot be written"):
        fetch(origin, tmp_path / "faces")


def test_weights_go_to_the_hub_cache(tmp_path, file_server, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    file_server.files["/w/net-12345678.pth"] = b"weights"
    file = {"url": "http://127.0.0.1:9/net.pth", "sha256": hashlib.sha256(b"weights").hexdigest()}
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"nets": {"what": "-", "licence": "-", "files": {"net-12345678.pth": file}}}))
    before = datasets.list_datasets(manifest)[0]
    folder = datasets.fetch("nets", base_url=file_server.url + "/w/", manifest=manifest)
    assert folder == tmp_path / "torch" / "hub" / "checkpoints"
    assert (folder / "net-12345678.pth").read_bytes() == b"weights"
    assert (before.there, datasets.list_datasets(manifest)[0].there) == (0, 1)


def test_an_unknown_name():
    with pytest.raises(errors.DownloadError, match="choose from portraits, scenes, face-alignment, resnet50, vgg19"):
        datasets.fetch("faces")


def test_fetched_folders(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    with pytest.raises(errors.CourseError, match="course data fetch portraits"):
        datasets.fetched_folders()
    (tmp_path / "scenes").mkdir()
    (tmp_path / "scenes" / "labels.npz").touch()
    assert datasets.fetched_folders() == [tmp_path / "scenes"]


def test_the_list_says_what_is_there(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    sheet = next(iter(datasets.read_manifest()["portraits"]["sheets"].values()))["path"].split("/")[-1]
    (tmp_path / "sheets").mkdir()
    (tmp_path / "sheets" / sheet).touch()
    told = datasets.describe()
    assert "portraits: 340 portraits" in told and "1 of 12 files in the cache" in told and "licence: MIT" in told


# ---------------------------------------------------------------- what ships


def test_the_manifest_that_ships_is_whole():
    manifest = datasets.read_manifest()
    assert list(manifest) == ["portraits", "scenes", "face-alignment", "resnet50", "vgg19"]
    for name in ("portraits", "scenes"):
        labels = datasets.read_labels(datasets.weights.data_file(manifest[name]["labels"]))
        assert set(labels["sheet"]) == set(manifest[name]["sheets"])
        assert len(set(labels["files"])) == len(labels["files"]) == len(labels["points"])
        assert labels["points"].shape[1:] == (78, 3)
        box_sizes = labels["box"][:, 2:] - labels["box"][:, :2]
        np.testing.assert_array_equal(np.minimum(box_sizes, 512), labels["size"])
        assert manifest[name]["commit"] in manifest[name]["base_url"]
    described = [file for entry in manifest.values() for file in (entry.get("sheets") or entry["files"]).values()]
    assert all(len(file["sha256"]) == 64 for file in described)
    for name, file in manifest["face-alignment"]["files"].items():
        assert file["url"].startswith("https://") and file["url"].endswith("/" + name)
        if "-" in name:  # torch hub's convention: the name ends in the first digits of the checksum
            assert file["sha256"].startswith(name.split("-")[1].split(".")[0])


def test_the_weights_are_those_that_face_alignment_asks_for():
    api = pytest.importorskip("face_alignment.api", reason="face-alignment is not installed")
    from face_alignment.detection.sfd import sfd_detector

    files = datasets.read_manifest()["face-alignment"]["files"]
    assert files["2DFAN4-11f355bf06.pth.tar"]["url"] == api.models_urls["2DFAN-4"]
    assert files["s3fd-619a316812.pth"]["url"] == sfd_detector.models_urls["s3fd"]


def test_what_ships_for_fetching_is_small():
    names = ("manifest.json", "labels_portraits.npz", "labels_scenes.npz")
    assert sum(datasets.weights.data_file(name).stat().st_size for name in names) <= 1_500_000


@pytest.mark.parametrize("name", ["portraits", "scenes"])
def test_shipped_labels_are_the_full_ones(shared_dir, name):
    full = training.load_labelled(shared_dir / name)
    ours = datasets.read_labels(datasets.weights.data_file(f"labels_{name}.npz"))
    assert [path.name for path in full.paths] == list(ours["files"])
    np.testing.assert_allclose(ours["points"], full.points, atol=1 / 64)
    np.testing.assert_allclose(ours["blendshapes"], full.blendshapes, atol=0.002)
    for path, size in list(zip(full.paths, ours["size"]))[::40]:
        with Image.open(path) as picture:
            assert picture.size == tuple(size)
