"""A live face in a Pipecat pipeline: speech frames in, picture and sound frames out, silence after an interruption."""

import asyncio

import numpy as np
import pytest

pytest.importorskip("pipecat.frames", reason="no Pipecat: pip install pipecat-ai[webrtc]")

from pipecat.frames import frames
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.workers.runner import WorkerRunner

import course
from course import demo
from course.serving.live import pipecat_face, tracks


class Sink(FrameProcessor):
    """Keeps what reaches the pipeline's end."""

    def __init__(self):
        super().__init__()
        self.pictures, self.sounds = [], []

    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        if isinstance(frame, frames.OutputImageRawFrame):
            self.pictures.append(np.frombuffer(frame.image, np.uint8).reshape(*frame.size[::-1], 3))
        elif isinstance(frame, frames.TTSAudioRawFrame):
            self.sounds.append(np.frombuffer(frame.audio, "<i2"))
        await self.push_frame(frame, direction)


def test_an_agents_speech_gets_a_face_that_stops_when_it_is_interrupted():
    said = (tracks.track_of("Hello there, I am the face of an agent.", tracks.Asked()).sound * 32767).astype("<i2")
    pieces = [frames.TTSAudioRawFrame(said[at : at + 4800].tobytes(), 24_000, 1) for at in range(0, len(said), 4800)]
    sink = Sink()

    async def run(live):
        worker = PipelineWorker(Pipeline([pipecat_face.LiveFace(live), sink]), enable_rtvi=False)
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(worker)
        running = asyncio.ensure_future(runner.run())

        async def until(condition):
            for _ in range(600):
                if condition():
                    return
                await asyncio.sleep(0.05)
            raise AssertionError("not within half a minute")

        await until(lambda: len(sink.pictures) > 5)
        assert not sink.sounds
        await worker.queue_frames(pieces)
        await until(lambda: sum(map(len, sink.sounds)) > 24_000)
        await worker.queue_frames([frames.InterruptionFrame()])
        await asyncio.sleep(0.5)
        heard = len(sink.sounds)
        shown = len(sink.pictures)
        await asyncio.sleep(0.5)
        assert len(sink.sounds) == heard and len(sink.pictures) > shown
        sink.sounds.clear()
        await worker.queue_frames([*pieces, frames.EndFrame()])
        await asyncio.wait_for(running, 60)

    with course.Live(demo.photo_path(), size=128, generator="warp") as live:
        shape = live.shape
        asyncio.run(run(live))
    whole = np.concatenate(sink.sounds)
    begins = np.flatnonzero(np.abs(whole) > 300)[0] - np.flatnonzero(np.abs(said) > 300)[0]
    assert sink.pictures[0].shape == (*shape, 3)
    last = np.flatnonzero(np.abs(said) > 300)[-1]  # the pipeline ended when all of it was played
    assert np.abs(whole[begins : begins + last].astype(int) - said[:last]).max() <= 2
