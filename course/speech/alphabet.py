"""The alphabet of the neural voices: 114 symbols, mostly IPA, and the phonemes that a row of them means.

hibari and Kokoro read the same symbols, with numbers of their own. Some stand for two sounds (A is the vowel of "say"),
some change the sound before them, some only order how the next is said. Both models tell how long each lasts.
"""

from dataclasses import dataclass

from . import phonemes, visemes

NUMBERS = {
    ";": 1, ":": 2, ",": 3, ".": 4, "!": 5, "?": 6, "—": 9, "…": 10, '"': 11, "(": 12, ")": 13, "“": 14, "”": 15,
    " ": 16, "\u0303": 17, "ʣ": 18, "ʥ": 19, "ʦ": 20, "ʨ": 21, "ᵝ": 22, "ꭧ": 23, "A": 24, "I": 25, "O": 31,
    "Q": 33, "S": 35, "T": 36, "W": 39, "Y": 41, "ᵊ": 42, "a": 43, "b": 44, "c": 45, "d": 46, "e": 47, "f": 48,
    "h": 50, "i": 51, "j": 52, "k": 53, "l": 54, "m": 55, "n": 56, "o": 57, "p": 58, "q": 59, "r": 60, "s": 61,
    "t": 62, "u": 63, "v": 64, "w": 65, "x": 66, "y": 67, "z": 68, "ɑ": 69, "ɐ": 70, "ɒ": 71, "æ": 72, "β": 75,
    "ɔ": 76, "ɕ": 77, "ç": 78, "ɖ": 80, "ð": 81, "ʤ": 82, "ə": 83, "ɚ": 85, "ɛ": 86, "ɜ": 87, "ɟ": 90, "ɡ": 92,
    "ɥ": 99, "ɨ": 101, "ɪ": 102, "ʝ": 103, "ɯ": 110, "ɰ": 111, "ŋ": 112, "ɳ": 113, "ɲ": 114, "ɴ": 115, "ø": 116,
    "ɸ": 118, "θ": 119, "œ": 120, "ɹ": 123, "ɾ": 125, "ɻ": 126, "ʁ": 128, "ɽ": 129, "ʂ": 130, "ʃ": 131, "ʈ": 132,
    "ʧ": 133, "ʊ": 135, "ʋ": 136, "ʌ": 138, "ɣ": 139, "ɤ": 140, "χ": 142, "ʎ": 143, "ʒ": 147, "ʔ": 148, "ˈ": 156,
    "ˌ": 157, "ː": 158, "ʰ": 162, "ʲ": 164, "↓": 169, "→": 171, "↗": 172, "↘": 173, "ᵻ": 177,
}  # fmt: skip
UNIT = 0.025  # seconds; the models count in these how long each symbol lasts
# The sound is ahead of the summed durations: vowels by 50 to 55 ms, stops and hisses by 60 to 70 (benchmarks/voices.py)
AHEAD = 0.060

PLAIN = {"A": "eɪ", "I": "aɪ", "O": "oʊ", "Q": "əʊ", "W": "aʊ", "Y": "ɔɪ", "S": "s", "T": "ɾ", "ᵊ": "ə", "ᵻ": "ɪ",
         "ʣ": "dz", "ʥ": "dʑ", "ʦ": "ts", "ʨ": "tɕ", "ꭧ": "ʈʂ", "ʤ": "dʒ", "ʧ": "tʃ"}  # fmt: skip
STRESS = {"ˈ": 2, "ˌ": 1}
AFTER = frozenset("ːʰʲᵝ\u0303")  # belong to the sound before them
TONES = frozenset("↓→↗↘")  # so do these, without being heard as a sound
PAD = "\0"  # on both sides of every row
GAPS = frozenset(';:,.!?—…"()“” ' + PAD)  # nothing is said
SHORTEST_PAUSE = 0.060  # seconds; shorter gaps belong to the sounds beside them
PAUSE_WITHOUT_MARK = 0.200  # a space takes some 50 ms, in which the next sound has often begun
# The vowel of Mandarin si and shi: the teeth stay together, as in the consonant before it
_HISSED = {"s": "z̩", "ʦ": "z̩", "ʂ": "ʐ̩", "ꭧ": "ʐ̩", "ɻ": "ʐ̩"}


