"""Mutation testing of the exercises' checks: each solution changed in one place, and what its check says to that.

    python benchmarks/mutate_exercises.py                       every exercise: some minutes
    python benchmarks/mutate_exercises.py nms lesson_07         these, each accepted mutant shown
    python benchmarks/mutate_exercises.py --sample 100 --seed 3

A mutant that a check accepts is a hole in its cases, or makes no difference: those are listed, each with the reason,
in benchmarks/mutants_that_are_right.txt. The exit code is 1 where a check accepts one that is not listed there.
"""

import argparse
import os
import random
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is loaded: a process each core

from tqdm import tqdm

from course.authoring import mutants
from course.exercises import registry

ROOT = Path(__file__).resolve().parent.parent
LISTED = Path(__file__).with_name("mutants_that_are_right.txt")


def every(names=()) -> list:
    """(lesson's path, mutant) for each mutant of the exercises or lessons named, or of all."""
    found = []
    for path in sorted((ROOT / "solutions").glob("[0-9]*.py")):
        whole_lesson = not names or f"lesson_{path.name[:2]}" in names
        found += [(path, mutant) for mutant in mutants.of_lesson(path)[0] if whole_lesson or mutant.exercise in names]
    return found


def listed() -> dict:
    """{key: reason} of the mutants that make no difference: blocks of a key's line and an indented reason."""
    found, key = {}, ""
    for line in LISTED.read_text(encoding="utf-8").splitlines() if LISTED.exists() else []:
        if line.startswith(" ") and key:
            found[key] = f"{found[key]} {line.strip()}".strip()
        elif line.strip() and not line.startswith("#"):
            key = line.rstrip()
            found[key] = ""
    return found


_scopes: dict = {}  # of each lesson, in each process


def judged(entry: tuple) -> tuple:
    """("accepted", "refused" or "card", seconds) for a (path, mutant)."""
    path, mutant = entry
    if path not in _scopes:
        _scopes[path] = mutants.of_lesson(path)[1]
    begun = time.process_time()
    verdict = mutants.verdict(registry.find(mutant.exercise), mutant, _scopes[path])
    state = "accepted" if verdict.state == "right" else "card" if verdict.card else "refused"
    return state, time.process_time() - begun


def main() -> int:
    """Print the table, then what was accepted; 1 where that is not listed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="exercises (nms) or lessons (lesson_07)")
    parser.add_argument("--sample", type=int, help="so many, by chance")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    options = parser.parse_args()
    entries, known = every(options.names), listed()
    found = {name for path, mutant in entries for name in (mutant.exercise, f"lesson_{path.name[:2]}")}
    if missing := [name for name in options.names if name not in found]:
        parser.error(f"there is no exercise or lesson {', '.join(missing)}: name it as nms or lesson_07")
    if options.sample is not None and options.sample < 1:
        parser.error("--sample takes 1 or more")
    if options.sample:
        entries = random.Random(options.seed).sample(entries, min(options.sample, len(entries)))
    with ProcessPoolExecutor(options.processes) as pool:
        states = list(tqdm(pool.map(judged, entries), total=len(entries), unit="mutant", disable=None))
    return report(entries, states, known, whole=not options.names and not options.sample)


def report(entries: list, states: list, known: dict, whole: bool) -> int:
    """Print what came out."""
    table: dict = {}
    for (_, mutant), (state, seconds) in zip(entries, states):
        row = table.setdefault(mutant.exercise, Counter())
        row[state] += 1
        row["seconds"] += seconds
        row["listed"] += state == "accepted" and mutant.key in known
    print(f"{'exercise':<24} mutants refused accepted  (no mistake)  with a card  CPU s")
    for name, row in [*table.items(), ("all", sum(table.values(), Counter()))]:
        mutants_, refused = row["accepted"] + row["refused"] + row["card"], row["refused"] + row["card"]
        print(f"{name:<24} {mutants_:>7} {refused:>7} {row['accepted']:>8}  {row['listed']:>12}  {row['card']:>11}"
              f"  {row['seconds']:>5.0f}")
    accepted = [mutant.key for (_, mutant), (state, _) in zip(entries, states) if state == "accepted"]
    holes = [key for key in accepted if key not in known]
    for key in holes:
        print(f"\naccepted, and not listed:\n{key}")
    for key in sorted(set(known) - set(accepted)) if whole else ():
        print(f"\nlisted, but refused or gone: {key}")
    return 1 if holes else 0


if __name__ == "__main__":
    sys.exit(main())
