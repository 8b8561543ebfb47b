"""The wheel: carries its weights, nothing of the machine, and works where there is no checkout."""

import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from conftest import CHECKOUT

pytest.importorskip("hatchling", reason="hatchling, which builds the wheel, is in the extra `test`")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", out, CHECKOUT], out)
    (built,) = out.glob("*.whl")
    return built


def run(command, folder, **environment):
    environment = {**{key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "COURSE_DATA")},
                   "PIP_DISABLE_PIP_VERSION_CHECK": "1", **environment}
    done = subprocess.run([str(part) for part in command], cwd=folder, env=environment, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def tracked_data() -> list:
    return [path for path in (CHECKOUT / "data").iterdir() if path.suffix in (".safetensors", ".npz", ".json")]


def test_it_carries_all_of_data_and_stays_small(wheel):
    with zipfile.ZipFile(wheel) as archive:
        sizes = {one.filename: one.file_size for one in archive.infolist()}
    for path in tracked_data():
        assert sizes[f"course/_data/{path.name}"] == path.stat().st_size
    weights = [size for name, size in sizes.items() if name.endswith(".safetensors")]
    assert weights and max(weights) <= 12e6 and sum(weights) <= 25e6


def test_nothing_of_the_machine_leaks_in(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        dist_info = next(name for name in names if name.endswith("/METADATA")).split("/")[0]
        assert {name.split("/")[0] for name in names} == {"course", dist_info}
        stray = [name for name in names if re.search(r"__pycache__|\.pyc$|(^|/)\.[^/]|\.log$|\.pt$|~$", name)]
        assert stray == []
        places = [str(CHECKOUT).encode(), str(Path.home()).encode() + b"/"]
        for name in names:
            body = archive.read(name)
            assert not any(place in body for place in places), f"{name} holds a path of this machine"


def test_installed_alone_it_makes_a_film_in_an_empty_folder(wheel, tmp_path):
    """A fresh environment that borrows the heavy packages of this one, but not this checkout."""
    venv.create(tmp_path / "env", with_pip=False, symlinks=os.name != "nt")
    scripts = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / "python"
    run([sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", wheel], tmp_path)
    purelib = Path(run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], tmp_path).strip())
    # A path file adds the folder alone: the path files in it, and so the editable install, are not read.
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (purelib / "borrowed.pth").write_text("\n".join(sorted(borrowed)) + "\n")
    empty = tmp_path / "empty"
    empty.mkdir()
    where = run([python, "-c", "import course; print(course.__file__)"], empty)
    assert Path(where.strip()).is_relative_to(purelib)
    told = run([scripts / "course", "animate", "--text", "Hello.", "--size", "256", "-o", "hello.mp4"], empty)
    assert "hello.mp4" in told
    assert [path.name for path in empty.iterdir()] == ["hello.mp4"]
    assert (empty / "hello.mp4").read_bytes()[4:8] == b"ftyp"
