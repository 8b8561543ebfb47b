"""The smooth step: for numbers, arrays and tensors alike, and written out nowhere else."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

import course
from course.interpolation import smoothstep


@pytest.mark.parametrize("low, high", [(0, 1), (-3.0, 5.0), (2.0, 1.5)])
def test_smoothstep_is_hermites_cubic(low, high):
    t = np.linspace(-0.5, 1.5, 41)
    x = low + (high - low) * t
    right = np.where(t < 0, 0, np.where(t > 1, 1, 3 * t**2 - 2 * t**3))
    np.testing.assert_allclose(smoothstep(low, high, x), right, atol=1e-12)
    tensor = smoothstep(low, high, torch.from_numpy(x))
    assert isinstance(tensor, torch.Tensor)
    np.testing.assert_array_equal(tensor.numpy(), smoothstep(low, high, x))
    np.testing.assert_array_equal([smoothstep(low, high, float(one)) for one in x], smoothstep(low, high, x))


def test_smoothstep_keeps_the_type():
    assert smoothstep(0, 1, np.float32([0.2, 0.4])).dtype == np.float32
    assert smoothstep(0, 1, torch.rand(3)).dtype == torch.float32


def test_the_cubic_is_written_out_in_one_place_and_where_it_is_taught():
    root = Path(course.__file__).parent
    found = {path.relative_to(root).as_posix() for path in root.rglob("*.py")
             if re.search(r"\(3(\.0)? - 2(\.0)? \*", path.read_text(encoding="utf-8"))}
    taught = {"rendering/paste.py", "lessons/lesson_09/exercises.py", "lessons/lesson_03/exercises.py"}
    assert found == taught | {"interpolation.py"}
