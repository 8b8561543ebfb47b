"""Text to sound with timed phonemes, sound files to samples, and the mel spectrogram.

The voice is espeak-ng (GPL-3.0-or-later, loaded from the wheel `espeakng-loader`; see `course/espeak.py`).
"""

import difflib
import math
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from . import errors, espeak

SAMPLE_RATE = 16_000  # Hz, of every sound that is read from a file
MIN_SECONDS = 0.05
SILENT = 10 ** (-60 / 20)  # a sound whose loudest sample is below -60 dB of full scale counts as silent

LEAD_SILENCE, TAIL_SILENCE = 0.12, 0.35  # seconds around what is said: the mouth starts and ends closed
PAUSE = 0.06  # seconds; espeak marks shorter gaps too, which are closures of stops or Chinese tones
LONGEST_CLOSURE = 0.13  # seconds; how far back the silence before a stop belongs to the stop
STOPS = frozenset("pbtdkɡgqcɟʈɖʦ")
STRESS = {"ˈ": 2, "ˌ": 1}

# The voice for a script, when nobody names one; the first word of a letter's Unicode name says its script.
VOICE_OF_SCRIPT = {
    "LATIN": "en-us", "CJK": "cmn", "HIRAGANA": "ja", "KATAKANA": "ja", "CYRILLIC": "ru", "GREEK": "el",
    "HANGUL": "ko", "ARABIC": "ar", "HEBREW": "he", "DEVANAGARI": "hi", "BENGALI": "bn", "TAMIL": "ta",
    "TELUGU": "te", "KANNADA": "kn", "MALAYALAM": "ml", "GUJARATI": "gu", "GURMUKHI": "pa", "ORIYA": "or",
    "SINHALA": "si", "THAI": "th", "MYANMAR": "my", "GEORGIAN": "ka", "ARMENIAN": "hy", "ETHIOPIC": "am",
    "CHEROKEE": "chr-US-Qaaa-x-west", "SHAVIAN": "en-shaw",
}  # fmt: skip
DEFAULT_VOICE = "en-us"
# Names that people give to voices which espeak calls otherwise
OTHER_NAMES = {
    "en": "en-us", "english": "en-us", "zh": "cmn", "zh-cn": "cmn", "chinese": "cmn", "mandarin": "cmn",
    "pinyin": "cmn-latn-pinyin", "cantonese": "yue", "fr": "fr-fr", "french": "fr-fr", "no": "nb",
    "norwegian": "nb", "spanish": "es", "portuguese": "pt", "vietnamese": "vi", "russian": "ru",
}  # fmt: skip


@dataclass(frozen=True)
class Phoneme:
    """One sound of speech: IPA symbol ("" is a pause), start and end in seconds, stress 0, 1 or 2."""

    symbol: str
    start: float
    end: float
    stress: int = 0


@dataclass
class Speech:
    """What was said: float32 samples (N,) in [-1, 1], their rate in Hz, and the phonemes in order."""

    samples: np.ndarray
    sample_rate: int
    phonemes: list = field(default_factory=list)
    voice: str = ""

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.samples) / self.sample_rate


def voices() -> tuple:
    """Every voice as `espeak.Voice(name, title, file)`, by name."""
    return espeak.voices()


def guess_voice(text: str) -> str:
    """The voice for the script that most letters of `text` are written in; Japanese if any is Kana."""
    scripts = Counter(unicodedata.name(letter, "").split(" ")[0] for letter in text if letter.isalpha())
    if scripts["HIRAGANA"] + scripts["KATAKANA"] > 0:
        return "ja"
    for script, _ in scripts.most_common():
        if script in VOICE_OF_SCRIPT:
            return VOICE_OF_SCRIPT[script]
    return DEFAULT_VOICE


def find_voice(name: str) -> str:
    """The full name of a voice that was asked for by name or title, in any case, perhaps with "+variant".

    Raises:
        errors.TextError: there is none; says the nearest names.
    """
    base, plus, variant = str(name).strip().partition("+")
    known = {voice.name.lower(): voice.name for voice in voices()}
    by_title = {voice.title.lower(): voice.name for voice in voices()}
    wanted = base.lower().replace("_", "-")
    found = known.get(wanted) or OTHER_NAMES.get(wanted) or by_title.get(base.lower())
    if not found:
        near = difflib.get_close_matches(wanted, [*known, *by_title], n=3, cutoff=0.5)
        near = list(dict.fromkeys(known.get(key) or by_title[key] for key in near))
        near += [key for key in known.values() if key.startswith(wanted[:2]) and key not in near]
        hint = f"did you mean {', '.join(near[:4])}?" if near else "course.speech.voices() lists them"
        raise errors.TextError(f"there is no voice {name!r}: {hint}")
    if plus and variant not in espeak.variants():
        near = difflib.get_close_matches(variant, espeak.variants(), n=3, cutoff=0.0)
        raise errors.TextError(f"the voice {found} has no variant {variant!r}: did you mean {', '.join(near)}?")
    return found + plus + variant


