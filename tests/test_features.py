"""Features: convolution and distances equal to torch's, receptive fields to what gradients reach, weights checked."""

import hashlib
import json

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course import errors, features, images, keypoints, training
from course.features import networks as feature_networks
from course.io import datasets

RANDOM = torch.Generator().manual_seed(0)


def randn(*shape):
    return torch.randn(*shape, generator=RANDOM, dtype=torch.float64)


# ---------------------------------------------------------------- conv2d, receptive_field


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", [0, 1, 2])
@pytest.mark.parametrize("kernel", [(1, 1), (3, 3), (4, 2)])
def test_conv2d_is_torchs(stride, padding, kernel):
    image, weight, bias = randn(2, 3, 9, 7), randn(5, 3, *kernel), randn(5)
    torch.testing.assert_close(features.conv2d(image, weight, bias, stride, padding),
                               F.conv2d(image, weight, bias, stride, padding))
    torch.testing.assert_close(features.conv2d(image, weight), F.conv2d(image, weight))


def test_conv2d_by_hand():
    """A kernel (-1, 1) finds edges, and is not turned round."""
    row = torch.tensor([[[[0.0, 0, 1, 1, 0]]]])
    assert features.conv2d(row, torch.tensor([[[[-1.0, 1]]]])).tolist() == [[[[0, 1, 0, -1]]]]


def test_conv2d_has_gradients():
    image, weight = randn(1, 2, 5, 5).requires_grad_(), randn(3, 2, 3, 3).requires_grad_()
    assert torch.autograd.gradcheck(lambda x, w: features.conv2d(x, w, stride=2, padding=1), (image, weight))


def test_receptive_field_by_hand():
    assert features.receptive_field([]) == (1, 1)
    assert features.receptive_field([(3, 1)]) == (3, 1)
    assert features.receptive_field([(3, 1), (3, 1)]) == (5, 1)  # two 3x3 see as far as one 5x5
    assert features.receptive_field([(4, 2), (4, 2)]) == (10, 4)
    assert features.receptive_field([(7, 2), (3, 2)]) == (11, 4)  # ResNet's first layer and pooling
    assert features.receptive_field([(3, 1, 4)]) == (9, 1)


@pytest.mark.parametrize("layers", [[(3, 1), (3, 2), (5, 1)], [(4, 2), (4, 2), (3, 1, 2)], [(2, 2), (3, 3)]])
def test_receptive_field_is_what_gradients_reach(layers):
    """One unit in the middle: the pixels on which it depends, and those of its neighbour."""
    blocks = [nn.Conv2d(1, 1, size, step, dilation=(rest or [1])[0], bias=False) for size, step, *rest in layers]
    network = nn.Sequential(*blocks).double()
    for parameter in network.parameters():
        nn.init.ones_(parameter)
    picture = torch.zeros(1, 1, 80, 80, dtype=torch.float64, requires_grad=True)
    answer = network(picture)
    middle = answer.shape[-1] // 2

    def reached(place):
        (slope,) = torch.autograd.grad(answer[0, 0, middle, place], picture, retain_graph=True)
        columns = torch.nonzero(slope[0, 0].sum(dim=0)).flatten()
        return int(columns.min()), int(columns.max())

    first, last = reached(middle)
    assert features.receptive_field(layers) == (last - first + 1, reached(middle + 1)[0] - first)


# ---------------------------------------------------------------- distances


def test_cosine_is_torchs():
    a, b = randn(6, 4, 10), randn(6, 4, 10)
    torch.testing.assert_close(features.cosine_similarity(a, b), F.cosine_similarity(a, b, dim=-1))
    assert features.cosine_similarity(torch.tensor([3.0, 4]), torch.tensor([4.0, 3])).item() == pytest.approx(24 / 25)
    assert features.cosine_similarity(torch.zeros(3), torch.ones(3)).item() == 0


