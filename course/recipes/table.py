"""The table of recipes: what `course train` can make, out of which data, by which module.

Every module has `train(data, *, steps, resume, device, logdir, out)`, some with one argument more, and is loaded when
it is asked for.
"""

import importlib

from .. import errors


class Entry:
    """One line of the table.

    module: a file of this folder; about: what it makes; data: what `train` gets where no folder is named: "pictures",
    those that `course data fetch` put in their place, or "none"; further: options beside those that all have, under
    the names of `train`'s arguments.
    """

    # written out, since `dataclasses` takes longer to load than the whole command's help
    def __init__(self, module: str, about: str, data: str = "pictures", further: tuple = ()):
        self.module, self.about, self.data, self.further = module, about, data, further

    def load(self):
        """The module, imported."""
        return importlib.import_module(f"{__package__}.{self.module}")


RECIPES = {
    "detector": Entry("detector.training", "finds faces"),
    "keypoints": Entry("keypoints.training", "finds 78 points of a face"),
    "lids": Entry("lids", "looks at eyes from near: lids and pupils"),
    "lips": Entry("lips", "looks at the mouth from near: both lips"),
    "covered": Entry("covered.training", "sees whether a mask hides the mouth"),
    "fakes": Entry("fakes.training", "tells frames of our films from photos"),
    "speech": Entry("speech.training", "hears lips; --data names a folder of Kokoro's voices", data="none"),
    "gan": Entry("gan", "noise to faces; drawn faces where there is no --data", data="none"),
    "animator": Entry("animator.training", "repaints mouth and eyes"),
    "layers": Entry("layers.training", "parts a person from the wall; needs --teacher", further=("teacher",)),
    "teeth": Entry("teeth.training", "rows of teeth, cut out of smiles"),
    "motion": Entry("motion.training", "idle movement, from the tracks that ship or one folder of --data", data="none"),
    "face-model": Entry("face_model.training", "what a face can do; needs --motion", further=("motion",)),
    "seen": Entry("seen", "what the landmarker sees of each channel"),
    "identity": Entry("identity", "tells people apart"),
}


def refuse_steps(what: str, steps, resume: bool, device: str) -> None:
    """For recipes that solve equations: raises `errors.CourseError` if asked for what only a training has."""
    asked = {"--steps": steps is not None, "--resume": resume, "--device": device != "cpu"}
    for option, given in asked.items():
        if given:
            raise errors.CourseError(f"the {what} is worked out at once, on the CPU: leave {option} out")
