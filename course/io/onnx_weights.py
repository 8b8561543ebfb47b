"""A network that ships, written down as an ONNX model from the numbers of its file: no PyTorch is loaded.

Batch norm is folded into the convolution before it:  y = g (W x - m) / s + b  =  (g W / s) x + (b - g m / s)

    graph = WrittenGraph("lids.safetensors")
    y = graph.relu(graph.layer(graph.input, "at_2.0", "at_2.1", stride=2))
    run = graph.run(y)
    answers = run(x)
"""

import numpy as np

from . import onnx_graph, weights

EPSILON = 1e-5  # of `torch.nn.BatchNorm2d`


class WrittenGraph(onnx_graph.Graph):
    """A graph whose layers are named as in the file.

    Every method that reads the file raises errors.WeightsError: missing, damaged, or another network's.
    """

    def __init__(self, file: str, channels: int = 3):
        """file: a .safetensors file that ships; channels: of the input, float32 (N, channels, H, W)."""
        super().__init__(channels)
        self.file = file
        self._arrays = weights.load_arrays(file)
        self._unread = {name for name in self._arrays if not name.endswith("num_batches_tracked")}
        self._widths = {self.input: channels}

    def array(self, name: str) -> np.ndarray:
        """Numbers of the file, float32."""
        if name not in self._arrays:
            raise weights.misfit(self.file)
        self._unread.discard(name)
        return self._arrays[name]

    def layer(self, x: str, name: str, norm: str | None = None, stride: int = 1, width: int | None = None) -> str:
        """A convolution of the file that keeps the size but for its stride, and the batch norm `norm` behind it.

        width: how many channels must come out of it, where that does not follow from what comes next.
        """
        weight = self.array(f"{name}.weight")
        bias = np.zeros(len(weight), np.float32) if norm else self.array(f"{name}.bias")
        if weight.ndim != 4 or weight.shape[1] != self._widths.get(x) or width not in (None, len(weight)):
            raise weights.misfit(self.file)
        if norm:
            gain, shift, mean, variance = (self.array(f"{norm}.{part}")
                                           for part in ("weight", "bias", "running_mean", "running_var"))
            gain = gain / np.sqrt(variance + EPSILON)
            weight, bias = weight * gain[:, None, None, None], shift - mean * gain
        return self._wide(self.convolved(x, weight, bias, (stride, stride)), len(weight))

    def dense(self, x: str, name: str, wide: int, width: int) -> str:
        """A `torch.nn.Linear` of the file: (N, wide) -> (N, width)."""
        weight, bias = self.array(f"{name}.weight"), self.array(f"{name}.bias")
        if weight.shape != (width, wide):
            raise weights.misfit(self.file)
        return self.node("Add", self.node("MatMul", x, self.constant(weight.T)), self.constant(bias))

    def relu(self, x: str) -> str:
        """max(x, 0)."""
        return self._wide(self.node("Relu", x), self._widths[x])

    def sum(self, a: str, b: str) -> str:
        """a + b, of one shape."""
        if self._widths[a] != self._widths[b]:
            raise weights.misfit(self.file)
        return self._wide(self.node("Add", a, b), self._widths[a])

    def twice(self, x: str) -> str:
        """Each pixel four times, twice as wide and high."""
        return self._wide(self.larger(x, 2, "nearest"), self._widths[x])

    def line(self, x: str, scale: float, shift: float) -> str:
        """scale x + shift."""
        y = self.node("Mul", x, self.constant(np.float32(scale)))
        return self._wide(self.node("Add", y, self.constant(np.float32(shift))), self._widths[x])

    def run(self, *outputs: str):
        """A function from float32 (N, channels, H, W) to the arrays of those names, a list."""
        if self._unread:
            raise weights.misfit(self.file)
        session = onnx_graph.session(self.model(*outputs), keeps=False)
        return lambda inputs: session.run(None, {self.input: inputs})

    def _wide(self, name: str, width: int) -> str:
        self._widths[name] = width
        return name


def pictures(images: np.ndarray) -> np.ndarray:
    """Pictures as a network gets them: uint8 (N, H, W, C) -> float32 (N, C, H, W), still 0 to 255."""
    return images.transpose(0, 3, 1, 2).astype(np.float32, order="C")
