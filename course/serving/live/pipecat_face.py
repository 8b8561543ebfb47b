"""A face for any voice agent built with Pipecat: speech frames in, picture and sound frames out.

    transport.input() -> ... -> the agent's voice -> LiveFace -> transport.output()

Needs the extra `pipecat`. The transport's output is set to the face's size: TransportParams(audio_out_enabled=True,
video_out_enabled=True, video_out_width=..., video_out_height=..., video_out_framerate=25).
"""

import asyncio
import threading

import numpy as np
from pipecat.frames import frames
from pipecat.processors import frame_processor

from . import clock, face

ENDING = 60.0  # seconds that what was heard may take to be played before the pipeline ends


class LiveFace(frame_processor.FrameProcessor):
    """Plays the agent's speech with lips that say it, and idles in between.

    live: the face, with `close` left to whoever made it. Where the user interrupts, it stops within two frames.
    """

    def __init__(self, live: face.Live, **given):
        super().__init__(**given)
        self._live, self._playing = live, None
        self._turn, self._lock = 0, threading.Lock()

    async def process_frame(self, frame, direction) -> None:
        """Take the agent's sound in, and hand every other frame on."""
        await super().process_frame(frame, direction)
        if isinstance(frame, frames.TTSAudioRawFrame):
            samples = np.frombuffer(frame.audio, "<i2").reshape(-1, frame.num_channels).mean(axis=1) / 32768
            await asyncio.to_thread(self._hear, samples, frame.sample_rate, self._turn)
            return
        if isinstance(frame, frames.InterruptionFrame):
            await asyncio.to_thread(self._interrupt)
        if isinstance(frame, frames.EndFrame):
            await self._finish()
        if isinstance(frame, (frames.EndFrame, frames.CancelFrame)):
            await self._end()
        await self.push_frame(frame, direction)
        if isinstance(frame, frames.StartFrame) and self._playing is None:
            self._playing = self.create_task(self._play())

    async def cleanup(self) -> None:
        """The pipeline is over."""
        await super().cleanup()
        await self._end()

    def _hear(self, samples: np.ndarray, rate: int, turn: int) -> None:
        for first in range(0, len(samples), rate // 10):  # a voice may give a whole sentence at once
            with self._lock:
                if turn != self._turn:
                    return
                self._live.hear(samples[first : first + rate // 10], rate, live=False)

    def _interrupt(self) -> None:
        with self._lock:
            self._turn += 1
            self._live.stop()

    async def _finish(self) -> None:
        for _ in range(round(ENDING * clock.FPS)):
            if not self._live.is_busy:
                return
            await asyncio.sleep(1 / clock.FPS)

    async def _end(self) -> None:
        if self._playing is not None:
            playing, self._playing = self._playing, None
            await self.cancel_task(playing)

    async def _play(self) -> None:
        """25 times a second a picture, and its sound where there is any."""
        while True:
            moment = await asyncio.to_thread(self._live.read)
            height, width = moment.frame.shape[:2]
            if moment.sound.any():
                whole = (np.clip(moment.sound, -1, 1) * 32767).astype("<i2")
                await self.push_frame(frames.TTSAudioRawFrame(whole.tobytes(), clock.RATE, 1))
            picture = frames.OutputImageRawFrame(moment.frame.tobytes(), (width, height), "RGB")
            picture.sync_with_audio = True  # it is shown when the sound before it was sent
            await self.push_frame(picture)
