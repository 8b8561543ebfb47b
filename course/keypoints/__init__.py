"""Where are the points of a face?

    uint8 (H, W, 3) and boxes (N, 5) -> float32 (N, 78, 2): 68 points in iBUG's order, two pupils, eight on the forehead

Lesson 02 builds heatmaps, soft-argmax, alignment and mirroring.
"""

from .. import doors

doors.open_door(__name__, {
    "landmarks": (
        "BROW_LEFT BROW_RIGHT EYE_LEFT EYE_OUTER_CORNERS EYE_RIGHT FLIP FOREHEAD JAW LIPS_INNER LIPS_OUTER "
        "NOSE N_IBUG N_POINTS PUPILS eye_distance share_inside tight_boxes"),
    "heatmaps": "gaussian_heatmap hard_argmax soft_argmax spread",
    "alignment": "flip_keypoints similarity_transform",
    "crops": "cut_tight square_around square_from_box square_matrix",
    "network": "Landmarker fold_norms",
    "reading": "Look load_network look look_in_box points_in_box second_look",
    "agreement": "disagreement",
    "find": "find_keypoints find_points",
})
