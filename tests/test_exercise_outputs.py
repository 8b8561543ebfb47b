"""What a notebook's process hands out, and what the process that gives points makes of it."""

import json

import numpy as np
import pytest
import torch
from exercise_toys import RIGHT, notebook_fixture, toys_fixture  # noqa: F401 (fixtures)

from course.exercises import desk, guard, judge, outputs, pointing, registry, values
from course.exercises.exercise import ExerciseError

pytestmark = pytest.mark.usefixtures("toys")


def handed_out(name: str, answer) -> dict:
    exercise = registry.find(name)
    return json.loads(json.dumps(outputs.to_data(exercise, list(judge.judge(exercise, answer).given))))


@pytest.mark.parametrize("value", [
    3, 2.5, float("nan"), float("-inf"), True, None, "text", [1, [2.5, "a"]], {"a": 1, 2: [None]}, np.eye(3),
    np.zeros((0, 4)), np.array([True, False]), np.arange(6, dtype=np.uint8).reshape(2, 3)[:, ::-1], np.array(1 + 2j),
    np.array(np.nan), values.Shape((4, 1)), torch.ones(2, 2), torch.ones(2, 1).shape,
])  # fmt: skip
def test_values_arrive_as_they_were(value):
    exercise, plain = registry.find("split"), values.plain(value)
    data = json.loads(json.dumps(outputs.to_data(exercise, [guard.Outcome(plain)])))
    back = outputs.from_data(exercise, data)[0].value
    assert values.identical(back, plain) and type(back) is type(plain)


def test_the_verdict_there_is_the_verdict_here(notebook):
    for name, body in (("iou", RIGHT["iou"]), ("iou", "def iou(a, b):\n    return a @ b.T"),
                       ("iou", "def iou(a, b):\n    raise ValueError('no')"), ("iou", "def iou(a, b): return {1: iou}"),
                       ("iou", "def iou(a, b):\n    raise NotImplementedError"), ("iou", "def iou(a, b):\n    a *= 0"),
                       ("iou", "def iou(a, b):\n    while True: pass"), ("Smoother", RIGHT["Smoother"])):
        notebook.run(body)
        here = judge.judge(registry.find(name), notebook[name])
        there = pointing.judged(registry.find(name), [handed_out(name, notebook[name])])
        said = [(one.state, one.why.partition(", in line")[0].rstrip(".")) for one in (here, there)]
        assert said[0] == said[1]


@pytest.mark.parametrize("handed", [
    [], [None], ["not json"], ["[1]"], [{}], [{"exercise": "iou"}], [{"exercise": "split", "outcomes": []}],
    [{"exercise": "iou", "outcomes": []}], [{"exercise": "iou", "outcomes": {}}],
    [{"exercise": "iou", "outcomes": [{"changed": [], "refused": ""}]}],
    [{"exercise": "iou", "outcomes": [{"changed": [], "refused": "", "value": ["array", ["O", [1], "AAAA"]]}]}],
    [{"exercise": "iou", "outcomes": [{"changed": [], "refused": "", "value": ["array", ["<f8", [9**9], ""]]}]}],
    [{"exercise": "iou", "outcomes": [{"changed": [], "refused": "", "value": ["array", ["<f8", [1], "AA=="]]}]}],
    [{"exercise": "iou", "verdict": "right", "state": "right", "outcomes": [True]}],
])  # fmt: skip
def test_what_is_no_set_of_outputs_gives_nothing(handed):
    found = pointing.judged(registry.find("iou"), handed)
    assert found.state == "wrong" and found.line.startswith("iou: ") and "\n" not in found.line


def test_only_all_outputs_for_the_inputs_in_their_order_give_points(notebook):
    notebook.run(RIGHT["iou"])
    whole, exercise = handed_out("iou", notebook["iou"]), registry.find("iou")
    assert pointing.judged(exercise, [whole]).state == "right"
    for changed in (whole["outcomes"][:-1], whole["outcomes"][:3], whole["outcomes"][::-1],
                    [whole["outcomes"][0]] * len(whole["outcomes"]), whole["outcomes"][1:]):
        assert pointing.judged(exercise, [whole | {"outcomes": changed}]).state == "wrong"
    assert pointing.judged(exercise, [whole, whole]).state == "wrong"
    asked = [entry | {"refused": "it asks our own function"} for entry in whole["outcomes"]]
    assert "our own function" in pointing.judged(exercise, [whole | {"outcomes": asked}]).why
    with pytest.raises(ExerciseError, match="another exercise than split"):
        outputs.from_data(registry.find("split"), whole)


def test_outputs_are_handed_out_while_nbgrader_marks_and_else_not(notebook, monkeypatch):
    shown = []
    monkeypatch.setattr(desk.show, "hand_out", lambda kind, data: shown.append((kind, data)))
    notebook.run(RIGHT["iou"])
    assert notebook.grade("iou") == "" and shown == []
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert notebook.grade("iou") == ""
    notebook.run("def iou(a, b):\n    return 3")
    assert notebook.grade("iou")
    (kind, right), (_, wrong) = shown
    exercise = registry.find("iou")
    assert kind == outputs.KIND and pointing.judged(exercise, [right]).state == "right"
    assert pointing.judged(exercise, [wrong]).why == judge.judge(exercise, notebook["iou"]).why


def test_no_code_comes_with_the_data():
    """An exception is made here, of its name and words alone."""
    exercise = registry.find("iou")
    data = {"changed": [], "refused": "", "error": "__import__('os')", "said": "x", "waited": 0}
    outcome = outputs.from_data(exercise, {"exercise": "iou", "outcomes": [data]})[0]
    assert type(outcome.error).__name__ == "Exception" and str(outcome.error) == "x"
