"""32 bits that survive damage: a checksum of 24 bits, and a convolutional code that a soft decision undoes.

    payload, 32 bits -> + CRC-24 -> 56 bits -> tail-biting convolutional code, rate 1/3 -> 168 signs
    168 numbers, each its sign as it was received and how sure -> the nearest codeword -> payload, or None

The code is the one of constraint length 9 that mobile phones used (3GPP TS 25.212, 4.2.3.1), closed to a ring: the
encoder begins in the state in which it ends, so that no bits are spent on a known end. The checksum is what keeps
false alarms out: numbers that carry nothing decode to some word, and 1 of 2**24 words fits its checksum.
"""

import functools

import numpy as np

PAYLOAD_BITS = 32
CRC_BITS = 24
WORD_BITS = PAYLOAD_BITS + CRC_BITS
GENERATORS = (0o557, 0o663, 0o711)
MEMORY = 8  # bits that the encoder remembers
CODED_BITS = WORD_BITS * len(GENERATORS)
CRC_POLYNOMIAL = 0x864CFB  # CRC-24 of OpenPGP, RFC 9580, 6.1


def checksum(payload: int) -> int:
    """The CRC-24 of a payload of 32 bits."""
    crc = 0xB704CE
    for byte in payload.to_bytes(PAYLOAD_BITS // 8, "big"):
        crc ^= byte << 16
        for _ in range(8):
            crc = crc << 1 ^ (CRC_POLYNOMIAL if crc & 0x800000 else 0)
            crc &= 0xFFFFFF
    return crc


def encode(payload: int) -> np.ndarray:
    """A payload, 0 to 2**32 - 1, as signs float32 (168,), 1 for a 0 and -1 for a 1. Raises ValueError: out of range."""
    if not 0 <= payload < 2**PAYLOAD_BITS:
        raise ValueError(f"a payload has {PAYLOAD_BITS} bits: {payload} does not fit")
    word = payload << CRC_BITS | checksum(payload)
    bits = [word >> place & 1 for place in reversed(range(WORD_BITS))]
    state = 0
    for bit in bits[-MEMORY:]:  # the state in which it will end
        state = _next(state, bit)
    signs = np.empty((WORD_BITS, len(GENERATORS)), np.float32)
    for place, bit in enumerate(bits):
        signs[place] = _outputs()[state, bit]
        state = _next(state, bit)
    return signs.ravel()


def decode(soft: np.ndarray) -> int | None:
    """The payload whose codeword fits best, or None where its checksum does not fit.

    Args:
        soft: (168,), each number's sign as received, its size how sure.
    """
    soft = np.asarray(soft, np.float64).reshape(WORD_BITS, len(GENERATORS))
    # Round the ring until the states at the beginning have forgotten that nothing was known of them.
    bits = _viterbi(np.concatenate([soft, soft, soft]))[WORD_BITS : 2 * WORD_BITS]
    word = int("".join(map(str, bits)), 2)
    payload = word >> CRC_BITS
    return payload if checksum(payload) == word & (2**CRC_BITS - 1) else None


def _next(state: int, bit: int) -> int:
    return state >> 1 | bit << MEMORY - 1


@functools.cache
def _outputs() -> np.ndarray:
    """What the encoder gives: signs (256 states, 2 bits, 3)."""
    table = np.empty((2**MEMORY, 2, len(GENERATORS)), np.float32)
    for state in range(2**MEMORY):
        for bit in (0, 1):
            register = bit << MEMORY | state  # the newest bit first
            for place, generator in enumerate(GENERATORS):
                table[state, bit, place] = 1 - 2 * ((register & generator).bit_count() % 2)
    return table


def _viterbi(soft: np.ndarray) -> np.ndarray:
    """The likeliest input bits, int (T,), of numbers (T, 3), whatever the first state."""
    states = np.arange(2**MEMORY)
    # Into a state lead two: both lose their lowest bit; the bit that was put in is the state's highest.
    before = np.stack([(states << 1 & 2**MEMORY - 1) | low for low in (0, 1)])  # (2, 256)
    put_in = states >> MEMORY - 1
    signs = _outputs()[before, put_in]  # (2, 256, 3)
    metric = np.zeros(2**MEMORY)
    chosen = np.empty((len(soft), 2**MEMORY), np.int8)
    for time, numbers in enumerate(soft):
        ways = metric[before] + signs @ numbers  # (2, 256)
        chosen[time] = ways[1] > ways[0]
        metric = ways.max(axis=0)
    state, bits = int(metric.argmax()), np.empty(len(soft), np.int64)
    for time in reversed(range(len(soft))):
        bits[time] = put_in[state]
        state = before[chosen[time, state], state]
    return bits
