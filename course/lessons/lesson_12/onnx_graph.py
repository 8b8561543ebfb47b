"""A network as an ONNX file, written node by node.

ONNX is a protobuf message: a graph of nodes, each an operation with the names of what goes in and what comes out, and
the numbers that were learned. `course.speech.onnx_model` reads and runs such files; this one writes them.

    graph = Graph(channels=9, side=64)
    name = graph.node("LeakyRelu", graph.input, alpha=0.1)
    session = graph.session(name)
"""

import struct

import numpy as np
import torch

from course.speech import onnx_model

OPSET, IR = 13, 8  # versions: of the operations, of the file
FLOAT, INT64 = 1, 7  # ONNX's numbers of two types
_VARINT, _BYTES, _FIXED32 = 0, 2, 5  # protobuf's wire types


class Graph:
    """Nodes from one input, float32 (N, channels, side, side), to one output."""

    input = "squares"

    def __init__(self, channels: int, side: int):
        self._shapes = {self.input: (channels, side)}
        self._nodes, self._numbers = [], []

    # ------------------------------------------------------------ what an author calls

    def node(self, operation: str, *inputs: str, **attributes) -> str:
        """An operation of ONNX on what earlier nodes gave; returns the name of what comes out.

        attributes: of the operation, as numbers, words or lists of whole numbers; those left out are ONNX's own.
        Raises `ValueError`: an input that no node gives.
        """
        for name in inputs:
            if name not in self._shapes:
                raise ValueError(f"there is no {name!r} in this graph: take what an earlier node gave")
        output = self._add(operation, inputs, attributes)
        channels, side = self._shapes[inputs[0]]
        if operation == "DepthToSpace":
            channels, side = channels // attributes["blocksize"] ** 2, side * attributes["blocksize"]
        self._shapes[output] = (channels, side)
        return output

    def conv(self, x: str, layer: torch.nn.Conv2d) -> str:
        """A convolution with the numbers, the steps and the border of a layer of torch."""
        kernel, step, border = layer.kernel_size[0], layer.stride[0], layer.padding[0]
        numbers = [self._constant(tensor.detach().numpy()) for tensor in (layer.weight, layer.bias)]
        output = self._add("Conv", (x, *numbers), {"kernel_shape": [kernel] * 2, "strides": [step] * 2,
                                                   "pads": [border] * 4})
        side = (self._shapes[x][1] + 2 * border - kernel) // step + 1
        self._shapes[output] = (layer.out_channels, side)
        return output

    def unshuffle(self, x: str) -> str:
        """Four pixels become four channels: `torch.nn.PixelUnshuffle(2)`, which ONNX has no operation for."""
        channels, side = self._shapes[x]
        half = side // 2
        parts = self._reshape(x, (-1, channels, half, 2, half, 2))
        turned = self._add("Transpose", (parts,), {"perm": [0, 1, 3, 5, 2, 4]})
        output = self._reshape(turned, (-1, 4 * channels, half, half))
        self._shapes[output] = (4 * channels, half)
        return output

    def twice(self, x: str) -> str:
        """Each pixel twice along and down: `torch.nn.functional.interpolate(x, scale_factor=2, mode="nearest")`."""
        scales = self._constant(np.array([1, 1, 2, 2], np.float32))
        output = self._add("Resize", (x, "", scales), {"mode": "nearest", "nearest_mode": "floor",
                                                       "coordinate_transformation_mode": "asymmetric"})
        channels, side = self._shapes[x]
        self._shapes[output] = (channels, 2 * side)
        return output

    # ------------------------------------------------------------ what becomes of it

    def file(self, output: str) -> bytes:
        """The bytes of the .onnx file whose answer is what the node `output` gave. Raises `ValueError`: no such."""
        if output not in self._shapes:
            raise ValueError(f"there is no {output!r} in this graph: return the name that the last node gave")
        graph = b"".join([*(_field(1, node) for node in self._nodes), _field(2, b"course"),
                          *(_field(5, number) for number in self._numbers),
                          _field(11, _value_info(self.input, ("n", *_square(self._shapes[self.input])))),
                          _field(12, _value_info(output, ("n", *_square(self._shapes[output]))))])
        return _whole(1, IR) + _field(2, b"Living Portraits") + _field(7, graph) + _field(8, _whole(2, OPSET))

    def session(self, output: str):
        """An onnxruntime session of that file, on one thread. Raises what onnxruntime raises where it is no graph."""
        return onnx_model.session(self.file(output))

    # ------------------------------------------------------------ inside

    def _add(self, operation: str, inputs, attributes: dict) -> str:
        output = f"{operation.lower()}_{len(self._nodes)}"
        fields = [_field(1, name.encode()) for name in inputs]
        fields += [_field(2, output.encode()), _field(3, output.encode()), _field(4, operation.encode())]
        fields += [_field(5, _attribute(name, value)) for name, value in attributes.items()]
        self._nodes.append(b"".join(fields))
        return output

    def _constant(self, array: np.ndarray) -> str:
        name = f"number_{len(self._numbers)}"
        kind = INT64 if array.dtype.kind == "i" else FLOAT
        told = [_whole(1, size) for size in array.shape]
        raw = np.ascontiguousarray(array, "<i8" if kind == INT64 else "<f4").tobytes()
        self._numbers.append(b"".join([*told, _whole(2, kind), _field(8, name.encode()), _field(9, raw)]))
        return name

    def _reshape(self, x: str, shape: tuple) -> str:
        return self._add("Reshape", (x, self._constant(np.array(shape, np.int64))), {})


def _square(shape: tuple) -> tuple:
    channels, side = shape
    return channels, side, side


def _value_info(name: str, shape: tuple) -> bytes:
    """The declaration of an input or output of float32; a size that is a word may be any."""
    sizes = [_field(1, _field(2, size.encode()) if isinstance(size, str) else _whole(1, size)) for size in shape]
    tensor = _whole(1, FLOAT) + _field(2, b"".join(sizes))
    return _field(1, name.encode()) + _field(2, _field(1, tensor))


def _attribute(name: str, value) -> bytes:
    head = _field(1, name.encode())
    if isinstance(value, float):
        return head + _key(2, _FIXED32) + struct.pack("<f", value) + _whole(20, 1)
    if isinstance(value, int):
        return head + _whole(3, value) + _whole(20, 2)
    if isinstance(value, str):
        return head + _field(4, value.encode()) + _whole(20, 3)
    return head + b"".join(_whole(8, int(item)) for item in value) + _whole(20, 7)


def _field(number: int, content: bytes) -> bytes:
    return _key(number, _BYTES) + _varint(len(content)) + content


def _whole(number: int, value: int) -> bytes:
    return _key(number, _VARINT) + _varint(value)


def _key(number: int, wire: int) -> bytes:
    return _varint(number << 3 | wire)


def _varint(value: int) -> bytes:
    """A whole number in groups of 7 bits, the lowest first; the top bit of a byte says that more follow."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
