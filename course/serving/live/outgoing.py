"""Every frame that leaves a live face passes here: what must be in all of them is put in here."""

import numpy as np


class Outgoing:
    """The last step of each frame of one live face."""

    def __call__(self, frame: np.ndarray) -> np.ndarray:
        """The frame as it goes out: uint8 (H, W, 3)."""
        return frame
