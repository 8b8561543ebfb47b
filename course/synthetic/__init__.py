"""People from a formula, whose every point is known: to learn from, to test with, and to show.

    a seed and channel values -> picture, points, masks, the true flow between two pictures
"""

from .. import doors

doors.open_door(__name__, {
    "faces": "MASKS Faces Rendered batches moving_pair render sample",
    "people": "People random_motion",
    "true_flow": "Flow flow",
})
