"""What `make demo` says, and who says it."""

import importlib.util
from pathlib import Path

from . import errors

TEXT = "Hello! I am a photograph from nineteen eighty four, and today I learned to talk."
# Grace Hopper (1906-1992), computer scientist and rear admiral: US Navy portrait, public domain.
PHOTO = "grace_hopper.jpg"
CONSENT = ("The photo is of Grace Hopper (1906-1992), by the US Navy, 1984, in the public domain. She cannot be asked: "
           "the words are not hers.")


def photo_path() -> Path:
    """Where the embedded photo lies, a JPEG of 512x600 pixels: it travels in matplotlib's wheel.

    Raises:
        errors.ImageError: this matplotlib came without its sample data.
    """
    spec = importlib.util.find_spec("matplotlib")  # finding it does not import it, which would take a while
    path = Path(spec.origin).parent / "mpl-data" / "sample_data" / PHOTO if spec else Path(PHOTO)
    if not path.is_file():
        raise errors.ImageError("the embedded photo is missing: run `pip install --force-reinstall matplotlib`, "
                                "or name a photo of your own")
    return path
