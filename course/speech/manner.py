"""How a voice speaks, on one scale for every engine: how fast, and how high."""

from dataclasses import dataclass

from . import espeak

RATES = (0.5, 2.0)
PITCHES = (-10.0, 10.0)  # semitones; espeak's own scale reaches about as far
_PITCH_OF_OCTAVE = 50  # espeak's pitch runs from 0 to 100, two octaves


@dataclass(frozen=True)
class Manner:
    """rate: times the voice's own pace, `RATES`; pitch: semitones above the voice's own, `PITCHES`."""

    rate: float = 1.0
    pitch: float = 0.0


def of_espeak(settings) -> Manner:
    """Either kind of settings (or None) on the common scale."""
    if settings is None:
        return Manner()
    if isinstance(settings, Manner):
        return settings
    own = espeak.Settings()
    return Manner(min(max(settings.rate / own.rate, RATES[0]), RATES[1]),
                  12 * (settings.pitch - own.pitch) / _PITCH_OF_OCTAVE)  # fmt: skip


def for_espeak(settings) -> espeak.Settings:
    """Either kind of settings (or None) on espeak's own scales."""
    own = espeak.Settings()
    if settings is None or isinstance(settings, espeak.Settings):
        return settings or own
    pitch = own.pitch + settings.pitch * _PITCH_OF_OCTAVE / 12
    return espeak.Settings(rate=round(own.rate * settings.rate), pitch=round(min(max(pitch, 0), 100)))
