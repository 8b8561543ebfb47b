"""What lesson 04 shows of networks: convolutions by hand, what units see, who is who, what painters paint."""

import numpy as np
import pytest
import torch
from torch import nn

from course import demo, features, images, keypoints
from course.exercises import places
from course.lessons.lesson_04 import by_hand, figures, identity, painter, people, sees


@pytest.fixture(scope="module")
def album():
    return people.album()


@pytest.fixture(scope="module")
def right():
    return people.right_pictures()


# ---------------------------------------------------------------- the landmarker by hand


def test_the_landmarker_by_hand_finds_what_the_landmarker_finds():
    crop, shown = by_hand.face_of(demo.photo_path())
    network, whole = by_hand.landmarker(), keypoints.load_network()[0].eval()
    assert not [one for one in network.modules() if isinstance(one, nn.Conv2d)]
    with places.counted("features.conv2d") as seen, torch.no_grad():
        torch.testing.assert_close(network(crop), whole(crop), rtol=1e-4, atol=1e-4)
    assert seen.calls == sum(isinstance(one, nn.Conv2d) for one in whole.modules()) == 22
    found, photo = by_hand.read_points(network, crop), images.load_image(demo.photo_path())
    known = keypoints.find_points(photo)[0, :68]
    np.testing.assert_allclose(np.ptp(found, axis=0) / np.ptp(found), np.ptp(known, axis=0) / np.ptp(known), atol=0.06)
    assert shown.shape == (384, 384, 3) and found.min() > 0 and found.max() < 384


# ---------------------------------------------------------------- what a unit sees


@pytest.mark.parametrize("layer", features.layer_names("trunk"))
def test_what_is_computed_is_what_the_gradient_reaches(layer):
    noise = torch.rand(1, 3, 320, 320, generator=torch.Generator().manual_seed(0))
    slope = sees.slope_of_unit(layer, noise)
    assert sees.reached(slope) == features.receptive_field(sees.layers_until(layer))[0]
    assert sees.half_of(slope) <= sees.reached(slope)


def test_half_of_a_slope_by_hand():
    slope = np.zeros((9, 9))
    slope[4, 4], slope[0, 0], slope[4, 7] = 1, 0.6, 0.6
    assert sees.half_of(slope) == 7 and sees.reached(slope) == 8


@pytest.mark.parametrize("name", ["resnet50", "vgg19"])
def test_published_layers_are_torchvisions(name):
    """Every convolution and pooling on the longest way, in its order: shortcuts of ResNet left out."""
    models = pytest.importorskip("torchvision.models", exc_type=(ImportError, RuntimeError))
    with torch.device("meta"):
        network = getattr(models, name)(weights=None)

    def first(size):
        return size[0] if isinstance(size, tuple) else size

    layers = [(first(one.kernel_size), first(one.stride)) for words, one in network.named_modules()
              if isinstance(one, (nn.Conv2d, nn.MaxPool2d)) and "downsample" not in words]
    assert (layers if name == "resnet50" else layers[:-1]) == (sees.RESNET50 if name == "resnet50" else sees.VGG19)


def test_favourites_are_pieces_of_the_pictures(album):
    rows = sees.favourites(album.pictures[:5], "1/4", channels=2, count=3)
    assert [len(row) for row in rows] == [3, 3] and rows[0][0].shape == (3, 31, 31)


def test_the_trunk_finds_the_same_place_and_the_untrained_does_not(album):
    points = album.points[:: people.STATES]
    off = {words: np.median(sees.misses(sees.WAYS[words].maps(album.rest), points, range(0, 68, 8)))
           for words in ("trunk, layer 1/16", "trunk, layer 1/8", "untrained, layer 1/8")}
    assert off["trunk, layer 1/16"] < 10 and off["trunk, layer 1/8"] < 15 and off["untrained, layer 1/8"] > 50


def test_a_place_is_found_in_the_same_face(album):
    maps = sees.WAYS["trunk, layer 1/8"].maps(album.rest[:1])[0]
    place = sees.best_place(sees.likeness(sees.vector_at(maps, (70, 90)), maps))
    assert np.abs(place - [70, 90]).max() <= 1


# ---------------------------------------------------------------- who is it


def test_the_album_holds_six_people_three_times(album):
    assert album.pictures.shape == (18, 3, 128, 128) and album.points.shape == (18, 68, 2)
    assert np.bincount(album.who).tolist() == [3] * 6 and len(album.rest) == 6


def test_what_the_text_says_of_who_is_who(album):
    tables = identity.tables(album)
    order = {words: figures.in_order(table, album.who) for words, table in tables.items()}
    one, two = figures.middle_cosines(tables["trunk as it is"], album.who)
    assert one > 0.95 and two > 0.95, "all faces look alike to the trunk"
    assert order["identity axes"] > order["untrained less its mean"] > order["trunk less its mean"] > 0.6


def test_order_and_medians_by_hand():
    table = np.array([[1, 0.9, 0.2], [0.9, 1, 0.95], [0.2, 0.95, 1]])
    assert figures.middle_cosines(table, [0, 0, 1]) == (0.9, pytest.approx(0.575))
    assert figures.in_order(table, [0, 0, 1]) == 0.5


# ---------------------------------------------------------------- painters


@pytest.mark.parametrize("loss, power", [("squared", 2), ("absolute", 1)])
def test_no_other_guess_is_nearer(loss, power):
    """Against every guess on a fine grid, pixel by pixel."""
    answers = torch.rand(6, 5, generator=torch.Generator().manual_seed(1))
    grid = torch.linspace(0, 1, 1001)[:, None, None]
    least = (grid - answers).abs().pow(power).mean(dim=1).amin(dim=0)
    found = (painter.best_guess(answers, loss) - answers).abs().pow(power).mean(dim=0)
    assert (found <= least + 1e-6).all() and torch.allclose(found, least, atol=2e-3)


def test_another_loss_is_said():
    with pytest.raises(ValueError, match='"squared" or "absolute"'):
        painter.best_guess(torch.rand(3, 2), "cubed")


def test_painters_end_where_the_text_says(right):
    """Squared pixels and the untrained network: all of them. The trunk: one."""
    squared = painter.paint(right, painter.pixel_distance(right))
    torch.testing.assert_close(squared.picture[0], painter.best_guess(right, "squared"), atol=0.01, rtol=0)
    assert painter.paint(right, painter.feature_distance(right, "untrained"), steps=40).shares.max() < 0.3
    one = painter.paint(right, painter.feature_distance(right))
    assert one.shares.max() > 0.8 and float(one.shares.sum()) == pytest.approx(1, abs=1e-5)


def test_free_pixels_come_nearer_than_any_right_picture(right):
    distance = painter.feature_distance(right)
    start = right.mean(dim=0, keepdim=True)
    kept = start.clone()
    made = painter.free_pixels(right, distance, start, steps=40)
    with torch.no_grad():
        assert float(distance(made)) < min(float(distance(one[None])) for one in right)
    assert torch.equal(start, kept) and made.min() >= 0 and made.max() <= 1


def test_the_distance_asks_the_place_for_each_step(right):
    with places.counted("features.perceptual_distance") as seen:
        painter.paint(right[:2], painter.feature_distance(right[:2]), steps=3)
    assert seen.calls == 3