def synthesize(text: str, voice: str = None, settings: espeak.Settings = None) -> Speech:
    """Say `text` with espeak-ng.

    Args:
        text: any length, any script; voice: name out of `voices()`, perhaps with a variant ("en-us+f3");
        None guesses from the script. settings: rate, pitch and so on.
    Returns:
        Speech at 22,050 Hz, a little silence on both sides.
    Raises:
        errors.TextError: nothing to say, or no such voice.
    """
    words = "".join(" " if unicodedata.category(letter) in ("Cc", "Cs") else letter for letter in str(text)).strip()
    if not words:
        raise errors.TextError("the text is empty: give a sentence to say")
    voice = guess_voice(words) if voice is None else find_voice(voice)
    samples, rate, marks = espeak.speak(words, voice, settings)
    phonemes = _timed(samples, rate, marks)
    if not any(phoneme.symbol for phoneme in phonemes):
        shown = words if len(words) <= 40 else words[:37] + "..."
        raise errors.TextError(f"the voice {voice} finds nothing to pronounce in {shown!r}: write words, "
                               "or choose a voice of that language")
    return _padded(samples, rate, phonemes, voice)


def _timed(samples, rate, marks) -> list:
    """Marks (symbol, first sample) as `Phoneme`s that follow each other without gap or overlap."""
    ends = [place for _, place in marks[1:]] + [len(samples)]
    phonemes = []
    for (symbol, first), last in zip(marks, ends):
        start, end = first / rate, max(last, first) / rate
        spoken = symbol.lstrip("ˈˌ")
        is_sound = bool(spoken) and not spoken.startswith("(")  # "(en)": espeak changes its language here
        if not is_sound and (end - start < PAUSE) and phonemes:
            phonemes[-1] = _until(phonemes[-1], end)
        elif not is_sound:
            phonemes.append(Phoneme("", start, end))
        else:
            if spoken[0] in STOPS and phonemes:
                start = _closure_start(samples, rate, first, phonemes[-1])
                phonemes[-1] = _until(phonemes[-1], start)
            phonemes.append(Phoneme(spoken, start, end, STRESS.get(symbol[0], 0)))
    return [phoneme for phoneme in phonemes if phoneme.end > phoneme.start]


def _until(phoneme: Phoneme, end: float) -> Phoneme:
    return Phoneme(phoneme.symbol, phoneme.start, end, phoneme.stress)


def _closure_start(samples, rate, burst, before) -> float:
    """When a stop closes. espeak marks its burst, but the mouth shuts where the silence before it begins."""
    earliest = max(int(before.start * rate), burst - int(LONGEST_CLOSURE * rate))
    if not before.symbol:  # in a pause all is silent: only a short piece of it belongs to the stop
        earliest = max(earliest, burst - int(PAUSE * rate))
    loud = np.flatnonzero(np.abs(samples[earliest:burst]) > 1e-3)
    return (earliest + loud[-1] + 1 if len(loud) else earliest) / rate


def _padded(samples, rate, phonemes, voice) -> Speech:
    lead, tail = round(LEAD_SILENCE * rate), round(TAIL_SILENCE * rate)
    shift, end = lead / rate, (lead + len(samples)) / rate
    moved = [Phoneme("", 0.0, shift + phonemes[0].start)]
    moved += [Phoneme(p.symbol, p.start + shift, p.end + shift, p.stress) for p in phonemes]
    moved.append(Phoneme("", end, end + tail / rate))
    return Speech(np.pad(samples, (lead, tail)), rate, moved, voice)


def load_audio(path) -> tuple:
    """The sound of a file that PyAV decodes (wav, mp3, m4a, flac, ogg, or the sound of a video).

    Returns:
        samples float32 (N,), mono, in [-1, 1], and their rate, 16000 Hz.
    Raises:
        errors.AudioError: no such file, no sound in it, damaged, empty or silent.
    """
    path = Path(path)
    if not path.exists():
        raise errors.AudioError(f"there is no file {path}: check the name and the folder")
    if path.is_dir():
        raise errors.AudioError(f"{path} is a folder: name a sound file in it")
    samples = _decode(path)
    if len(samples) < MIN_SECONDS * SAMPLE_RATE:
        raise errors.AudioError(f"{path} holds less than {MIN_SECONDS} s of sound: give a longer recording")
    if np.abs(samples).max() < SILENT:
        raise errors.AudioError(f"{path} is silent: give a recording in which somebody speaks")
    return samples, SAMPLE_RATE


