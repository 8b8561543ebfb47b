"""A change of an input in place is seen in every exercise, and told with the parameter's name; no right answer is
refused for what is no input: views, gradients, networks, optimisers."""

import dataclasses
import inspect

import numpy as np
import pytest
import torch

from course.exercises import answers, inputs, judge, places, registry
from course.exercises.exercise import Exercise, case

EXERCISES = {exercise.name: exercise for exercise in registry.every()}
NO_NUMBERS = ("make_anchors", "identity_grid", "build_generator", "build_discriminator", "ema_update",
              "receptive_field", "phonemes_to_visemes", "error_by_group", "stream_frames", "latency_budget",
              "export_animator")  # to be changed


def spoil(value) -> bool:
    """Change the numbers of an input in place; False where it has none."""
    if isinstance(value, np.ndarray) and value.size and value.dtype.kind in "fiu":
        value += np.ones((), value.dtype)
        return True
    if isinstance(value, torch.Tensor) and value.numel() and not isinstance(value, torch.nn.Parameter):
        value.data.add_(1)  # autograd does not notice
        return True
    if isinstance(value, dict) and value and isinstance(next(iter(value.values())), (int, float)):
        value["something else"] = 1.0
        return True
    if isinstance(value, dict):
        return any(map(spoil, value.values()))
    if hasattr(value, "__dict__") and not callable(value) and not hasattr(value, "state_dict"):
        return any(spoil(item) for item in vars(value).values() if isinstance(item, (np.ndarray, torch.Tensor)))
    return isinstance(value, (list, tuple)) and any(map(spoil, value))


def spoiling(reference, name: str):
    """Ours, which changes one of its arguments when all is done."""

    def answer(*args, **kwargs):
        given = inspect.signature(reference).bind(*args, **kwargs).arguments
        made = reference(*args, **kwargs)
        spoil(given.get(name))
        return made

    return answer


def has_numbers(exercise, name: str) -> bool:
    """Whether there is something to change in this argument, in one of the small cases or edges."""
    reference, seen = answers.ours(exercise), []

    def answer(*args, **kwargs):
        given = inspect.signature(reference).bind(*args, **kwargs).arguments
        made = reference(*args, **kwargs)
        seen.append(name in given and spoil(given[name]))
        return made

    judge.outcomes(exercise, answer)
    return any(seen)


@pytest.mark.parametrize("name", EXERCISES)
def test_a_change_in_place_is_seen_and_named(name):
    exercise = EXERCISES[name]
    reference = answers.ours(exercise)
    with places.as_shipped(), judge.guard.quiet():
        changed = [parameter for parameter in inspect.signature(reference).parameters
                   if has_numbers(exercise, parameter)]
        if exercise.changes_inputs:
            return
        for parameter in changed:
            outcomes = judge.outcomes(exercise, spoiling(reference, parameter))
            told = {outcome.changed for outcome in outcomes if outcome.changed}  # one array may be two arguments
            own_words = any("changed in place" in str(outcome.error) for outcome in outcomes)
            assert told or own_words, f"{parameter} may be changed"
            assert own_words or (parameter,) in told and all(parameter in names for names in told)
    assert changed or name in NO_NUMBERS, "nothing is compared"


@pytest.mark.parametrize("name", EXERCISES)
def test_ours_changes_nothing(name):
    exercise = EXERCISES[name]
    with places.as_shipped(), judge.guard.quiet():
        assert not any(outcome.changed for outcome in judge.outcomes(exercise, answers.ours(exercise)))


# ---------------------------------------------------------------- in words


def toy(solution, run, *args, **more) -> Exercise:
    return Exercise(name="toy", lesson=1, title="toy", no_place="toy", solution=solution, run=run,
                    cases=[case("this one", *args)], hints=["a", "b", "c"], **more)


def add(row, other):
    return row + other


def as_tensors(function, *args):
    return function(*(torch.tensor(arg) for arg in args))


def test_it_is_told_with_the_name_of_the_parameter():
    exercise = toy(add, as_tensors, np.arange(3.0), np.ones(3))
    found = judge.judge(exercise, lambda a, b: a + b.mul_(1.0).add_(0))
    assert found.state == "right"  # to the bit as it was
    found = judge.judge(exercise, lambda a, b: (a + b, b.zero_())[0])
    assert found.why == "for this one it changes the `other` that it was given: work on a copy."
    found = judge.judge(exercise, lambda a, b: (a + b, b.zero_(), a.unsqueeze_(0))[0])
    assert found.why == "for this one it changes the `row`, `other` that it was given: work on a copy."
    assert judge.judge(toy(add, as_tensors, np.arange(3.0), np.ones(3), changes_inputs=True),
                       lambda a, b: (a + b, b.zero_())[0]).state == "right"


