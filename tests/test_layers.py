"""A photo in two layers: taken apart and put together it is the photo again, and a wall behind a head stays put."""

import numpy as np
import pytest
import torch

from course import cli, errors, evaluation, io, keypoints, rendering, synthetic, training
from course.recipes.layers import data as layers_data
from course.recipes.layers import distillation, matting, refiner, teacher
from course.recipes.layers import recipe as layers_recipe
from course.recipes.layers import training as layers_training
from course.rendering import head_field, layers, layers_networks, layers_parts, layers_square, spread


def wall(size=layers_data.PICTURE):
    """Stripes, to see them bend: uint8 (size, size, 3)."""
    picture = np.full((size, size, 3), (150, 170, 185), np.uint8)
    picture[:, ::16] = (60, 70, 90)
    picture[::16] = (90, 70, 60)
    return picture


@pytest.fixture(scope="module")
def people():
    """Three people before the striped wall, turned between two pictures."""
    return layers_data.turned_people(range(900, 903), lambda rng: wall())


@pytest.fixture(scope="module")
def pairs(people):
    return layers_data.movement_pairs(people, each=1)


@pytest.fixture
def untrained():
    torch.manual_seed(3)
    networks = {"matting": layers_networks.Matting().eval(), "refiner": layers_networks.Refiner().eval()}
    torch.nn.init.normal_(networks["refiner"].last[1].weight, std=0.3)
    return networks


@pytest.fixture(scope="module")
def hopper_points(hopper):
    return keypoints.find_points(hopper)[0]


# ---------------------------------------------------------------- apart and together


def test_the_parts_of_a_photo_are_the_photo_again():
    generator = torch.Generator().manual_seed(0)
    photo, behind = torch.rand(2, 2, 3, 8, 8, generator=generator)
    matte, hole = torch.rand(2, 2, 1, 8, 8, generator=generator)
    own, plate = layers_parts.part(photo, matte, hole, torch.ones_like(matte), behind)
    torch.testing.assert_close(own + (1 - matte) * plate, photo)
    # without a person the plate is the photo, and nothing is the person's own
    own, plate = layers_parts.part(photo, *torch.zeros(2, 2, 1, 8, 8), torch.ones_like(matte), behind)
    torch.testing.assert_close(plate, photo)
    assert own.abs().max() < 1e-6
    # a whole person hides what lies behind
    own, plate = layers_parts.part(photo, *torch.ones(3, 2, 1, 8, 8), behind)
    torch.testing.assert_close(own, photo)
    torch.testing.assert_close(plate, behind)


@pytest.mark.parametrize("trained", [True, False], ids=["shipped", "untrained"])
def test_a_face_that_stands_still_is_the_photo(hopper, hopper_points, untrained, trained):
    networks = layers.load_networks() if trained else untrained
    actor = rendering.Portrait(hopper, hopper_points, layered=networks)
    np.testing.assert_array_equal(actor.render(hopper_points), hopper)


def test_outside_the_mask_every_frame_has_the_photos_pixels(hopper, hopper_points, untrained):
    actor = rendering.Portrait(hopper, hopper_points, layered=untrained)
    frame = actor.render(hopper_points + [9, -4])
    assert (actor.mask == 0).any()
    np.testing.assert_array_equal(frame[actor.mask == 0], hopper[actor.mask == 0])
    assert (frame != hopper).any()


def test_the_refiner_is_silent_where_nothing_moves(untrained):
    frames = torch.rand(1, layers_networks.N_FRAME, 64, 64, generator=torch.Generator().manual_seed(1))
    frames[:, :2] = 0
    frames[:, :2, :20, :20] = 0.2
    frames[:, 6] = 0
    flow, away = untrained["refiner"](frames)
    assert flow[..., 30:, 30:].abs().max() == 0 and away[..., 30:, 30:].max() == 0
    assert flow[..., :20, :20].abs().max() > 0.01 and away[..., :20, :20].max() > 0
    frames[:, 6, :20, :20] = 1  # nor does it touch the face
    assert untrained["refiner"](frames)[0][..., 4:16, 4:16].abs().max() == 0
    frames[:, :2], frames[:, 6] = 0.2, 0
    flow, away = untrained["refiner"](frames)  # nor the shoulders
    assert flow[..., 46:, :].abs().max() == 0 and away[..., 46:, :].max() == 0
    assert flow[..., :40, :].abs().max() > 0.01


