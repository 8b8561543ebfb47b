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
    "visemes": "LIP_CHANNELS VISEMES VISEME_NAMES curves segments_of visemes_of",
    "hearing": "Heard hear relative_loudness",
    "lips": "VisemeNet features lip_curves load_network viseme_probabilities",
    "lip_stream": "LipStream",
})
