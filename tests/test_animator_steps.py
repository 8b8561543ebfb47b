"""The steps of the animator's training by themselves, and the minute of lesson 08 that is made of them."""

import dataclasses

import numpy as np
import pytest
import torch

from course import errors, keypoints, rendering
from course.exercises import places
from course.lessons.lesson_08 import minute_animator
from course.recipes import animator
from course.recipes.animator import pairs as animator_pairs
from course.recipes.animator import steps as animator_steps

SMALL = minute_animator.Settings(people=6, unseen=2, steps=40, batch=4, widths=(8, 8, 8), discriminator_width=8)


@pytest.fixture(scope="module")
def faces():
    return minute_animator.draw_faces(SMALL)


@pytest.fixture(scope="module")
def pairs(faces):
    return minute_animator.make_pairs(faces, SMALL)


# ---------------------------------------------------------------- pairs


def test_a_pair_goes_there_and_back(faces):
    face = faces[0]
    actor = rendering.Portrait(face.image, face.points)
    coarse, target, source, wanted, seen = animator.make_pair(actor, face.elsewhere[0], lambda p: p, lambda p: p)
    assert target is actor.image and np.array_equal(wanted, face.points) and np.array_equal(seen, face.elsewhere[0])
    assert np.array_equal(source, actor.render(face.elsewhere[0]))
    assert np.array_equal(coarse, rendering.Portrait(source, seen).render(wanted))
    away, back = (np.abs(picture.astype(int) - target).mean() for picture in (source, coarse))
    assert 0 < back < away, "the way back does not lead back"


def test_the_long_training_makes_its_pairs_with_the_same_function(faces):
    made = {"mouth": animator_pairs.Pairs(), "eye": animator_pairs.Pairs()}
    settings = animator_pairs.PairRecipe(per_picture=2, per_open_mouth=2, per_speaking=2, shut_eyes=0.0)
    with places.counted("recipes.animator.make_pair") as seen:
        animator_pairs.add_pairs(made, 0, faces[0].image, faces[0].points, np.random.default_rng(0), settings)
    assert seen.calls == 2 == len(made["mouth"].coarse) and len(made["eye"].coarse) == 4


def test_other_mouths_are_more_shut_and_the_head_stays(faces):
    for face in faces:
        for elsewhere in face.elsewhere:
            gap, before = (np.linalg.norm(points[62] - points[66]) for points in (elsewhere, face.points))
            assert gap < before
            still = [*keypoints.EYE_RIGHT, *keypoints.EYE_LEFT]
            assert np.abs(elsewhere - face.points)[still].max() < 1.0


def test_nobody_is_in_both_parts(pairs):
    assert not set(pairs["train"].arrays["picture"]) & set(pairs["unseen"].arrays["picture"])
    assert len(pairs["train"]) == 8 and len(pairs["unseen"]) == 4


# ---------------------------------------------------------------- a step


def test_a_step_by_hand():
    """One weight: I = C + w a x, L = |I - T|; the gradient is longer than 1 and cut to 1."""
    class Painter(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.a = torch.nn.Parameter(torch.tensor(0.0))

        def forward(self, squares):
            return self.a * torch.ones(1, 3, 2, 2)

    net = Painter()
    net.a.grad = torch.tensor(100.0)  # left by somebody
    inputs, target, window = torch.full((1, 3, 2, 2), 0.25), torch.full((1, 3, 2, 2), 0.75), torch.full((2, 2), 0.5)
    made, told = animator.train_step(net, torch.optim.SGD(net.parameters(), 0.1), inputs, target, window,
                                           animator_steps.l1_alone, {"l1": 10.0})
    assert torch.equal(made, inputs) and not made.requires_grad and told == {"l1": pytest.approx(0.5)}
    # dL/da = -10 * 0.5 = -5, cut to -1: a = 0 + 0.1
    assert float(net.a.detach()) == pytest.approx(0.1, abs=1e-5)


def test_one_batch_is_learned_and_the_network_is_left_alone(pairs):
    run = minute_animator.Run(pairs, dataclasses.replace(SMALL, widths=(16, 24, 32)))
    before = {name: value.clone() for name, value in run.net.state_dict().items()}
    losses = run.by_heart(steps=120)
    assert len(losses) == 120 and losses[-1] < 0.8 * losses[0]
    assert all(torch.equal(value, before[name]) for name, value in run.net.state_dict().items())


# ---------------------------------------------------------------- the minute


def test_a_minute_beats_the_warp_on_what_it_has_seen_with_parts_that_can_be_exchanged(pairs):
    run, reports = minute_animator.Run(pairs, dataclasses.replace(SMALL, steps=80, begin=0.8)), []
    named = ("recipes.animator.train_step", "gan.feature_matching", "training.ema_update")
    with places.counted(named[0]) as steps, places.counted(named[1]) as matched, places.counted(named[2]) as means:
        run.train(lambda step, found: reports.append((step, found)), every=40)
    assert (steps.calls, matched.calls, means.calls) == (80, 16, 80)
    assert [step for step, _ in reports] == [40, 80]
    found = minute_animator.measure(run.mean, pairs["train"], run.window)
    assert found["repainted"] < 0.95 * found["the warp alone"]


def test_stopped_and_gone_on_is_the_same(pairs, tmp_path):
    settings = dataclasses.replace(SMALL, steps=8, begin=0.25)
    whole = minute_animator.Run(pairs, settings)
    whole.train()
    first = minute_animator.Run(pairs, settings)
    first.train(until=4)
    first.save(tmp_path / "run")
    second = minute_animator.Run(pairs, dataclasses.replace(settings, seed=0))
    assert second.resume(tmp_path / "run") == 4
    second.train()
    for name in ("net", "mean", "discriminator"):
        mine, theirs = getattr(whole, name), getattr(second, name)
        assert all(torch.equal(a, b) for a, b in zip(mine.state_dict().values(), theirs.state_dict().values()))


def test_nothing_to_resume_from_says_so(pairs, tmp_path):
    with pytest.raises(errors.WeightsError, match="no checkpoint"):
        minute_animator.Run(pairs, SMALL).resume(tmp_path / "none")


def test_an_untrained_network_leaves_the_warp(pairs):
    window = minute_animator.window_of(SMALL)
    warp, made, _ = minute_animator.repainted(minute_animator.new_network(SMALL), pairs["unseen"], window)
    assert torch.equal(warp, made) and isinstance(minute_animator.new_network(), rendering.AnimatorNetwork)
