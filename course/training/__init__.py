"""A training loop that knows no network: batches, steps, running means, curves, checkpoints that resume.

    a `Task` and a `Config` -> a `Result`; the recipes and lessons bring the task
"""

from .. import doors

doors.open_door(__name__, {
    "loop": "Config Result Stopped Task batch_numbers ema_decay ema_update stop_politely train",
    "updates": "Updater choose_precision frozen",
    "processes": "Processes join leave seed_all",
    "schedules": "learning_rate_share set_learning_rate",
    "batches": "Ahead",
    "kept": "made_once",
    "labelled": "LabelledFaces load_labelled",
    "log": "Log board training_figure",
})
