"""The rooms of the package: who may import whom, doors that look names up anew, places, and the names of before."""

import ast
import functools
import graphlib
import importlib
import importlib.util
import pkgutil
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest
from conftest import CHECKOUT

import course
from course import renamed
from course.exercises import places, registry, swap

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PACKAGE = CHECKOUT / "course"
CONFIGURATION = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
FILES = sorted(PACKAGE.rglob("*.py"))
STAGES = ("animation", "postprocessing", "polish", "io", "detection", "keypoints", "face", "speech", "motion", "flow",
          "rendering")
ROOMS = sorted(module.name for module in pkgutil.walk_packages(course.__path__, "course.")
               if module.ispkg and "__door__" in vars(importlib.import_module(module.name)))


def module_of(path: Path) -> str:
    """course/detection/boxes.py -> "course.detection.boxes"."""
    parts = path.relative_to(CHECKOUT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.cache
def tree_of(path: Path) -> ast.Module:
    """A file, parsed."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports_of(path: Path):
    """What a file imports of the package: (line, module or module.name), inside functions too."""
    module = module_of(path)
    here = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level + 1] if node.level else []
            base = ".".join([*base, *([node.module] if node.module else [])])
            if base.split(".")[0] == "course":
                yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name.split(".")[0] == "course")


# ---------------------------------------------------------------- who may import whom


def test_the_contracts_hold():
    code = "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])"
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_contract_ignores_an_import():
    for contract in CONFIGURATION["tool"]["importlinter"]["contracts"]:
        assert not {"ignore_imports", "unmatched_ignore_imports_alerting"} & set(contract), contract["name"]


def test_every_file_belongs_to_a_layer():
    rows = CONFIGURATION["tool"]["importlinter"]["contracts"][0]["layers"]
    layers = [name.strip() for row in rows for name in row.replace("|", ":").split(":")]
    for name in layers:
        assert importlib.util.find_spec(name), f"the layer {name} is no file and no room"
    alone = {"course", "course.__main__"}
    for path in FILES:
        module = module_of(path)
        below = any(layer.startswith(module + ".") for layer in layers)  # the door of a room whose files are layers
        inside = any(module == layer or module.startswith(layer + ".") for layer in layers)
        assert inside or module in alone or path.name == "__init__.py" and below, f"{module} is in no layer"


def test_there_is_no_circle_of_files():
    files = {module_of(path): path for path in FILES}
    graph = {}
    for module, path in files.items():
        used = {name if name in files else name.rpartition(".")[0] for _, name in imports_of(path)}
        graph[module] = {name for name in used if name in files} - {module, "course"}
    list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError, which names the circle


@pytest.mark.parametrize("path", [path for path in FILES if path.name != "__init__.py"], ids=module_of)
def test_no_private_name_is_used_across_files(path):
    """Neither imported nor read off a module."""
    tree = tree_of(path)
    modules = {}
    for line, name in imports_of(path):
        last = name.rpartition(".")[2]
        assert not last.startswith("_") or last.startswith("__"), f"line {line} imports {name}"
        modules[last] = name
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            modules.update({alias.asname: alias.name for alias in node.names if alias.asname})
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            assert not node.attr.startswith("_") or node.attr.startswith("__"), (
                f"line {node.lineno} uses {node.value.id}.{node.attr}")


def test_files_of_the_rooms_import_files_not_doors():
    """A door would hide from the contracts which file is used."""
    for path in FILES:
        first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if path.name == "__init__.py" or first in ("lessons", "exercises"):
            continue
        for line, name in imports_of(path):
            assert name not in ROOMS, f"{path.name}, line {line}: import a file of {name}, not its door"


# ---------------------------------------------------------------- doors


@pytest.mark.parametrize("room", ROOMS)
def test_what_a_door_hands_on_is_there(room):
    door = importlib.import_module(room)
    for name, file in door.__door__.items():
        module = importlib.import_module(f"{room}.{file}")
        assert getattr(door, name) is getattr(module, name) is vars(module)[name]
        assert name in dir(door) and not name.startswith("_")
    assert door.__doc__.count("\n") >= 1 or room.count(".") > 1, "a door says what goes in and comes out"


@pytest.mark.parametrize("room", ROOMS)
def test_a_name_stands_once_in_a_room_and_bears_no_file_s_name(room):
    door = importlib.import_module(room)
    folder = Path(door.__file__).parent
    defined = {}
    for path in folder.glob("*.py"):
        for node in tree_of(path).body:
            targets = getattr(node, "targets", [node])
            names = [target.id for target in targets if isinstance(target, ast.Name)] + [getattr(node, "name", "")]
            for name in names:
                defined.setdefault(name, set()).add(path.stem)
    files = {path.stem for path in folder.iterdir()}
    for name, file in door.__door__.items():
        assert name not in files, f"{room}.{name} would be hidden by the file of that name"
        assert defined[name] == {file}, f"{name} stands in {sorted(defined[name])}"


def test_a_door_looks_names_up_anew(monkeypatch):
    from course import detection
    from course.detection import boxes

    ours = boxes.iou
    monkeypatch.setattr(boxes, "iou", "theirs")
    assert detection.iou == "theirs"
    monkeypatch.undo()
    assert detection.iou is ours


def test_what_is_set_at_a_door_is_set_in_its_file(monkeypatch):
    from course import detection
    from course.detection import boxes

    ours = boxes.iou
    monkeypatch.setattr(detection, "iou", "theirs")
    assert boxes.iou == "theirs" and "iou" not in vars(detection)
    monkeypatch.undo()
    assert boxes.iou is ours and detection.iou is ours
    with mock.patch.object(detection, "iou", "theirs"):
        assert boxes.iou == "theirs"
    assert boxes.iou is ours
    detection.iou = "theirs"
    del detection.iou
    assert boxes.iou is ours
    with pytest.raises(AttributeError):
        del detection.iou
    detection.of_no_file = 1
    assert vars(detection).pop("of_no_file") == 1


def test_a_name_of_no_file_is_an_error_in_one_line():
    from course import detection

    for door, name in ((detection, "no_such_name"), (course, "no_such_name"), (detection, "_private")):
        with pytest.raises(AttributeError, match=rf"module '{door.__name__}' has no attribute '{name}'"):
            getattr(door, name)
    with pytest.raises(ImportError, match="cannot import name 'no_such_name'"):
        exec("from course.detection import no_such_name", {})


def test_a_mistake_inside_a_file_is_not_taken_for_a_missing_one(tmp_path, monkeypatch):
    (tmp_path / "broken.py").write_text("import there_is_no_such_package\n", encoding="utf-8")
    monkeypatch.setattr(course, "__path__", [*course.__path__, str(tmp_path)])
    with pytest.raises(ModuleNotFoundError, match="there_is_no_such_package"):
        getattr(course, "broken")  # noqa: B009


def test_doors_are_light():
    code = ("import sys; from course import detection, keypoints, face, speech, motion, flow, rendering, gan, io;"
            "heavy = [name for name in ('numpy', 'torch', 'cv2', 'av') if name in sys.modules]; sys.exit(str(heavy) "
            "if heavy else 0)")
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# ---------------------------------------------------------------- places


@pytest.mark.parametrize("exercise", [one for one in registry.every() if one.place], ids=lambda one: one.name)
def test_a_place_is_a_room_and_a_function(exercise):
    room, _, name = exercise.place.rpartition(".")
    place = places.place_of(exercise.place)
    assert place.name == exercise.place, "the name that is taught is the place's own"
    module = importlib.import_module(f"course.{room}")
    if room not in ("images", "parallel"):  # files beside the rooms
        assert module.__door__[name] == place.module.__name__.rpartition(".")[2]
    assert places.place_of(f"{place.module.__name__.removeprefix('course.')}.{name}") is place


def test_a_part_in_its_place_is_seen_at_the_door_and_by_the_system():
    import numpy as np
    import torch

    from course import detection
    from course.detection import boxes, detector

    def iou(a, b):
        return torch.zeros(len(a), len(b))

    ours = boxes.iou
    with swap.use(iou, force=True):
        assert detection.iou is boxes.iou is not ours
        with places.counted("detection.iou") as seen:
            kept = boxes.nms(torch.tensor([[0.0, 0, 4, 4]] * 2), torch.tensor([0.9, 0.8]), 0.5)
        assert len(kept) == 2 and seen.calls >= 1
    assert detection.iou is ours
    assert len(detector.detect_faces(np.zeros((64, 64, 3), np.uint8))) == 0


# ---------------------------------------------------------------- the names of before


def test_every_old_module_leads_to_files_that_are_there():
    for old in renamed.HOMES:
        for home in renamed.places_of(old):
            assert importlib.util.find_spec(home), f"course.{old} leads to {home}, which is not there"


def old_names() -> list:
    """What the lessons named before there were rooms: "module.name" a line."""
    return (CHECKOUT / "tests" / "old_names.txt").read_text(encoding="utf-8").split()


@pytest.mark.parametrize("name", old_names())
def test_an_old_name_still_leads_to_the_thing(name):
    module, _, attribute = name.rpartition(".")
    assert getattr(importlib.import_module(f"course.{module}"), attribute) is not None


def test_an_old_import_is_told_the_new_name_once(caplog):
    renamed._said.clear()
    with caplog.at_level("WARNING", logger="course"):
        exec("from course import blending, landmarks\nblending.retarget, blending.retarget, landmarks.JAW", {})
    assert caplog.messages == ["course.blending.retarget is called course.motion.retarget now",
                               "course.landmarks.JAW is called course.keypoints.JAW now"]


def test_an_old_name_is_looked_up_anew(monkeypatch):
    from course import blending
    from course.motion import transfer

    monkeypatch.setattr(transfer, "retarget", "theirs")
    assert blending.retarget == "theirs"


def test_an_old_module_has_no_other_names():
    from course import landmarks

    for name in ("no_such_name", "_flip_order", "np"):
        with pytest.raises(AttributeError, match="has no attribute"):
            getattr(landmarks, name)


# ---------------------------------------------------------------- the map


def test_the_page_of_architecture_is_what_the_imports_say():
    from course.authoring import architecture

    assert architecture.page(CHECKOUT) == (CHECKOUT / architecture.PAGE).read_text(encoding="utf-8"), (
        "run course build --architecture")


def test_the_page_names_every_room():
    from course.authoring import architecture

    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name[0] not in "_."}
    files = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__", "__main__"}
    assert rooms | files == {room for rooms in architecture.SECTIONS.values() for room in rooms}
