"""A network written down as an ONNX model, layer by layer, and run, without the package `onnx`.

A model is a protobuf message (protobuf, "Encoding"): fields with a number and a content. The numbers are those of
`onnx.proto`.

    graph = Graph(channels=9)
    name = graph.node("LeakyRelu", graph.input, alpha=0.1)
    answer = session(graph.model(name)).run(None, {graph.input: x})[0]
"""

import struct

import numpy as np

VARINT, BYTES, FIXED32 = 0, 2, 5  # how a field's content is written
FLOAT, INT, STRING, INTS = 1, 2, 3, 7  # AttributeProto.type
IR_VERSION, OPSET = 8, 17


class Graph:
    """Nodes in the order in which they are calculated, from one input, float32 (N, channels, H, W), to one output."""

    input = "x"  # its name

    def __init__(self, channels: int):
        self.channels = channels
        self._nodes, self._constants, self._names = [], [], {self.input}

    def node(self, kind: str, *inputs: str, **attributes) -> str:
        """Add an operator of ONNX on what earlier nodes gave; returns the name of what comes out.

        attributes: of the operator, as numbers, words or lists of whole numbers; those left out are ONNX's own. An
        input that is "" is left out as well.
        Raises:
            ValueError: an input that no node gives.
        """
        for name in inputs:
            if name and name not in self._names:
                raise ValueError(f"there is no {name!r} in this graph: take what an earlier node gave")
        name = self._new()
        fields = [field(1, each.encode()) for each in inputs] + [field(2, name.encode()), field(4, kind.encode())]
        fields += [field(5, _attribute(key, value)) for key, value in attributes.items()]
        self._nodes.append(b"".join(fields))
        return name

    def conv(self, x: str, layer) -> str:
        """A convolution with the numbers, the steps and the border of a `torch.nn.Conv2d`."""
        weight, bias = (each.detach().numpy() for each in (layer.weight, layer.bias))
        return self.convolved(x, weight, bias, layer.stride, layer.padding, layer.groups)

    def convolved(self, x: str, weight: np.ndarray, bias: np.ndarray, stride=(1, 1), padding=None,
                  groups: int = 1) -> str:
        """A convolution by numbers: weight (D, C / groups, kh, kw), bias (D,); padding: so many zeros beside each
        border, half a kernel by default, so that the size stays."""
        kernel = weight.shape[2:]
        padding = [side // 2 for side in kernel] if padding is None else padding
        return self.node("Conv", x, self.constant(weight), self.constant(bias), kernel_shape=kernel,
                         strides=tuple(stride), pads=2 * tuple(padding), group=groups)

    def larger(self, x: str, times: int, how: str) -> str:
        """As `torch.nn.functional.interpolate(scale_factor=times)`, "nearest" or "bilinear" ("linear" here)."""
        place = "asymmetric" if how == "nearest" else "half_pixel"
        return self.node("Resize", x, "", self.constant(np.float32([1, 1, times, times])), mode=how,
                         coordinate_transformation_mode=place, nearest_mode="floor")

    def constant(self, values: np.ndarray) -> str:
        """Add float32 values. Returns their name."""
        name, values = self._new(), np.ascontiguousarray(values, "<f4")
        dims = b"".join(_number(1, side) for side in values.shape)
        self._constants.append(dims + _number(2, FLOAT) + field(8, name.encode()) + field(9, values.tobytes()))
        return name

    def model(self, *outputs: str) -> bytes:
        """The whole model, an .onnx file's bytes, which gives the outputs of those names. Raises `ValueError`: no such.
        """
        for output in outputs:
            if output not in self._names:
                raise ValueError(f"there is no {output!r} in this graph: return the name that the last node gave")
        shape = b"".join(field(1, _number(1, side) if isinstance(side, int) else field(2, side.encode()))
                         for side in ("n", self.channels, "h", "w"))
        tensor = field(1, _number(1, FLOAT) + field(2, shape))
        graph = [field(1, node) for node in self._nodes] + [field(2, b"network")]
        graph += [field(5, constant) for constant in self._constants]
        graph.append(field(11, field(1, self.input.encode()) + field(2, tensor)))
        graph += [field(12, field(1, output.encode()) + field(2, field(1, _number(1, FLOAT)))) for output in outputs]
        return _number(1, IR_VERSION) + field(7, b"".join(graph)) + field(8, field(1, b"") + _number(2, OPSET))

    def _new(self) -> str:
        name = f"t{len(self._names)}"
        self._names.add(name)
        return name


def session(model: bytes, keeps: bool = True):
    """An onnxruntime session of a model, on one thread of the processor: frames are made side by side.

    keeps: whether it keeps the memory that it has once had; a small network is as fast without.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level, options.enable_cpu_mem_arena = 3, keeps
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _attribute(name: str, value) -> bytes:
    said = field(1, name.encode())
    if isinstance(value, float):
        return said + _varint(2 << 3 | FIXED32) + struct.pack("<f", value) + _number(20, FLOAT)
    if isinstance(value, int):
        return said + _number(3, value) + _number(20, INT)
    if isinstance(value, str):
        return said + field(4, value.encode()) + _number(20, STRING)
    return said + b"".join(_number(8, each) for each in value) + _number(20, INTS)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3 | VARINT) + _varint(value)


def field(number: int, content: bytes) -> bytes:
    """A field of a protobuf message that has a length: text, bytes or another message."""
    return _varint(number << 3 | BYTES) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    """A whole number in groups of 7 bits, the lowest first; the top bit of a byte says that more follow."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
