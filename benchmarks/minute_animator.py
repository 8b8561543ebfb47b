"""The minute of lesson 08: what it learns, with a judge and without, beside the warp alone.

    python benchmarks/minute_animator.py [--steps 240] [--seeds 1]

Mean L1 in grey levels of 255 between the lips, on pairs of people it has never seen: the warp, the network at its best
step and at its last. Processor time, since a busy machine's clock says little.
"""

import argparse
import dataclasses
import time

from course.lessons.lesson_08 import minute_animator


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--steps", type=int, default=240)
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    for seed in range(options.seeds):
        settings = minute_animator.Settings(seed=seed, steps=options.steps)
        begin = time.process_time()
        faces = minute_animator.draw_faces(settings)
        drawn = time.process_time()
        pairs = minute_animator.make_pairs(faces, settings)
        print(f"seed {seed}: faces {drawn - begin:.1f} s, pairs {time.process_time() - drawn:.1f} s, "
              f"{len(pairs['train'])} to learn from, {len(pairs['unseen'])} to measure on")
        for words, judged_from in (("without a judge", 2.0), ("with one from the middle", settings.begin)):
            print(f"  {words:<25} {trained(pairs, dataclasses.replace(settings, begin=judged_from))}", flush=True)


def trained(pairs: dict, settings: minute_animator.Settings) -> str:
    """What came of one run."""
    run, begin, found = minute_animator.Run(pairs, settings), time.process_time(), {}
    run.train(found.__setitem__, every=20)
    errors = {step: values["repainted"] for step, values in found.items()}
    best, last = min(errors, key=errors.get), max(errors)
    return (f"warp {found[last]['the warp alone']:.1f}, best {errors[best]:.1f} at step {best}, last {errors[last]:.1f}"
            f"  ({time.process_time() - begin:.0f} s)")


if __name__ == "__main__":
    main()