def numbers(symbols: str) -> list:
    """The models' numbers of a row of symbols, with the pad 0 on both sides; what they do not know is left out."""
    return [0, *(NUMBERS[symbol] for symbol in symbols if symbol in NUMBERS), 0]


def known(symbols: str) -> str:
    """The symbols that the models know."""
    return "".join(symbol for symbol in symbols if symbol in NUMBERS)


def timed(symbols: str, units) -> list:
    """The phonemes of a row of symbols, in seconds of the sound.

    Args:
        symbols: those the models know; units: (len(symbols) + 2,) how long each lasts, the pads included, in `UNIT`s.
    Returns:
        `Phoneme`s that follow each other without gap from 0 to the end of the sound; the first and the last are pauses.
    """
    pieces, start, stress = [], None, 0
    for i, (symbol, begin, end) in enumerate(_with_times(symbols, units)):
        begin, start = (begin if start is None else start), None
        if symbol in AFTER or symbol in TONES:
            _lengthen(pieces, end, symbol if symbol in AFTER else "")
            if symbol in TONES:
                _stress_syllable(pieces)
        elif symbol in STRESS:
            start, stress = begin, STRESS[symbol]  # its time is the next sound's
        elif symbol in GAPS:
            _add_gap(pieces, symbol, begin, end)
        else:
            pieces.append(_Piece(_plain(symbols, i - 1), begin, end, stress))
            stress = 0
    return _without_short_gaps(pieces)


@dataclass
class _Piece:
    """A sound, or a gap of which `written` are the signs."""

    symbol: str
    start: float
    end: float
    stress: int = 0
    written: str = ""


def _lengthen(pieces: list, end: float, symbol: str) -> None:
    """What belongs to the piece before it; after a gap it is nothing but time."""
    pieces[-1].end = end
    pieces[-1].symbol += symbol if pieces[-1].symbol else ""


def _stress_syllable(pieces: list) -> None:
    """The vowels before a tone, which ends their syllable's core, are said in full: half stressed. A syllable without a
    tone is the weak one, such as Mandarin ma in a question."""
    for piece in reversed(pieces):
        found = visemes.visemes_of(piece.symbol)
        if not found or found[0][0] not in visemes.VOWELS:
            return
        piece.stress = max(piece.stress, 1)


def _add_gap(pieces: list, symbol: str, start: float, end: float) -> None:
    if pieces and not pieces[-1].symbol:
        pieces[-1].end = end
        pieces[-1].written += symbol
    else:
        pieces.append(_Piece("", start, end, written=symbol))


def _without_short_gaps(pieces: list) -> list:
    """Pieces as `Phoneme`s; gaps that are no pause are shared by the sounds on both sides."""
    for before, gap, after in zip(pieces, pieces[1:], pieces[2:]):
        pause = PAUSE_WITHOUT_MARK if gap.written.strip() == "" else SHORTEST_PAUSE
        if not gap.symbol and gap.end - gap.start < pause:
            before.end = after.start = gap.end = gap.start = 0.5 * (gap.start + gap.end)
    return [phonemes.Phoneme(piece.symbol, piece.start, piece.end, piece.stress)
            for piece in pieces if piece.end > piece.start]  # fmt: skip


def _with_times(symbols: str, units) -> list:
    """[(symbol, start, end)], in seconds of the sound: earlier than the durations by `AHEAD`."""
    at, found = 0.0, []
    last = UNIT * float(sum(units))
    for i, (symbol, count) in enumerate(zip(PAD + symbols + PAD, units)):
        start, at = at, at + UNIT * float(count)
        end = last if i == len(symbols) + 1 else max(at - AHEAD, 0.0)
        found.append((symbol, max(start - AHEAD, 0.0), end))
    return found


def _plain(symbols: str, i: int) -> str:
    """The symbol at a place as plain IPA."""
    if symbols[i] == "ɨ":
        before = symbols[:i].rstrip("ʰ")[-1:]
        return _HISSED.get(before, "ɨ")
    return PLAIN.get(symbols[i], symbols[i])
