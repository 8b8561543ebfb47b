"""The animator: where its squares lie, what it is told, and that it leaves alone what has not moved."""

import cv2
import numpy as np
import pytest
import torch

from course import animation, face, io, keypoints, rendering, training
from course.recipes.animator import distillation, formula_pairs
from course.recipes.animator import losses as animator_losses
from course.recipes.animator import pairs as animator_pairs
from course.recipes.animator import squares as animator_squares
from course.recipes.animator import training as animator_training
from course.rendering import animator, animator_crops

PARTS = animator_crops.PARTS
INDEX = face.INDEX


@pytest.fixture(scope="module")
def points(hopper):
    return keypoints.find_points(hopper)[0]


@pytest.fixture(scope="module")
def actor(hopper, points):
    return animation.make_actor(hopper, points)


def networks_that_paint(value: float) -> dict:
    """Networks that add the same value everywhere."""
    networks = {}
    for name in ("mouth", "eye"):
        net = rendering.AnimatorNetwork().eval()
        torch.nn.init.constant_(net.paint[1].bias, value)
        networks[name] = net
    return networks


def posed(actor, **channels):
    values = actor.face.rest.copy()
    for name, value in channels.items():
        values[INDEX[name]] += value
    return face.posed_points(actor.face, values)


# ---------------------------------------------------------------- squares


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_square_follows_the_face_however_it_is_turned_and_scaled(part, points):
    turn, scale, shift = np.deg2rad(25), 1.7, np.array([40.0, -12.0])
    rotation = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    moved = points @ rotation.T + shift
    before = animator_crops.place(points, animator_crops.matrix_of(part, points))
    after = animator_crops.place(moved, animator_crops.matrix_of(part, moved))
    assert after == pytest.approx(before, abs=1e-2)


def test_the_left_eye_is_the_right_eye_of_the_mirrored_photo(hopper, points):
    width = hopper.shape[1]
    mirrored = points[keypoints.FLIP] * [-1, 1] + [width - 1, 0]
    left = animator_crops.cut(hopper, animator_crops.matrix_of(animator_crops.EYE_LEFT, points), 64)
    turned = np.ascontiguousarray(hopper[:, ::-1])
    right = animator_crops.cut(turned, animator_crops.matrix_of(animator_crops.EYE_RIGHT, mirrored), 64)
    assert np.abs(left.astype(int) - right).mean() < 1


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_mouth_and_eyes_lie_well_inside_their_squares(part, points):
    inside = animator_crops.place(points, animator_crops.matrix_of(part, points))
    own = {"mouth": np.arange(48, 68), "right eye": keypoints.EYE_RIGHT, "left eye": keypoints.EYE_LEFT}[part.name]
    assert inside[own].min() > 0.15 * part.size and inside[own].max() < 0.85 * part.size


def test_masks_cover_what_they_name(actor):
    wanted = posed(actor, jawOpen=0.6)
    matrix = animator_crops.matrix_of(animator_crops.MOUTH, wanted)
    inner, lips = np.moveaxis(animator_crops.target_masks(animator_crops.MOUTH, animator_crops.place(wanted, matrix)),
                              -1, 0).astype(int)
    middle = animator_crops.place(wanted[[62, 66]].mean(axis=0), matrix).round().astype(int)
    assert inner[middle[1], middle[0]] == 255 and lips[middle[1], middle[0]] == 0
    assert inner.max() == lips.max() == 255 and (inner + lips).max() <= 255
    shut = posed(actor)
    matrix = animator_crops.matrix_of(animator_crops.MOUTH, shut)
    assert animator_crops.target_masks(animator_crops.MOUTH, animator_crops.place(shut, matrix))[..., 0].sum() \
        < 0.3 * inner.sum()


def test_paint_comes_back_to_where_it_was_cut_out(hopper, points):
    """A square cut out of a picture and laid over black stands where it stood."""
    matrix = animator_crops.matrix_of(animator_crops.MOUTH, points)
    square = animator_crops.cut(hopper, matrix, 96).astype(np.float32)
    canvas = np.zeros_like(hopper)
    animator.add(canvas, square, matrix)
    x0, y0 = points[48:60].min(axis=0).astype(int)
    x1, y1 = points[48:60].max(axis=0).astype(int)
    there = canvas[y0:y1, x0:x1].astype(int)
    soft = cv2.GaussianBlur(hopper, (0, 0), 0.7)[y0:y1, x0:x1]
    assert np.abs(there - soft).mean() < 4


