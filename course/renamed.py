"""Names that moved: what was one flat folder is rooms now, and old notebooks and answers still run.

`from course import blending` gives a module in which every name leads to where it stands today; the first time one is
used, a line says what it is called now. So nothing that a student kept is lost, and nobody has to search.
"""

import importlib
import sys
from importlib.machinery import ModuleSpec

ModuleType = type(sys)  # `types` has it too, and takes a while to load

# what was a file of `course/`: the files in which its names stand now, that with most of them first
HOMES = {
    "agreement": "keypoints.agreement",
    "alignment": "keypoints.alignment",
    "animation": "animation detection.choose",
    "animator": "rendering.animator",
    "animator_crops": "rendering.animator_crops",
    "animator_data": "recipes.animator.pairs",
    "animator_formula": "recipes.animator.formula_pairs",
    "animator_losses": "recipes.animator.losses",
    "animator_net": "rendering.animator_networks recipes.animator.discriminator",
    "animator_run": "lessons.lesson_08.long_run",
    "animator_steps": "recipes.animator.steps",
    "audio_motion": "speech.lips speech.hearing",
    "blending": "motion.transfer face.posing motion.expressions",
    "bounded": "face.least_squares",
    "build_face_model": "recipes.face_model.fitting recipes.face_model.training",
    "build_identity": "recipes.identity",
    "checkpoints": "training.checkpoints",
    "checksums": "io.checksums",
    "curves": "rendering.curves interpolation",
    "data": "training.labelled",
    "datasets": "io.datasets",
    "datasets_manifest": "recipes.manifest",
    "decoding": "io.decoding",
    "detection": "detection.detector detection.boxes",
    "detection_data": "recipes.detector.scenes",
    "detector_net": "detection.network",
    "downloads": "io.downloads",
    "drawn_channels": "recipes.face_model.drawn_channels",
    "drivers": "lessons.lesson_09.drivers",
    "encoding": "io.encoding",
    "espeak": "speech.espeak",
    "evaluation": "evaluation.table",
    "evaluation_pictures": "evaluation.sheets",
    "eyelids": "rendering.eyelids keypoints.landmarks",
    "face_alignment_backend": "detection.face_alignment",
    "face_model": "face.model motion.tracking",
    "faceless": "recipes.detector.faceless",
    "features": "features.features",
    "features_networks": "features.networks",
    "first_order": "lessons.lesson_06.first_order flow.equivariance",
    "gan": "gan.game gan.train gan.losses gan.networks gan.data "
        "gan.augmentation gan.look lessons.lesson_07.plane lessons.lesson_07.failures images",
    "gan_augment": "gan.augmentation",
    "gan_data": "gan.data keypoints.crops",
    "gan_failures": "lessons.lesson_07.failures",
    "gan_look": "gan.look images",
    "gan_losses": "gan.losses",
    "gan_networks": "gan.networks",
    "gan_plane": "lessons.lesson_07.plane",
    "gestures": "motion.gestures",
    "headwarp": "rendering.head_field",
    "heatmaps": "keypoints.heatmaps",
    "idle": "motion.idle",
    "judges": "evaluation.judges",
    "keypoints": "keypoints.find keypoints.reading motion.tracking keypoints.heatmaps keypoints.alignment "
        "evaluation.metrics",
    "landmark_data": "recipes.keypoints.tiles keypoints.crops",
    "landmarker": "keypoints.network",
    "landmarks": "keypoints.landmarks",
    "layers": "rendering.layers",
    "layers_data": "recipes.layers.data",
    "layers_net": "rendering.layers_networks",
    "layers_square": "rendering.layers_square",
    "learned_idle": "motion.learned_idle",
    "metrics": "evaluation.metrics",
    "minute_animator": "lessons.lesson_08.minute_animator",
    "minute_detector": "lessons.lesson_01.minute_detector",
    "motion": "motion.motion face.channels motion.spoken motion.gestures polish.filters",
    "motion_data": "recipes.motion.tracks motion.idle_features",
    "motion_metrics": "evaluation.motion_metrics",
    "motion_models": "motion.idle_networks",
    "mouth": "rendering.mouth",
    "optical_flow": "flow.optical_flow",
    "paste": "rendering.paste",
    "places": "exercises.places exercises.swap",
    "plots_animator": "lessons.lesson_08.figures",
    "plots_detection": "lessons.lesson_01.figures plots",
    "plots_flow": "lessons.lesson_06.figures",
    "plots_gan": "lessons.lesson_07.figures",
    "point_motion": "flow.point_motion lessons.lesson_06.photo_mover images",
    "polish": "polish.sharpness polish.filters motion.smoothing",
    "portrait": "rendering.portrait",
    "processes": "training.processes",
    "reenactment": "evaluation.reenactment",
    "rendering": "polish.sharpness",
    "rendering.sharpness": "polish.sharpness",
    "relighting": "recipes.detector.relighting",
    "sampling": "flow.sampling",
    "segmenter": "recipes.layers.teacher",
    "speech": "speech.synthesis io.sound speech.spectrogram",
    "synthetic": "synthetic.faces synthetic.people synthetic.true_flow",
    "synthetic_flow": "synthetic.true_flow",
    "synthetic_glasses": "synthetic.glasses",
    "synthetic_hair": "synthetic.hair",
    "synthetic_head": "synthetic.head",
    "synthetic_parts": "synthetic.parts",
    "synthetic_people": "synthetic.people",
    "synthetic_raster": "synthetic.raster",
    "synthetic_scene": "synthetic.scene",
    "synthetic_shading": "synthetic.shading",
    "three_ways": "lessons.lesson_02.three_ways",
    "tracking": "motion.tracking",
    "train_animator": "recipes.animator.training recipes.animator.squares",
    "train_detector": "recipes.detector.training recipes.detector.validation recipes.detector.losses "
                      "recipes.detector.recipe "
                      "training.schedules io.weights",
    "train_gan": "recipes.gan",
    "train_keypoints": "recipes.keypoints.training",
    "train_layers": "recipes.layers.training recipes.layers.matting recipes.layers.refiner recipes.layers.recipe",
    "train_motion": "recipes.motion.training",
    "train_speech": "recipes.speech.training recipes.speech.utterances recipes.speech.augmentation "
                    "recipes.speech.texts recipes.speech.held_out",
    "training": "training.loop",
    "training_log": "training.log",
    "updates": "training.updates",
    "video": "io.video io.decoding io.encoding",
    "visemes": "speech.visemes",
    "warping": "rendering.warping",
    "weights": "io.weights",
    "widgets": "lessons.widgets lessons.actors lessons.lesson_00.widget lessons.lesson_02.widget",
    "widgets_animator": "lessons.lesson_08.widget",
    "widgets_detection": "lessons.lesson_01.widget",
    "widgets_flow": "lessons.lesson_06.widget",
    "widgets_gan": "lessons.lesson_07.widget",
    "widgets_pose": "lessons.lesson_03.widget",
    "widgets_transfer": "lessons.lesson_09.widget",
}
# and the names that are spelled otherwise
SPELLED = {
    "animator_net.Repainter": "AnimatorNetwork", "plots_gan.two_slopes": "two_losses",
    "espeak.voices": "installed_voices", "eyelids.UPPER": "LID_UPPER", "eyelids.LOWER": "LID_LOWER",
    "eyelids.PUPIL": "LID_PUPIL", "face_model.HEAD": "HEAD_COLUMNS", "features_networks.layer_names": "known_layers",
    "train_speech.HELD_OUT_VARIANTS": "VARIANTS",
    "gan.as_picture": "from_tensor", "gan_look.as_picture": "from_tensor", "point_motion.as_picture": "from_tensor",
    "landmark_data.crop_square": "square_around", "paste.paste": "paste_back", "point_motion.errors": "flow_errors",
    "train_detector.TrainSettings": "Recipe", "video.load": "load_video",
    "animator_data.PairSettings": "PairRecipe", "animator_losses.judge_loss": "discriminator_loss",
    "detection_data.SceneSettings": "SceneRecipe", "landmark_data.AugmentSettings": "AugmentRecipe",
    "layers_net.Parter": "Matting", "train_detector.Judge": "Validator", "train_keypoints.TrainSettings": "Recipe",
    "train_layers.ParterTask": "MattingTask", "train_layers.PartSample": "MattingSample",
    "train_layers.PartSamples": "MattingSamples", "train_layers.train_parter": "train_matting",
    "train_motion.Settings": "Recipe", "train_speech.Settings": "Recipe",
}  # fmt: skip


