"""ONNX models that show what they keep inside: a tensor within the graph becomes an output of it.

A model is a protobuf message, and messages that stand one after the other are one message (protobuf, "Encoding"). So
an output is added by appending its declaration, and the package `onnx` is not needed.
"""

from ..io import onnx_graph

_GRAPH, _OUTPUT, _NAME = 7, 12, 1  # fields of ModelProto, GraphProto, ValueInfoProto


def output(name: str) -> bytes:
    """What is appended to the bytes of a model so that its inner tensor `name` comes out, after its other outputs."""
    return onnx_graph.field(_GRAPH, onnx_graph.field(_OUTPUT, onnx_graph.field(_NAME, name.encode())))
