"""What is said, and how do lips say it?

    text -> samples (N,), timed phonemes and pitch; phonemes or samples -> visemes -> lip channels (T, C)
"""

from .. import doors

doors.open_door(__name__, {
    "synthesis": "synthesize",
    "phonemes": "Phoneme Speech",
    "manner": "Manner",
    "catalogue": "find_voice guess_voice voices",
    "spectrogram": "mel_filters mel_spectrogram",
    "phrases": "Phrase",
    "visemes": "LIP_CHANNELS RULE STRESS_GAIN VISEMES VISEME_NAMES VOWELS coarticulate curves phonemes_to_visemes "
               "segments_of target visemes_of",
    "hearing": "Heard hear relative_loudness",
    "lip_networks": "VisemeNet",
    "lips": "features lip_curves load_network viseme_probabilities",
    "lip_stream": "LipStream",
})
