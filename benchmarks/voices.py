"""Every neural voice: what it costs, and do its phonemes stand where they sound?

    python benchmarks/voices.py [VOICE ...]

For each voice: seconds until the first word (network and lexicon loaded), seconds of processor for a second of sound,
the lag at which loudness fits the phonemes best (0 is right), and for English what the recogniser pocketsphinx (an
aligner here) says about the starts of words: the median distance, and the median of how far words are off. Its frames
are 25.6 ms long; a frame's time is taken to be its middle. "heard" is the share of words that it recognises unaided.
"""

import argparse
import time

import numpy as np

from course import io, speech
from course.speech import alphabet, catalogue

TEXTS = {
    "en": ("Peter may be happy about the big map of Paris.",
           "My mother made a wonderful breakfast and everybody enjoyed the beautiful morning.",
           "The old man told a story about a small boat on the river.",
           "Seven people bought cheap tickets for the first train to the city.",
           "We could see the bright lights of the harbor from the top of the hill."),
    "cmn": ("他们明天早上八点去北京。", "我很喜欢在家里看书和听音乐。", "今天的天气非常好。"),
    "es": ("Mañana por la mañana vamos a la playa con los niños.", "El perro pequeño duerme en la cama."),
    "fr": ("Demain matin nous partons pour la montagne.", "Le petit chien dort dans le salon."),
    "it": ("Domani mattina andiamo al mare con i bambini.", "Il cane piccolo dorme nella casa."),
    "pt": ("Amanhã de manhã vamos para a praia com as crianças.", "O cachorro pequeno dorme na cama."),
    "hi": ("मेरा नाम राधा है और मैं दिल्ली में रहती हूँ।", "आज मौसम बहुत अच्छा है।"),
}  # fmt: skip
STEP = 0.005  # seconds between two values of loudness
HALF_A_FRAME = 0.0128  # seconds, of pocketsphinx


def lag(said: speech.Speech) -> float:
    """Seconds by which loudness comes after the phonemes: where vowels and other voiced sounds fit it best."""
    rate = said.sample_rate
    width = round(2 * STEP * rate)
    first = np.arange(0, len(said.samples) - width, round(STEP * rate))
    power = np.array([np.sqrt(np.mean(said.samples[i : i + width] ** 2)) for i in first])
    loud = np.log(np.maximum(power, 1e-3))
    at = (first + width / 2) / rate
    ends = np.array([phoneme.end for phoneme in said.phonemes])
    weight = np.array([_sonority(phoneme.symbol) for phoneme in said.phonemes])

    def fit(shift: float) -> float:
        places = np.minimum(np.searchsorted(ends, at - shift, side="right"), len(ends) - 1)
        return float(np.corrcoef(weight[places], loud)[0, 1])

    return max(np.arange(-0.1, 0.1 + STEP / 2, STEP), key=fit)


def _sonority(symbol: str) -> float:
    """How loud a sound is, roughly: vowels most, stops and pauses least."""
    first = symbol[:1]
    return 1.0 if first and first in "aeiouyɑɐɒæɔəɚɛɜɤɨɪœøʊʌ" else 0.7 if first and first in "mnŋɲlɹɾrjwɥʎvðzʒ" else 0.0


def aligned(samples: np.ndarray, rate: int, text: str) -> list:
    """Where each word of a text begins in a sound, in seconds, by pocketsphinx."""
    decoder = _decoder()
    decoder.set_align_text(" ".join(words_of(text)))
    _hear(decoder, samples, rate)
    return [segment.start_frame / 100 + HALF_A_FRAME for segment in decoder.seg() if segment.word[0] not in "<(["]


def heard(samples: np.ndarray, rate: int) -> list:
    """The words that pocketsphinx recognises, without knowing the text."""
    decoder = _decoder()
    _hear(decoder, samples, rate)
    return decoder.hyp().hypstr.split() if decoder.hyp() else []


def words_of(text: str) -> list:
    """Words as the recogniser writes them."""
    return "".join(letter for letter in text.lower() if letter.isalpha() or letter in " '").split()


def _decoder():
    import pocketsphinx

    return pocketsphinx.Decoder(loglevel="FATAL", samprate=16_000)


def _hear(decoder, samples, rate) -> None:
    sound = (np.clip(io.resample(samples, rate, 16_000), -1, 1) * 32767).astype("<i2")
    decoder.start_utt()
    decoder.process_raw(sound.tobytes(), full_utt=True)
    decoder.end_utt()


def word_starts(text: str, voice: str) -> list:
    """Where the phonemes put the start of each word: a voice says as many words as stand in the text."""
    said = speech.synthesize(text, voice)
    spoken = [phoneme for phoneme in said.phonemes if phoneme.symbol]
    known = catalogue.neural(voice)
    from course.speech import english

    rows = english.symbols_of(text, known.language == "en-gb").split()
    counts = [sum(symbol not in alphabet.AFTER | alphabet.TONES | alphabet.GAPS and symbol not in alphabet.STRESS
                  for symbol in alphabet.known(row)) for row in rows]  # fmt: skip
    places = np.cumsum([0, *counts])[:-1]
    return [spoken[place].start for place in places]


def measured(voice: catalogue.Voice) -> dict:
    """The figures of one voice."""
    texts = TEXTS[voice.language.partition("-")[0]]
    begin = time.perf_counter()
    speech.synthesize(texts[0][:12], voice.name)
    row = {"load": time.perf_counter() - begin}
    begin = time.process_time()
    spoken = [speech.synthesize(text, voice.name) for text in texts]
    row["cpu"] = (time.process_time() - begin) / sum(said.duration for said in spoken)
    row["lag"] = float(np.mean([lag(said) for said in spoken]))
    if voice.language.startswith("en"):
        row |= _recognised(texts, spoken, voice.name)
    return row


def _recognised(texts, spoken, voice: str) -> dict:
    try:
        import pocketsphinx  # noqa: F401
    except ImportError:
        return {}
    off, right, count = [], 0, 0
    for text, said in zip(texts, spoken):
        theirs, ours = aligned(said.samples, said.sample_rate, text), word_starts(text, voice)
        off += [own - their for own, their in zip(ours, theirs)] if len(theirs) == len(ours) else []
        found = heard(said.samples, said.sample_rate)
        right += sum(word in found for word in words_of(text))
        count += len(words_of(text))
    return {"words": float(np.median(off)), "off": float(np.median(np.abs(off))), "heard": right / count}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("voices", nargs="*", help="names; default: all")
    names = parser.parse_args().voices
    print("| voice | first word, s | processor, s a second | loudness, ms | word starts, ms | off, ms | heard |\n"
          "|---|---|---|---|---|---|---|")  # fmt: skip
    for voice in catalogue.neural_voices():
        if not names or voice.name in names:
            row = measured(voice)
            words = (f"{1000 * row['words']:+.0f} | {1000 * row['off']:.0f} | {row['heard']:.0%}" if "words" in row
                     else "| |")  # fmt: skip
            print(f"| {voice.name} | {row['load']:.1f} | {row['cpu']:.2f} | {1000 * row['lag']:+.0f} | {words} |",
                  flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