def _decode(path) -> np.ndarray:
    import av

    chunks = []
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise errors.AudioError(f"{path} holds no sound: give a sound file, or a video that has sound")
            # FFmpeg's own way to mono makes two equal channels 3 dB louder, which may clip; their mean does not.
            resampler = av.AudioResampler(format="fltp", rate=SAMPLE_RATE)
            for frame in container.decode(container.streams.audio[0]):
                chunks += [piece.to_ndarray().mean(axis=0) for piece in resampler.resample(frame)]
            chunks += [piece.to_ndarray().mean(axis=0) for piece in resampler.resample(None)]
    except PermissionError:
        raise errors.AudioError(f"{path} may not be read: check its permissions") from None
    except (av.error.FFmpegError, OSError, ValueError) as problem:
        if not chunks:
            raise errors.AudioError(f"{path} is no sound that can be read ({problem}): give a wav, mp3 or m4a "
                                    "file") from None
        # a recording that is cut short at its end is used as far as it goes
    samples = np.concatenate(chunks) if chunks else np.zeros(0, np.float32)
    return np.clip(np.nan_to_num(samples), -1.0, 1.0).astype(np.float32)


def resample(samples: np.ndarray, sample_rate: int, new_rate: int) -> np.ndarray:
    """Samples (N,) at another rate, through a band-limited polyphase filter."""
    from scipy.signal import resample_poly

    if sample_rate == new_rate:
        return np.asarray(samples, np.float32)
    common = math.gcd(int(sample_rate), int(new_rate))
    return resample_poly(samples, new_rate // common, sample_rate // common).astype(np.float32)


def mel_filters(sample_rate=SAMPLE_RATE, n_fft=512, n_mels=80, low=55.0, high=7600.0) -> np.ndarray:
    """Triangles that sum a spectrum into mel bands, (n_mels, n_fft // 2 + 1), each of area one.

    The scale is Slaney's (Auditory Toolbox, 1998), as in librosa: linear below 1 kHz, logarithmic above.
    """
    # mel(f) = 3 f / 200 below 1000 Hz, and 15 + 27 ln(f / 1000) / ln 6.4 above
    edges = np.linspace(_mel(low), _mel(high), n_mels + 2)
    hertz = np.where(edges < 15, edges * 200 / 3, 1000 * np.exp((edges - 15) * math.log(6.4) / 27))
    bins = np.arange(n_fft // 2 + 1) * sample_rate / n_fft
    rising = (bins - hertz[:-2, None]) / (hertz[1:-1] - hertz[:-2])[:, None]
    falling = (hertz[2:, None] - bins) / (hertz[2:] - hertz[1:-1])[:, None]
    triangles = np.maximum(0, np.minimum(rising, falling))  # (n_mels, bins)
    return (triangles * (2 / (hertz[2:] - hertz[:-2]))[:, None]).astype(np.float32)


def _mel(hertz: float) -> float:
    return 3 * hertz / 200 if hertz < 1000 else 15 + 27 * math.log(hertz / 1000) / math.log(6.4)


def mel_spectrogram(samples, sample_rate=SAMPLE_RATE, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    """Power in mel bands over time, as `librosa.feature.melspectrogram` gives it.

    Args:
        samples: (N,); hop: samples from one frame to the next: 160 at 16 kHz make 100 frames a second.
    Returns:
        float32 (n_mels, 1 + N // hop); frame k is centred on sample k * hop.
    """
    padded = np.pad(np.asarray(samples, np.float32), n_fft // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop]  # (T, n_fft), not copied
    # w[n] = (1 - cos(2 pi n / N)) / 2: Hann's window, periodic
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)).astype(np.float32)
    filters = mel_filters(sample_rate, n_fft, n_mels, low, high)
    bands = []
    for first in range(0, len(frames), 4096):  # in pieces: an hour of sound must not fill the memory
        spectrum = np.fft.rfft(frames[first : first + 4096] * window, axis=1)
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)  # (t, bins)
        bands.append(filters @ power.T)  # (n_mels, t)
    return np.concatenate(bands, axis=1)