def test_a_square_beyond_the_border_harms_nothing(hopper, points):
    canvas = np.zeros((50, 60, 3), np.uint8)
    matrix = animator_crops.matrix_of(animator_crops.MOUTH, points)
    animator.add(canvas, np.full((96, 96, 3), 50, np.float32), matrix)
    assert canvas.sum() == 0


# ---------------------------------------------------------------- repainting


def test_an_untrained_network_adds_nothing_and_a_trained_one_starts_from_the_warp():
    squares = torch.rand(2, animator_crops.N_INPUTS, 64, 64)
    net = rendering.AnimatorNetwork()
    assert net(squares).abs().max() == 0
    assert torch.equal(rendering.repaint(net, squares, torch.ones(64, 64)), squares[:, :3])


def test_only_what_has_changed_its_shape_is_repainted(hopper, points, actor):
    ours = rendering.Animator(hopper, points, networks_that_paint(0.2))
    frame = hopper.copy()
    ours.draw(frame, (0, 0), points)
    assert np.array_equal(frame, hopper)
    turn = np.deg2rad(8)  # the whole head moved as one: nothing for the animator
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    ours.draw(frame, (0, 0), (points - points.mean(axis=0)) @ rotation.T + points.mean(axis=0) + 5)
    assert np.array_equal(frame, hopper)
    ours.draw(frame, (0, 0), posed(actor, jawOpen=0.5))
    brighter = (frame.astype(int) - hopper).mean(axis=2)
    mouth, eye = points[48:68].mean(axis=0).astype(int), points[36:42].mean(axis=0).astype(int)
    assert brighter[mouth[1], mouth[0]] > 25 and brighter[eye[1], eye[0]] == 0


def test_brows_are_left_to_the_warp_and_lids_are_repainted(hopper, points, actor):
    frame = hopper.copy()
    rendering.Animator(hopper, points, networks_that_paint(0.2)).draw(
        frame, (0, 0), posed(actor, eyeBlinkLeft=1, eyeBlinkRight=1))
    brighter = np.abs(frame.astype(int) - hopper).mean(axis=2)
    for lids, brow in ((keypoints.EYE_RIGHT, keypoints.BROW_RIGHT), (keypoints.EYE_LEFT, keypoints.BROW_LEFT)):
        x, y = points[lids].mean(axis=0).astype(int)
        assert brighter[y, x] > 25
        assert all(brighter[int(y), int(x)] == 0 for x, y in points[brow])


def test_in_a_corner_of_the_photo_it_paints_the_same(hopper, points, actor):
    """A region cut out of the photo and the whole photo get the same paint at the same places."""
    target = posed(actor, jawOpen=0.5)
    ours = rendering.Animator(hopper, points, networks_that_paint(0.2))
    whole, region = hopper.copy(), hopper[40:, 30:].copy()
    ours.draw(whole, (0, 0), target)
    ours.draw(region, (30, 40), target)
    assert np.abs(whole[40:, 30:].astype(int) - region).max() <= 1


# ---------------------------------------------------------------- training


@pytest.fixture(scope="module")
def pairs(hopper_path, points):
    settings = animator_pairs.PairRecipe(per_picture=3, per_open_mouth=3, per_speaking=3, shut_eyes=1.0)
    made = animator_pairs.make_pairs([hopper_path] * 2, np.stack([points] * 2), settings=settings)
    return {name: each.arrays() for name, each in made.items()}


def test_pairs_are_near_but_not_the_same_and_come_from_the_seed(pairs, hopper_path, points):
    mouths, eyes = pairs["mouth"], pairs["eye"]
    assert mouths["coarse"].shape == (6, 96, 96, 3) and eyes["coarse"].shape == (16, 64, 64, 3)
    off = np.abs(mouths["coarse"].astype(int) - mouths["target"]).mean(axis=(1, 2, 3))
    apart = np.abs(mouths["coarse"].astype(int) - mouths["target"][..., ::-1, :]).mean(axis=(1, 2, 3))
    assert (off > 0.3).all() and (off < 0.5 * apart).all()
    settings = animator_pairs.PairRecipe(per_picture=3, per_open_mouth=3, per_speaking=3, shut_eyes=1.0)
    again = animator_pairs.make_pairs([hopper_path], points[None], settings=settings)["mouth"].arrays()
    assert np.array_equal(again["coarse"], mouths["coarse"][:3])


