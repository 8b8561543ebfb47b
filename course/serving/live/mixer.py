"""What the face does and what is heard, frame by frame: idling, a sentence, or a sound that comes in.

Whatever changes at once, by `stop` or where a source ends, does not make the face jump: the difference to the frame
before is kept and let go within a moment.
"""

import numpy as np

from ...face import channels
from ...interpolation import smoothstep
from ...motion import direction, expressive, transfer
from . import clock, directing, heard, idling, speaking

LETS_GO = 5  # frames in which a difference is gone
SPEAKS = 0.2  # seconds in which the photo's own mouth gives way to speech,
RESTS = 0.5  # and comes back, once nobody has spoken for as long
MOUTH_OPEN = 0.04  # of a lip channel, from which on a heard sound counts as speech
TO_EXPRESSION = 0.15  # share of the way to another expression in a frame
FORGETS = 0.8  # seconds after the last sound in which marks in its text still hold
KEPT = np.where(transfer.LIPS, np.where(transfer.CHARACTER, transfer.KEPT_CHARACTER, 0.0), 1.0).astype(np.float32)


class Mixer:
    """rest: the photo's own channel values, (57,)."""

    def __init__(self, rest: np.ndarray, idle: idling.EndlessIdle, texts: speaking.Speaking, sounds: heard.Heard):
        self.rest, self.idle, self.texts, self.sounds = np.asarray(rest, np.float32), idle, texts, sounds
        self.expression = np.zeros(len(channels.CHANNELS), np.float32)
        self._shown_expression = self.expression.copy()
        self._playing, self._at = None, 0
        self.directing = directing.Directing()
        self._tails = []  # (rows, next row) of what comes down after its sound
        self._speaking, self._quiet = 0.0, RESTS
        self._said, self._was_heard = np.zeros_like(self.rest), False  # what speech adds to this frame
        self._kept, self._left = self._said, 0

    def express(self, name: str | None) -> None:
        """Turn to another expression, within a moment. Raises `errors.MotionError`."""
        self.expression = direction.expression_rows(name, np.zeros(1))[0].astype(np.float32)

    def step(self, number: int) -> tuple:
        """Frame `number`: channel values (57,), sound (`clock.SAMPLES`,), and the text that begins here, or None."""
        began, sound, lips = self._source()
        self._breathe(sound is not None and (self._playing is not None or lips.max() > MOUTH_OPEN))
        self._direct()
        values = self.directing.step(self._posed(self.idle.row(number), lips), self.rest)
        if self._left:
            values = values + self._kept * smoothstep(0, LETS_GO, self._left)
            self._left -= 1
        values = transfer.within_reach(values[None], self.rest)[0]
        return values, (np.zeros(clock.SAMPLES, np.float32) if sound is None else sound), began

    def stop(self) -> None:
        """Leave off speaking at once; the face goes on from where it is."""
        self.texts.clear()
        self.sounds.clear()
        self._playing, self._tails, self._was_heard = None, [], False
        self.directing.stop()
        self._let_go()

    @property
    def is_speaking(self) -> bool:
        """Whether a sentence or a sound is being played."""
        return self._playing is not None or self._quiet < RESTS / 2

    def _source(self) -> tuple:
        """The text that begins, the sound or None, and the lips (57,) of the next frame."""
        began = None
        if self._playing is None:
            self._playing, self._at = self.texts.next(), 0
            if self._playing is not None:
                began = self._playing.text or None
                if not self._playing.goes_on:
                    self.directing.forget()
                self._tails.append((self._playing.beside, 0))
        if self._playing is None:
            found = self.sounds.next()
            if found is None and self._was_heard:
                self._let_go()
            self._was_heard = found is not None
            return None, *(found or (None, np.zeros_like(self.rest)))
        track, at = self._playing, self._at
        for row, kind, cue in track.cues:
            if row == at:
                self.directing.begin(kind, cue)
        self._at += 1
        if self._at == len(track.lips):
            self._playing = None
        sound = track.sound[at * clock.SAMPLES : (at + 1) * clock.SAMPLES] if track.text else None
        return began, sound, track.lips[at]

    def _let_go(self) -> None:
        """What speech has made of the face fades, while idling goes on beneath."""
        self._kept, self._left = self._said, LETS_GO - 1

    def _beside(self) -> np.ndarray:
        """Brows, nods and mood of what is said and of what was said just before; a row further each time."""
        total = np.zeros_like(self.rest)
        for rows, at in self._tails:
            total += rows[at]
        self._tails = [(rows, at + 1) for rows, at in self._tails if at + 1 < len(rows)]
        return total

    def _breathe(self, speaks: bool) -> None:
        """How far the photo's own mouth has given way."""
        self._quiet = 0.0 if speaks else self._quiet + 1 / clock.FPS
        way = 1 / SPEAKS if self._quiet < RESTS else -1 / RESTS
        self._speaking = float(np.clip(self._speaking + way / clock.FPS, 0, 1))

    def _direct(self) -> None:
        """Forget what marks asked for once all is said."""
        if self._playing is None and self._quiet > FORGETS and self.directing.holds and not self.texts.waiting:
            self.directing.forget()

    def _posed(self, idle: np.ndarray, lips: np.ndarray) -> np.ndarray:
        wanted = self.expression if self.directing.expression is None else self.directing.expression
        self._shown_expression += TO_EXPRESSION * (wanted - self._shown_expression)
        self._said = lips + self._beside()
        moved = self._said + idle + expressive.over_lips(lips[None], self._shown_expression[None])[0]
        share = smoothstep(0, 1, self._speaking)
        values = self.rest * (1 - share * (1 - KEPT)) + moved
        # a lid half down in the photo has only the other half left to fall
        lids = self.rest[transfer.BLINKS]
        values[transfer.BLINKS] = lids + (1 - lids).clip(0) * moved[transfer.BLINKS].clip(0, 1)
        return values
