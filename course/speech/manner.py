"""How a voice speaks, on one scale for every engine: how fast, and how high."""

from dataclasses import dataclass

import numpy as np

from . import espeak

RATES = (0.5, 2.0)
PITCHES = (-5.0, 9.0)  # semitones; espeak's own scale reaches no further
# Measured on four of espeak's voices, which agree to half a semitone: its pitch, and semitones above that at 45
_ESPEAK_PITCH = (0, 10, 20, 30, 45, 60, 70, 80, 90, 100)
_SEMITONES = (-5.9, -4.9, -3.8, -2.4, 0.0, 2.5, 4.3, 6.1, 8.1, 9.9)


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
                  float(np.interp(settings.pitch, _ESPEAK_PITCH, _SEMITONES)))  # fmt: skip


def for_espeak(settings) -> espeak.Settings:
    """Either kind of settings (or None) on espeak's own scales."""
    own = espeak.Settings()
    if settings is None or isinstance(settings, espeak.Settings):
        return settings or own
    pitch = np.interp(settings.pitch, _SEMITONES, _ESPEAK_PITCH)
    return espeak.Settings(rate=round(own.rate * settings.rate), pitch=round(float(pitch)))
