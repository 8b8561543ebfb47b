"""What time it is: the one clock by which frames and sound go out; a test puts another in its place."""

import concurrent.futures
import time

FPS = 25  # frames a second of a live face
RATE = 24_000  # Hz of its sound
SAMPLES = RATE // FPS  # of sound beside each frame


class Clock:
    """The computer's own, in seconds."""

    def now(self) -> float:
        """Seconds since some moment; they never go back."""
        return time.monotonic()

    def wait_until(self, second: float) -> None:
        """Return at that second, at once where it is over."""
        while (left := second - time.monotonic()) > 0:
            time.sleep(left)

    def is_done(self, future: concurrent.futures.Future) -> bool:
        """Whether a frame is ready at this moment."""
        return future.done()
