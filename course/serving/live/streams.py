"""A live face as two tracks of WebRTC, picture and sound, that carry the same moments with the same times."""

import asyncio
import threading
from fractions import Fraction

import av
import numpy as np
from aiortc import mediastreams

from . import clock

PACKET = clock.RATE // 50  # samples: WebRTC sends sound in pieces of 20 ms
MOST = {"video": 3, "audio": 15}  # frames that may wait to be sent; then the oldest are left out
TICKS = Fraction(1, 90_000)


class Track(mediastreams.MediaStreamTrack):
    """One of the two. kind: "video" or "audio"."""

    def __init__(self, kind: str):
        self.kind = kind
        super().__init__()
        self._waiting = asyncio.Queue()

    def put(self, frame) -> None:
        """One more frame, in the thread of the event loop."""
        while self._waiting.qsize() >= MOST[self.kind]:
            self._waiting.get_nowait()
        self._waiting.put_nowait(frame)

    async def recv(self):
        """The next frame, when there is one."""
        if self.readyState != "live":
            raise mediastreams.MediaStreamError
        return await self._waiting.get()


class Player:
    """Reads a `face.Live` in a thread of its own and hands its moments to both tracks. Made in an event loop.

    live: the face; heard: a function of each `face.Moment`.
    """

    def __init__(self, live, heard):
        self.live, self.video, self.audio, self._heard = live, Track("video"), Track("audio"), heard
        self._loop, self._over = asyncio.get_running_loop(), threading.Event()
        self._thread = threading.Thread(target=self._play, name="course-live-play", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _play(self) -> None:
        first = None
        while not self._over.is_set():
            moment = self.live.read()
            first = moment.number if first is None else first
            picture, sounds = frames_of(moment, moment.number - first)
            try:
                self._loop.call_soon_threadsafe(self._hand_on, picture, sounds, moment)
            except RuntimeError:  # the loop has ended
                return

    def _hand_on(self, picture, sounds, moment) -> None:
        self.video.put(picture)
        for piece in sounds:
            self.audio.put(piece)
        self._heard(moment)


def frames_of(moment, number: int) -> tuple:
    """The picture and the two pieces of sound of a moment, with times that count from the moment `number` is 0."""
    picture = av.VideoFrame.from_ndarray(moment.frame, format="rgb24")
    picture.pts, picture.time_base = number * 90_000 // clock.FPS, TICKS
    whole = (np.clip(moment.sound, -1, 1) * 32767).astype(np.int16)
    sounds = []
    for piece in range(clock.SAMPLES // PACKET):
        samples = whole[piece * PACKET : (piece + 1) * PACKET]
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate, frame.time_base = clock.RATE, Fraction(1, clock.RATE)
        frame.pts = number * clock.SAMPLES + piece * PACKET
        sounds.append(frame)
    return picture, sounds
