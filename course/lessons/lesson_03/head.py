"""The points of a small head, for a check: eyes, nose, mouth, chin and forehead."""

import numpy as np

HEAD = np.array([[-0.5, -0.4, -0.1], [0.5, -0.4, -0.1], [0.0, 0.0, -0.6], [-0.3, 0.4, -0.2], [0.3, 0.4, -0.2],
                 [0.0, 0.8, 0.1], [0.0, -0.9, 0.1]])  # eyes, tip of the nose, mouth corners, chin, forehead