class OldModule(ModuleType):
    """A module that is no file any more: its names are looked up where they stand now, anew each time."""

    def __getattr__(self, name: str):
        return find(self.__name__, name)


class _Finder:
    """Finds the old modules of `course`; asked last, after all that are really there."""

    def find_spec(self, fullname, path=None, target=None):
        old = fullname.removeprefix("course.")
        return ModuleSpec(fullname, self) if old in HOMES and fullname != old else None

    def create_module(self, spec):
        return OldModule(spec.name)

    def exec_module(self, module) -> None:
        module.__doc__ = f"Moved: {module.__name__} is {', '.join(places_of(module.__name__.removeprefix('course.')))}"


def listen() -> None:
    """From now on old imports are answered."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.append(_Finder())


def find(module_name: str, name: str):
    """What was called `course.OLD.NAME`, with a line in the log that says its new name.

    Args:
        module_name: "course.OLD"; name: what stood in it.
    Raises:
        AttributeError: there never was such a name.
    """
    old = module_name.partition(".")[2]
    spelled = SPELLED.get(f"{old}.{name}", name)
    homes = [] if name.startswith("_") else HOMES.get(old, "").split()
    found = {home: value for home in homes if (value := _public(home, spelled)) is not None}
    if found:
        # a name that one file has from another is called by where it was made
        made = [home for home, value in found.items() if getattr(value, "__module__", "") == f"course.{home}"]
        home = (made or list(found))[0]
        _say(f"course.{old}.{name}", _taught(home, spelled))
        return found[home]
    raise AttributeError(f"module {module_name!r} has no attribute {name!r}")


def _public(home: str, name: str):
    """What stands under a name in a file, or None; a module that the file imports does not count."""
    value = vars(importlib.import_module(f"course.{home}")).get(name)
    return None if isinstance(value, ModuleType) else value


def places_of(old: str) -> list:
    """The files in which the names of an old module stand now: ["course.motion.transfer", ...]."""
    return [f"course.{home}" for home in HOMES[old].split()]


def _taught(home: str, name: str) -> str:
    """The name that lessons use: by the door, where it hands this one on."""
    room, _, file = home.rpartition(".")
    door = vars(importlib.import_module(f"course.{room}")).get("__door__", {}) if room else {}
    return f"course.{room}.{name}" if door.get(name) == file else f"course.{home}.{name}"


_said = set()  # old names, once each


def _say(old: str, new: str) -> None:
    if old != new and old not in _said:
        _said.add(old)
        import logging

        logging.getLogger("course").warning("%s is called %s now", old, new)
