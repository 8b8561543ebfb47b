"""Media and files, in and out: films, sounds, weights, and what is fetched.

    a film on disk -> uint8 (H, W, 3) frames, one at a time; frames and sound -> a `Clip` -> mp4
    a sound on disk -> float32 (N,) samples, mono, in [-1, 1]
    a name of `data/` -> tensors; a name of the manifest -> a folder of pictures or weights
"""

from .. import doors

doors.open_door(__name__, {
    "video": "Clip load_video",
    "decoding": "VideoInfo probe read_frames",
    "encoding": "check_output write_video",
    "sound": "SAMPLE_RATE Sound load_audio read_sound resample",
    "weights": "check_place data_dir data_file fill into_networks load_tensors misfit read_weights write_weights",
    "datasets": "cache_dir describe fetch fetched_folders hub_dir list_datasets read_labels read_manifest",
    "downloads": "download file_sha256",
})
