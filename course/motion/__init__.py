"""Everything that moves a face, over time: all kinds of input become a `Motion`.

    speech, sound, a driving film, a gesture -> Motion (T, 57); Motion and a photo's face -> that face's values (T, 57)

Lesson 03 builds gestures, lesson 09 carries the movement of one face over to another.
"""

from .. import doors

doors.open_door(__name__, {
    "motion": "Motion frame_times in_between kept_rate",
    "spoken": "accents accents_of_sound delivery from_audio from_speech",
    "gestures": "DIRECTIONS MotionModel motion_model",
    "transfer": (
        "beside_for find_best_frame hull_area in_own_range limit_place limit_turn relative_motion retarget values_for"),
    "expressions": "EXPRESSIONS expression",
    "direction": "GAZES HEADS",
    "expressive": "MOUTH envelope expression_from_speech mouth_room",
    "strength": "strengths",
    "smoothing": "both_ways steady",
    "tracking": "fit_motion interpolate_lost motion_from_points track_points track_video",
    "idle_networks": "MotionGRU MotionVAE autoregressive_rollout gaussian_nll gru_rollout vae_loss vae_rollout",
})
