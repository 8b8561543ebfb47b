"""Checkpoints: what goes in comes out, cut-short and changed files are refused, no code runs."""

import math
import pickle

import pytest
import torch
from safetensors.torch import load_file, save_file

from course import errors
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


def test_a_stop_while_writing_leaves_the_last_one_whole(saved, monkeypatch):
    import safetensors.torch

    def broken(tensors, path, metadata=None):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(safetensors.torch, "save_file", broken)
    with pytest.raises(errors.OutputError, match="No space left on device"):
        checkpoints.save(saved, {"step": 4})
    assert checkpoints.load(saved)["step"] == 3
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]