def test_half_of_the_points_are_asked_for_as_the_product_asks(hopper, hopper_path, points, actor):
    """The same expression through the face model comes out near, all points of a lid off together."""
    elsewhere = posed(actor, jawOpen=0.3, headYaw=4).astype(np.float32)
    wanted = animator_pairs.through_the_model(points, elsewhere)
    off = wanted - points
    assert 0 < np.linalg.norm(off, axis=1).mean() < 0.02 * keypoints.eye_distance(points)
    assert np.array_equal(animator_pairs.through_the_model(points, points).round(1), points.round(1))
    for share, same in ((0.0, True), (1.0, False)):  # with 0 the model is never asked, with 1 always
        settings = animator_pairs.PairRecipe(per_picture=1, per_open_mouth=1, per_speaking=1, shut_eyes=0,
                                              by_model=share, point_noise=0)
        masks = animator_pairs.make_pairs([hopper_path], points[None], settings=settings)["mouth"].masks[0]
        small, there = animator_pairs.around_the_face(hopper, points, settings)
        own = animator_crops.matrix_of(animator_crops.MOUTH, there)
        exact = animator_crops.target_masks(animator_crops.MOUTH, animator_crops.place(there, own))
        assert np.array_equal(masks[..., :2], exact) == same


def test_a_shut_eye_is_to_be_left_as_it_is(pairs):
    same = (pairs["eye"]["coarse"] == pairs["eye"]["target"]).all(axis=(1, 2, 3))
    assert same.sum() == 4


def run(pairs, part, steps, logdir, resume=False, planned=6, **recipe):
    """A short training of one part: (task, result)."""
    squares = animator_squares.Squares(pairs[part], part)
    recipe = animator_training.Recipe(**{"batch": 4, "discriminator_from": 0.0} | recipe)
    task = animator_training.AnimatorTask(squares, squares, planned, recipe)
    config = training.Config(steps=steps, batch=recipe.batch, clip=1.0, average=0.9, report_every=1, logdir=logdir,
                             resume=resume, live=False)
    return task, training.train(task, config)


def test_training_on_a_few_pairs_learns_them(pairs, tmp_path):
    squares = animator_squares.Squares(pairs["mouth"], "mouth")
    _, result = run(pairs, "mouth", 60, tmp_path, planned=60, batch=6, adversarial=0, perceptual=0)
    before = animator_training.validate(rendering.AnimatorNetwork(), squares)
    assert before["network"] == pytest.approx(before["warp"], abs=1e-6)
    after = animator_training.validate(result.averaged["generator"], squares)
    assert after["network"] < 0.97 * before["warp"] and after["network inside"] < 0.9 * before["warp inside"]


def test_stopped_training_goes_on_with_the_same_numbers(pairs, tmp_path):
    _, whole = run(pairs, "eye", 6, tmp_path / "whole")
    run(pairs, "eye", 3, tmp_path / "parts")
    _, second = run(pairs, "eye", 6, tmp_path / "parts", resume=True)
    for name, value in whole.averaged["generator"].state_dict().items():
        assert torch.equal(value, second.averaged["generator"].state_dict()[name]), name
    assert whole.history == second.history
    assert set(whole.history) >= {"L1", "perceptual", "adversarial", "feature matching", "discriminator"}


def test_the_recipe_trains_both_parts_into_one_file(pairs, tmp_path):
    training.made_once(tmp_path / "pairs.npz", lambda: {"train": pairs, "validation": pairs})
    recipe = animator_training.Recipe(batch=2)
    out = animator_training.train(["none"], steps=1, logdir=tmp_path, out=tmp_path / "a.safetensors", recipe=recipe)
    first = io.read_weights(out)
    assert first.keys() == io.load_tensors(animator.WEIGHTS).keys()
    animator.networks_of(first)
    again = animator_training.train(["none"], steps=1, resume=True, logdir=tmp_path, out=out, recipe=recipe)
    assert all(torch.equal(first[name], value) for name, value in io.read_weights(again).items()), "both were done"


@pytest.mark.parametrize("widths", [(8, 16, 24), (32, 64, 96)])
def test_networks_are_as_wide_as_their_weights(widths):
    torch.manual_seed(1)
    tensors = {f"{part}.{name}": value for part in ("mouth", "eye")
               for name, value in rendering.AnimatorNetwork(widths).state_dict().items()}
    network = animator.networks_of(tensors)["eye"]
    assert [len(network.state_dict()[f"{layer}.weight"]) for layer in ("at_2.1", "at_4.0", "at_8.0")] == list(widths)


