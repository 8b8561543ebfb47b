"""What a film costs on this machine, stage by stage, and what of it a faster device could take off."""

import time

import numpy as np
import torch

from course import animation
from course.face import channels
from course.motion import spoken
from course.rendering import animator
from course.speech import synthesis

from .. import widgets

FPS = 25.0


def measured(photo: np.ndarray, text: str) -> dict:
    """Seconds of each stage, taken once: photo uint8 (H, W, 3), a sentence -> {stage: seconds}.

    Speaking and lips are given for a second of sound, painting and packing for a frame.
    """
    told, begin = {}, time.perf_counter()

    def lap(name: str) -> None:
        nonlocal begin
        told[name] = time.perf_counter() - begin
        begin = time.perf_counter()

    points = animation.cast(photo, face="largest")[0].points
    lap("find the face")
    actor = animation.make_actor(photo, points)
    lap("take the photo apart")
    synthesis.synthesize("Yes.")
    lap("load the voice")
    said = synthesis.synthesize(text)
    lap("speak")
    spoken.from_speech(said, fps=FPS)
    lap("move the lips")
    for name in ("speak", "move the lips"):
        told[name] *= said.sample_rate / len(said.samples)
    frame = actor.frame(open_mouth())
    lap("paint a frame")
    widgets.jpeg(frame)
    lap("pack a frame")
    told["find the face"] = max(told["find the face"] - told["take the photo apart"], 0.0)  # `cast` does both
    return told


def open_mouth(jaw: float = 0.5, turn: float = 6.0) -> np.ndarray:
    """Channel values (57,) with an open mouth, half-shut eyes and a head that is turned."""
    values = np.zeros(len(channels.CHANNELS), np.float32)
    for name, value in (("jawOpen", jaw), ("eyeBlinkLeft", 0.5), ("eyeBlinkRight", 0.5), ("headYaw", turn)):
        values[channels.INDEX[name]] = value
    return values


def plans(told: dict, seconds: float, first: float = 1.0) -> dict:
    """Three ways to the first frame of a film of so many seconds: {words: stages for `latency_budget`}.

    told: as from `measured`; first: seconds that its first sentence lasts, with which a stream can begin.
    """
    def said(before: tuple, sound: float) -> dict:
        return {"speak": (sound * told["speak"], before), "move the lips": (sound * told["move the lips"], ("speak",))}

    def painted(before: tuple, count: int) -> dict:
        return {"paint": (count * told["paint a frame"], before), "pack": (count * told["pack a frame"], ("paint",))}

    photo = {"find the face": (told["find the face"], ()),
             "take the photo apart": (told["take the photo apart"], ("find the face",))}
    voice, ready = {"load the voice": (told["load the voice"], ())}, "take the photo apart"
    waits = {"load the voice": (told["load the voice"], (ready,))}
    both = ("move the lips", ready)
    return {
        "one after the other, all frames": photo | waits | said(("load the voice",), seconds)
        | painted(both, round(seconds * FPS)),
        "a stream, voice beside the photo": photo | voice | said(("load the voice",), first) | painted(both, 1),
        "live: photo and voice were ready": said((), first) | painted(("move the lips",), 1),
    }


class Timed:
    """A network that counts the seconds of its calls."""

    def __init__(self, network):
        self.network, self.seconds = network, 0.0

    def __call__(self, squares):
        """As the network itself."""
        begin = time.perf_counter()
        made = self.network(squares)
        self.seconds += time.perf_counter() - begin
        return made


def of_a_frame(actor: animation.Actor, frames: int = 6) -> tuple:
    """(seconds of a frame, seconds of those in the networks, which torch calculates): the least of some."""
    own, found = actor.portrait.animator, []
    before, timed = own.networks, {name: Timed(each) for name, each in animator.load_networks().items()}
    own.networks = timed
    try:
        for number in range(frames):
            begin, inside = time.perf_counter(), sum(one.seconds for one in timed.values())
            actor.frame(open_mouth(0.3 + 0.05 * number))
            found.append((time.perf_counter() - begin, sum(one.seconds for one in timed.values()) - inside))
    finally:
        own.networks = before
    return min(found)


def faster(frame: float, networks: float, times: float) -> float:
    """Seconds of a frame whose networks are so many times as fast (Amdahl's law)."""
    return frame - networks + networks / times


def on_device(network: torch.nn.Module, side: int, device: str, count: int = 1, rounds: int = 5) -> float:
    """Seconds in which a network paints `count` squares on a device, the way there and back included: the least."""
    moved, squares, found = network.to(device), torch.rand(count, 9, side, side), []
    try:
        with torch.inference_mode():
            for _ in range(rounds):
                begin = time.perf_counter()
                moved(squares.to(device)).cpu()
                found.append(time.perf_counter() - begin)
    finally:
        network.to("cpu")
    return min(found)
