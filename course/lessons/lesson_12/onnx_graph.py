"""The lesson's empty graph: `course.io.onnx_graph`, with two of torch's steps that ONNX writes otherwise."""

import numpy as np
import torch

from course.io import onnx_graph


class Graph(onnx_graph.Graph):
    """Nodes from one input, float32 (N, channels, H, W), to one output."""

    def unshuffle(self, x: str) -> str:
        """Four pixels become four channels: `torch.nn.PixelUnshuffle(2)`, which ONNX has no operation for.

        It is a convolution that picks: four kernels of 2 x 2 for each channel, with one 1 in each. `x` has as many
        channels as the graph's input.
        """
        layer = torch.nn.Conv2d(self.channels, 4 * self.channels, 2, 2, groups=self.channels)
        kernels = np.tile(np.eye(4, dtype=np.float32).reshape(4, 1, 2, 2), (self.channels, 1, 1, 1))
        layer.weight.data, layer.bias.data = torch.from_numpy(kernels), torch.zeros(layer.out_channels)
        return self.conv(x, layer)

    def twice(self, x: str) -> str:
        """Each pixel twice along and down: `torch.nn.functional.interpolate(x, scale_factor=2, mode="nearest")`."""
        return self.larger(x, 2, "nearest")

    def file(self, output: str) -> bytes:
        """The bytes of the .onnx file whose answer is what the node `output` gave. Raises `ValueError`: no such."""
        return self.model(output)

    def session(self, output: str):
        """An onnxruntime session of that file, on one thread. Raises what onnxruntime raises where it is no graph."""
        return onnx_graph.session(self.model(output))