def test_wild_targets_still_give_a_picture(hopper, hopper_points):
    actor = rendering.Portrait(hopper, hopper_points, layered=layers.load_networks())
    middle = hopper_points.mean(axis=0)
    for target in (hopper_points + 500, middle + 3 * (hopper_points - middle), middle + 0.1 * (hopper_points - middle),
                   np.full((78, 2), np.nan)):
        frame, still = actor.render(target), actor.mask_at(target) == 0
        assert frame.shape == hopper.shape and frame.dtype == np.uint8
        np.testing.assert_array_equal(frame[still], hopper[still])


def test_of_a_head_that_has_gone_far_the_refiner_hides_nothing(hopper, hopper_points, untrained):
    actor = rendering.Portrait(hopper, hopper_points, layered=untrained)
    target = hopper_points.astype(np.float64) + [12, 0]
    back, held, residual = actor.field.start(target, actor.field.rigid(target))
    shares = actor.field.shares(back, target)
    positions = actor.field.positions(actor.field.spline(held, residual, np.arange(78)), shares)
    (flow, left), (same_flow, half), (_, all_left) = (actor.layers.refined(positions, target, gone)
                                                      for gone in (0.0, sum(layers.TRUSTED) / 2, 1.0))
    assert left.min() < 0.98 and (all_left == 1).all()
    np.testing.assert_allclose(1 - half, (1 - left) / 2, atol=1e-5)
    np.testing.assert_allclose(flow, same_flow, atol=1e-4)  # torch adds up in another order now and then


@pytest.mark.parametrize("box", [(0, 0, 90, 110), (20, 12, 100, 100), (30, 30, 70, 84)])
def test_faces_that_fill_the_photo_or_are_cut_by_it(hopper, hopper_points, box):
    """Crops of any size, down to nothing but a piece of the face."""
    low, high = hopper_points.min(axis=0), hopper_points.max(axis=0)
    corner = (low - 0.3 * (high - low)).clip(0)
    scale = 1.6 * (high - low) / 100
    x0, y0 = (corner + np.array(box[:2]) * scale).astype(int)
    x1, y1 = (corner + np.array(box[2:]) * scale).astype(int)
    photo, points = np.ascontiguousarray(hopper[y0:y1, x0:x1]), hopper_points - [x0, y0]
    actor = rendering.Portrait(photo, points, layered=layers.load_networks())
    np.testing.assert_array_equal(actor.render(points), photo)
    assert actor.render(points + 6).shape == photo.shape


def test_what_is_too_large_for_memory_moves_without_layers(hopper, hopper_points, monkeypatch):
    monkeypatch.setattr(layers, "LARGEST", 300)
    actor = rendering.Portrait(hopper, hopper_points, layered=layers.load_networks())
    assert actor.layers is None
    plain = rendering.Portrait(hopper, hopper_points)
    np.testing.assert_array_equal(actor.render(hopper_points + 4), plain.render(hopper_points + 4))


# ---------------------------------------------------------------- what it is for


def far_turned(people):
    """(photo, points, target, truth, outside both outlines) of each person."""
    for person in people:
        free = (person.person[0] == 0) & (person.person[1] == 0)
        yield person.images[0], person.points[0], person.points[1], person.images[1], free, person.person


def test_the_wall_stays_where_it_is(people):
    """Behind a head that turns, the warp bends the wall; in layers it does not."""
    bent, straight = [], []
    for photo, points, target, truth, free, _ in far_turned(people):
        plain = rendering.Portrait(photo, points).render(target)
        layered = rendering.Portrait(photo, points, layered=layers.load_networks()).render(target)
        bent.append(np.abs(plain.astype(float) - truth)[free].mean())
        straight.append(np.abs(layered.astype(float) - truth)[free].mean())
    assert np.mean(straight) < 0.6 * np.mean(bent), (straight, bent)


def test_the_whole_picture_comes_nearer_to_the_truth(people):
    off = {"plain": [], "layers": []}
    for photo, points, target, truth, *_ in far_turned(people):
        for name, networks in (("plain", None), ("layers", layers.load_networks())):
            made = rendering.Portrait(photo, points, layered=networks).render(target)
            off[name].append(evaluation.l1(made, truth))
    assert np.mean(off["layers"]) < 0.95 * np.mean(off["plain"]), off


