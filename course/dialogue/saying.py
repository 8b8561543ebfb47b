"""What each turn sounds like: a text is spoken, a recording is heard, a turn without words is silence."""

from dataclasses import dataclass, field

import numpy as np

from .. import errors
from ..io import sound
from ..motion import marks, motion
from ..motion import spoken as motion_spoken
from ..speech import captions, catalogue, hearing, manner, plain_text, scripts, synthesis

LOWER = -3.0  # semitones of a second speaker where a language has one voice only
QUIET = -30.0  # dB below the loud parts of a recording, where speech has ended


@dataclass
class Said:
    """One turn as it is heard, in its own time.

    samples: float32 (N,) at `rate` Hz; lips: a Motion over the lip channels, or None; delivery: stress and mood;
    first, last: seconds between which there is a voice; asked: (`motion.marks.Mark`, seconds) pairs; cues: the words
    as subtitles (`speech.captions`), where they are wanted and known.
    """

    samples: np.ndarray
    rate: int
    lips: motion.Motion | None = None
    delivery: motion_spoken.Delivery = field(default_factory=motion_spoken.Delivery)
    first: float = 0.0
    last: float = 0.0
    asked: tuple = ()
    cues: tuple = ()


def say(turn, voice: tuple, options, fps: float) -> Said:
    """A `script.Turn` as sound and lips.

    voice: (name or None, semitones) as `voices` gives it; options: `animation.Settings`, of which `rate`, `pitch` and
    `subtitles` count. Raises `errors.TextError`, `errors.AudioError`, `errors.MotionError` for a mark that cannot be.
    """
    if turn.sound is not None:
        return _heard(turn.sound, fps)
    text, found = marks.parted(turn.text)
    if not plain_text.has_words(text):
        return Said(np.zeros(0, np.float32), sound.SAMPLE_RATE, asked=tuple((mark, 0.0) for mark in found))
    name, semitones = voice
    pitch = float(np.clip((options.pitch if turn.pitch is None else turn.pitch) + semitones, *manner.PITCHES))
    told = manner.Manner(options.rate if turn.rate is None else turn.rate, pitch)
    spoken = synthesis.synthesize(text, name, told)
    sounds = [phoneme for phoneme in spoken.phonemes if phoneme.symbol]
    return Said(spoken.samples, spoken.sample_rate, motion_spoken.from_speech(spoken, fps),
                motion_spoken.delivery(text, spoken), sounds[0].start, sounds[-1].end,
                tuple(zip(found, marks.moments(text, found, spoken.phonemes))),
                tuple(captions.of_speech(text, spoken)) if options.subtitles else ())  # fmt: skip


def _heard(path, fps: float) -> Said:
    samples, rate = sound.load_audio(path)
    heard = hearing.hear(samples, rate)
    loud = np.flatnonzero(heard.relative_loudness > QUIET) / hearing.FRAMES
    first, last = (loud[0], loud[-1]) if len(loud) else (0.0, heard.duration)
    return Said(samples, rate, motion_spoken.from_audio(heard, fps=fps), motion_spoken.delivery_of_sound(heard),
                float(first), float(last))  # fmt: skip


def say_all(script, options, fps: float):
    """`Said` after `Said`, one a turn; an error names the line of its turn. Raises as `say`, `errors.TextError`."""
    chosen = voices(script, options.voice)
    for turn in script.turns:
        try:
            yield say(turn, chosen[turn.who], options, fps)
        except errors.CourseError as problem:
            raise script.wrong(turn.line, str(problem)) from None


def voices(script, default: str | None = None) -> dict:
    """Who speaks with which voice: {name: (voice or None, semitones)}; those that nobody has named are all different.

    default: the voice of all who have none. A language with one voice has it lower for the second speaker.
    """
    chosen = {name: (speaker.voice, 0.0) for name, speaker in script.speakers.items() if speaker.voice}
    for turn in script.turns:
        if turn.who in chosen or not turn.text:
            continue
        if default is not None:
            chosen[turn.who] = (catalogue.find_voice(default), 0.0)
            continue
        best = catalogue.guess_voice(marks.parted(turn.text)[0])
        taken = {name for name, _ in chosen.values()}
        chosen[turn.who] = (best, 0.0) if best not in taken else _another(turn.text, best, taken)
    return {name: chosen.get(name, (None, 0.0)) for name in script.speakers}


def _another(text: str, best: str, taken: set) -> tuple:
    """A voice of the text's language that nobody has yet, of the other sex first; else the best one, lower."""
    language = scripts.guess_language(text).partition("-")[0]
    own = catalogue.neural(best)
    free = [voice for voice in catalogue.neural_voices()
            if voice.language.partition("-")[0] == language and voice.name not in taken
            and voice.name.partition("_")[2] not in taken]  # af_heart is heart by another engine
    free.sort(key=lambda voice: own is not None and voice.sex == own.sex)
    if free:
        return free[0].name, 0.0
    return best, 0.0 if own is not None and own.engine == "kokoro" else LOWER


