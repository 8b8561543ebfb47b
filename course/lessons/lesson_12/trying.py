"""How answers of lesson 12 are tried: a stream is taken from; a job is looked at; a network is run."""

import threading
import time

import numpy as np

PATIENCE = 3.0  # seconds that a frame waits for company before it goes on alone


class Studio:
    """Makes frames for a stream, and sees how it goes about it.

    count: frames; workers: at a time; fails: the frame that cannot be made, or None; waits: whether the first frames
    wait until `workers` are under way, and each even one until the next is done, so that it is overtaken.
    """

    def __init__(self, count: int, workers: int, fails: int | None, waits: bool):
        self.count, self.workers, self.fails, self.waits = count, workers, fails, waits
        self.fetched, self.inside, self.most_inside, self.done = 0, 0, 0, set()
        self.changed, self.alone = threading.Condition(), False
        self.taker = threading.get_ident()

    def items(self):
        """The numbers of the frames, counted as they are fetched."""
        for number in range(self.count):
            self.fetched += 1
            yield number

    def make(self, number: int) -> int:
        """Frame `number`: ten times its number. Raises `ValueError` for the one that cannot be made."""
        with self.changed:
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)
            self.changed.notify_all()
            if self.waits and threading.get_ident() != self.taker:
                self._wait(lambda: self.most_inside >= min(self.workers, self.count))
                self._wait(lambda: number % 2 or number + 1 >= self.count or number + 1 in self.done)
        if self.waits and number % 2 == 0:
            time.sleep(0.05)  # the next one is done for some time
        with self.changed:
            self.inside -= 1
            self.done.add(number)
            self.changed.notify_all()
        if number == self.fails:
            raise ValueError(f"frame {number} cannot be made")
        return 10 * number

    def _wait(self, until) -> None:
        if not self.alone:
            self.alone = not self.changed.wait_for(until, PATIENCE)


def run_stream(stream_frames, count, workers, take=None, fails=None, waits=False) -> dict:
    """A stream, taken from until `take` frames came (None: to its end) and then closed; what came, and how."""
    studio, taken, ahead, stopped = Studio(count, workers, fails, waits), [], 0, "nothing"
    stream = iter(stream_frames(studio.make, studio.items(), workers))
    try:
        while take is None or len(taken) < take:
            frame = next(stream)
            ahead = max(ahead, studio.fetched - len(taken))
            taken.append(frame)
    except StopIteration:
        pass
    except ValueError as problem:
        stopped = str(problem)
    finally:
        if hasattr(stream, "close"):
            stream.close()
    ahead = max(ahead, studio.fetched - len(taken))
    taken = [frame if isinstance(frame, (int, np.integer)) else repr(frame) for frame in taken]
    at_once = studio.most_inside == min(workers, count) if waits else studio.most_inside <= workers
    return {"frames": sorted(taken, key=str) if waits else taken, "in order": taken == sorted(taken, key=_number),
            "stopped by": stopped, "workers + 1 ahead at most": ahead <= workers + 1,
            "as many at once as there are workers": at_once}


def _number(frame) -> float:
    return float(frame) if isinstance(frame, (int, np.integer)) else float("inf")


def run_validate(validate_job, job, fields):
    """What is said of each name of a job and of its fields, "right" where nothing is: {name: problem}."""
    told = validate_job(job, fields)
    if not isinstance(told, dict):
        return told
    names = [*fields, *(name for name in job if name not in fields)]
    return {name: told.get(name, "right") for name in names} | told


def run_export(export_animator, widths, count, side, seed) -> dict:
    """What an exported network paints in onnxruntime: {"paint": (count, 3, side, side)}.

    widths: of the network; side: of its squares; seed: of all numbers.
    """
    from . import onnx_graph

    net, squares = a_net(widths, seed), squares_of(count, side, seed)
    graph = onnx_graph.Graph(squares.shape[1])
    output = export_animator(net, graph)
    if not isinstance(output, str):
        raise TypeError("the name that the last node gave is to be returned: a text")
    return {"paint": graph.session(output).run(None, {graph.input: squares})[0]}


def a_net(widths=(4, 6, 8), seed=0):
    """A small `AnimatorNetwork` with numbers drawn at random in every layer."""
    import torch

    from course import rendering

    net, draw = rendering.AnimatorNetwork(widths).eval(), torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in net.parameters():
            weight.copy_(0.25 * torch.randn(weight.shape, generator=draw))
    return net.requires_grad_(False)


def squares_of(count: int, side: int, seed: int = 0) -> np.ndarray:
    """Squares for the network: float32 (count, 9, side, side) in [0, 1]."""
    return np.random.default_rng(seed).uniform(0, 1, (count, 9, side, side)).astype(np.float32)
