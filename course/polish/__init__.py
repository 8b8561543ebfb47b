"""Better frames: steadier, sharper, in the right colours, more of them, and how much they flicker.

    points and channels (T, C) -> steadier ones; frames, uint8 (H, W, 3), one after the other -> better ones

Motion steadies what it tracks with these filters and rendering matches its paint with these colours, so the room
stands below both; `course.postprocess` lays all of it over a finished film. Lesson 10 builds it.
"""

from .. import doors

doors.open_door(__name__, {
    "filters": "kalman one_euro",
    "sharpness": "Restorer detail restore_detail unsharp_mask",
    "colour": "color_transfer colour_error from_look look_of match_colours saturated shades_of_grey to_lab to_rgb",
    "between": "at_rate dense_flow flow_warp in_between interpolate_frames mismatch",
    "shaking": "even_brightness steady_frames",
    "flickering": "film_flicker flicker",
    "stages": "DEFAULT STAGES wants",
})