def test_a_smaller_network_learns_to_answer_as_a_larger_one(pairs, tmp_path):
    torch.manual_seed(1)
    teacher = animator.networks_of(io.load_tensors(animator.WEIGHTS))["mouth"]
    squares = animator_squares.Squares(pairs["mouth"], "mouth")
    task = distillation.DistillationTask(teacher, squares, squares, 60)
    silent = task.check(task.networks)["grey levels from the teacher"]
    config = training.Config(steps=60, batch=6, average=0.9, report_every=1, logdir=tmp_path, live=False)
    result = training.train(task, config)
    assert set(result.history) >= {"L1", "edges", "grey levels from the teacher"}
    assert task.check(result.averaged)["grey levels from the teacher"] < 0.85 * silent
    made = torch.zeros(1, 3, 96, 96)
    assert float(task.differences(made, made + 0.1, made[:, :1])["L1"]) > 0
    flat = task.window.clone()
    task.window[:] = 1
    assert float(task.differences(made, made + 0.1, made[:, :1])["edges"]) == 0, "no slope differs"
    task.window[:] = flat


def test_every_term_of_the_recipe_counts(pairs, tmp_path):
    """Leaving out a loss, or hiding the masks, changes what is learned."""
    weights = {}
    for name, change in {"all": {}, "no discriminator": {"adversarial": 0}, "no features": {"perceptual": 0},
                         "no matching": {"matching": 0}, "skin as lips": {"inside": 1}}.items():
        task, result = run(pairs, "eye", 3, tmp_path / name, **change)
        assert ("discriminator" in result.history) == (name != "no discriminator")
        weights[name] = result.averaged["generator"].state_dict()["paint.1.weight"]
    for name in set(weights) - {"all"}:
        assert not torch.equal(weights["all"], weights[name]), name
    hidden = animator_squares.Squares(pairs["eye"], "eye", masks=False).batch(np.arange(2))[0]
    assert hidden[:, [3, 4, 8]].abs().max() == 0 and hidden[:, [0, 1, 2, 5, 6, 7]].abs().max() > 0


def test_the_weighted_l1_by_hand():
    made, target = torch.zeros(1, 3, 2, 2), torch.ones(1, 3, 2, 2)
    inside = torch.tensor([[[[1.0, 0.0], [0.0, 0.0]]]])
    target[..., 0, 0] = 0.5
    # weights 3, 1, 1, 1; errors 0.5, 1, 1, 1: (1.5 + 3) / 6
    assert animator_losses.weighted_l1(made, target, inside, 3.0) == pytest.approx(0.75)


# ---------------------------------------------------------------- formula mouths


@pytest.fixture(scope="module")
def twice():
    return formula_pairs.people_twice(3, seed=4)


def test_formula_people_do_two_things_and_the_landmarker_sees_them(twice):
    assert 1 <= len(twice) <= 3
    for person in twice:
        assert person.images[0].shape == person.images[1].shape == (256, 256, 3)
        assert not np.array_equal(person.values[0], person.values[1])
        assert person.points[0].shape == (78, 2)


def test_a_formula_mouth_is_laid_between_the_lips_and_nowhere_else(hopper, points, actor, twice):
    opened = posed(actor, jawOpen=0.5).astype(np.float32)
    picture = actor.portrait.render(opened)
    joined = formula_pairs.join(picture, opened, twice[0], hopper, points)
    changed = np.abs(joined.astype(int) - picture).max(axis=2)
    outer = np.zeros(hopper.shape[:2], np.uint8)
    cv2.fillPoly(outer, [np.round(opened[48:60]).astype(np.int32)[:, None]], 1)
    assert changed[outer == 0].max() <= 2 and changed[outer == 1].max() > 20


def test_rendered_pairs_go_both_ways(twice):
    made = {"mouth": animator_pairs.Pairs(), "eye": animator_pairs.Pairs()}
    formula_pairs.add_rendered_pairs(made, twice[:1], 0, 0)
    mouths, eyes = made["mouth"].arrays(), made["eye"].arrays()
    assert mouths["coarse"].shape == (2, 96, 96, 3) and eyes["coarse"].shape == (4, 64, 64, 3)
    first, second = (animator_crops.cut(twice[0].images[k], animator_crops.matrix_of(
        animator_crops.MOUTH, twice[0].points[k]), 96).astype(int) for k in (0, 1))
    assert np.abs(mouths["target"][1] - first).mean() < 6 and np.abs(mouths["target"][0] - second).mean() < 6
