"""Who says what: a script of turns, as people write one, or the same as JSON.

    # A line of turn: who (voice, expression): words
    left (af_bella, happy): Hello! [look right] Who are you?
    right (am_michael): I am new here.
    pause 0.5
    left: <answer.wav>

Who is a place in the photo (left, middle, right, `left 2` the second from the left), a number (0 is the largest face),
or a name that a line of its own gives: `Ann = left (af_bella)`, or `Ann = ann.jpg` for a photo of her own. A voice
holds for all that somebody says, an expression, `rate 1.2`, `pitch 2` and `after 0.5` (seconds since the turn before)
for one turn. An indented line goes on with the turn before; # begins a remark.
"""

import difflib
import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from .. import errors, paths
from ..motion import direction
from ..speech import catalogue, manner

PLACES = ("left", "middle", "right")
LONGEST_PAUSE = 60.0  # seconds
MOST_TURNS = 500
LARGEST = 1_000_000  # bytes of a script
_CAST = re.compile(r"(?P<name>[^():=]+?)\s*=\s*(?P<what>[^()]+?)\s*(?:\((?P<details>[^()]*)\))?\s*")
_TURN = re.compile(r"(?P<who>[^():=]+?)\s*(?:\((?P<details>[^()]*)\))?\s*:(?P<words>.*)", re.S)
_PAUSE = re.compile(r"pause\s+(\S+)\s*", re.I)
_PLACE = re.compile(r"(left|middle|right)(?:\s+([1-9]\d?))?|(\d{1,2})")
_SOUND = re.compile(r"\s*<([^<>]+)>\s*")
_DETAIL = re.compile(r"(after|rate|pitch)\s+(\S+)", re.I)
_WIDE = str.maketrans("（）：，", "():,")  # as Chinese is typed


@dataclass(frozen=True)
class Speaker:
    """Somebody in the scene: a place such as "left" or "left 2", a number as text, or "" with a photo of their own."""

    name: str
    place: str = ""
    photo: Path | None = None
    voice: str | None = None


@dataclass(frozen=True)
class Turn:
    """What one speaker says: `text` or `sound`, neither where a face only does something.

    who: a name of `Script.speakers`; expression: as in `animation.Settings`; after: seconds since the turn before,
    None for a natural gap; pause: seconds of silence more; rate, pitch: of the voice; line: where it stands.
    """

    who: str
    text: str = ""
    sound: Path | None = None
    expression: str | None = None
    rate: float | None = None
    pitch: float | None = None
    after: float | None = None
    pause: float = 0.0
    line: int = 0


@dataclass
class Script:
    """speakers: {name: Speaker}; turns in order; pause: seconds of silence at the end; source: how messages name it;
    file: where it was read, or None."""

    speakers: dict = field(default_factory=dict)
    turns: list = field(default_factory=list)
    pause: float = 0.0
    source: str = "the script"
    file: Path | None = None

    def wrong(self, line: int, what: str) -> errors.TextError:
        """The error for something about a line."""
        return errors.TextError(f"{self.source}, line {line}: {what}")


def read_script(given) -> Script:
    """A script from a file (text, or JSON by its name), from text of several lines, or from JSON's lists and dicts.

    Raises:
        errors.TextError: no such file, or a line that is none; it names the line (in JSON the turn) and what to do.
    """
    if isinstance(given, Script):
        return given
    if isinstance(given, (dict, list)):
        return _of_json(Script(), given)
    if isinstance(given, str) and ("\n" in given or _TURN.fullmatch(given) and not Path(given).is_file()):
        return _of_text(Script(), given)
    path = paths.filled_file(given, errors.TextError, "a script")
    script = Script(source=path.name, file=path)
    if path.stat().st_size > LARGEST:
        raise errors.TextError(f"{path} is too large for a script: {LARGEST // 1000} kB are the most")
    try:
        text = path.read_text(encoding="utf-8-sig")
        return _of_json(script, json.loads(text)) if path.suffix.lower() == ".json" else _of_text(script, text)
    except UnicodeDecodeError:
        raise errors.TextError(f"{path} is no text in UTF-8: save the script as plain text") from None
    except json.JSONDecodeError as problem:
        raise errors.TextError(f"{path.name}, line {problem.lineno}: this is no JSON ({problem.msg})") from None
    except RecursionError:
        raise errors.TextError(f"{path.name} is no script: JSON of so many brackets") from None


# ---------------------------------------------------------------- text


