"""The experiment of lesson 02: its pictures are labelled rightly, and heatmaps win with little training."""

import numpy as np
import pytest
import torch

from course import evaluation, keypoints
from course.keypoints import crops as keypoint_crops
from course.lessons.lesson_02 import three_ways


@pytest.fixture(scope="module")
def posed(hopper):
    return three_ways.poses_of(hopper, 4, seed=3)


def test_points_of_a_pose_are_where_the_finder_sees_them(posed):
    from course import keypoints

    pictures, points = posed
    assert pictures.shape == (4, keypoint_crops.TILE, keypoint_crops.TILE, 3) and points.shape == (4, 78, 2)
    found = np.stack([keypoints.find_points(picture, box[None])[0]
                      for picture, box in zip(pictures, keypoints.tight_boxes(points))])
    assert evaluation.nme(found, points) < 5
    assert np.abs(points[0] - points[1]).max() > 3  # the poses differ


def test_crops_keep_points_and_picture_together(posed):
    crops, points = three_ways.crops_of(*posed, 5, np.random.default_rng(0), three_ways.Settings())
    assert crops.shape == (5, 3, 64, 64) and points.shape == (5, 68, 2)
    assert 0 <= crops.min() and crops.max() <= 1 and points.dtype == torch.float32


@pytest.mark.parametrize("way", three_ways.WAYS)
def test_each_way_learns_one_batch(posed, way):
    settings = three_ways.Settings(width=16)
    torch.manual_seed(0)
    net = three_ways.Network(way, settings)
    crops, points = three_ways.crops_of(*posed, 4, np.random.default_rng(1), settings)
    optimizer = torch.optim.AdamW(net.parameters(), 5e-3)
    first = net.loss(crops, points, settings).item()
    for _ in range(50):
        optimizer.zero_grad()
        loss = net.loss(crops, points, settings)
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.8 * first
    assert net(crops).shape == (4, 68, 2)


def test_cross_entropy_is_least_at_the_drawn_hill():
    settings = three_ways.Settings(width=16)
    net = three_ways.Network("heatmaps", settings)
    points = torch.rand(1, 68, 2) * 0.6 + 0.2
    drawn = keypoints.gaussian_heatmap(points, settings.cells, settings.sigma)
    net.trunk, net.head = torch.nn.Identity(), torch.nn.Identity()

    def loss_of(maps):
        return net.loss((maps + 1) / 2, points, settings).item()  # the network sees crops times 2 less 1

    best = drawn.clamp(min=1e-12).log()
    assert loss_of(best) < loss_of(0.5 * best) and loss_of(best) < loss_of(2 * best)
    assert loss_of(best) < loss_of(best.roll(1, dims=3))


def test_maps_beat_coordinates_after_little_training(hopper):
    settings = three_ways.Settings(steps=40, batch=8, width=16, poses=6, tests=24)
    reports = []
    networks = three_ways.train(hopper, settings, lambda step, errors: reports.append((step, errors)), every=20)
    assert [step for step, _ in reports] == [20, 40] and set(networks) == set(three_ways.WAYS)
    last = reports[-1][1]
    assert last["soft-argmax"] < last["coordinates"] and last["heatmaps"] < last["coordinates"]
    assert not any(net.training for net in networks.values())
