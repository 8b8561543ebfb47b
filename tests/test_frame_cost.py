"""What makes a frame sooner gives the frame of the readable path, and steps aside where a student's part stands."""

import cv2
import numpy as np
import pytest
import torch

from course import animation, images, keypoints, polish
from course.exercises import places
from course.face import channels
from course.polish import seam, sharpness
from course.rendering import (
    animator_networks,
    layers,
    layers_networks,
    layers_square,
    paste,
    quick_layers,
    spread,
    warping,
)
from course.rendering import quick_networks as quick

MOST = 2  # grey levels between the two paths


@pytest.fixture(scope="module")
def photo(hopper):
    """uint8 (230, 196, 3)."""
    return cv2.resize(hopper, (196, 230), interpolation=cv2.INTER_AREA)


@pytest.fixture(scope="module")
def points(photo):
    return keypoints.find_points(photo)[0]


@pytest.fixture(scope="module")
def actor(photo, points):
    return animation.make_actor(photo, points, "gan")


@pytest.fixture(scope="module")
def track(actor):
    """A few frames such as sentences, recordings and driving films ask for, and a head that goes far: (T, 57)."""
    wanted = [{}, {"jawOpen": 0.5, "headYaw": 8}, {"eyeBlinkLeft": 1, "eyeBlinkRight": 1, "mouthSmileLeft": 0.6},
              {"mouthPucker": 0.8, "headPitch": -7, "headRoll": 5}, {"jawOpen": 0.2, "headX": 0.5, "headScale": 0.1}]
    values = np.repeat(actor.face.rest[None], len(wanted), axis=0)
    for row, moved in zip(values, wanted):
        for name, value in moved.items():
            row[channels.INDEX[name]] += value
    return values.astype(np.float32)


def film(actor, track, polished=True):
    options = animation.Settings(polish=polished)
    return list(animation.render(actor.portrait.image, [actor], [track], options))


@pytest.fixture
def readable(monkeypatch):
    """The system with nothing in it that is only there to be quick, once it is called."""
    def to_box(self, values):
        x0, y0, x1, y1 = self.field.box
        warped = layers_square.to_box(np.ascontiguousarray(values), self.field.box, self.field_matrix)
        return warped.reshape(y1 - y0, x1 - x0, -1)

    def movement(self, positions):
        return layers_square.movement(self.field, np.ascontiguousarray(positions), layers.FIELD_SIZE)

    def frame_inputs(self, movement, face_there, unit):
        planes = (torch.from_numpy(each.reshape(64, 64, -1)).permute(2, 0, 1)[None]
                  for each in (movement, *self.maps[:2], face_there, self.maps[2]))
        return layers_networks.frame_inputs(*planes, unit).numpy()

    class Restorer:
        def __init__(self, photo, mask):
            self.wanted, self.mask = sharpness.detail(photo, mask), mask

        def restore(self, frame):
            return sharpness.restore_detail(frame, self.wanted, self.mask)

    def install():
        monkeypatch.setattr(quick, "runner", lambda network: None)
        monkeypatch.setattr(paste, "is_ours", lambda: False)
        monkeypatch.setattr(sharpness, "Restorer", Restorer)
        monkeypatch.setattr(layers.Layers, "to_box", to_box)
        monkeypatch.setattr(layers.Layers, "movement", movement)
        monkeypatch.setattr(quick_layers.Still, "frame_inputs", frame_inputs)
    return install


def test_a_film_is_the_readable_paths_film(actor, track, readable):
    ours = film(actor, track)
    np.testing.assert_array_equal(ours[0], actor.portrait.image)
    readable()
    for frame, wanted in zip(ours, film(actor, track)):
        off = np.abs(frame.astype(int) - wanted)
        assert off.max() <= MOST and off.mean() < 0.02
    assert all((frame != actor.portrait.image).any() for frame in ours[1:])


# ---------------------------------------------------------------- a student's part


def inverted(photo, region, mask, box):
    x0, y0, x1, y1 = box
    made = photo.copy()
    made[y0:y1, x0:x1] = 255 - region
    return made


@pytest.mark.parametrize("name, part", [
    ("rendering.paste_back", inverted),
    ("images.alpha_blend", lambda front, back, alpha: 255 - front),
    ("polish.unsharp_mask", lambda image, amount, sigma=1.0: 255 - image),
    ("rendering.soft_mask", lambda moves, edge: np.full(moves.shape, 0.5, np.float32)),
])
def test_a_part_in_its_place_makes_the_frames(photo, points, track, name, part):
    made = animation.make_actor(photo, points, "gan")
    ours = film(made, track[1:2])[0]
    place = places.place_of(name)
    place.put(places.function_with(part, lambda: None))
    try:
        made = animation.make_actor(photo, points, "gan")
        theirs = film(made, track[1:2])[0]
    finally:
        place.put(place.original)
    assert np.abs(theirs.astype(int) - ours).max() > 40
    np.testing.assert_array_equal(film(animation.make_actor(photo, points, "gan"), track[1:2])[0], ours)


@pytest.mark.parametrize("name", ["rendering.paste_back", "images.alpha_blend"])
def test_a_place_that_is_counted_is_called_once_a_frame(actor, track, name):
    with places.counted(name) as seen:
        film(actor, track)
    assert seen.calls == len(track)


