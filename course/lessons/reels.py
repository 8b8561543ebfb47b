"""The reel: what a student has built from lesson 00 on, as one film.

    the student's own parts, from their folder -> the system -> a second of film for each lesson -> one Clip

For each lesson a card with its name and whose parts made what follows, then the piece (`reel_pieces`). What is not
solved yet is made by ours, and the card says so.
"""

from dataclasses import dataclass, field

import numpy as np

from course import errors
from course.exercises import board, places, registry, swap
from course.io import video

from . import reel_pieces
from .reel_pieces import BLUE, FPS, ORANGE, SIDE, WHITE

CARD = 10  # frames of a card


@dataclass
class Chapter:
    """A lesson in the reel.

    lesson: its number; yours: names of the exercises whose part is the student's; ours: the others; frames: of the
    piece, without its card, (N, SIDE, SIDE, 3); note: what went wrong with a part of the student's, or "".
    """

    lesson: int
    yours: list
    ours: list
    frames: list = field(default_factory=list)
    note: str = ""

    @property
    def words(self) -> str:
        """Whose parts they are, in a few words."""
        count = len(self.yours) + len(self.ours)
        if not self.yours:
            return "made by our parts"
        return f"{len(self.yours)} of {count} parts yours" if self.ours else f"all {count} parts yours"


class Reel(video.Clip):
    """The film, and its `chapters`: a list of `Chapter`."""

    def __init__(self, chapters: list, frames: list, **sound):
        super().__init__(frames, FPS, **sound)
        self.chapters = chapters


def reel() -> Reel:
    """Your own progress as one film: for each lesson a second that your parts made, as far as you have built them.

    Your answers come from your own folder and are tried again. What you have not solved is ours, and the cards say so;
    whatever stands in the system now stands there again afterwards. Takes about twenty seconds.
    """
    stage = reel_pieces.Stage()
    return joined(chapters(stage), stage)


def chapters(stage: reel_pieces.Stage | None = None, lessons=None) -> list:
    """A `Chapter` for each lesson that has exercises, in order; lessons: numbers of some of them."""
    stage = stage or reel_pieces.Stage()
    by_lesson = {}
    for exercise in registry.every():
        by_lesson.setdefault(exercise.lesson, []).append(exercise)
    with swap.reset(), swap.use("mine"):
        mine = places.in_use()
        return [_chapter(lesson, own, mine, stage) for lesson, own in by_lesson.items()
                if lessons is None or lesson in lessons]


def _chapter(lesson: int, own: list, mine: dict, stage) -> Chapter:
    done = {exercise.name for exercise in own
            if exercise.name in mine or not exercise.place and board.state(exercise) == "done"}
    chapter = Chapter(lesson, [one.name for one in own if one.name in done],
                      [one.name for one in own if one.name not in done])
    piece = reel_pieces.PIECES.get(lesson)
    if piece is None:
        return chapter
    try:
        chapter.frames = [reel_pieces.fitted(frame) for frame in piece(stage)]
    except errors.CourseError as problem:  # a part that passed its check, and stops all the same
        chapter.note = str(problem)
        with swap.reset():
            chapter.frames = [reel_pieces.fitted(frame) for frame in piece(reel_pieces.Stage())]
        chapter.yours, chapter.ours = [], [one.name for one in own]
    return chapter


def joined(found: list, stage: reel_pieces.Stage) -> Reel:
    """Chapters as one film, with the sound where the photo speaks."""
    frames, spoken = [opening(found)] * (2 * CARD), []
    for chapter in found:
        frames += [card(chapter)] * CARD
        if chapter.lesson in reel_pieces.SPEAKS and not chapter.note:
            spoken.append((len(frames), len(chapter.frames)))
        frames += chapter.frames
    if not spoken:
        return Reel(found, frames)
    rate, said = stage.spoken.sample_rate, stage.spoken.audio
    sound = np.zeros(round(len(frames) / FPS * rate), np.float32)
    for first, count in spoken:
        start = round(first / FPS * rate)
        piece = said[: round(count / FPS * rate)]
        sound[start : start + len(piece)] = piece[: len(sound) - start]
    return Reel(found, frames, audio=sound, sample_rate=rate)


def opening(found: list) -> np.ndarray:
    """The first picture: how much of it is the student's. uint8 (SIDE, SIDE, 3)."""
    yours, count = (sum(map(len, parts)) for parts in ([one.yours for one in found],
                                                       [one.yours + one.ours for one in found]))
    told = f"{yours} of {count} parts are yours" if yours else "nothing is yours yet: all ours"
    frame = np.full((SIDE, SIDE, 3), 24, np.uint8)
    frame = reel_pieces.written(frame, "From a photo", 14, 60, 0.6)
    frame = reel_pieces.written(frame, "to a film", 14, 84, 0.6)
    return reel_pieces.written(frame, told, 14, 116, 0.32, ORANGE if yours else BLUE)


def card(chapter: Chapter) -> np.ndarray:
    """The card before a piece: uint8 (SIDE, SIDE, 3)."""
    frame = np.full((SIDE, SIDE, 3), 24, np.uint8)
    frame = reel_pieces.written(frame, f"{chapter.lesson:02d}", 14, 56, 1.0, ORANGE if chapter.yours else BLUE)
    frame = reel_pieces.written(frame, registry.LESSONS.get(chapter.lesson, ""), 14, 86, 0.42)
    frame = reel_pieces.written(frame, chapter.words, 14, 108, 0.35, WHITE)
    share = len(chapter.yours) / max(1, len(chapter.yours) + len(chapter.ours))
    frame[126:130, 14 : SIDE - 14] = 70
    frame[126:130, 14 : 14 + round(share * (SIDE - 28))] = ORANGE
    return frame


def lines(found: list) -> list:
    """The reel in words, a line for each lesson."""
    return [f"{one.lesson:02d} {registry.LESSONS.get(one.lesson, ''):<26} {one.words}"
            + (f" · yours stopped: {one.note}" if one.note else "") for one in found]