@pytest.mark.parametrize("given, change", [
    ([1.0, 2.0], lambda x: x.append(3)),
    ([1.0, 2.0], lambda x: x.__setitem__(0, None)),
    ([np.zeros(2)], lambda x: x[0].fill(1)),
    ([np.zeros(2)], lambda x: x.__setitem__(0, 3)),
    ({"a": torch.zeros(2)}, lambda x: x["a"].add_(1)),
    ({"a": 1}, lambda x: x.update(b=2)),
    ((np.zeros(2), "x"), lambda x: x[0].fill(np.nan)),
    (np.zeros(2), lambda x: x.resize(3, refcheck=False)),
    (torch.zeros(2), lambda x: x.squeeze_().unsqueeze_(0)),
])  # fmt: skip
def test_any_change_of_numbers_is_seen(given, change):
    exercise = toy(lambda thing: 1, lambda function, thing: function(thing), given)
    assert judge.judge(exercise, lambda thing: (1, change(thing))[0]).why.startswith("for this one it changes the `th")
    assert judge.judge(exercise, lambda thing: 1).state == "right"


def test_what_is_no_input_may_change():
    """Weights, an optimiser's state, gradients, what needs a gradient, a log, a counter, a function's own."""

    @dataclasses.dataclass
    class Game:
        net: torch.nn.Module
        steps: int
        log: list
        start: torch.Tensor

    def step(game, optimizer, x, y, log):
        log.lines.append("begun")
        x.requires_grad_()
        loss = (game.net(x).squeeze(1) - y).square().sum()
        loss.backward()
        optimizer.step()
        game.steps += 1
        game.log.append(loss.item())
        return loss.item()

    class Log:
        lines = []

    def run(function):
        net = torch.nn.Linear(2, 1)
        torch.nn.init.constant_(net.weight, 0.5)
        torch.nn.init.constant_(net.bias, 0.5)
        game = Game(net, 0, [], torch.zeros(1))
        optimizer = torch.optim.Adam(net.parameters(), 0.1)
        return [function(game, optimizer, torch.ones(3, 2), torch.full((3,), float("nan")).nan_to_num(2), Log())
                for _ in range(2)]

    exercise = toy(step, run)
    assert [outcome.changed for outcome in judge.outcomes(exercise, lambda *args: step(*args))] == [()]
    changed = judge.outcomes(exercise, lambda game, *rest: (step(game, *rest), game.start.add_(1))[0])
    assert changed[0].changed == ("game",)


def test_a_graph_and_its_views_are_no_change():
    def with_gradient(function, row):
        given = torch.tensor(row, requires_grad=True)
        value = function(given * 2)
        value.sum().backward()
        return {"value": value, "gradient": given.grad}

    exercise = toy(lambda row: row[1:] * 3, with_gradient, np.arange(4.0))
    assert judge.judge(exercise, lambda row: row.view(-1)[1:].mul(3)).state == "right"
    assert judge.judge(exercise, lambda row: row.mul_(1.5)[1:] * 2).why.startswith("for this one it changes the `row`")


class Sums:
    def add(self, numbers):
        self.total = getattr(self, "total", 0) + np.sum(numbers)
        return self.total

    @staticmethod
    def of(numbers):
        return np.sum(numbers)


def use_sums(cls, numbers):
    sums, own = cls(), np.array(numbers)
    return [sums.add(own), sums.add(own), sums.of(own)]


def test_methods_of_a_class_are_watched_and_its_own_calls_are_not():
    exercise = toy(Sums, use_sums, [1.0, 2.0], kind="class")

    class Helps:
        def __init__(self):
            self.total = np.zeros(1)

        def put(self, where, numbers):
            where += np.sum(numbers)

        def add(self, numbers):
            self.put(self.total, numbers)
            return self.total[0]

        @classmethod
        def of(cls, numbers):
            return float(sum(numbers))

    class Spoils(Helps):
        def add(self, numbers):
            value = super().add(numbers)
            numbers *= 1.5
            return value

    class Static(Helps):
        @staticmethod
        def of(numbers):
            numbers.sort()
            numbers[:] = 0
            return 3.0

    assert judge.judge(exercise, Helps).text == "✓ toy  shape · values"
    assert judge.judge(exercise, Spoils).why.startswith("for this one ")
    assert judge.outcomes(exercise, Spoils)[0].changed == ("numbers",)
    assert judge.judge(exercise, Static).why.startswith("for this one it changes the `numbers` that it was given")


def test_names_are_those_of_the_parameters():
    def ours(a, *rest, named=1):
        return a

    assert [inputs.name_of(ours, key) for key in (0, 1, 5, "named")] == ["a", "rest", "rest", "named"]
    assert inputs.name_of(lambda: 0, 3) == 3 and inputs.name_of(object(), 1) == 1
