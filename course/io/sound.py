"""Sound files to samples, and samples to another rate."""

import logging
import math
from dataclasses import dataclass

import numpy as np

from .. import errors
from . import sound_file, sound_length, sound_packets

SAMPLE_RATE = 16_000  # Hz, of every sound that is read from a file
MIN_SECONDS = 0.05
LONGEST = 30 * 60.0  # seconds of sound that are read from a file; at 16 kHz they take 115 MB
SILENT = 10 ** (-60 / 20)  # a sound that never moves by more than -60 dB of full scale counts as silent
TOO_LOUD = 4.0  # times full scale, 12 dB
WINDOW = 160  # samples, 10 ms: within it a straight line counts as no movement
log = logging.getLogger("course")


@dataclass(frozen=True)
class Sound:
    """What was read from a file.

    samples: float32 (N,), mono, in [-1, 1]; rate: Hz; start: seconds from the first picture of a film to where its
    sound began, 0 for a file without pictures (`samples` begin with the picture: silence was put before, or what
    lies before it cut); notes: what was mended or left out, a few words each.
    """

    samples: np.ndarray
    rate: int
    start: float = 0.0
    notes: tuple = ()


def load_audio(path) -> tuple:
    """The sound of a file that PyAV decodes (wav, mp3, m4a, flac, ogg, or the sound of a video).

    Returns:
        samples float32 (N,), mono, in [-1, 1], and their rate, 16000 Hz. A film's begin with its picture.
    Raises:
        errors.AudioError: no such file, no sound in it, damaged, empty, silent or too long.
    """
    sound = read_sound(path)
    name = sound_file.shown(path)
    if len(sound.samples) < MIN_SECONDS * SAMPLE_RATE:
        raise errors.AudioError(f"{name} holds less than {MIN_SECONDS} s of sound: give a longer recording")
    if not is_heard(sound.samples):
        raise errors.AudioError(f"{name} is silent: give a recording in which somebody speaks")
    _tell(name, sound.notes)
    return sound.samples, sound.rate


def film_sound(path) -> tuple:
    """The sound of a film, that may be without: samples and rate as `load_audio`, or (None, None).

    Why a sound that is there is not used is said in one line of the log.
    Raises:
        errors.AudioError: longer than `LONGEST`, or of a rate or number of channels that is not read.
    """
    name = sound_file.shown(path)
    try:
        with sound_file.opened(path) as container:
            if not container.streams.audio:
                return None, None
        sound = read_sound(path)
    except sound_file.Unreadable:
        _tell(name, ("its sound does not decode and is left out",))
        return None, None
    heard = len(sound.samples) >= MIN_SECONDS * SAMPLE_RATE and is_heard(sound.samples)
    _tell(name, sound.notes if heard else (*sound.notes, "its sound is silent and left out"))
    return (sound.samples, sound.rate) if heard else (None, None)


def read_sound(path, longest: float = LONGEST) -> Sound:
    """All sound of a file, also if it is short or silent. Nothing is logged.

    Channels are mixed by ITU-R BS.775 and heard at the loudness of the loudest (see `downmix`); packets that do not
    decode are passed over; where time stamps leave out sound there is silence.

    Args:
        longest: seconds; what holds more is refused while it is read, so memory stays below 300 MB.
    Raises:
        errors.AudioError: no such file, no sound in it, damaged as a whole, too long.
    """
    read = _decoded(path, longest)
    decoder = read.decoder
    better = {names: mix.better() for names, mix in decoder.mixes.items()}
    better = {names: weights for names, weights in better.items() if weights is not None}
    if better:  # channels that cancel each other out: once more, with other weights
        read = _decoded(path, longest, better)
        decoder = read.decoder
    first = decoder.pieces[0].start
    offset = first - read.picture if read.picture is not None else 0.0
    lost = abs(offset) > min(longest, read.seconds or longest)  # longer than the film: stamps that cannot be
    start = 0.0 if lost else offset
    samples = sound_packets.lay_out(decoder.pieces, SAMPLE_RATE, first - start)
    times = _into_range(samples, any(mix.gain() > 1 for mix in decoder.mixes.values()))
    return Sound(samples, SAMPLE_RATE, start, tuple(_notes(decoder, read, start, lost, times)))


@dataclass
class _Reading:
    decoder: sound_packets.Decoder
    picture: float | None  # seconds, time stamp of the first picture
    seconds: float | None  # by the header
    begin: float  # seconds, time stamp at which the file begins
    ended: bool  # whether a file that marks its end (Ogg) has the mark


