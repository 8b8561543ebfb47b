"""Checkpoints and weights: what goes in comes out, cut-short and changed files are refused, no code runs."""

import math
import pickle
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file, save_file

from course import detection, errors, io, keypoints
from course.motion import learned_idle
from course.rendering import animator, layers
from course.speech import lips
from course.training import checkpoints


@pytest.fixture
def saved(tmp_path):
    state = {"step": 3, "net": {"weight": torch.arange(6.0).view(2, 3)}, "note": "ä"}
    return checkpoints.save(tmp_path / "run" / "checkpoint.safetensors", state)


def test_what_goes_in_comes_out(tmp_path):
    network = torch.nn.Linear(3, 2)
    optimizer = torch.optim.Adam(network.parameters())
    network(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    shared = torch.randn(4)
    state = {
        "optimizer": optimizer.state_dict(), "nan": math.nan, "large": 2**127, "nothing": None, "yes": True,
        "list": [1, 2.5, "text", [torch.ones(2)]], "empty": torch.zeros(0, 3), "scalar": torch.tensor(7),
        "half": torch.randn(3).bfloat16(), "bytes": torch.arange(5, dtype=torch.uint8), "one": shared, "two": shared,
        "last": torch.randn(2, 3, 4, 4).to(memory_format=torch.channels_last), "a.b": {"c": torch.ones(1)},
    }  # fmt: skip
    back = checkpoints.load(checkpoints.save(tmp_path / "c", state))
    assert back.keys() == state.keys() and math.isnan(back["nan"]) and back["large"] == 2**127
    assert back["list"][:3] == [1, 2.5, "text"] and back["nothing"] is None and back["yes"] is True
    for name in ("empty", "scalar", "half", "bytes", "one", "two", "last"):
        assert back[name].dtype == state[name].dtype and torch.equal(back[name], state[name])
    other = torch.optim.Adam(network.parameters())
    other.load_state_dict(back["optimizer"])
    assert torch.equal(other.state[network.weight]["exp_avg"], optimizer.state[network.weight]["exp_avg"])


def test_what_is_no_plain_value_is_not_written(tmp_path):
    with pytest.raises(TypeError, match="net.layer is a Linear"):
        checkpoints.save(tmp_path / "c", {"net": {"layer": torch.nn.Linear(1, 1)}})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("share", [0.0, 0.02, 0.3, 0.9, 0.999])
def test_cut_short(saved, share):
    whole = saved.read_bytes()
    saved.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(errors.WeightsError, match="cut short or no checkpoint .*: train without --resume") as caught:
        checkpoints.load(saved)
    assert "\n" not in str(caught.value)


def test_any_changed_byte_is_noticed(saved):
    whole = saved.read_bytes()
    for place in range(0, len(whole)):
        saved.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            state = checkpoints.load(saved)
        except errors.WeightsError as problem:
            assert "\n" not in str(problem)
        else:  # a change that says the same: white space of the header
            assert state["step"] == 3 and torch.equal(state["net"]["weight"], torch.arange(6.0).view(2, 3)), place


def test_changed_numbers_with_a_right_header(saved):
    from safetensors import safe_open

    with safe_open(saved, framework="pt") as file:
        header = file.metadata()
    save_file({name: tensor + 1 for name, tensor in load_file(saved).items()}, saved, metadata=header)
    with pytest.raises(errors.WeightsError, match="its checksum is wrong"):
        checkpoints.load(saved)


def test_a_pickle_is_refused_and_not_run(tmp_path):
    class Hostile:
        def __reduce__(self):
            return (open, (str(tmp_path / "it ran"), "w"))

    path = tmp_path / "checkpoint.safetensors"
    path.write_bytes(pickle.dumps(Hostile()))
    with pytest.raises(errors.WeightsError):
        checkpoints.load(path)
    assert not (tmp_path / "it ran").exists()


def test_other_files_are_refused(tmp_path):
    with pytest.raises(errors.WeightsError, match="there is no checkpoint"):
        checkpoints.load(tmp_path / "nothing")
    save_file({"a": torch.ones(1)}, tmp_path / "plain.safetensors")
    with pytest.raises(errors.WeightsError, match="no checkpoint of this course"):
        checkpoints.load(tmp_path / "plain.safetensors")


def test_a_full_disk_leaves_the_last_one_whole(saved):
    """A limit on the size of files stands in for the disk: what is written is told in one line, or not at all."""
    code = ("import resource, sys, torch; from course import errors; from course.io import weights;"
            "from course.training import checkpoints; resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000));"
            "checkpoints.save(sys.argv[1], {'step': 4, 'net': torch.zeros(10_000)})")
    done = subprocess.run([sys.executable, "-c", code, str(saved)], capture_output=True, text=True)
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("course.errors.OutputError") and "cannot be written" in last and "File too large" in last
    assert last.endswith("make room or choose another folder")
    assert checkpoints.load(saved)["step"] == 3
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]


