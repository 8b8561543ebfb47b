"""Peak memory of the whole command, for a short and a long film: `python benchmarks/memory.py`.

Each film is made in a process of its own. Sixty seconds should need hardly more than five.
"""

import subprocess
import sys
import tempfile

SENTENCE = "A photo and a sentence go in, and out comes a film in which the person in the photo says it. "
CODE = ("import resource, sys\nfrom course import animation, demo\n"
        "clip = animation.animate(demo.photo_path(), text=sys.argv[1])\n"
        "clip.save(sys.argv[2], progress=False)\n"
        "print(clip.duration, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)\n")


def measure(text: str) -> tuple:
    """Seconds of film and peak MiB."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([sys.executable, "-c", CODE, text, f"{folder}/film.mp4"], capture_output=True,
                              text=True, check=True)
    seconds, peak = done.stdout.split()[-2:]
    return float(seconds), float(peak)


def main() -> None:
    for repeats in (1, 11):
        seconds, peak = measure(SENTENCE * repeats)
        print(f"{seconds:5.1f} s of film at 512x600: {peak:5.0f} MiB at the peak")


if __name__ == "__main__":
    main()