def test_perceptual_distance_is_a_sum_of_l1():
    a = {"one": randn(2, 3, 8, 8), "two": randn(2, 5, 4, 4)}
    b = {name: randn(*value.shape) for name, value in a.items()}
    expected = [F.l1_loss(a[name], b[name]) for name in a]
    torch.testing.assert_close(features.perceptual_distance(a, b), sum(expected))
    torch.testing.assert_close(features.perceptual_distance(list(a.values()), list(b.values()), weights=[2, 0.5]),
                               2 * expected[0] + 0.5 * expected[1])
    assert features.perceptual_distance(a, a).item() == 0
    with pytest.raises(ValueError):
        features.perceptual_distance(list(a.values()), list(b.values())[:1])


def test_perceptual_distance_sees_what_l1_does_not(hopper):
    """A blurred face and one moved by two pixels: L1 prefers the blur, the features the sharp one."""
    import cv2

    face = hopper[60:380, 120:440]
    blurred, moved = cv2.GaussianBlur(face, (0, 0), 3.0), hopper[60:380, 122:442]
    l1 = [np.abs(face.astype(float) - other).mean() for other in (blurred, moved)]
    seen = features.extract_features(face, ["1/8", "1/16"])
    perceived = [float(features.perceptual_distance(seen, features.extract_features(other, ["1/8", "1/16"])))
                 for other in (blurred, moved)]
    assert l1[0] < l1[1] and perceived[0] > perceived[1]


# ---------------------------------------------------------------- networks


def test_the_trunk_is_the_landmarkers(hopper):
    from course import keypoints
    from course.io import weights

    net = keypoints.Landmarker().eval()
    net.load_state_dict({k: v.float() for k, v in weights.load_tensors("keypoints.safetensors").items()}, strict=False)
    picture = features.as_batch(hopper[:128, :128])
    with torch.no_grad():
        expected = net.encode(picture * 2 - 1)
    found = features.extract_features(hopper[:128, :128])
    assert tuple(found) == features.layer_names() == ("1/2", "1/4", "1/8", "1/16")
    for name, value in zip(found, expected):
        assert found[name].shape == value.shape and found[name].shape[-1] == 128 // int(name[2:])
        torch.testing.assert_close(found[name], value)
    assert not found["1/2"].requires_grad


def test_extract_features_takes_what_people_have(hopper, hopper_path):
    from_file = features.extract_features(hopper_path, "1/16")
    from_array = features.extract_features(images.load_image(hopper_path), ["1/16"])
    batch = torch.from_numpy(hopper).permute(2, 0, 1)[None].float() / 255
    assert torch.equal(from_file["1/16"], from_array["1/16"])
    assert torch.equal(from_file["1/16"], features.extract_features(batch, ("1/16",))["1/16"])
    again = features.extract_features(torch.cat([batch, batch.flip(-1)]), "1/16")["1/16"]
    assert again.shape[0] == 2
    torch.testing.assert_close(again[:1], from_file["1/16"], rtol=1e-4, atol=1e-4)


def test_the_untrained_one_is_the_same_each_time_and_another(hopper):
    feature_networks.load.cache_clear()
    torch.manual_seed(5)
    state = torch.get_rng_state()
    one = features.extract_features(hopper, "1/16", "untrained")["1/16"]
    assert torch.equal(state, torch.get_rng_state())
    feature_networks.load.cache_clear()
    torch.manual_seed(6)
    assert torch.equal(one, features.extract_features(hopper, "1/16", "untrained")["1/16"])
    assert not torch.allclose(one, features.extract_features(hopper, "1/16")["1/16"])


def test_gradients_reach_the_picture():
    picture = torch.rand(1, 3, 64, 64, requires_grad=True)
    net = feature_networks.load("trunk")
    features.perceptual_distance(net(picture), net(torch.rand(1, 3, 64, 64))).backward()
    assert picture.grad.abs().sum() > 0 and all(p.grad is None for p in net.parameters())