def test_hair_and_outline_move_as_a_turning_skull():
    """The field's skull against a field whose whole head moves with the face."""
    off = {"skull": [], "flat": []}
    for number in (1, 2):
        person = synthetic.People.random(1, number)
        person.frame[:, 0] = 4.0
        values = np.zeros((2, 57), np.float32)
        values[:, layers_data.INDEX["headYaw"]] = -13, 13
        rendered = [layers_data.render_before(person, row, wall()) for row in values]
        outlines = [1 - each.mask("background")[0].numpy() for each in rendered]
        points = [keypoints.find_points((each.image[0].permute(1, 2, 0).numpy() * 255).astype(np.uint8))[0]
                  for each in rendered]
        for name, skull in (("skull", head_field.FieldSettings().skull), ("flat", (8.0, 9.0))):
            settings = head_field.FieldSettings(skull=skull, open_above=True)
            field = rendering.HeadField(points[0], wall().shape[:2], settings)
            movement = torch.from_numpy(layers_data.movement_of(field, points[1])).permute(2, 0, 1)[None]
            matrix = layers_square.matrix_of(field.head, 128)
            here, there = (layers_square.cut(outline, matrix, 128) for outline in outlines)
            moved = layers_networks.look_up(torch.from_numpy(here)[None, None], movement, layers_square.unit_of(128))
            off[name].append(np.abs(moved[0, 0].numpy() - there)[:70].mean())  # head and hair, not the shoulders
    assert np.mean(off["skull"]) < 0.7 * np.mean(off["flat"]), off


# ---------------------------------------------------------------- squares


def test_the_square_counts_in_radii(hopper, hopper_points):
    field = rendering.HeadField(hopper_points, hopper.shape[:2], head_field.FieldSettings())
    x0, y0, x1, y1 = field.box
    grid = np.stack(np.meshgrid(np.arange(x0, x1), np.arange(y0, y1)), axis=-1).astype(np.float32)
    movement = layers_square.movement(field, grid + np.float32(0.25 * field.head.radius))
    inside = layers_square.from_box(np.ones((*grid.shape[:2], 1), np.float32), field.box,
                                    layers_square.matrix_of(field.head, 64), 64) > 0.999
    np.testing.assert_allclose(movement[inside], 0.25, atol=1e-4)
    matrix = layers_square.matrix_of(field.head, 64)
    middle = matrix[:, :2] @ field.head.centre + matrix[:, 2]
    np.testing.assert_allclose(middle, 31.5)
    ramp = np.repeat(np.linspace(0, 1, 64, dtype=np.float32)[None], 64, 0)
    back = layers_square.from_box(layers_square.to_box(ramp, field.box, matrix)[..., None], field.box, matrix, 64)
    np.testing.assert_allclose(back[inside], ramp[inside], atol=0.02)


def test_two_matrices_bring_the_square_to_the_box_as_a_warp_does():
    rng = np.random.default_rng(5)
    flow = rng.normal(size=(64, 64, 3)).astype(np.float32)
    for _ in range(30):
        scale, (x0, y0) = rng.uniform(0.1, 1.5), rng.integers(0, 40, 2)
        box = x0, y0, x0 + rng.integers(40, 240), y0 + rng.integers(40, 240)
        matrix = np.array([[scale, 0, rng.uniform(-20, 20)], [0, scale, rng.uniform(-20, 20)]])
        brought = spread.spread(flow, *layers_square.spreading(box, matrix, 64))
        # OpenCV before 4.11 rounds places to 1/32, in which noise like this changes by so much
        assert np.abs(brought - layers_square.to_box(flow, box, matrix)).max() < 0.15, box


def test_looking_up_moves_pictures():
    picture = torch.zeros(1, 1, 128, 128)
    picture[..., 40, 50] = 1
    movement = torch.zeros(1, 2, 64, 64)
    movement[:, 0], movement[:, 1] = 0.5, -0.25
    moved = layers_networks.look_up(picture, movement, unit=8.0)
    assert moved[0, 0].argmax() == 42 * 128 + 46  # each pixel looks 4 to the right and 2 up


def test_the_guided_filter_by_hand():
    rng = np.random.default_rng(0)
    guide, values = rng.random((2, 12, 12)).astype(np.float32)
    slopes, offsets = np.zeros((12, 12)), np.zeros((12, 12))
    around = np.pad(np.stack([guide, values], -1), ((1, 1), (1, 1), (0, 0)), mode="reflect")
    for y in range(12):
        for x in range(12):
            i, p = around[y : y + 3, x : x + 3].reshape(9, 2).T
            slopes[y, x] = ((i * p).mean() - i.mean() * p.mean()) / (i.var() + 0.01)
            offsets[y, x] = p.mean() - slopes[y, x] * i.mean()
    mean = np.pad(np.stack([slopes, offsets], -1), ((1, 1), (1, 1), (0, 0)), mode="reflect")
    mean = sum(mean[dy : dy + 12, dx : dx + 12] for dy in range(3) for dx in range(3)) / 9
    np.testing.assert_allclose(layers.guided_filter(guide, values, 1, 0.01), mean[..., 0] * guide + mean[..., 1],
                               atol=1e-4)


