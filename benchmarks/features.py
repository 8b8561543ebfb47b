"""How well `features.identity_similarity` tells people apart who were not trained on, beside plainer ways.

    python benchmarks/features.py --data ../shared/portraits ../shared/scenes [--clips CLIP...]

One person twice: a held-out face against its own copy, mirrored, relit, and placed as by badly found points; or, with
--clips, two frames of one film, 2 s or more apart. Two people: all other pairs. Prints the median cosine of both, and
how often a pair of one person has the larger cosine (area under the curve: 1 always, 0.5 by chance).
"""

import argparse
import time

import numpy as np
import torch

from course import features, images, io, keypoints, training
from course.features import networks as feature_networks
from course.recipes import identity as identity_recipe


def ways(faces: torch.Tensor) -> dict:
    """Vectors of faces (N, 3, 128, 128) in several ways: name -> (N, D)."""
    found = torch.cat([feature_networks.identity_features(part) for part in faces.split(64)])
    pixels = torch.nn.functional.adaptive_avg_pool2d(faces, 16).flatten(1)
    mean, axes = feature_networks._identity_axes()
    return {"identity_similarity": (found - mean) @ axes, "trunk, less its mean": found - mean,
            "trunk": found, "pixels at 16x16": pixels - pixels.mean(dim=0)}


def compare(faces: torch.Tensor, people: np.ndarray) -> None:
    """Print the table for faces (N, 3, 128, 128) of people (N,)."""
    first, second = np.triu_indices(len(people), 1)
    same = torch.from_numpy(people[first] == people[second])
    for name, vectors in ways(faces).items():
        cosine = features.cosine_similarity(vectors[first], vectors[second])
        one, two = cosine[same], cosine[~same]
        order = torch.searchsorted(two.sort().values, one)
        area = order.float().mean() / len(two)
        print(f"  {name:24} one person {one.median():6.2f}   two {two.median():6.2f}   area {area:.4f}")


def as_batch(pictures) -> torch.Tensor:
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 255


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--clips", nargs="*", default=[])
    options = parser.parse_args()
    for folder in options.data:
        faces = training.load_labelled(folder).part("held-out")
        rng, pictures, people = np.random.default_rng(1), [], []
        for number in range(len(faces)):
            image, points = images.load_image(faces.paths[number]), faces.points[number, :, :2]
            pictures += [keypoints.cut_tight(image, points, 128), identity_recipe.picture_of(image, points, rng)]
            people += [number, number]
        print(f"{folder}: {len(faces)} held-out faces")
        compare(as_batch(pictures), np.array(people))
    pictures, people = [], []
    for number, clip in enumerate(options.clips):
        frames = [frame for place, frame in enumerate(io.read_frames(clip)) if place % 50 == 0][:12]
        for frame in frames:
            points = keypoints.find_points(frame)
            if len(points) == 1:
                pictures.append(keypoints.cut_tight(frame, points[0], 128))
                people.append(number)
    if pictures:
        print(f"{len(set(people))} films, {len(people)} frames")
        compare(as_batch(pictures), np.array(people))
    begin, spent = time.perf_counter(), time.process_time()
    faces = torch.rand(1, 3, 128, 128)
    for _ in range(20):
        feature_networks.identity_of(faces)
    wall, spent = (time.perf_counter() - begin) * 50, (time.process_time() - spent) * 50
    print(f"a face of 128 px: {wall:.1f} ms, {spent:.1f} ms of processor time")


if __name__ == "__main__":
    main()
