"""Where a person is in a picture, by MediaPipe's selfie segmenter: the teacher from whom `layers` learned it.

Nothing that ships needs it; `course train layers` does. The file is in the wheel of mediapipe 0.10.14:

    pip download mediapipe==0.10.14 --no-deps --only-binary :all: --python-version 3.11
    unzip -j mediapipe-0.10.14*.whl "*selfie_segmentation.tflite"
"""

import contextlib
from pathlib import Path

import numpy as np

from ... import errors
from ...io import downloads

FILE = "selfie_segmentation.tflite"
SHA256 = "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c"
WHERE = "take it from the wheel of mediapipe 0.10.14 (`pip download mediapipe==0.10.14 --no-deps`, then unzip it)"


@contextlib.contextmanager
def open_segmenter(path):
    """A function uint8 (H, W, 3) -> float32 (H, W) in [0, 1]; use with `with`.

    Raises:
        errors.CourseError: MediaPipe is not installed; errors.WeightsError: no such file, or another one.
    """
    try:
        import mediapipe
        from mediapipe.tasks import python as tasks
    except ImportError:
        raise errors.CourseError("the segmenter needs MediaPipe: run `pip install living-portraits[judge]`") from None
    if path is None or not Path(path).is_file():
        raise errors.WeightsError(f"name the file {FILE} with --teacher: {WHERE}")
    if downloads.file_sha256(path) != SHA256:
        raise errors.WeightsError(f"{path} is not the {FILE} that is needed: {WHERE}")
    options = tasks.vision.ImageSegmenterOptions(
        base_options=tasks.BaseOptions(model_asset_path=str(path)), output_confidence_masks=True)

    with tasks.vision.ImageSegmenter.create_from_options(options) as segmenter:
        def find(image: np.ndarray) -> np.ndarray:
            picture = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(image))
            masks = segmenter.segment(picture).confidence_masks
            return np.array(masks[0].numpy_view(), np.float32).reshape(image.shape[:2])

        yield find
