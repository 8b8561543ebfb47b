"""One live session in a process of its own: a face, its two tracks, and the words that come over the data channel.

    python -m course.serving.live.worker  <- one line of JSON: photo, settings, offer, ...
                                          -> one line of JSON: the answer to the offer, or what went wrong

The process ends when the page goes, when nothing is heard of it for a while, or when its server goes.
"""

import asyncio
import contextlib
import json
import os
import sys
import threading
import traceback

import numpy as np

from ... import errors, process
from .. import addresses, extras
from . import conversing, face, loopback, replies, streams

UNCONNECTED = 30.0  # seconds in which a page must have connected, or come back
MESSAGE = 40_000  # letters of one
MICROPHONE = ("off", "speak", "interrupt")


class Session:
    """A face and whoever looks at it."""

    def __init__(self, live: face.Live, replier: replies.Replier):
        import aiortc

        self.live, self.mode, self.channel, self._notes = live, "off", None, []
        self.loop, self.over = asyncio.get_running_loop(), asyncio.Event()
        self.talk = conversing.Conversing(live, replier, self.tell)
        self.player = streams.Player(live, self.watch)
        self.connection = aiortc.RTCPeerConnection(aiortc.RTCConfiguration(iceServers=[]))
        self.connection.on("datachannel", self.opened)
        self.connection.on("track", self.heard)
        self.connection.on("connectionstatechange", self.changed)
        self.late = self.loop.call_later(UNCONNECTED, self.over.set)
        self.quality = self.busy = None

    async def answer(self, offer: str) -> str:
        """The answer to a page's offer, both of them session descriptions."""
        import aiortc

        await self.connection.setRemoteDescription(aiortc.RTCSessionDescription(loopback.kept(offer), "offer"))
        for track in (self.player.video, self.player.audio):
            self.connection.addTrack(track)
        await self.connection.setLocalDescription(await self.connection.createAnswer())
        self.player.start()
        return self.connection.localDescription.sdp

    async def close(self) -> None:
        """Leave nothing behind."""
        await asyncio.to_thread(self.player.stop)
        await self.connection.close()
        self.live.close()

    # ------------------------------------------------------------ what happens

    def changed(self) -> None:
        """The connection is there, or gone."""
        state = self.connection.connectionState
        self.late.cancel()
        if state in ("failed", "closed"):
            self.over.set()
        elif state != "connected":
            self.late = self.loop.call_later(UNCONNECTED, self.over.set)

    def opened(self, channel) -> None:
        """The page's channel for words."""
        self.channel = channel
        channel.on("message", self.told)
        channel.on("close", self.over.set)
        for kind, words in self._notes:
            self.tell(kind, words)
        self._notes.clear()

    def heard(self, track) -> None:
        """The page's microphone."""
        if track.kind == "audio":
            self.listening = asyncio.ensure_future(self._listen(track))

    async def _listen(self, track) -> None:
        import aiortc

        with contextlib.suppress(aiortc.mediastreams.MediaStreamError):
            while True:
                frame = await track.recv()
                samples = frame.to_ndarray().reshape(-1, len(frame.layout.channels)).mean(axis=1) / 32768
                if self.mode == "speak":
                    self.live.hear(samples.astype(np.float32), frame.sample_rate)
                elif self.mode == "interrupt" and self.talk.listen(samples.astype(np.float32), frame.sample_rate):
                    self.tell("interrupted", "you spoke over it")

    def watch(self, moment: face.Moment) -> None:
        """A moment went out."""
        self.talk.play(moment.sound)
        if moment.words:
            self.tell("says", moment.words)
        if moment.number % 10 == 0:
            quality, busy = self.live.quality, self.live.is_busy
            if (quality, busy) != (self.quality, self.busy):
                self.quality, self.busy = quality, busy
                self.tell("state", {"quality": quality, "busy": busy})

    def tell(self, kind: str, words) -> None:
        """Something for the page, from any thread."""
        self.loop.call_soon_threadsafe(self._send, kind, words)

    def _send(self, kind: str, words) -> None:
        if self.channel is None:
            self._notes = [*self._notes, (kind, words)][-20:]
        elif self.channel.readyState == "open":
            self.channel.send(json.dumps({"kind": kind, "words": words}))

    def told(self, message) -> None:
        """What the page asks for; what cannot be done is said to it."""
        try:
            if not isinstance(message, str) or len(message) > MESSAGE:
                raise errors.CourseError(f"a message is text of at most {MESSAGE} letters")
            asked = json.loads(message)
            act = ACTS.get(asked.get("do")) if isinstance(asked, dict) else None
            if act is None:
                raise errors.CourseError(f"a message says what to do: {', '.join(ACTS)}")
            act(self, asked)
        except errors.CourseError as problem:
            self.tell("note", str(problem))
        except (ValueError, TypeError):
            self.tell("note", "a message is a JSON object with words in it")


def _say(session: Session, asked: dict) -> None:
    session.live.say(asked.get("text"))


def _ask(session: Session, asked: dict) -> None:
    session.talk.ask(str(asked.get("text", "")))


def _stop(session: Session, asked: dict) -> None:
    session.talk.interrupt()


def _set(session: Session, asked: dict) -> None:
    session.live.set(**{name: asked[name] or None for name in ("voice", "expression") if name in asked})


def _microphone(session: Session, asked: dict) -> None:
    if asked.get("mode") not in MICROPHONE:
        raise errors.CourseError(f"the microphone's mode is {', '.join(MICROPHONE)}")
    session.mode = asked["mode"]


ACTS = {"say": _say, "ask": _ask, "stop": _stop, "set": _set, "microphone": _microphone}


async def run(asked: dict, out) -> None:
    """One session from its offer to its end; out: where the answer is written."""
    rules = addresses.Rules(None if asked["hosts"] is None else tuple(asked["hosts"]))
    session, early = None, []

    def tell(line: str) -> None:
        early.append(line) if session is None else session.tell("note", line)

    replier = replies.load_replier(asked["answer"], asked["model"], rules)
    live = await asyncio.to_thread(lambda: face.Live(asked["photo"], asked["size"], tell=tell,
                                                     **asked["settings"]))
    session = Session(live, replier)
    for line in early:
        session.tell("note", line)
    try:
        try:
            answer = await session.answer(asked["offer"])
        except Exception as problem:  # aiortc raises of all kinds on an offer that is none
            raise errors.CourseError("the page's offer cannot be taken up: "
                                     f"{type(problem).__name__}: {str(problem)[:200]}") from None
        out.write(json.dumps({"answer": answer}) + "\n")
        out.flush()
        threading.Thread(target=_wait_for_end, args=(session,), daemon=True).start()
        await session.over.wait()
    finally:
        await session.close()


def _wait_for_end(session: Session) -> None:
    """The server closes the pipe when it wants this to end, or ends itself."""
    sys.stdin.read()
    with contextlib.suppress(RuntimeError):
        session.loop.call_soon_threadsafe(session.over.set)


def main() -> None:
    """Read what is asked for, and be there."""
    process.keep_memory()
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints is not taken for the answer
    try:
        extras.need("live", "aiortc")
        loopback.stay()
        asyncio.run(run(json.loads(sys.stdin.readline()), out))
    except Exception as problem:
        if not isinstance(problem, errors.CourseError):
            traceback.print_exc()
        words = (str(problem) if isinstance(problem, errors.CourseError) else
                 "the face could not be made: see what the server says")
        out.write(json.dumps({"problem": words}) + "\n")
        out.flush()
    os._exit(0)  # no thread of a library keeps the process


if __name__ == "__main__":
    main()
