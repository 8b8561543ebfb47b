"""What does a face do, and how is it held?

    points (78, 2) -> a `Face` and 57 channel values; channel values (57,) -> points (78, 2)

Lesson 03 builds the sliders, the projection, and the way back.
"""

from .. import doors

doors.open_door(__name__, {
    "channels": "BLENDSHAPES CHANNELS HEAD INDEX INSIDE MOTION_CHANNELS",
    "model": (
        "HEAD_COLUMNS NOISE N_CHANNELS UPPER Face FaceModel angles_of blendshapes_to_points fit_channels fit_face "
        "fit_pose point_slopes pose_points project rotation_matrix"),
    "least_squares": "fit_step",
    "posing": "beside_model posed_points seal_lids seal_lips",
})
