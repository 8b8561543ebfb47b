"""The face model's recipe: what 57 channels do to 78 points, from labels and tracks. `course train face-model`."""
