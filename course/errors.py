"""Every way in which the input can be wrong, as one family of exceptions.

Each message is one line: what was wrong, with which input, and what to do. The command `course`
prints that line and exits with 2; whoever uses the package from Python catches `CourseError`.
"""


class CourseError(Exception):
    """Something about the input or the surroundings that a person can put right."""


class ImageError(CourseError):
    """Not an image, a truncated one, or one too large to open safely."""


class FaceError(CourseError):
    """No face, a face too small, or several faces and none chosen."""


class AudioError(CourseError):
    """Sound that is silent, empty, or does not decode."""


class TextError(CourseError):
    """Text with nothing to say, or a voice that does not exist."""


class VideoError(CourseError):
    """A video that does not decode or holds no usable frame."""


class MotionError(CourseError):
    """Motion with unknown channels, wrong shapes or values that are not numbers."""


class WeightsError(CourseError):
    """Weights that are missing, cut short, or have the wrong checksum."""


class DownloadError(CourseError):
    """A download that failed; says the manual way out."""


class OutputError(CourseError):
    """A place that cannot be written: no such folder, no permission, no space."""
