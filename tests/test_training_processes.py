"""Two processes under torchrun take the steps of one with the double batch; a checkpoint keeps every one's chance."""

import os
import subprocess
import sys

import pytest
import torch
from conftest import CHECKOUT

from course import errors, training
from course.training import checkpoints

SCRIPT = CHECKOUT / "tests" / "two_processes.py"


def run(folder, count: int, *parts: int) -> dict:
    """{parts: {name: tensor}} of a run in `count` processes."""
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(count)] if count > 1 else []
    done = subprocess.run([sys.executable, *torchrun, str(SCRIPT), str(folder), *map(str, parts)],
                          env=os.environ | {"OMP_NUM_THREADS": "1"}, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return torch.load(folder / "found.pt", weights_only=True)


def assert_same(one: dict, other: dict):
    assert one.keys() == other.keys() and len(one) > 10
    for name, value in one.items():
        assert value.abs().max() > 0, f"{name} does not move, so it shows nothing"
        difference = (other[name] - value).abs().max() / value.abs().max()
        assert difference < 1e-5, f"{name}: {difference:.1e}"


def test_two_processes_give_the_gradients_of_one(tmp_path_factory):
    folder = tmp_path_factory.mktemp("one")
    one = run(folder, 1, 1, 4)
    assert_same(one[1], one[4])  # the batch in four parts, one after another
    folder = tmp_path_factory.mktemp("two")
    two = run(folder, 2, 1, 2)
    assert_same(one[1], two[1])  # in two processes
    assert_same(one[1], two[2])  # in two processes, in two parts each
    states = checkpoints.load(folder / "1" / "checkpoint.safetensors")["random"]
    assert len(states) == 2 and not torch.equal(states[0]["torch"], states[1]["torch"]), "each draws its own numbers"


def test_rows():
    team = [training.Processes(rank, 3) for rank in range(3)]
    shares = [list(range(12))[one.rows(12)] for one in team]
    assert shares == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
    assert [one.first for one in team] == [True, False, False]
    with pytest.raises(errors.CourseError, match="a batch of 16 cannot be shared out among 3 processes"):
        team[0].rows(16)
