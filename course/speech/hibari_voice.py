"""hibari-tts (Apache-2.0): an English voice whose 8 MB network and lexicon travel in its package.

The network gives a spectrum for every 12.5 ms; the package's own signal processing makes sound of it. Its source is a
train of pulses at the pitch that the network gives, so another pitch is one multiplication.
"""

import contextlib
import functools
import threading
from pathlib import Path

import numpy as np

from .. import errors
from ..io import onnx_graph
from . import alphabet, neural, onnx_model

NAME = "heart"
SEED = 0  # of the noise in its breath: the same text sounds the same
LONGEST = 400  # symbols at once, as the package's own
_DURATIONS = "/Clip_output_0"
_lock = threading.Lock()


def say(symbols: str, rate: float = 1.0, pitch: float = 0.0) -> neural.Spoken:
    """Sound of a row of the alphabet's symbols; rate: times its own pace; pitch: semitones above its own.

    Raises:
        errors.TextError: the package is not there or does not load.
    """
    from hibari import dsp

    *spectra, pulses, units = analyse(symbols, rate)
    hertz = pulses * np.float32(2 ** (pitch / 12))
    return neural.Spoken(dsp.synth(*spectra, hertz, np.random.default_rng(SEED)), units, hertz)


def analyse(symbols: str, rate: float = 1.0) -> tuple:
    """What the network gives and `hibari.dsp.synth` makes sound of: the spectra of what is voiced, its phase, and of
    what hisses, each (B, 2 U); the phase of that; pitch in Hz (2 U,); and units (S + 2,). Raises as `say`."""
    with _lock:
        network = _session()
    *parts, units = network.run(None, {"ids": np.array([alphabet.numbers(symbols)], np.int64),
                                       "speed": np.array([rate], np.float32)})  # fmt: skip
    return *(part[0] for part in parts), units.reshape(-1)


def prepare() -> None:
    """Begin to load the network, while somebody else loads the lexicon: what is wrong with it `say` will tell."""
    if _session.cache_info().currsize:
        return
    # Here, not in the thread: two that load parts of SciPy at once can lose it (Python 3.11)
    with contextlib.suppress(ImportError):
        from hibari import dsp  # noqa: F401

    def load():
        with contextlib.suppress(errors.TextError), _lock:
            _session()

    threading.Thread(target=load, name="course-voice", daemon=True).start()


def let_go() -> None:
    """Give back the memory of the network (60 MB); the next text loads it again."""
    with _lock:
        _session.cache_clear()


@functools.lru_cache(maxsize=1)
def _session():
    try:
        import hibari

        model = (Path(hibari.__file__).parent / "assets" / "hibari.onnx").read_bytes()
        return onnx_graph.session(model + onnx_model.output(_DURATIONS))
    except Exception as problem:  # onnxruntime raises what it likes
        line = " ".join(str(problem).split())[:160]
        raise errors.TextError(f"the English voice does not load ({line}): pip install --force-reinstall hibari-tts, "
                               "or name another voice, such as en-us") from None
