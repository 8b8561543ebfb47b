"""The page of architecture, drawn from the code: which rooms there are, what each file does, who imports whom.

`course build --architecture` writes ARCHITECTURE.md; a test holds it equal to what the imports say.
"""

import ast
from pathlib import Path

import grimp
import networkx

PAGE = "ARCHITECTURE.md"
# Imported by nearly everything: in the drawing they would only hide the way of the data.
EVERYWHERE = ("doors", "renamed", "errors", "devices", "paths", "streams", "stopping", "process", "parallel", "swapped",
              "interpolation")
# The one file that stands further along the way than its room: it asks the detector, which asks the room.
ON_ITS_OWN = "keypoints.find"
SECTIONS = {
    "The way of the data": ("images", "image_files", "image_alpha", "colour_profiles", "io", "detection", "keypoints",
                            "face", "speech", "flow", "polish", "motion", "rendering", "fonts", "overlays",
                            "provenance", "settings", "film_source", "finish", "marking", "animation", "layout",
                            "joining", "postprocessing", "dialogue"),
    "Behind the stages": ("synthetic", "training", "features", "gan", "evaluation", "recipes", "serving", "doctor",
                          "demo"),
    "Teaching": ("notebook", "plots", "exercises", "lessons", "authoring", "cli"),
    "Beneath everything": EVERYWHERE,
}
INTRODUCTION = """\
# Architecture

This page is written by `course build --architecture` from the code's own imports; a test holds it true. An arrow
goes from what is used to what uses it: from the top, where files come in, down to the command. Arrows that follow
from others are left out, and so are {everywhere}, which everything may use.

Who may import whom is a contract in `pyproject.toml`, checked in `make test`: from the command down to errors, never
back. `keypoints.find` stands below detection, since it asks for boxes; the rest of `keypoints` above, since the
detector asks the landmarker about doubtful faces.
"""


def page(root: Path) -> str:
    """The whole page, Markdown with a Mermaid drawing, for the checkout `root`."""
    imports = import_graph()
    everywhere = ", ".join(f"`{name}`" for name in EVERYWHERE)
    parts = [INTRODUCTION.format(everywhere=everywhere), "```mermaid", *drawing(imports), "```"]
    for title, rooms in SECTIONS.items():
        parts += ["", f"## {title}"]
        for room in rooms:
            parts += ["", *room_section(root / "course", room, imports)]
    return "\n".join(parts) + "\n"


def import_graph() -> networkx.DiGraph:
    """Which file imports which, as the code says it, inside functions too: names without "course."."""
    found = grimp.build_graph("course")
    graph = networkx.DiGraph()
    for module in sorted(found.modules):
        graph.add_node(_short(module))
        for used in sorted(found.find_modules_directly_imported_by(module)):
            graph.add_edge(_short(module), _short(used))
    return graph


def drawing(imports: networkx.DiGraph) -> list:
    """The rooms as a Mermaid flowchart: lines of text."""
    rooms = networkx.DiGraph()
    for user, used in imports.edges:
        pair = room_of(used), room_of(user)
        if pair[0] != pair[1] and not {"course", "__main__", *EVERYWHERE} & set(pair):
            rooms.add_edge(*pair)
    return ["flowchart TD", *(f"    {used} --> {user}" for used, user in
                              sorted(networkx.transitive_reduction(rooms).edges))]


def room_of(module: str) -> str:
    """The room in which a file stands, by the first part of its name."""
    return module if module == ON_ITS_OWN else module.split(".")[0]


def room_section(package: Path, room: str, imports: networkx.DiGraph) -> list:
    """A heading, what the room is for, and a table of its files."""
    folder = package / room
    if not folder.is_dir():
        path = package / f"{room}.py"
        return [f"### `{room}.py`", "", first_sentence(path) + _uses(room, imports)]
    lines = [f"### `{room}/`", "", first_sentence(folder / "__init__.py"), "", "| file | what it does | uses |",
             "|---|---|---|"]
    for path in sorted(folder.rglob("*.py")):
        if path.name != "__init__.py":
            name = path.relative_to(package).with_suffix("").as_posix().replace("/", ".")
            uses = ", ".join(_outside(name, room, imports))
            lines.append(f"| `{path.relative_to(folder).as_posix()}` | {first_sentence(path)} | {uses} |")
    return lines


def first_sentence(path: Path) -> str:
    """The first line of a file's docstring, which says what is in it."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.split("\n\n")[0].replace("\n", " ").replace("|", "\\|")


def _outside(name: str, room: str, imports: networkx.DiGraph) -> list:
    used = {room_of(other) for other in imports.successors(name)}
    return sorted(used - {room, "course", *EVERYWHERE})


def _uses(name: str, imports: networkx.DiGraph) -> str:
    uses = _outside(name, name, imports)
    return f" Uses {', '.join(uses)}." if uses else ""


def _short(module: str) -> str:
    return module.removeprefix("course.")
