"""ONNX models that show what they keep inside: a tensor within the graph becomes an output of it.

A model is a protobuf message, and messages that stand one after the other are one message (protobuf, "Encoding"). So
an output is added by appending its declaration, and the package `onnx` is not needed.
"""

_GRAPH, _OUTPUT, _NAME = 7, 12, 1  # fields of ModelProto, GraphProto, ValueInfoProto
_BYTES = 2  # the wire type of what has a length


def output(name: str) -> bytes:
    """What is appended to the bytes of a model so that its inner tensor `name` comes out, after its other outputs."""
    return _field(_GRAPH, _field(_OUTPUT, _field(_NAME, name.encode())))


def session(model: bytes):
    """An onnxruntime session of a model, on one thread of the processor."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | _BYTES) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    """A whole number in groups of 7 bits, the lowest first; the top bit of a byte says that more follow."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
