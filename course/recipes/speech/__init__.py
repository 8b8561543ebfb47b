"""The recipe of sound to lips: made speech, augmentation, training. `course train speech`."""