def test_filling_takes_the_person_out_of_the_wall():
    photo, matte = np.full((64, 64, 3), (90, 140, 200), np.uint8), np.zeros((64, 64), np.uint8)
    photo[20:60, 20:44], matte[20:60, 20:44] = (255, 0, 0), 255
    inside = np.full((64, 64), 255, np.uint8)
    np.testing.assert_allclose(layers_square.filled(photo, matte, inside).astype(int), np.full_like(photo, 1) * [
        90, 140, 200], atol=2)
    nobody = layers_square.filled(photo, np.zeros_like(matte), inside)
    np.testing.assert_array_equal(nobody, photo)
    np.testing.assert_array_equal(layers_square.filled(photo, inside, inside), photo)  # nothing to fill from


def test_framed_squares_are_mirrored_beyond_the_frame():
    photo = np.arange(64 * 64 * 3, dtype=np.uint32).reshape(64, 64, 3).astype(np.uint8)
    square, inside = layers_data.framed(photo, (10, 20, 50, 60))
    np.testing.assert_array_equal(square[20:60, 10:50], photo[20:60, 10:50])
    assert inside.sum() == 255 * 40 * 40 and layers_data.frame_of(inside) == (10, 20, 50, 60)
    np.testing.assert_array_equal(square[19, 10:50], photo[21, 10:50])


# ---------------------------------------------------------------- learning


def photos_of(pairs):
    return {"photo": pairs["photo"], "inside": pairs["inside"], "face": pairs["face"], "person": pairs["person"]}


def learn(kind, pairs, steps, logdir, resume=False, planned=6):
    recipe = layers_recipe.Recipe(batch=4, rate=3e-3)
    if kind == "matting":
        samples = matting.MattingSamples(photos_of(pairs), pairs, np.stack([wall(128)] * 3), recipe)
        task = matting.MattingTask(samples, samples, planned, recipe)
    else:
        movements = refiner.Movements(pairs, layers.load_networks()["matting"])
        task = refiner.RefinerTask(movements, movements, planned, recipe)
        if kind == "smaller":
            teacher = layers.load_networks()["refiner"]
            task = distillation.RefinerDistillationTask(teacher, movements, movements, planned, recipe)
    config = training.Config(steps=steps, batch=4, clip=1.0, average=0.9, report_every=1, logdir=logdir, resume=resume,
                             live=False)
    return training.train(task, config)


@pytest.mark.parametrize("kind", ["matting", "refiner", "smaller"])
def test_stopped_training_goes_on_with_the_same_numbers(kind, pairs, tmp_path):
    whole = learn(kind, pairs, 4, tmp_path / "whole")
    learn(kind, pairs, 2, tmp_path / "parts")
    second = learn(kind, pairs, 4, tmp_path / "parts", resume=True)
    curves = [{key: values for key, values in run.history.items() if "unseen" not in key} for run in (whole, second)]
    assert curves[0] == curves[1] and (whole.pictures or kind == "smaller")
    name = "matting" if kind == "matting" else "refiner"
    for key, value in whole.averaged[name].state_dict().items():
        assert torch.equal(value, second.averaged[name].state_dict()[key]), key


def test_the_recipe_trains_both_into_one_file_and_goes_on_at_the_second(pairs, tmp_path):
    part = {"photos": photos_of(pairs), "pairs": pairs, "backdrops": np.stack([wall(128)] * 3)}
    made = {kind: dict.fromkeys(("train", "validation"), arrays) for kind, arrays in part.items()}
    training.made_once(tmp_path / "squares.npz", lambda: made)
    out = layers_training.train(["none"], steps=1, logdir=tmp_path, out=tmp_path / "layers.safetensors")
    first = io.read_weights(out)
    assert first.keys() == io.load_tensors(layers.WEIGHTS).keys()
    layers.networks_of(first)
    second = io.read_weights(layers_training.train(["none"], steps=4, resume=True, logdir=tmp_path, out=out))
    for name in first:  # the first network was done; the second had two steps of two
        assert torch.equal(first[name], second[name]) or name.startswith("refiner."), name
    assert any(not torch.equal(first[name], second[name]) for name in first)