# ---------------------------------------------------------------- weights


def test_weights_come_back_as_they_were(tmp_path):
    turned = torch.arange(24.0).view(2, 3, 4, 1).to(memory_format=torch.channels_last).requires_grad_()
    path = io.write_weights({"turned": turned, "half": torch.ones(2).half()}, tmp_path / "a" / "b" / "w.safetensors")
    back = io.read_weights(path)
    assert torch.equal(back["turned"], turned.detach()) and back["half"].dtype == torch.float16
    assert [each.name for each in path.parent.iterdir()] == ["w.safetensors"]


def test_where_weights_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("no folder")
    for place in (tmp_path / "file" / "w.safetensors", tmp_path, tmp_path / ("long" * 80)):
        for write in (io.check_place, lambda path: io.write_weights({"a": torch.ones(1)}, path)):
            with pytest.raises(errors.OutputError, match="cannot be written .*: make room or choose another folder"):
                write(place)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_asking_for_a_place_leaves_nothing_there(tmp_path):
    io.check_place(tmp_path / "new" / "w.safetensors")
    assert not list((tmp_path / "new").iterdir())


def test_networks_are_filled_with_what_fits_and_nothing_else():
    net = torch.nn.Sequential(torch.nn.Conv1d(2, 3, 1), torch.nn.BatchNorm1d(3))
    whole = {name: value + 1 for name, value in net.state_dict().items()}
    half = {name: value.half() for name, value in whole.items() if not name.endswith("num_batches_tracked")}
    assert not io.fill(net.train(), half, "net.safetensors").training
    assert torch.equal(net[1].running_mean, whole["1.running_mean"]) and net[0].weight.dtype == torch.float32
    io.fill(net, whole, "net.safetensors")
    for wrong in ({}, half | {"more": torch.ones(1)}, half | {"0.weight": torch.ones(7)},
                  {name: value for name, value in half.items() if name != "0.bias"}):
        with pytest.raises(errors.WeightsError) as caught:
            io.fill(net, wrong, "net.safetensors")
        assert str(caught.value) == "net.safetensors does not fit this version: install the package again"


@pytest.mark.parametrize("load", [
    lambda: detection.load_network({"a": torch.zeros(1)}), lambda: keypoints.load_network({"a": torch.zeros(1)}),
    lambda: layers.networks_of({"a": torch.zeros(1)}), lambda: animator.networks_of({"a": torch.zeros(1)}),
    lambda: learned_idle.load.__wrapped__(), lambda: lips.load_network.__wrapped__()])
def test_whatever_reads_weights_says_the_same_of_another_versions(load, tmp_path, monkeypatch):
    for name in (learned_idle.WEIGHTS, lips.WEIGHTS):
        save_file({"a": torch.zeros(1)}, tmp_path / name)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(errors.WeightsError, match=r"^\S+ does not fit this version: install the package again$"):
        load()
