"""How good is it?

    a true film and a made one -> L1, PSNR, SSIM, distances of keypoints, jitter; `course evaluate` prints the table

A number says how far off a film is in one respect, and nothing of the others. Lesson 11 builds six of them.
"""

from .. import doors

doors.open_door(__name__, {
    "metrics": (
        "akd average_precision eyes_mask face_mask hull_mask jitter l1 mouth_mask nme precision_recall psnr "
        "ssim ssim_map window_mean"),
    "motion_metrics": "blink_rate follows_mouth frechet_distance spectrum_distance",
    "lip_sync": "agreement loudness mouth_opening sync_error",
    "intervals": "bootstrap_interval",
    "judges": "open_judge",
    "groups": "rates_by_group",
    "reenactment": "read_take static triangulated_warp",
    "table": "MEAN Row as_json as_text compare_with_static evaluate run",
})
