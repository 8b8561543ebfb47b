"""What may stay in an executed notebook: nothing that names the machine, moves by itself, or needs a kernel."""

import base64
import os
import re
import sys
import sysconfig
import tempfile
from pathlib import Path

import course

from . import LessonError
from .source import CHECKED

LARGEST = 2_000_000  # bytes of a notebook
WIDGET = "application/vnd.jupyter.widget-view+json"
PROGRESS = re.compile(r"\d+%\|.*\||\bit/s\b|\bs/it\b|\r")
TEMPORARY = re.compile(re.escape(tempfile.gettempdir()) + r"[/\\]tmp\w{8}\b[/\\]?")  # a folder with a name by chance
ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}\b")
PICTURE = re.compile(r"(base64,[A-Za-z0-9+/=]+)")
CELL_FILE = re.compile(r"\bipykernel_\d+[/\\]\d+\.py")  # what IPython calls a cell in a warning
# Paths that belong to somebody's machine, whoever's it is
MACHINE_PATH = re.compile(r"""(?:(?<![\w.~/-])|(?<=file://))(/(?:home|root|Users|tmp|private|var/folders)/[^\s"'<>]*"""
                          r"""|[A-Z]:\\Users\\[^\s"'<>]*)""")


def clean(notebook, lesson) -> None:
    """Strip an executed notebook in place; LessonError where a cell that is compared would be changed by it."""
    notebook.metadata.pop("widgets", None)
    for cell, source in zip(notebook.cells, lesson.cells):
        if cell.cell_type != "code":
            continue
        shown = _joined(cell.outputs)
        kept = [output for output in map(_cleaned, shown) if output is not None]
        if CHECKED in cell.metadata.get("tags", []):
            if len(kept) != len(shown) or any(_text(a) != _text(b) for a, b in zip(kept, shown)):
                raise LessonError(f"{lesson.place(source.line)}: tagged {CHECKED}, but shows what differs each time: "
                                  "a widget, a progress bar, a path or an address")
            if not kept:
                raise LessonError(f"{lesson.place(source.line)}: tagged {CHECKED}, but has no output to compare")
        cell.outputs = kept
        cell.metadata.pop("execution", None)


def _joined(outputs) -> list:
    """The outputs, where pieces of one stream that follow each other are one: how it is cut is chance."""
    joined = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last["text"] = last.text + output.text
        else:
            joined.append(type(output)(output))
    return joined


def _cleaned(output):
    """The output without widgets, progress bars, paths and addresses; None if nothing is left."""
    output = type(output)(output)
    if output.output_type == "stream":
        if output.name == "stderr" and PROGRESS.search(output.text):
            lines = re.split(r"[\r\n]+", output.text)
            text = "\n".join(line for line in lines if line.strip() and not PROGRESS.search(line))
            output["text"] = text + "\n" if text else ""
        output["text"] = _without_machine(output.text)
        return output if output.text.strip() else None
    if "data" in output:
        data = dict(output.data)
        if data.pop(WIDGET, None) is not None and set(data) <= {"text/plain"}:
            return None  # only a widget's name would be left
        output["data"] = {kind: _without_machine(value) if _is_text(kind) else value for kind, value in data.items()}
        # Times of attempts belong to a student's notebook, not to ours
        metadata = output.get("metadata", {})
        output["metadata"] = {key: value for key, value in metadata.items() if key != "living_portraits"}
    return output


def _is_text(kind: str) -> bool:
    return kind.startswith("text/") or kind == "image/svg+xml"


def _without_machine(value):
    """Text with this machine's folders shortened and addresses in memory left out."""
    text = value if isinstance(value, str) else "".join(value)
    # letters of a picture in base64 may spell a folder's name
    return "".join(part if part.startswith("base64,") else _shortened(part) for part in PICTURE.split(text))


def _shortened(text: str) -> str:
    text = TEMPORARY.sub("", text)
    for folder, name in _folders():
        text = text.replace(folder + os.sep, name).replace(folder, name.rstrip("/") or ".")
    return CELL_FILE.sub("<cell>", ADDRESS.sub("at 0x...", text))


def _folders():
    """(folder, what to write in its place), the deepest first."""
    package = Path(course.__file__).resolve().parent
    pairs = {sysconfig.get_path("purelib"): "site-packages/", sysconfig.get_path("stdlib"): "python/",
             sys.prefix: "", str(package.parent): "", tempfile.gettempdir(): "", str(Path.home()): "~/"}
    return sorted(((folder, name) for folder, name in pairs.items() if len(folder) > 1), key=lambda pair: -len(pair[0]))


def _text(output) -> dict:
    """What nbval compares of an output."""
    if output.output_type == "stream":
        return {output.name: output.text}
    return dict(output.get("data", {}))


# ---------------------------------------------------------------- what a committed notebook may not hold


def faults(notebook, size: int):
    """Yield what is wrong with an executed notebook, without its file's name. size: bytes of the file."""
    if size > LARGEST:
        yield f"{size / 1e6:.1f} MB is more than {LARGEST / 1e6:g} MB: {largest_cell(notebook)}"
    if "widgets" in notebook.metadata:
        yield "holds the state of widgets"
    for number, cell in enumerate(notebook.cells):
        where = f"cell {number} ({cell.id})"
        if cell.cell_type != "code":
            continue
        if "execution" in cell.metadata:
            yield f"{where} holds times of execution"
        if CHECKED in cell.metadata.get("tags", []) and not cell.outputs:
            yield f"{where} is tagged {CHECKED} and has no stored output"
        for output in cell.outputs:
            if output.output_type == "error":
                yield f"{where} shows an error: {output.ename}"
            if WIDGET in output.get("data", {}):
                yield f"{where} shows a widget, which is dead without a kernel"
            found = MACHINE_PATH.search(_all_text(output))
            if found:
                yield f"{where} names a path of a machine: {found[1][:60]}"


def largest_cell(notebook) -> str:
    """"the largest cell is 12 (heatmap-sharpness), 1.1 MB"."""
    sizes = [(len(str(cell.get("outputs", ""))) + len(cell.source), number, cell.id)
             for number, cell in enumerate(notebook.cells)]
    size, number, name = max(sizes)
    return f"the largest cell is {number} ({name}), {size / 1e6:.1f} MB"


def _all_text(output) -> str:
    """Everything readable in an output, and the text chunks of its PNG pictures."""
    if output.output_type == "stream":
        return output.text
    parts = []
    for kind, value in output.get("data", {}).items():
        if kind == "image/png":
            parts.append(base64.b64decode(value)[:2000].decode("latin-1"))
        elif kind.startswith("text/") or kind.endswith(("json", "xml")):
            parts.append(str(value))
    return "\n".join(parts + output.get("traceback", []))
