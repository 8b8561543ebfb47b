"""Questions and answers of one live face: an answer is spoken while it comes, and left off when somebody speaks."""

import threading

from ... import errors
from . import detecting, echo, sentences

LONGEST = 4_000  # letters of a question


class Conversing:
    """Has a `face.Live` answer. replier: `replies.Replier`; tell: a function of (kind, words) that hears what goes on.
    """

    def __init__(self, live, replier, tell):
        self._live, self._replier, self._tell = live, replier, tell
        self._lock, self._turn = threading.Lock(), 0
        self._detector, self._echo = detecting.new_detector(), echo.Echo()

    def ask(self, text: str) -> None:
        """Answer a text, leaving off what was being said. Raises `errors.TextError`."""
        if not text.strip() or len(text) > LONGEST:
            raise errors.TextError(f"a question has from 1 to {LONGEST} letters")
        turn = self.interrupt()
        threading.Thread(target=self._answer, args=(text, turn), name="course-live-answer", daemon=True).start()

    def interrupt(self) -> int:
        """Leave off answering and speaking."""
        with self._lock:
            self._turn += 1
            self._live.stop()
            return self._turn

    def play(self, sound) -> None:
        """What the face says, 40 ms, float (N,): it is not taken for somebody else."""
        self._echo.play(sound)

    def listen(self, samples, rate: int) -> bool:
        """What the microphone hears, float (N,): who speaks over the face stops it, which is returned."""
        self._detector.floor = self._echo.floor(samples)
        if self._detector.feed(samples, rate) and self._live.is_busy:
            self.interrupt()
            return True
        return False

    def _answer(self, text: str, turn: int) -> None:
        whole, self._begun = sentences.Sentences(), False
        try:
            pieces = self._replier.pieces(text)
            for piece in pieces:
                if not self._say(whole.feed(str(piece)), turn):
                    pieces.close()
                    return
            if self._say(whole.finish(), turn) and not self._begun:
                self._note("the answerer has no answer to that", turn)
        except errors.CourseError as problem:
            self._note(str(problem), turn)
        except Exception as problem:  # of an answerer that somebody else wrote
            words = " ".join(str(problem).split())[:200]
            self._note(f"the answerer failed: {type(problem).__name__}: {words}", turn)

    def _note(self, words: str, turn: int) -> None:
        """Tell what went wrong, unless something else is asked by now."""
        with self._lock:
            if turn == self._turn:
                self._tell("note", words)

    def _say(self, found: list, turn: int) -> bool:
        """Speak these unless somebody has interrupted: whether nobody has."""
        with self._lock:
            if turn != self._turn:
                return False
            for sentence in found:
                self._tell("answer", sentence)
                self._live.say(sentence, goes_on=self._begun)
                self._begun = True
            return True