def test_wrong_names_and_pictures_are_one_line(hopper):
    with pytest.raises(errors.CourseError, match="no network 'vgg': choose from trunk, untrained, resnet50, vgg19"):
        features.extract_features(hopper, network="vgg")
    with pytest.raises(errors.CourseError, match="trunk has no layer 'relu9': choose from 1/2"):
        features.extract_features(hopper, "relu9")
    with pytest.raises(errors.ImageError, match="20x40 px are too small"):
        features.extract_features(hopper[:40, :20])
    with pytest.raises(errors.ImageError, match=r"pictures are float \(N, 3, H, W\)"):
        features.extract_features(torch.zeros(3, 64, 64))


# ---------------------------------------------------------------- torchvision's networks


@pytest.fixture
def torchvision():
    return pytest.importorskip("torchvision", reason="torchvision is not installed, or not for this torch",
                               exc_type=(ImportError, RuntimeError))


def test_resnet50_with_random_weights(torchvision, hopper):
    """Our layers against the network run by hand, and the last one against what its classifier sees."""
    torch.manual_seed(0)
    whole = torchvision.models.resnet50(weights=None).eval()
    net = feature_networks.of_torchvision("resnet50", whole.state_dict()).eval()
    x = features.as_batch(hopper[:64, :96])
    found = net(x)
    assert {name: tuple(value.shape[1:]) for name, value in found.items()} == {
        "conv1": (64, 32, 48), "layer1": (256, 16, 24), "layer2": (512, 8, 12), "layer3": (1024, 4, 6),
        "layer4": (2048, 2, 3), "pool": (2048, 1, 1)}  # fmt: skip
    normal = torchvision.transforms.Normalize(feature_networks.IMAGENET_MEAN, feature_networks.IMAGENET_STD)(x)
    torch.testing.assert_close(whole.fc(found["pool"].flatten(1)), whole(normal))
    torch.testing.assert_close(found["layer1"], whole.layer1(whole.maxpool(whole.relu(whole.bn1(whole.conv1(normal))))))


def test_vgg19_slices_with_random_weights(torchvision, hopper):
    """The five slices of perceptual losses: the ends of features[:2], [:7], [:12], [:21], [:30]."""
    torch.manual_seed(0)
    convolutions = torchvision.models.vgg19(weights=None).eval()
    net = feature_networks.of_torchvision("vgg19", convolutions.state_dict())
    x = features.as_batch(hopper[:64, :64])
    found = net(x, ["relu1_1", "relu3_1", "relu5_1"])
    normal = torchvision.transforms.Normalize(feature_networks.IMAGENET_MEAN, feature_networks.IMAGENET_STD)(x)
    for name, end in (("relu1_1", 2), ("relu3_1", 12), ("relu5_1", 30)):
        torch.testing.assert_close(found[name], convolutions.features[:end](normal.clone()))
    with pytest.raises(errors.WeightsError, match="not those of resnet50: run `course data fetch resnet50`"):
        feature_networks.of_torchvision("resnet50", convolutions.state_dict())


def test_weights_are_fetched_checked_and_used(torchvision, tmp_path, monkeypatch, file_server, hopper):
    """The whole way with a manifest of our own: not there, fetched with a broken connection, used, then damaged."""
    import io

    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr("course.io.downloads.FIRST_PAUSE", 0.01)
    torch.manual_seed(0)
    state = {name: value.half() for name, value in torchvision.models.resnet50(weights=None).state_dict().items()}
    file = io.BytesIO()
    torch.save(state, file)
    body = file.getvalue()
    file_server.files["/resnet50-0676ba61.pth"] = body
    file_server.cut_after = [len(body) // 3]
    entry = json.loads(json.dumps(datasets.read_manifest()["resnet50"]))
    entry["files"]["resnet50-0676ba61.pth"] |= {"url": file_server.url + "/resnet50-0676ba61.pth", "bytes": len(body),
                                                "sha256": hashlib.sha256(body).hexdigest()}
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"resnet50": entry}), encoding="utf-8")

    with pytest.raises(errors.WeightsError, match=r"not here: run `course data fetch resnet50` \(\d+ MB\), or take"):
        feature_networks.fetched("resnet50", manifest)
    folder = datasets.fetch("resnet50", manifest=manifest)
    assert len(file_server.requests) == 2 and file_server.requests[1][1], "gone on with where it was cut off"
    net = feature_networks.of_torchvision("resnet50", feature_networks.fetched("resnet50", manifest))
    assert net(features.as_batch(hopper[:64, :64]), "pool")["pool"].shape == (1, 2048, 1, 1)

    path = folder / "resnet50-0676ba61.pth"
    path.write_bytes(body[:-1] + b"?")
    with pytest.raises(errors.WeightsError, match="wrong checksum: delete it and run `course data fetch resnet50`"):
        feature_networks.fetched("resnet50", manifest)


