"""Answers of people who saw the notebooks alone: the right ones are accepted, the wrong ones refused."""

import pytest
from students_answers import SEEN, UNSEEN

from course.exercises import judge, registry

ANSWERS = SEEN + UNSEEN


@pytest.mark.parametrize("answer", ANSWERS, ids=[f"{answer['exercise']}-{answer['label']}" for answer in ANSWERS])
def test_answer_is_judged_by_what_it_does(answer):
    scope = {"__name__": "answer"}
    exec(compile(answer["source"], f"<{answer['label']}>", "exec"), scope)
    said = judge.judge(registry.find(answer["exercise"]), scope[answer["exercise"]])
    assert (said.state == "right") == answer["right"], said.text


def test_most_common_mistakes_are_told_why():
    common = [answer for answer in ANSWERS if answer["common"] and not answer["right"]][::4]
    told = 0
    for answer in common:
        scope = {"__name__": "answer"}
        exec(compile(answer["source"], f"<{answer['label']}>", "exec"), scope)
        told += bool(judge.judge(registry.find(answer["exercise"]), scope[answer["exercise"]]).diagnosis)
    assert told >= 0.6 * len(common), f"{told} of {len(common)}"