def _decoded(path, longest: float, weights: dict | None = None) -> _Reading:
    decoder = sound_packets.Decoder(path, SAMPLE_RATE, longest, weights)
    with sound_file.opened(path) as container:
        decoder.read(container)
        if not decoder.pieces:
            raise sound_file.Unreadable(f"{sound_file.shown(path)} is no sound that can be read (none of its packets "
                                        "decodes): give a wav, mp3 or m4a file")
        stream = sound_file.sound_stream(container, path)
        begin = (container.start_time or 0) / 1e6
        ended = "ogg" not in container.format.name or sound_length.has_end(path)
        return _Reading(decoder, sound_file.picture_start(container),
                        sound_length.promised_seconds(container, stream, path), begin, ended)


def _into_range(samples: np.ndarray, raised: bool) -> float:
    """Into [-1, 1], in place; returns how far the loudest sample was beyond what may clip, 1 where it was not.

    A little clips. What was raised to the loudness of its loudest channel, or stands in a file as numbers that are no
    fractions of full scale, is lowered as a whole.
    """
    peak = float(max(samples.max(initial=0.0), -samples.min(initial=0.0)))
    if peak > TOO_LOUD or (raised and peak > 1):
        samples /= peak
    np.clip(samples, -1.0, 1.0, out=samples)
    return peak if peak > TOO_LOUD else 1.0


def _notes(decoder, read: _Reading, start: float, lost: bool, times: float):
    """A few words on each thing that was mended or left out."""
    if decoder.bad:
        yield f"{_number(decoder.bad, 'bad packet was', 'bad packets were')} skipped ({decoder.bad_seconds:.2f} s)"
    if decoder.gaps:
        yield f"{_number(decoder.gaps, 'gap', 'gaps')} became silence ({decoder.gap_seconds:.2f} s)"
    if decoder.jumps or lost:
        yield "time stamps that cannot be were not followed"
    held = max(decoder.end, decoder.end - read.begin)
    if read.seconds and read.seconds - held > max(0.3, 0.01 * read.seconds):
        yield f"the file ends early: {read.seconds:.1f} s by its header, {held:.1f} s are there"
    elif decoder.bad and read.seconds and read.seconds - held > 0.05:  # of files without time stamps, such as MP3
        yield f"{read.seconds - held:.2f} s are missing in all"
    elif decoder.broken_off or not read.ended:
        yield f"the file breaks off after {held:.1f} s"
    strange = sum(mix.strange for mix in decoder.mixes.values())
    if strange:
        yield f"{_number(strange, 'sample that is no number', 'samples that are no numbers')} became silence"
    if times > 1:
        yield f"samples reach {times:.3g} times full scale and were lowered"
    if start < -0.1:
        yield f"{-start:.2f} s of sound before the first picture were cut"


def _number(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def _tell(name: str, notes: tuple) -> None:
    if notes:
        log.warning("%s: %s", name, "; ".join(notes))


def is_heard(samples: np.ndarray) -> bool:
    """Whether samples (N,) at 16 kHz move, in windows of 10 ms that add up to MIN_SECONDS at least.

    A constant, or one that drifts, is silent, and so is the step with which it begins or ends.
    """
    line = np.stack([np.ones(WINDOW), np.linspace(-1, 1, WINDOW)], axis=1)
    line = (line / np.linalg.norm(line, axis=0)).astype(np.float32)  # (160, 2), orthonormal
    heard, need = 0, MIN_SECONDS * SAMPLE_RATE / WINDOW
    for begin in range(0, len(samples), 1000 * WINDOW):  # speech is recognised in the first stretch
        stretch = samples[begin:begin + 1000 * WINDOW]
        windows = stretch[:len(stretch) // WINDOW * WINDOW].reshape(-1, WINDOW)
        moved = np.abs(windows - windows @ line @ line.T).max(axis=1, initial=0.0)
        heard += int(np.count_nonzero(moved >= SILENT))
        if heard >= need:
            return True
    return False


def resample(samples: np.ndarray, sample_rate: int, new_rate: int) -> np.ndarray:
    """Samples (N,) at another rate, through a band-limited polyphase filter."""
    if sample_rate == new_rate:
        return np.asarray(samples, np.float32)
    from scipy.signal import resample_poly  # takes a second to load: only where there is something to do

    common = math.gcd(int(sample_rate), int(new_rate))
    return resample_poly(samples, new_rate // common, sample_rate // common).astype(np.float32)