def _of_text(script: Script, text: str) -> Script:
    for number, line in enumerate(_joined(text), start=1):
        plain = line.strip()
        if not plain or plain.startswith("#"):
            continue
        head = plain.translate(_WIDE)
        if found := _PAUSE.fullmatch(head):
            script.pause += _number(script, number, "pause", found[1], (0, LONGEST_PAUSE))
        elif found := _CAST.fullmatch(head):
            _add_speaker(script, number, found["name"], found["what"], found["details"] or "")
        elif found := _TURN.fullmatch(head):
            # the words as they were typed: their own wide signs are read as such
            words = plain[found.start("words"):]
            _add_turn(script, number, found["who"], found["details"] or "", words.strip())
        else:
            raise script.wrong(number, f"{_shown(plain)} is no turn: write who: words, as in left (happy): Hello!")
    return _checked(script)


def _joined(text: str) -> list:
    """The lines, an indented one joined to the line before it and left empty in its place."""
    lines, last = text.splitlines(), None
    for number, line in enumerate(lines):
        if line[:1] in (" ", "\t") and line.strip() and last is not None and not line.strip().startswith("#"):
            lines[last] += " " + line.strip()
            lines[number] = ""
        elif line.strip() and not line.strip().startswith("#"):
            last = number
    return lines


