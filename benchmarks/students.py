"""What the checks say to answers that students might write: `python benchmarks/students.py [-v]` prints a table.

The answers stand in `tests/students_answers.py`: right ones in styles unlike ours, wrong ones of many kinds.
-v: every verdict, to be read: is what it says true?
"""

import os
import sys
from collections import Counter
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is loaded
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from students_answers import SEEN, UNSEEN
from tqdm import tqdm

from course.exercises import judge, registry


def verdict(answer: dict) -> judge.Verdict:
    """What the check says to an answer."""
    scope = {"__name__": "answer"}
    exec(compile(answer["source"], f"<{answer['label']}>", "exec"), scope)
    return judge.judge(registry.find(answer["exercise"]), scope[answer["exercise"]])


def state_of(said: judge.Verdict) -> str:
    """"accepted", "card": a mistake known by name, "fact": what it has to do with the right answer, or "refused"."""
    if said.state == "right":
        return "accepted"
    return "card" if said.card else "fact" if said.fact else "refused"


def main() -> None:
    """Print the table."""
    print(f"{'while cards were written':<26}{'':<8}{'answers':>9}{'accepted':>10}{'card':>6}{'fact':>6}"
          f"{'smallest case alone':>21}")
    for name, answers in (("seen", SEEN), ("not seen", UNSEEN)):
        counts: dict = {kind: Counter() for kind in ("right", "wrong", "common")}
        for answer in tqdm(answers, disable=None):
            said = verdict(answer)
            kinds = ("right",) if answer["right"] else ("wrong", "common") if answer["common"] else ("wrong",)
            for kind in kinds:
                counts[kind][state_of(said)] += 1
            if "-v" in sys.argv or answer["right"] != (said.state == "right"):
                print(f"\n{answer['label']}: {answer['what'] or 'right'}\n{said.text}")
        for kind, found in counts.items():
            print(f"{name:<26}{kind:<8}{found.total():>9}{found['accepted']:>10}{found['card']:>6}{found['fact']:>6}"
                  f"{found['refused']:>21}")


if __name__ == "__main__":
    main()
