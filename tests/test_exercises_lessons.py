"""Every exercise of every lesson: ours is right, each bug card is refused in its own words, other styles are accepted.

Answers in styles unlike ours, and wrong ones for which there is no card, stand in `exercise_answers/lesson_NN.py`.
"""

import importlib.util
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from exercise_toys import Notebook
from matplotlib import pyplot

from course.exercises import answers, desk, judge, places, registry, show, swap

matplotlib.use("agg")
FOLDER = Path(__file__).parent / "exercise_answers"
EXERCISES = {exercise.name: exercise for exercise in registry.every()}
CARDS = [(name, card.name) for name, exercise in EXERCISES.items() for card in exercise.cards]


def given(exercise) -> dict:
    """{"right": [source, ...], "wrong": [source, ...]} of an exercise."""
    path = FOLDER / f"lesson_{exercise.lesson:02d}.py"
    if not path.is_file():
        return {}
    spec = importlib.util.spec_from_file_location(f"answers_{exercise.lesson:02d}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ANSWERS.get(exercise.name, {})


def sources(kind: str) -> list:
    return [pytest.param(name, source, id=f"{name}-{number}") for name, exercise in EXERCISES.items()
            for number, source in enumerate(given(exercise).get(kind, []), 1)]


@pytest.fixture(name="notebook")
def notebook_fixture(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    desk.forget()
    yield Notebook()
    swap.reset()
    desk.forget()


def test_there_are_lessons():
    assert {0, 2} <= {exercise.lesson for exercise in EXERCISES.values()}


@pytest.mark.parametrize("name", EXERCISES)
def test_exercise_has_all_that_a_student_needs(name):
    exercise = EXERCISES[name]
    assert 3 <= len(exercise.cards) <= 14
    assert all(hint.strip() for hint in exercise.hints) and exercise.title and exercise.picture
    assert all(card.diagnosis.rstrip().endswith((".", "?", "`")) for card in exercise.cards)
    assert len(given(exercise).get("right", [])) >= 2, f"two right answers in other styles: {FOLDER}"
    assert len(given(exercise).get("wrong", [])) >= 2, f"two wrong answers without a card: {FOLDER}"
    assert answers.source(answers.ours(exercise)), "solution() has nothing to show"


@pytest.mark.parametrize("name", EXERCISES)
def test_place_is_in_the_package_and_counts_its_calls(name):
    exercise = EXERCISES[name]
    if not exercise.place:
        assert len(exercise.no_place) > 10
        return
    place = places.place_of(exercise.place)
    assert place.attribute in vars(place.module) and place.original is places.original(exercise.place)
    if not exercise.run:
        test = judge.tests(exercise)[0]
        with places.counted(exercise.place) as seen:
            getattr(place.module, place.attribute)(*test.case.args, **test.case.kwargs)
        assert seen.calls == 1
    assert getattr(place.module, place.attribute) is place.original


@pytest.mark.parametrize("name", EXERCISES)
def test_reference_is_right_each_time(name):
    exercise = EXERCISES[name]
    found = [judge.judge(exercise, answers.ours(exercise)) for _ in range(2)]
    assert found[0].text == found[1].text and found[0].text.startswith(f"✓ {name}  "), found[0].text


@pytest.mark.parametrize("name", EXERCISES)
def test_ours_handed_back_is_refused_and_what_is_missing_is_not_yet(notebook, name, capsys):
    exercise = EXERCISES[name]
    assert notebook.check(name) is answers.ours(exercise)
    assert capsys.readouterr().out.startswith(f"○ {name}  not yet")
    assert notebook.grade(name)
    desk.forget()
    notebook[name] = answers.ours(exercise)
    notebook.check(name)
    assert capsys.readouterr() == (f"✗ {name}  this is our own function: write yours in the cell above.\n"
                                   f"{' ' * min(len(name) + 4, judge.INDENT)}{judge.HELP}\n", "")
    assert "our own" in notebook.grade(name)


@pytest.mark.parametrize("name, card_name", CARDS)
def test_card_is_refused_in_its_own_words_and_no_others(name, card_name):
    exercise = EXERCISES[name]
    card = next(card for card in exercise.cards if card.name == card_name)
    found = judge.judge(exercise, judge.card_answer(exercise, card))
    assert found.state == "wrong", f"{card_name} is accepted as right"
    assert found.card is card, f"{card_name} speaks as {found.card and found.card.name}"
    words = " ".join(found.text.split())
    assert " ".join(card.diagnosis.split()) in words
    assert not [other.name for other in exercise.cards if other is not card and other.diagnosis in words]
    with places.as_shipped(), judge.guard.quiet():
        outcomes = judge.outcomes(exercise, judge.card_answer(exercise, card))
        agreeing = [other.name for other in exercise.cards if judge.agrees(exercise, other, outcomes)]
    assert agreeing == [card_name]
    pyplot.close(exercise.picture(found.view))  # it can be drawn, whatever its case and shape


@pytest.mark.parametrize("name, source", sources("right"))
def test_right_answer_in_another_style_is_accepted(notebook, name, source, capsys):
    theirs = notebook.check(name, source)
    captured = capsys.readouterr()
    assert captured.out.startswith(f"✓ {name}  ") and captured.err == "", captured.out
    assert not answers.is_ours(EXERCISES[name], theirs) and notebook.grade(name) == ""
    if EXERCISES[name].place:
        import course

        course.use(theirs)
        assert name in places.in_use()
        desk.forget()
        assert name in repr(course.use("mine")), "it is not kept, or not right when it is brought back"


@pytest.mark.parametrize("name, source", sources("wrong"))
def test_wrong_answer_without_a_card_gets_the_smallest_failing_case(notebook, name, source, capsys):
    exercise = EXERCISES[name]
    back = notebook.check(name, source)
    captured = capsys.readouterr()
    words = " ".join(captured.out.split())
    assert words.startswith(f"✗ {name} ") and captured.err == ""
    assert not [card.name for card in exercise.cards if " ".join(card.diagnosis.split()) in words], words
    assert words.startswith(f"✗ {name} for {smallest_failing(exercise, desk._own[name])} "), words
    assert back is answers.ours(exercise) and notebook.grade(name).startswith(f"{name}: for ")


def smallest_failing(exercise, answer) -> str:
    """Found another way than the judge's: each case alone, the smallest of its group."""
    with places.as_shipped(), judge.guard.quiet():
        tests = judge.tests(exercise)
        given_ = judge.outcomes(exercise, answer)
        failing = [test for test, outcome in zip(tests, given_) if judge._problem(exercise, answer, test, outcome)]
    of_group = [test for test in failing if test.group == failing[0].group]
    return min(of_group, key=lambda test: count([*test.case.args, *test.case.kwargs.values()])).case.says


def count(thing) -> int:
    """How many numbers (or letters) there are in it."""
    if isinstance(thing, dict):
        thing = list(thing.values())
    return sum(map(count, thing)) if isinstance(thing, (list, tuple)) else len(thing) if isinstance(thing, str) else (
        int(np.size(thing)))


@pytest.mark.parametrize("name", EXERCISES)
def test_pictures_can_be_drawn_of_right_wrong_and_nothing(name):
    exercise = EXERCISES[name]
    right = judge.judge(exercise, answers.ours(exercise))
    found = [judge.missing(exercise), right, judge.judge(exercise, lambda *_: 3)]
    found.append(judge.judge(exercise, judge.card_answer(exercise, exercise.cards[0])))  # the others: with their words
    open_before = len(pyplot.get_fignums())
    for verdict in found:
        assert show.draw(exercise, verdict.view).startswith(b"\x89PNG"), verdict.text
    assert len(pyplot.get_fignums()) == open_before
