"""Formula faces: keypoints, masks and flow against answers found another way."""

import numpy as np
import pytest
import torch

from course import errors, face, synthetic
from course.keypoints import landmarks
from course.synthetic import hair, head, parts, raster
from course.synthetic import scene as synthetic_scene

SIZE = 64


@pytest.fixture(scope="module")
def people():
    return synthetic.People.random(6, seed=3)


@pytest.fixture(scope="module")
def values():
    return synthetic.random_motion(6, seed=3)


@pytest.fixture(scope="module")
def picture(people, values):
    return synthetic.render(people, values, SIZE)


def one(**channels):
    row = torch.zeros(1, len(face.CHANNELS))
    for name, value in channels.items():
        row[0, face.INDEX[name]] = value
    return row


def plain(n=1, seed=0):
    """People whose shape is the face model's alone, without hair or glasses over it."""
    people = synthetic.People.random(n, seed)
    people.identity[:, -len(parts.FORMS) :] = 0
    people.style[:] = 0
    people.glasses[:, 0] = 0
    return people


# ---------------------------------------------------------------- the picture


def test_shapes_and_ranges(picture):
    assert picture.image.shape == (6, 3, SIZE, SIZE) and picture.image.dtype == torch.float32
    assert 0 <= picture.image.min() and picture.image.max() <= 1
    assert picture.keypoints.shape == (6, 68, 2)
    assert picture.masks.shape == (6, len(synthetic.MASKS), SIZE, SIZE)
    torch.testing.assert_close(picture.masks.sum(1), torch.ones(6, SIZE, SIZE), atol=1e-5, rtol=0)


def test_a_seed_is_a_picture_and_a_batch_changes_nothing(people, values, picture):
    again = synthetic.render(synthetic.People.random(6, seed=3), values, SIZE)
    assert torch.equal(again.image, picture.image)
    alone = synthetic.render(people[4], values[4:5], SIZE)
    torch.testing.assert_close(alone.image[0], picture.image[4], atol=2e-3, rtol=0)
    torch.testing.assert_close(alone.keypoints[0], picture.keypoints[4], atol=1e-4, rtol=0)
    other = synthetic.sample(2, 32, seed=4)[0]
    assert not torch.equal(other, synthetic.sample(2, 32, seed=5)[0])


def test_every_channel_is_seen():
    rows = [one(**{name: 15.0 if name in face.HEAD[:3] else 0.8}) for name in face.CHANNELS]
    drawn = synthetic.render(plain().repeat(len(rows) + 1), torch.cat([*rows, one()]), SIZE)
    for k, name in enumerate(face.CHANNELS):
        difference = (drawn.image[k] - drawn.image[-1]).abs().amax()
        shift = (drawn.keypoints[k] - drawn.keypoints[-1]).norm(dim=-1).max()
        if "Look" in name or name in ("cheekPuff", "cheekSquintLeft", "cheekSquintRight"):
            assert difference > 0.02, name  # gaze moves no keypoint far; a cheek is more skin than points
        else:
            # mouthPress is the smallest of all: 1.7 hundredths of an eye distance
            assert shift > 0.2 and difference > 0.03, name


def test_masks_say_what_happens():
    people = plain(4, seed=2)
    rest = synthetic.render(people, None, SIZE)
    inside = ("mouth", "teeth", "tongue")
    opened = synthetic.render(people, one(jawOpen=0.9).repeat(4, 1), SIZE)
    blink = synthetic.render(people, one(eyeBlinkLeft=1, eyeBlinkRight=1).repeat(4, 1), SIZE)
    assert (opened.mask(*inside).sum((1, 2)) > 8 * rest.mask(*inside).sum((1, 2)) + 15).all()
    assert (blink.mask("eyes").sum((1, 2)) < 0.15 * rest.mask("eyes").sum((1, 2))).all()
    assert rest.mask("hair").sum() == 0 and rest.mask("glasses").sum() == 0
    people.style[:] = 5
    people.glasses[:, 0] = 1
    dressed = synthetic.render(people, None, SIZE)
    assert (dressed.mask("hair").sum((1, 2)) > 200).all() and (dressed.mask("glasses").sum((1, 2)) > 5).all()


def test_lips_and_eyes_lie_inside_their_keypoints(people):
    import cv2

    people = plain(3, seed=8)
    picture = synthetic.render(people, None, 128)
    for mask, ring in (("lips", landmarks.LIPS_OUTER), ("eyes", landmarks.EYE_LEFT)):
        for k in range(3):
            outline = picture.keypoints[k, ring].numpy()
            inside = np.zeros((128, 128), np.uint8)
            cv2.fillPoly(inside, [np.round(outline).astype(np.int32)], 1)
            inside = cv2.dilate(inside, np.ones((5, 5), np.uint8)) > 0
            shown = picture.mask(mask)[k].numpy()
            if mask == "eyes":  # the left eye alone
                shown = shown * (np.arange(128) > picture.keypoints[k, 27, 0].item())
            assert shown[inside].sum() > 0.97 * shown.sum() > 5


