"""What the detector finds, what it takes for a face and is none, and how long it looks.

python benchmarks/detector.py FOLDER...     the folders of `course data fetch`, or $COURSE_SHARED's
"""

import argparse
import os
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from tqdm import tqdm

from course import demo, detection, errors, images, keypoints, training
from course.recipes.detector import scenes as detector_scenes
from course.recipes.detector import validation as detector_validation

FACELESS = ("coffee chelsea rocket brick grass gravel coins page clock hubble_deep_field immunohistochemistry moon "
            "retina text checkerboard logo colorwheel cell microaneurysms shepp_logan_phantom horse "
            "binary_blobs").split()
SIZES = (24, 32, 48, 64, 96, 128, 192, 280, 400)  # pixels, edges of the classes


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--crowds", type=int, default=60, help="composed pictures of many faces")
    parser.add_argument("--faceless", nargs="*", type=Path, default=[], metavar="FOLDER",
                        help="further folders of PNG and JPEG pictures in which there is no face")
    options = parser.parse_args()
    shared = Path(os.environ.get("COURSE_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    faces = training.load_labelled(*(options.folders or [shared / "scenes", shared / "portraits"])).part("held-out")
    held_out(faces)
    crowds(faces, options.crowds)
    faceless()
    for folder in options.faceless:
        faceless_folder(folder)
    times(faces)


def held_out(faces):
    """Single faces, by sheet."""
    truth = keypoints.tight_boxes(faces.points[..., :2])
    found, overlap, further = [], [], 0
    for path, box in zip(tqdm(faces.paths, desc="held-out pictures", leave=False), truth):
        boxes = detection.detect_faces(images.load_image(path), "course")
        found.append(detector_validation.recalled(boxes, box[None])[0])
        further += max(0, len(boxes) - int(found[-1]))
        if found[-1]:
            overlap.append(float(detection.iou(torch.from_numpy(boxes[:, :4]), torch.from_numpy(box)[None]).max()))
    found = np.array(found)
    for sheet in np.unique(faces.sheets):
        chosen = faces.sheets == sheet
        print(f"{sheet:60s} {found[chosen].sum():4d} of {chosen.sum():4d}")
    scenes = np.char.startswith(faces.sheets.astype(str), "textual")
    for name, chosen in (("scenes", scenes), ("portraits", ~scenes)):
        if chosen.any():
            print(f"recall at IoU 0.5, {name}: {found[chosen].mean():.4f} of {chosen.sum()}")
    print(f"mean IoU of those found: {np.mean(overlap):.3f}; further boxes on these pictures: {further}")
    for path in np.array(faces.paths, dtype=object)[~found]:
        print(f"  missed: {path}")


def crowds(faces, count):
    """Composed pictures of many held-out faces, 768 px, by the faces' size."""
    settings = detector_scenes.SceneRecipe(size=768, smallest=24, crowd=(4, 16), visible=0.8)
    composer = detector_scenes.SceneComposer(faces, settings)
    sizes, found, alarms = [], [], 0
    for k in tqdm(range(count), desc="crowds", leave=False):
        scene = composer.crowd(np.random.default_rng((3, k)))
        boxes = detection.detect_faces(scene.image, "course")
        found.append(detector_validation.recalled(boxes, scene.boxes))
        sizes.append(np.maximum(*(scene.boxes[:, 2:] - scene.boxes[:, :2]).T))
        real = np.concatenate([scene.boxes, scene.ignore])
        alarms += int((~detector_validation.recalled(np.concatenate([real, np.ones((len(real), 1), np.float32)], 1),
                                                boxes[:, :4], 0.3)).sum())
    sizes, found = np.concatenate(sizes), np.concatenate(found)
    for low, high in zip(SIZES[:-1], SIZES[1:]):
        chosen = (sizes >= low) & (sizes < high)
        if chosen.any():
            print(f"crowds of 768 px, faces of {low}-{high} px: {found[chosen].mean():.3f} of {chosen.sum()}")
    print(f"crowds: recall {found.mean():.3f} of {len(found)}; boxes without a face: {alarms / count:.3f} a picture")


def faceless():
    """scikit-image's pictures without a face; none is trained on."""
    from skimage import data as skimage_data

    alarms, seen = 0, 0
    for name in FACELESS:
        try:
            picture = np.asarray(getattr(skimage_data, name)())
        except (OSError, ModuleNotFoundError) as problem:  # not in the wheel of every release
            print(f"  {name}: not there ({type(problem).__name__})")
            continue
        image = images.as_image(picture.astype(np.float32) if picture.dtype == bool else picture)
        boxes = detection.detect_faces(image, "course")
        alarms, seen = alarms + len(boxes), seen + 1
        print(f"  {name}: {len(boxes)} boxes, best score {detection.best_score(image):.2f}")
    print(f"false alarms on pictures without a face: {alarms / seen:.3f} a picture ({alarms} on {seen})")
    for name, image in (("Grace Hopper", images.load_image(demo.photo_path())),
                        ("astronaut", skimage_data.astronaut())):
        print(f"{name}: {detection.detect_faces(image, 'course').round(2).tolist()}")


def faceless_folder(folder, largest=2000):
    """Every picture under a folder, shrunk to `largest` px where it is larger; those with a box are named."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".png", ".jpg", ".jpeg"))
    seen, scores = 0, []
    for path in tqdm(paths, desc=str(folder), leave=False):
        try:
            image = images.load_image(path)
        except errors.CourseError:
            continue
        scale = largest / max(image.shape[:2])
        if scale < 1:
            image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        boxes = detection.detect_faces(image, "course")
        seen += 1
        if len(boxes):
            scores.append((float(boxes[0, 4]), path.name))
    for score, name in sorted(scores, reverse=True):
        print(f"  {name}: score {score:.2f}")
    print(f"{folder.name}: a box on {len(scores)} of {seen} pictures ({len(scores) / max(seen, 1):.3%})")


def times(faces):
    """Milliseconds a picture, median, as it comes from the file's pixels to the boxes."""
    loaded = [images.load_image(path) for path in faces.paths[:30]]
    for image in loaded[:5]:
        detection.detect_faces(image, "course")
    spent = []
    for image in loaded:
        start = time.perf_counter()
        detection.detect_faces(image, "course")
        spent.append(time.perf_counter() - start)
    print(f"{1000 * np.median(spent):.1f} ms a picture of {loaded[0].shape[1]}x{loaded[0].shape[0]} px, median, "
          f"{torch.get_num_threads()} threads; least {1000 * min(spent):.1f} ms")


if __name__ == "__main__":
    main()