def test_without_weights_there_is_a_clear_word(tmp_path, monkeypatch, hopper):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    for name, size in (("resnet50", 103), ("vgg19", 575)):
        with pytest.raises(errors.WeightsError, match=rf"course data fetch {name}` \({size} MB\), or take the network"):
            features.extract_features(hopper, network=name)


def test_names_of_the_files_hold_their_checksums():
    """torchvision names a file by the first eight digits of its checksum."""
    for name in ("resnet50", "vgg19"):
        (file, about), = datasets.read_manifest()[name]["files"].items()
        assert file == f"{name}-{about['sha256'][:8]}.pth" and about["url"].endswith("/" + file)


# ---------------------------------------------------------------- identity


def test_identity_of_one_person_and_of_two(hopper):
    astronaut = pytest.importorskip("skimage.data").astronaut()
    darker = (hopper * 0.7).astype(np.uint8)
    assert features.identity_similarity(hopper, hopper) == pytest.approx(1, abs=1e-5)
    same, other = features.identity_similarity(hopper, darker), features.identity_similarity(hopper, astronaut)
    assert same > 0.8 and other < 0.4 and same == pytest.approx(features.identity_similarity(darker, hopper), abs=1e-5)


def test_identity_wants_one_face_in_each(hopper):
    grey = np.full((200, 200, 3), 128, np.uint8)
    with pytest.raises(errors.FaceError, match="0 faces in the picture: identity is compared one face with one face"):
        features.identity_similarity(hopper, grey)


def test_the_discriminant_by_hand():
    """People differ along x; the pictures of one scatter along y: x alone tells, and is the first axis."""
    from course.recipes import identity as identity_recipe

    random = np.random.default_rng(0)
    people = random.normal(0, 3, (200, 1, 1)) * np.array([1.0, 0.0, 0.0])
    found = torch.from_numpy(people + random.normal(0, 1, (200, 6, 3)) * np.array([0.5, 4.0, 0.5]) + [7, 8, 9])
    mean, axes = identity_recipe.discriminant(found, 1, ridge=1e-6)
    torch.testing.assert_close(mean, found.mean(dim=(0, 1)))
    axis = axes[:, 0] / axes[:, 0].norm()
    assert abs(axis[0]) > 0.99 and abs(axis[1]) < 0.05
    within = ((found - found.mean(dim=1, keepdim=True)) @ axes).square().mean()
    assert within.item() == pytest.approx(1, rel=0.01), "one person's pictures scatter by 1 along it"


def test_people_never_seen_are_told_apart(shared_dir):
    """Held-out portraits, each with a mirrored and darkened copy: the copy is nearer than all other people."""
    faces = training.load_labelled(shared_dir / "portraits").part("held-out").take(np.arange(12))
    pictures = [images.load_image(path) for path in faces.paths]
    first = torch.stack([features.identity_vector(p, q[:, :2]) for p, q in zip(pictures, faces.points)])
    copies = [(picture[:, ::-1] * 0.8).astype(np.uint8) for picture in pictures]
    mirrored = [keypoints.flip_keypoints(q[:, :2], p.shape[1]) for p, q in zip(pictures, faces.points)]
    second = torch.stack([features.identity_vector(p, q) for p, q in zip(copies, mirrored)])
    cosines = features.cosine_similarity(first[:, None], second[None])
    assert (cosines.argmax(dim=1) == torch.arange(12)).all()
    others = cosines[~torch.eye(12, dtype=bool)]
    assert cosines.diagonal().median() > 0.6 and abs(others.median()) < 0.3
