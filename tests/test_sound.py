"""Sound files: what is read, how loud, when it begins, what is refused, and what is said of damage."""

import struct

import numpy as np

BACKWARDS = (3, 2, 1)  # numbers of CAF for centre, right, left: an order that FFmpeg has no name for


def write_caf(path, labels: tuple, samples: np.ndarray | None = None, rate: int = 16_000):
    """A Core Audio file of 16 bits whose channels have the given labels; samples (C, N), or noise."""
    if samples is None:
        samples = np.random.default_rng(0).normal(0, 0.1, (len(labels), rate // 3))
    channels = len(labels)
    parts = ((b"desc", struct.pack(">d4sIIIII", rate, b"lpcm", 0, 2 * channels, 1, channels, 16)),
             (b"chan", struct.pack(">III", 0, 0, channels) + b"".join(struct.pack(">IIfff", label, 0, 0, 0, 0)
                                                                      for label in labels)),
             (b"data", bytes(4) + (samples.T * 32_767).astype(">i2").tobytes()))  # fmt: skip
    path.write_bytes(b"caff" + struct.pack(">HH", 1, 0)
                     + b"".join(name + struct.pack(">q", len(body)) + body for name, body in parts))
    return path
