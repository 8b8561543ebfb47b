"""From a face and what it does to pixels.

    photo (H, W, 3), its points (78, 2), points to go to (78, 2) -> uint8 (H, W, 3): warped, with mouth, lids and
    what networks paint, laid back into the photo

Lesson 08 trains the networks, lesson 09 builds the paste-back.
"""

from .. import doors

doors.open_door(__name__, {
    "portrait": "Portrait PortraitSettings",
    "paste": "paste_back soft_mask",
    "head_field": "HeadField",
    "mouth": "Mouth",
    "eyelids": "Lids",
    "animator": "Animator",
    "animator_networks": "AnimatorNetwork repaint",
    "layers": "Layers",
})