def test_a_painter_in_the_place_of_ours_paints(photo, points, track):
    """Colours are matched by `color_transfer`, and repainted by the networks that a portrait was given."""
    place = places.place_of("polish.color_transfer")
    made = animation.make_actor(photo, points, "gan")
    ours = film(made, track[1:2], "colour")[0]
    place.put(places.function_with(lambda image, *_: 255 - image, lambda: None))
    try:
        theirs = film(made, track[1:2], "colour")[0]
    finally:
        place.put(place.original)
    assert np.abs(theirs.astype(int) - ours).max() > 40


# ---------------------------------------------------------------- networks


def trained(kind, seed=0):
    torch.manual_seed(seed)
    net = kind().eval()
    for weight in net.parameters():
        torch.nn.init.normal_(weight, std=0.05)
    return net


def test_onnxruntime_calculates_what_torch_does():
    rng = np.random.default_rng(0)
    net = trained(animator_networks.AnimatorNetwork)
    squares = rng.integers(0, 256, (2, 64, 64, 9)).astype(np.uint8)
    with torch.inference_mode():
        wanted = net(torch.from_numpy(squares).permute(0, 3, 1, 2).float() / 255).permute(0, 2, 3, 1).numpy()
    found = quick.shuffled(quick.runner(net)(quick.unshuffled(squares) / np.float32(255)))
    assert np.abs(wanted).max() > 0.01
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    net = trained(layers_networks.Refiner)
    frames = rng.random((1, 8, 64, 64), dtype=np.float32)
    with torch.inference_mode():
        np.testing.assert_allclose(quick.runner(net)(frames), net.trunk(torch.from_numpy(frames)).numpy(),
                                   atol=1e-4)


def test_a_network_that_has_learnt_since_is_written_down_again():
    net = trained(animator_networks.AnimatorNetwork)
    inputs = np.random.default_rng(0).random((1, 36, 32, 32), dtype=np.float32)
    before = quick.runner(net)(inputs)
    assert quick.runner(net) is quick.runner(net)
    with torch.no_grad():
        net.paint[1].bias += 0.5
    np.testing.assert_allclose(quick.runner(net)(inputs), before + 0.5, atol=1e-5)


def test_a_network_of_somebody_else_is_asked_itself():
    class Theirs(animator_networks.AnimatorNetwork):
        pass

    assert quick.runner(Theirs()) is None and quick.runner(torch.nn.Identity()) is None


# ---------------------------------------------------------------- pieces


def test_a_seam_lays_as_alpha_blend_does():
    rng = np.random.default_rng(0)
    front, frame = (rng.integers(0, 256, shape).astype(np.uint8) for shape in ((40, 50, 3), (60, 70, 3)))
    mask = np.zeros((40, 50), np.float32)
    mask[10:30, 15:40] = 1
    mask = cv2.GaussianBlur(mask, (9, 9), 2)
    prepared = seam.Seam(mask, (5, 8, 55, 48), frame.shape)
    assert 0 < prepared.count < mask.size and len(prepared.here)
    wanted = frame.copy()
    wanted[8:48, 5:55] = images.alpha_blend(front, frame[8:48, 5:55], mask)
    made = frame.copy()
    prepared.lay(front, made)
    assert np.abs(made.astype(int) - wanted).max() <= 1
    np.testing.assert_array_equal(made[8:48, 5:55][mask == 0], frame[8:48, 5:55][mask == 0])
    np.testing.assert_array_equal(made[:8], frame[:8])
    np.testing.assert_allclose(prepared.mean(front[..., 0]), (front[..., 0] * mask).sum() / mask.sum(), rtol=1e-5)


def test_a_restorer_restores_as_the_readable_function(photo):
    soft = cv2.GaussianBlur(photo, (0, 0), 0.8)
    mask = np.zeros(photo.shape[:2], np.float32)
    mask[40:150, 30:120] = 1
    mask = cv2.GaussianBlur(mask, (9, 9), 2)
    wanted = polish.restore_detail(soft, polish.detail(photo, mask), mask)
    restorer = polish.Restorer(photo, mask)
    assert np.abs(restorer.restore(soft).astype(int) - wanted).max() <= 1
    assert restorer.restore(photo) is photo
    assert polish.Restorer(photo, 0 * mask).restore(soft) is soft


def test_matrices_interpolate_as_opencv():
    values = np.random.default_rng(0).random((12, 9, 2), dtype=np.float32)
    rows, columns = spread.linear_matrix(np.linspace(-1, 12, 40), 12), spread.linear_matrix(np.linspace(0, 8, 30), 9)
    found = spread.spread(values, rows, np.ascontiguousarray(columns.T))
    at = np.stack(np.meshgrid(np.linspace(0, 8, 30), np.linspace(-1, 12, 40)), axis=-1).astype(np.float32)
    np.testing.assert_allclose(found, warping.bilinear_sample(values, at), atol=1e-6)
    ones = spread.cubic_matrix(np.linspace(0, 11, 40), 12).sum(axis=1)
    np.testing.assert_allclose(ones, 1, atol=1e-6)