def test_skin_of_every_tone_is_drawn_as_asked():
    from course.synthetic.people import SKIN, colour

    people = plain(1).repeat(len(SKIN))
    people.skin = torch.tensor(np.array([colour(code) for code in SKIN]), dtype=torch.float32)
    picture = synthetic.render(people, None, SIZE)
    skin = picture.mask("skin") > 0.99
    mean = torch.stack([picture.image[k][:, skin[k]].mean() for k in range(len(SKIN))])
    assert (mean[1:] < mean[:-1]).all()


def test_wrong_values_are_refused(people):
    with pytest.raises(errors.MotionError, match="6 people need channel values"):
        synthetic.render(people, torch.zeros(5, 57), SIZE)


# ---------------------------------------------------------------- keypoints


def test_keypoints_are_the_face_models(values):
    people = plain(6, seed=3)
    found = synthetic.render(people, values, SIZE).keypoints.numpy()
    model = face.FaceModel.load()
    for k in range(6):
        coefficients = people.identity[k, : len(model.identity)].numpy().astype(float)
        shape = model.mean + np.tensordot(coefficients, model.identity, axes=1)
        moved = face.blendshapes_to_points(shape, values[k, :51].numpy(), model.channels)
        across, middle_x, middle_y = people.frame[k].tolist()
        scale = SIZE / across
        origin = (SIZE - 1) / 2 - scale * np.array([middle_x, middle_y])
        theirs = face.project(moved, values[k, 51:].numpy(), scale, origin)
        np.testing.assert_allclose(found[k], theirs[:68], atol=2e-3)


def test_keypoints_lie_where_the_picture_shows_them(values):
    people = plain(6, seed=3)
    people.frame[:] = torch.tensor([3.6, 0, -0.3])  # from further away, so that every chin is in the picture
    scene = synthetic_scene.build(people, values, 256)
    front = synthetic_scene.front(people, scene)
    canon = torch.zeros(6, 256, 256, 3)
    canon[front.material > 0] = front.read([torch.zeros(6, 1, 3) if i else scene.figure.canon for i in range(3)])
    mean = torch.tensor(face.FaceModel.load().mean, dtype=torch.float32)
    for point in (28, 30, 51, 57, 8, 27, 48, 54):
        at = scene.keypoints[:, point].round().long()
        spot = canon[torch.arange(6), at[:, 1], at[:, 0]]
        # half a pixel is 0.008 units; a turned surface covers more of itself with it
        assert ((spot - mean[point]).norm(dim=-1) < 0.04).all(), point


# ---------------------------------------------------------------- flow


def warped(image, flow):
    grid = (flow.positions + 0.5) / image.shape[-1] * 2 - 1
    return torch.nn.functional.grid_sample(image, grid, align_corners=False, padding_mode="border")


def test_flow_carries_every_spot_onto_itself(people, values):
    """Paint each person with its own coordinates: what the flow fetches must be what the target shows."""
    size, rest = 96, torch.zeros_like(values)
    flow = synthetic.flow(people, rest, values, size)
    painted = []
    for state in (rest, values):
        scene = synthetic_scene.build(people, state, size)
        front = synthetic_scene.front(people, scene)
        canon = torch.zeros(6, size, size, 3)
        layers = (scene.figure, *scene.hair)
        canon[front.material > 0] = front.read([layer.canon.expand(6, -1, -1) for layer in layers])
        skin = front.material == parts.NUMBER["skin"]
        painted.append((canon, skin))
    fetched = warped(painted[0][0].permute(0, 3, 1, 2), flow).permute(0, 2, 3, 1)
    compare = flow.visible & painted[1][1]
    off = (fetched - painted[1][0]).norm(dim=-1)[compare]
    still = (painted[0][0] - painted[1][0]).norm(dim=-1)[compare]
    assert compare.sum() > 3000
    # a pixel is 0.03 units; straight lines between pixels of a bent surface err by a small part of one
    assert off.median() < 0.002 and off.quantile(0.95) < 0.02
    assert still.median() > 20 * off.median()


def test_warping_one_picture_gives_the_other():
    people = synthetic.People.random(4, seed=11)
    # light that falls alike from everywhere: colours then do not change as the head turns
    people.light_colour[:] = 0
    people.ambient[:] = 1
    source, target = synthetic.random_motion(4, seed=1), synthetic.random_motion(4, seed=2)
    a, b = synthetic.render(people, source, 128), synthetic.render(people, target, 128)
    flow = synthetic.flow(people, source, target, 128)
    error = (warped(a.image, flow) - b.image).abs().mean(1)
    still = (a.image - b.image).abs().mean(1)
    on_person = flow.visible & (b.masks[:, 0] < 0.01)
    assert on_person.sum() > 10_000
    assert error[on_person].mean() < 0.25 * still[on_person].mean()
    assert error[on_person].median() < 0.012


