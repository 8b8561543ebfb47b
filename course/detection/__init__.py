"""Where are the faces?

    uint8 (H, W, 3) -> float32 (N, 5): x1, y1, x2, y2 and a score, best first

Lesson 01 builds the boxes' arithmetic and a detector.
"""

from .. import doors

doors.open_door(__name__, {
    "constants": "ANCHOR_SIZES OFFSET_SCALE",
    "boxes": "area decode_boxes encode_boxes iou make_anchors nms",
    "detector": "BACKENDS SETTINGS DetectorSettings best_score detect_faces find_faces score_at",
    "torch_detector": "load_network look",
    "pictures": "pad shrink",
    "choose": "MIN_FACE choose_faces",
    "network": "DetectorNet fuse",
})