def _add_speaker(script: Script, line: int, name: str, what: str, details: str) -> None:
    key = name.strip().lower()
    if key in script.speakers:
        raise script.wrong(line, f"{name} is somebody already: choose another name")
    if _PLACE.fullmatch(key):
        raise script.wrong(line, f"{name} is a place in the photo: choose a name, as in Ann = left")
    told = _details(script, line, details)
    if set(told) - {"voice"}:
        raise script.wrong(line, f"only a voice can hold for all that {name} says; the rest stands with each turn")
    what = what.strip()
    if _PLACE.fullmatch(what.lower()):
        script.speakers[key] = Speaker(name, what.lower(), None, told.get("voice"))
        return
    if "." not in what:
        near = difflib.get_close_matches(what.lower(), PLACES, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise script.wrong(line, f"{what!r} is no place{hint}: left, middle, right, left 2, a number (0 is the "
                                 "largest face), or the name of a photo")
    script.speakers[key] = Speaker(name, "", _file(script, line, what, errors.ImageError, "a photo"),
                                   told.get("voice"))


def _add_turn(script: Script, line: int, who: str, details: str, words: str) -> None:
    key = who.strip().lower()
    if key not in script.speakers:
        if not _PLACE.fullmatch(key):
            near = difflib.get_close_matches(key, [*script.speakers, *PLACES], n=1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            raise script.wrong(line, f"nobody is called {_shown(who)}{hint}: use left, middle, right, a number (0 is "
                                     f"the largest face), or say first who it is, as in Ann = left")
        script.speakers[key] = Speaker(key, key)
    told = _details(script, line, details)
    voice = told.pop("voice", None)
    if voice:
        before = script.speakers[key].voice
        if before not in (None, voice):
            raise script.wrong(line, f"{who} has the voice {before} already, and speaks with one: leave {voice} out")
        script.speakers[key] = replace(script.speakers[key], voice=voice)
    sound = _SOUND.fullmatch(words)
    if sound:
        words, told["sound"] = "", _file(script, line, sound[1].strip(), errors.AudioError, "a recording")
    elif not words and "expression" not in told:
        raise script.wrong(line, f"{who} has nothing to say: write words, <a recording.wav>, or an expression, as in "
                                 f"{who} (happy):")
    script.turns.append(Turn(key, words, pause=script.pause, line=line, **told))
    script.pause = 0.0


def _details(script: Script, line: int, details: str) -> dict:
    """What stands in brackets: {"voice", "expression", "after", "rate", "pitch"}, those that were named."""
    limits = {"after": (-LONGEST_PAUSE, LONGEST_PAUSE), "rate": manner.RATES, "pitch": manner.PITCHES}
    told = {}
    for word in filter(None, map(str.strip, details.split(","))):
        if found := _DETAIL.fullmatch(word):
            name = found[1].lower()
            told[name] = _number(script, line, name, found[2], limits[name])
        elif _is_expression(word):
            told["expression"] = _expression(script, line, word)
        else:
            told["voice"] = _voice(script, line, word)
    return told


def _is_expression(word: str) -> bool:
    names = re.split("[:@]", word)[0].lower().split("+")
    return {name.strip() for name in names} <= {"auto", *direction.expressions.EXPRESSIONS}


def _expression(script: Script, line: int, word: str) -> str:
    try:
        (cue,) = direction.expression_cues(word)
    except errors.MotionError as problem:
        raise script.wrong(line, str(problem)) from None
    if cue.at is not None:
        raise script.wrong(line, f"the expression {cue.what} of a turn lasts as long as the turn: leave its time out, "
                                 f"or put [{cue.what}] among the words")
    return str(cue)


def _voice(script: Script, line: int, word: str) -> str:
    try:
        return catalogue.find_voice(word)
    except errors.TextError as problem:
        near = difflib.get_close_matches(word.lower(), direction.expressions.EXPRESSIONS, n=1, cutoff=0.7)
        hint = f"; or did you mean the expression {near[0]}?" if near else ""
        raise script.wrong(line, f"{problem}{hint}") from None


def _number(script: Script, line: int, what: str, word: str, limits: tuple) -> float:
    try:
        value = float(str(word).removesuffix("s"))
    except ValueError:
        value = float("nan")
    if not limits[0] <= value <= limits[1]:
        raise script.wrong(line, f"{what} is a number from {limits[0]:g} to {limits[1]:g}, not {_shown(word)}")
    return value


def _file(script: Script, line: int, name: str, error, what: str) -> Path:
    """A file that a line names, beside the script if it is there."""
    try:
        path = paths.given(name, error, what)
        if script.file is not None and not path.is_absolute():
            path = script.file.parent / path
        return paths.regular_file(path, error, what)
    except errors.CourseError as problem:
        raise script.wrong(line, str(problem)) from None


def _checked(script: Script) -> Script:
    if not any(turn.text or turn.sound for turn in script.turns):
        raise errors.TextError(f"nobody says anything in {script.source}: write a line such as left: Hello!")
    if len(script.turns) > MOST_TURNS:
        raise errors.TextError(f"{script.source} has {len(script.turns)} turns; {MOST_TURNS} are the most: make a film "
                               "of each part")
    return script


def _shown(word) -> str:
    text = str(word)
    return repr(text if len(text) <= 40 else text[:37] + "...")


# ---------------------------------------------------------------- JSON


def _of_json(script: Script, data) -> Script:
    """{"speakers": {"Ann": {"face": "left", "voice": ...}}, "turns": [{"who": "Ann", "text": ...}]}, or the list of
    turns alone. A line of a message is the number of a turn."""
    data = data if isinstance(data, dict) else {"turns": data}
    speakers, turns = data.get("speakers", {}), data.get("turns")
    if not isinstance(speakers, dict) or not isinstance(turns, list):
        raise errors.TextError(f"{script.source} needs \"turns\", a list of {{\"who\": ..., \"text\": ...}}, and may "
                               "have \"speakers\", each a name with a face or a photo")
    for name, about in speakers.items():
        about = _known(script, 0, about if isinstance(about, dict) else {"face": about}, ("face", "photo", "voice"))
        _add_speaker(script, 0, name, str(about.get("photo") or about.get("face", "")), str(about.get("voice", "")))
    allowed = ("who", "text", "sound", "voice", "expression", "after", "rate", "pitch", "pause")
    for number, turn in enumerate(turns, start=1):
        turn = _known(script, number, turn, allowed)
        if "pause" in turn:
            script.pause += _number(script, number, "pause", turn["pause"], (0, LONGEST_PAUSE))
        if "who" not in turn:
            if set(turn) != {"pause"}:
                raise script.wrong(number, "it has no \"who\": a place, a number or a name")
            continue
        details = [str(turn[name]) for name in ("voice", "expression") if turn.get(name) is not None]
        details += [f"{name} {turn[name]}" for name in ("after", "rate", "pitch") if turn.get(name) is not None]
        words = f"<{turn['sound']}>" if turn.get("sound") else str(turn.get("text", ""))
        _add_turn(script, number, str(turn["who"]), ",".join(details), words)
    return _checked(script)


def _known(script: Script, number: int, entry, allowed: tuple) -> dict:
    if not isinstance(entry, dict):
        raise script.wrong(number, f"{_shown(entry)} is no turn: write {{\"who\": \"left\", \"text\": \"Hello!\"}}")
    unknown = next((name for name in entry if name not in allowed), None)
    if unknown is not None:
        raise script.wrong(number, f"{_shown(unknown)} is not known: choose from {', '.join(allowed)}")
    return entry
