"""Where the time goes between a photo with a sentence and an mp4: `python benchmarks/stages.py`.

The last line is the whole command in a process of its own, as a person runs it.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path


def timed(name: str, function, repeats: int = 1):
    """Run, print milliseconds (the median of the repeats), return the last result."""
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        result = function()
        times.append(time.perf_counter() - begin)
    print(f"{sorted(times)[len(times) // 2] * 1000:9.1f} ms  {name}")
    return result


def imports():
    from course import animation, demo, images
    from course.detection import detector
    from course.keypoints import find
    from course.speech import synthesis

    return animation, demo, detector, images, find, synthesis


def main() -> None:
    animation, demo, detection, images, keypoints, speech = timed("imports, PyTorch among them", imports)
    photo = timed("read the photo", lambda: images.load_image(demo.photo_path()))
    timed("find the face, the first time: weights load", lambda: detection.detect_faces(photo))
    boxes = timed("find the face", lambda: detection.detect_faces(photo), 9)
    timed("find its points, the first time: weights load", lambda: keypoints.find_points(photo, boxes))
    points = timed("find its points", lambda: keypoints.find_points(photo, boxes), 9)
    actor = timed("fit the face, take the photo apart", lambda: animation.make_actor(photo, points[0]), 3)
    timed("speak the sentence", lambda: speech.synthesize(demo.TEXT))
    clip = animation.animate(photo, text=demo.TEXT)
    frames = timed(f"make {len(clip)} frames", lambda: list(clip))
    timed("make one frame at rest", lambda: actor.frame(actor.face.rest), 9)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "film.mp4"
        film = type(clip)(frames, clip.fps, clip.audio, clip.sample_rate)
        timed("encode them", lambda: film.save(out, progress=False))
        timed(f"the whole command: {clip.duration:.1f} s of film",
              lambda: subprocess.run([sys.executable, "-m", "course", "animate", "-o", str(out)], check=True,
                                     capture_output=True))


if __name__ == "__main__":
    main()