def test_the_refiner_learns_how_outlines_move(pairs, tmp_path):
    movements = refiner.Movements(pairs, layers.load_networks()["matting"])
    silent = refiner.validate(layers_networks.Refiner(), movements)
    result = learn("refiner", pairs, 60, tmp_path, planned=60)
    after = refiner.validate(result.averaged["refiner"], movements)
    assert after["refined: L1"] < 0.99 * silent["refined: L1"], (after, silent)
    assert after["refined: outline"] < 0.95 * silent["refined: outline"], (after, silent)
    assert silent["plain: L1"] == after["plain: L1"]


def test_a_smaller_refiner_learns_to_answer_as_a_larger_one(pairs, tmp_path):
    result = learn("smaller", pairs, 60, tmp_path, planned=60)
    assert set(result.history) >= {"flow", "away", "unseen flow", "unseen away"}
    assert np.mean(result.history["flow"][-5:]) < 0.8 * result.history["flow"][0]
    assert np.mean(result.history["away"][-5:]) < 0.8 * result.history["away"][0]


def test_the_matting_learns_where_the_person_is(pairs, tmp_path):
    photos = photos_of(pairs)
    torch.manual_seed(0)
    before = matting.validate(layers_networks.Matting(), photos)
    result = learn("matting", pairs, 60, tmp_path, planned=60)
    after = matting.validate(result.averaged["matting"], photos)
    assert after["error"] < 0.6 * before["error"] and after["overlap"] > 0.75


def test_the_shipped_matting_finds_people_it_has_not_seen(pairs):
    found = matting.validate(layers.load_networks()["matting"], photos_of(pairs))
    assert found["overlap"] > 0.84, found  # before stripes, which no photo has; on photos 0.93


def test_batches_keep_movement_and_picture_together(pairs):
    """Mirrored pairs still fit: looked up along its movement, the photo comes near to its target's outline."""
    movements = refiner.Movements(pairs, layers.load_networks()["matting"])
    plain, turned = movements.batch(np.arange(4)), movements.batch(np.arange(4), np.random.default_rng(2))
    flipped = [not torch.equal(a, b) for a, b in zip(plain["photo"], turned["photo"])]
    assert any(flipped) and not all(flipped)
    for row in np.nonzero(flipped)[0]:
        assert torch.equal(turned["photo"][row], plain["photo"][row].flip(-1))
        assert torch.equal(turned["movement"][row, 0], -plain["movement"][row, 0].flip(-1))
        assert torch.equal(turned["movement"][row, 1], plain["movement"][row, 1].flip(-1))


def test_people_stand_before_what_they_are_told(people):
    for person in people:
        free = person.person[0] == 0
        assert np.abs(person.images[0].astype(int) - wall())[free].mean() < 1
    wide = np.stack([layers_data.turned_values(np.random.default_rng(k)) for k in range(60)])
    turns = np.abs(wide[:, 1] - wide[:, 0])[:, layers_data.INDEX["headYaw"]]
    assert 7 < turns.mean() < 14 and turns.max() < 26.01


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize("widths", [(8, 16), (24, 48)])
def test_a_refiner_is_as_wide_as_its_weights(widths):
    torch.manual_seed(3)
    networks = {"parter": layers_networks.Matting(), "refiner": layers_networks.Refiner(widths)}
    loaded = layers.networks_of({f"{part}.{name}": value for part, network in networks.items()
                                 for name, value in network.state_dict().items()})
    inputs = torch.rand(1, 8, 64, 64)
    torch.testing.assert_close(loaded["refiner"].trunk(inputs), networks["refiner"].trunk(inputs))


def test_weights_of_another_version_say_so():
    with pytest.raises(errors.WeightsError, match="install the package again"):
        layers.networks_of({"parter.first.1.weight": torch.zeros(3)})


def test_the_teacher_must_be_the_right_file(tmp_path):
    pytest.importorskip("mediapipe")
    for path in (None, tmp_path / "nothing.tflite"):
        with pytest.raises(errors.WeightsError, match="--teacher"), teacher.open_segmenter(path):
            pass
    wrong = tmp_path / "wrong.tflite"
    wrong.write_bytes(b"something else")
    other = pytest.raises(errors.WeightsError, match="not the selfie_segmentation.tflite")
    with other, teacher.open_segmenter(wrong):
        pass


def test_a_teacher_for_what_needs_none_is_an_error(capsys):
    assert cli.main(["train", "detector", "--teacher", "file"]) != 0
    assert "leave it out" in capsys.readouterr().err


def test_the_file_that_ships_is_whole():
    assert io.data_file(layers.WEIGHTS).stat().st_size < 4e6
    assert set(layers.load_networks()) == {"matting", "refiner"}
    assert layers.load_networks() is layers.load_networks()
