"""Networks and sampling of a frame on an accelerator: what several frames ask for at the same time is one batch there.

    frame 7: squares --+                          +--> paint, frame 7
    frame 8: squares --+--> one batch on device --+--> paint, frame 8
    frame 9: squares --+                          +--> paint, frame 9

Frames are made in threads. Whoever comes while the device is busy waits, and the next to have it takes along all who
wait; so batches grow with the number of frames at once, and nobody waits for a batch to fill.
"""

import threading

import numpy as np
import torch
import torch.nn.functional as F

from ..io import weights
from . import animator, finer, layers


class Batches:
    """A function of several requests, called with one at a time from any number of threads.

    work: called with a list of requests that came together, returns a list of their answers; what it raises, all of
    them get.
    """

    def __init__(self, work):
        self._work, self._waiting = work, []
        self._queue, self._turn = threading.Lock(), threading.Lock()

    def __call__(self, request):
        mine = {"request": request}
        with self._queue:
            self._waiting.append(mine)
        with self._turn:
            if len(mine) == 1:  # nobody has taken it along
                self._answer_all()
        if "error" in mine:
            raise mine["error"]
        return mine["answer"]

    def _answer_all(self) -> None:
        with self._queue:
            together, self._waiting = self._waiting, []
        try:
            for each, answer in zip(together, self._work([each["request"] for each in together])):
                each["answer"] = answer
        except Exception as problem:
            for each in together:
                each["error"] = problem


class Network:
    """A network on a device, which stands where a module or a `quick_networks.Quick` does.

    module: of torch, ready for inference; device: a `torch.device`.
    """

    def __init__(self, module: torch.nn.Module, device: torch.device):
        self.module, self.device = module.to(device, memory_format=torch.channels_last), device
        self._batches = Batches(self._calculated)

    def ask(self, inputs: np.ndarray):
        """float32 (N, C, H, W) -> what the module gives: an array (N, ...), or a tuple of them."""
        return self._batches(inputs)

    def _calculated(self, requests: list) -> list:
        ends = np.cumsum([len(each) for each in requests])[:-1]
        with torch.inference_mode():
            batch = torch.from_numpy(np.concatenate(requests)).to(self.device, memory_format=torch.channels_last)
            given = self.module(batch)
        if isinstance(given, tuple):
            return list(zip(*(np.split(each.cpu().numpy(), ends) for each in given)))
        return np.split(given.cpu().numpy(), ends)

    def picture(self, picture: np.ndarray):
        """A picture, float32 (H, W, C), that is read on the same device: a `Picture`."""
        return Picture(picture, self.device)

    def __reduce__(self):
        return Network, (self.module, self.device)  # locks do not travel


class Picture:
    """As `finer.Finer`, on a device. picture: float32 (H, W, C), which must not change any more."""

    def __init__(self, picture: np.ndarray, device: torch.device):
        self.picture, self._fine = picture, None
        self._device, self._batches = device, Batches(self._looked_up)

    def __reduce__(self):
        return Picture, (self.picture, self._device)

    def read(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """The picture at places (h, w) in its pixels, beyond its border as at it: float32 (h, w, C)."""
        return self._batches(np.stack([x, y], axis=-1))

    def _looked_up(self, requests: list) -> list:
        """Those of one shape together: [(h, w, 2)] -> [(h, w, C)]."""
        answers: list = [None] * len(requests)
        for shape in {each.shape for each in requests}:
            which = [number for number, each in enumerate(requests) if each.shape == shape]
            for number, answer in zip(which, self._sampled(np.stack([requests[number] for number in which]))):
                answers[number] = answer
        return answers

    def _sampled(self, places: np.ndarray) -> np.ndarray:
        """(N, h, w, 2) -> (N, h, w, C)."""
        height, width = self.picture.shape[:2]
        with torch.inference_mode():
            if self._fine is None:
                fine = np.ascontiguousarray(finer.enlarged(self.picture).transpose(2, 0, 1))
                self._fine = torch.from_numpy(fine).to(self._device)[None]  # (1, C, 3 H - 2, 3 W - 2)
            # [-1, 1] from the middle of the first pixel to that of the last, of the picture as of the finer one
            scale = torch.tensor([2 / max(width - 1, 1), 2 / max(height - 1, 1)], device=self._device)
            # kept inside, which is as good as a border that goes on, and mps has no such border
            grid = (torch.from_numpy(places).to(self._device) * scale - 1).clamp(-1, 1)
            read = F.grid_sample(self._fine.expand(len(grid), -1, -1, -1), grid, align_corners=True)
            return read.permute(0, 2, 3, 1).contiguous().cpu().numpy()


def networks(device: str) -> dict:
    """The shipped networks on a device, as `portrait.load_networks` gives them; or a student's parts in their place.

    Raises:
        errors.WeightsError: weights are missing or damaged.
    """
    place = torch.device(device)
    both = {"animator": animator.networks_of(weights.load_tensors(animator.WEIGHTS)),
            "layered": layers.networks_of(weights.load_tensors(layers.WEIGHTS))}
    return {part: {name: Network(module, place) for name, module in modules.items()} for part, modules in both.items()}
