"""`course train WHAT`: one table, one signature, errors before hours of work; and the recipes that solve equations."""

import inspect
import subprocess
import sys

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from course import cli, face, io
from course.face import model as face_model
from course.features import networks as feature_networks
from course.keypoints import landmarks
from course.recipes import identity, table
from course.recipes.face_model import fitting
from course.recipes.face_model import training as face_model_training


def refused(capsys, *arguments) -> str:
    """What `course train` says, in one line, about what it cannot do."""
    assert cli.main(["train", *map(str, arguments)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and said.startswith("course: ")
    return said


# ---------------------------------------------------------------- the table


@pytest.mark.parametrize("what", table.RECIPES)
def test_every_recipe_has_the_signature_that_the_command_calls(what):
    entry = table.RECIPES[what]
    found = inspect.signature(entry.load().train).parameters
    assert next(iter(found)) == "data"
    wanted = {"steps", "resume", "device", "logdir", "out", *entry.further}
    assert wanted <= set(found) and set(found) - wanted <= {"data", "recipe"}
    assert all(found[name].kind is inspect.Parameter.KEYWORD_ONLY for name in wanted)
    assert {"teacher", "motion"} & set(found) == set(entry.further)


def test_nothing_is_loaded_before_it_is_asked_for():
    code = ("import sys; from course import cli; cli.parser();"
            "print([name for name in sys.modules if name.startswith('course.recipes.')], 'torch' in sys.modules)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['course.recipes.table'] False"


def test_the_help_names_all_of_them(capsys):
    with pytest.raises(SystemExit):
        cli.main(["train", "--help"])
    said = capsys.readouterr().out
    assert all(f"  {what} " in said for what in table.RECIPES)


@pytest.mark.parametrize("what, further, words", [
    ("detector", ["--teacher", "file"], "for `course train layers`; the detector needs none: leave it out"),
    ("layers", ["--motion", "folder"], "for `course train face-model`; the layers needs none: leave it out"),
    ("speech", ["--data", "folder"], "folder holds neither a corpus nor speakers: give the folder package/voices"),
    ("motion", ["--data", "one", "two"], "one folder of tracked motion: give --data one FOLDER"),
    ("face-model", ["--data", "folder"], "the face model learns from tracked motion, too: add --motion FOLDER"),
    ("face-model", ["--data", "x", "--motion", "y", "--steps", "3"], "at once, on the CPU: leave --steps out"),
    ("identity", ["--data", "folder", "--resume"], "at once, on the CPU: leave --resume out"),
    ("identity", ["--data", "folder", "--device", "cuda"], "at once, on the CPU: leave --device out"),
    ("gan", ["--steps", "0"], "--steps must be 1 or more, not 0"),
    ("speech", ["--device", "tpu", "--steps", "1"], "there is no device 'tpu': take cpu, cuda or mps"),
])
def test_what_it_cannot_do_is_said_in_one_line(tmp_path, capsys, what, further, words):
    assert words in refused(capsys, what, "--logdir", tmp_path, *further)


@pytest.mark.parametrize("what", ["detector", "keypoints", "covered", "fakes", "animator", "identity"])
def test_a_folder_without_labels(tmp_path, capsys, what):
    said = refused(capsys, what, "--data", tmp_path / "nothing", "--logdir", tmp_path)
    assert "nothing has no labels.npz: run `course data fetch`" in said


@pytest.mark.parametrize("what", ["speech", "gan", "identity"])
def test_a_place_that_cannot_be_written_is_said_first(tmp_path, capsys, what):
    """Not after the training."""
    (tmp_path / "file").write_text("no folder")
    said = refused(capsys, what, "--logdir", tmp_path, "-o", tmp_path / "file" / "w.safetensors", "--data", "x")
    assert "cannot be written" in said and "choose another folder" in said
    said = refused(capsys, what, "--logdir", tmp_path, "-o", tmp_path, "--data", "x")
    assert "it is a folder" in said


def test_a_logdir_that_cannot_be_written(tmp_path, capsys):
    (tmp_path / "file").write_text("no folder")
    said = refused(capsys, "speech", "--steps", "1", "--logdir", tmp_path / "file", "-o", tmp_path / "w.safetensors")
    assert "cannot be written" in said


# ---------------------------------------------------------------- identity


def test_identity_as_a_command(labelled_folder, tmp_path, capsys, monkeypatch):
    real = identity.discriminant
    monkeypatch.setattr(identity, "EACH", 2)
    monkeypatch.setattr(identity, "discriminant", lambda found: real(found[..., :100]))  # its cost grows as D^3
    out = tmp_path / "deep" / "identity.safetensors"
    assert cli.main(["train", "identity", "--data", str(labelled_folder), "-o", str(out)]) == 0
    assert f"{out}: 4 people, 2 pictures each" in capsys.readouterr().out
    made, ships = load_file(out), io.load_tensors(feature_networks.IDENTITY)
    assert made.keys() == ships.keys() and made["axes"].shape == (100, ships["axes"].shape[1])
    assert all(made[name].dtype == ships[name].dtype and torch.isfinite(made[name]).all() for name in ships)


# ---------------------------------------------------------------- face model


def write_track(path, frames: int, seed: int) -> None:
    """A track as the teacher would write it: the face model's mean face, turning and opening the mouth."""
    rng, model = np.random.default_rng(seed), face_model.FaceModel.load()
    values = np.zeros((frames, len(face.BLENDSHAPES)))
    values[:, face.BLENDSHAPES.index("jawOpen")] = np.linspace(0, 0.6, frames)
    points = 100 * (model.mean + np.tensordot(values, model.channels, axes=1)) + 300  # (T, 78, 3)
    mesh = rng.uniform(2000, 3000, (frames, 478, 3))
    others = np.setdiff1d(np.arange(468), landmarks.MESH_EXTRA)[:68]
    mesh[:, others], mesh[:, landmarks.MESH_EXTRA] = points[:, :68], points[:, 68:]
    pose = np.broadcast_to(np.diag([1.0, 1, 1, 1]), (frames, 4, 4))
    np.savez(path, mesh478=mesh, keypoints68=points[:, :68, :2], blendshapes=values, pose=pose, fps=25.0,
             size=np.array([600, 600]))


def test_face_model_as_a_command(labelled_folder, tmp_path, capsys):
    motion = tmp_path / "motion"
    motion.mkdir()
    for number, name in enumerate(("one", "two", fitting.HELD_OUT_TRACKS[0])):
        write_track(motion / f"{name}.npz", 12, number)
    out = tmp_path / "face_model.safetensors"
    arguments = ["train", "face-model", "--data", str(labelled_folder), "--motion", str(motion), "-o", str(out)]
    assert cli.main(arguments) == 0
    assert "51 channels, from 24 frames of 2 people" in capsys.readouterr().out, "one is held out"
    made, ships = load_file(out), face_model.FaceModel.load()
    assert made["channels"].shape == ships.channels.shape and made["mean"].dtype == torch.float32
    assert all(torch.isfinite(tensor).all() for tensor in made.values())


def test_tracks_that_are_none(labelled_folder, tmp_path, capsys):
    def said():
        return refused(capsys, "face-model", "--data", labelled_folder, "--motion", tmp_path, "--logdir", tmp_path)

    assert "holds no .npz tracks" in said()
    write_track(tmp_path / f"{fitting.HELD_OUT_TRACKS[0]}.npz", 3, 0)
    assert "only tracks that are held out" in said()
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    assert "other.npz holds no tracked motion" in said()
    for content in (b"", b"text", (tmp_path / "other.npz").read_bytes()[:60]):
        (tmp_path / "other.npz").write_bytes(content)
        assert "other.npz holds no tracked motion" in said()


def test_the_face_model_is_written_as_it_is_read(tmp_path, monkeypatch):
    model = face_model.FaceModel.load()
    face_model_training.save(model, tmp_path / "face_model.safetensors")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    again = face_model.FaceModel.load.__wrapped__(face_model.FaceModel)
    for name in ("mean", "identity", "channels", "spread"):
        np.testing.assert_array_equal(getattr(again, name), getattr(model, name))