def test_flow_of_nothing_is_nothing_and_of_a_shift_is_the_shift(people):
    rest = torch.zeros(6, 57)
    flow = synthetic.flow(people, rest, rest, SIZE)
    assert flow.field.abs().max() < 1e-3
    assert flow.visible.float().mean() > 0.97
    moved = one(headX=0.3, headY=-0.1).repeat(6, 1)
    flow = synthetic.flow(people, rest, moved, SIZE)
    shown = synthetic_scene.front(people, synthetic_scene.build(people, moved, SIZE)).material > 0
    unit = SIZE / people.frame[:, 0]
    for k in range(6):
        expected = torch.tensor([-0.3, 0.1]) * unit[k]
        torch.testing.assert_close(flow.field[k][shown[k]], expected.expand(int(shown[k].sum()), 2), atol=1e-3, rtol=0)
    assert flow.field[~shown].abs().max() == 0  # the background stands still


def test_what_was_hidden_is_not_visible():
    people = plain(1)
    flow = synthetic.flow(people, one(), one(jawOpen=1.0), SIZE)
    inside = synthetic.render(people, one(jawOpen=1.0), SIZE).mask("mouth", "tongue")[0] > 0.99
    assert inside.sum() > 5
    assert not flow.visible[0][inside].any()


# ---------------------------------------------------------------- the parts


def test_the_net_carries_the_model_exactly():
    mesh, model = head.build(), face.FaceModel.load()
    held = mesh.knots >= 0
    assert held[:68].all()
    np.testing.assert_allclose(mesh.mean[mesh.knots[held]], model.mean[held], atol=1e-12)
    np.testing.assert_allclose(mesh.channels[:, mesh.knots[held]], model.channels[:, held], atol=1e-12)
    np.testing.assert_allclose(mesh.identity[:, mesh.knots[held]], model.identity[:, held], atol=1e-12)


def test_the_slit_parts_the_lips():
    mesh = head.build()
    opened = mesh.channels[face.BLENDSHAPES.index("jawOpen")]
    middle = (mesh.row == head.MOUTH_ROW) & (np.abs(mesh.column) < 4)
    assert opened[middle & (mesh.side == 1), 1].min() > 0.2
    assert np.abs(opened[middle & (mesh.side == -1), 1]).max() < 0.05


def test_rasterizer_equals_trying_every_triangle_in_every_pixel():
    generator = torch.Generator().manual_seed(0)
    size = 24
    places = torch.rand(2, 30, 3, generator=generator) * torch.tensor([size + 8.0, size + 8.0, 5.0]) - 4
    triangles = torch.randint(0, 30, (40, 3), generator=generator)
    two_sided = torch.arange(40) % 2 == 0
    found = raster.rasterize(places, triangles, size, size, two_sided)
    for n in range(2):
        for y in range(0, size, 3):
            for x in range(0, size, 3):
                best, winner = float("inf"), -1
                for t, (i, j, k) in enumerate(triangles.tolist()):
                    a, b, c = places[n, i].double(), places[n, j].double(), places[n, k].double()
                    area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
                    if abs(area) < 1e-9 or (area < 0 and not two_sided[t]):
                        continue
                    wb = ((x - a[0]) * (c[1] - a[1]) - (y - a[1]) * (c[0] - a[0])) / area
                    wc = ((y - a[1]) * (b[0] - a[0]) - (x - a[0]) * (b[1] - a[1])) / area
                    z = a[2] + wb * (b[2] - a[2]) + wc * (c[2] - a[2])
                    if wb >= 0 and wc >= 0 and wb + wc <= 1 and z < best:
                        best, winner = float(z), t
                assert int(found.triangle[n, y, x]) == winner
                if winner >= 0:
                    assert float(found.depth[n, y, x]) == pytest.approx(best, abs=1e-4)


def test_every_style_of_hair_is_drawn():
    names = list(hair.STYLE)
    people = plain(1).repeat(len(names))
    people.style = torch.arange(len(names))
    covered = synthetic.render(people, None, SIZE).mask("hair").sum((1, 2))
    assert covered[names.index("bald")] == 0
    assert (covered[1:] > 100).all()
    assert covered[names.index("long")] > 1.5 * covered[names.index("short")]


def test_batches_and_faces_for_training():
    first, again = (next(synthetic.batches(2, 32, seed=1)) for _ in range(2))
    assert torch.equal(first[0], again[0]) and first[1].shape == (2, 68, 2)
    faces = synthetic.Faces(3, 32, seed=1)
    image, keypoints = faces[2]
    assert len(faces) == 3 and image.shape == (3, 32, 32) and keypoints.shape == (68, 2)
    loader = torch.utils.data.DataLoader(faces, batch_size=3)
    images, _ = next(iter(loader))
    torch.testing.assert_close(images, synthetic.sample(3, 32, (1, 0))[0], atol=1 / 255, rtol=0)


def test_a_moving_pair_is_one_person_twice():
    source, target, flow = synthetic.moving_pair(2, 32, seed=6)
    again = synthetic.moving_pair(2, 32, seed=6)
    assert torch.equal(target.image, again[1].image) and torch.equal(flow.field, again[2].field)
    # where the flow says the source shows the same spot, its own person does: background and skin keep their places
    fetched = warped(source.masks, flow)
    agree = (fetched.argmax(1) == target.masks.argmax(1))[flow.visible].float().mean()
    assert agree > 0.95 and (source.keypoints - target.keypoints).abs().max() > 1
