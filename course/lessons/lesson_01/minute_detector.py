"""A face detector small enough to be trained in a minute: the experiment of lesson 01.

    heads = minute_detector.draw_heads(72)                     # formula faces, cut out
    net = minute_detector.train(heads, report=...)            # with the anchors, offsets and suppression of `detection`
    boxes = minute_detector.find(net, photo, threshold=0.5)    # (N, 5) in a photo's pixels

It is the shipped detector in small: three levels in place of four, 66 thousand numbers in place of 1.4 million, and it
has seen nobody but people made by a formula (`synthetic`). Boxes and losses are those of `detection` and
`recipes.detector`, so a student's parts work in it as they do in the system.
"""

import contextlib
import time
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import nn

from course import detection, evaluation, images, keypoints, parallel, synthetic, training
from course.exercises import places
from course.recipes.detector import faceless
from course.recipes.detector import losses as detector_losses
from course.recipes.detector import scenes as detector_scenes


@dataclass(frozen=True)
class Settings:
    """side: of a picture, pixels; anchor_sizes: pixels, two for each stride."""

    side: int = 128
    strides: tuple = (8, 16, 32)
    anchor_sizes: tuple = ((16, 22), (30, 42), (58, 80))
    width: int = 32
    steps: int = 400
    batch: int = 12
    learning_rate: float = 4e-3
    smallest: float = 15.0  # pixels: the box of a face, its longer side
    largest: float = 92.0
    most_heads: int = 3  # in a picture; from 0
    tests: int = 32  # pictures to measure on, with heads of their own
    nms_iou: float = 0.4
    seed: int = 0


@dataclass
class Scene:
    """image: uint8 (S, S, 3); boxes: float32 (F, 4), the tight boxes of its faces."""

    image: np.ndarray
    boxes: np.ndarray


@dataclass
class Heads:
    """Formula faces to paste: images uint8 (N, H, H, 3), cover uint8 (N, H, H), points (N, 68, 2); and backgrounds."""

    images: np.ndarray
    cover: np.ndarray
    points: np.ndarray
    backgrounds: list

    def part(self, chosen: slice) -> "Heads":
        """Some of them, with as many backgrounds."""
        return Heads(self.images[chosen], self.cover[chosen], self.points[chosen], self.backgrounds[chosen])


class Network(nn.Module):
    """Pictures (N, 3, H, W) in [0, 1], sides multiples of 32 -> logits (N, A), offsets (N, A, 4).

    The answers stand in the order of `detection.make_anchors`: level by level, row by row, small before large.
    """

    def __init__(self, settings: Settings = Settings()):
        super().__init__()
        width = settings.width
        self.stem = nn.Sequential(_layer(3, 12, 2), _layer(12, 24, 2))
        self.stages = nn.ModuleList(nn.Sequential(_layer(n, width, 2), _layer(width, width))
                                    for n in (24, width, width))
        self.head = _layer(width, width)
        self.score, self.offset = nn.Conv2d(width, 2, 1), nn.Conv2d(width, 8, 1)
        nn.init.constant_(self.score.bias, -3.0)  # at first every anchor says "hardly a face"
        nn.init.zeros_(self.offset.weight)

    def forward(self, pictures: torch.Tensor) -> tuple:
        """(N, 3, H, W) in [0, 1] -> logits (N, A), offsets (N, A, 4)."""
        x = self.stem((pictures - 0.5) * 4)
        levels = []
        for stage in self.stages:
            x = stage(x)
            levels.append(x)
        for fine in (1, 0):  # what the coarse levels saw helps the finer ones
            levels[fine] = levels[fine] + nn.functional.interpolate(levels[fine + 1], scale_factor=2)
        logits, offsets = [], []
        for level in levels:
            seen = self.head(level)
            logits.append(self.score(seen).permute(0, 2, 3, 1).flatten(1))  # (N, h w 2)
            offsets.append(self.offset(seen).permute(0, 2, 3, 1).reshape(len(seen), -1, 4))  # (N, h w 2, 4)
        return torch.cat(logits, dim=1), torch.cat(offsets, dim=1)


def _layer(n_in: int, n_out: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(n_in, n_out, 3, stride, padding=1, bias=False), nn.BatchNorm2d(n_out), nn.ReLU())


# ---------------------------------------------------------------- pictures


@parallel.one_thread_each()
def draw_heads(count: int = 84, seed: int = 0, side: int = 80) -> Heads:
    """`count` formula faces, each with the share of every pixel that is not background, and as many backgrounds."""
    people = synthetic.People.random(count, seed)
    drawn = synthetic.render(people, synthetic.random_motion(count, seed), side, samples=1)
    pictures = images.from_tensor(drawn.image)
    cover = ((1 - drawn.mask("background")) * 255).round().byte().numpy()
    rng = np.random.default_rng((seed, 1))
    plain = [cv2.resize(rng.integers(0, 256, (int(k), int(k), 3), dtype=np.uint8), (192, 192))
             for k in rng.integers(1, 7, count)]
    backgrounds = [faceless.texture(rng, 192) if k % 2 else plain[k] for k in range(count)]
    return Heads(pictures, cover, drawn.keypoints.numpy(), backgrounds)


def compose(heads: Heads, seed, settings: Settings = Settings(), count: int | None = None) -> Scene:
    """The picture of that number: heads on a background, badly photographed, (S, S, 3).

    seed: the number, one or several; count: how many heads, else 0 to `most_heads`.
    """
    rng = np.random.default_rng(seed)
    low = rng.integers(0, 192 - settings.side + 1, 2)
    canvas = heads.backgrounds[rng.integers(len(heads.backgrounds))][low[0]:, low[1]:][: settings.side, : settings.side]
    canvas, placed = canvas.copy(), []
    for _ in range(rng.integers(0, settings.most_heads + 1) if count is None else count):
        box = _paste(rng, canvas, heads, placed, settings)
        if box is not None:
            placed.append(box)
    boxes = np.stack(placed).astype(np.float32) if placed else np.zeros((0, 4), np.float32)
    return Scene(detector_scenes.photograph(rng, canvas), boxes)


def _paste(rng, canvas, heads, placed, settings):
    """One head at a place where it covers no other face; gives its box, or None where there was no room."""
    k, side = int(rng.integers(len(heads.images))), settings.side
    points, own = heads.points[k], heads.images.shape[1]
    box = keypoints.tight_boxes(points[None])[0]
    size = np.exp(rng.uniform(np.log(settings.smallest), np.log(settings.largest)))
    scale = size / max(box[2] - box[0], box[3] - box[1])
    turn, mirror = np.deg2rad(rng.normal(0, 12)), rng.choice([-1, 1])
    linear = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) * [mirror, 1]
    middle = (box[:2] + box[2:]) / 2
    for _ in range(8):
        at = rng.uniform(0.45 * size, side - 0.45 * size, 2)
        matrix = np.column_stack([linear, at - linear @ middle])
        moved = points @ linear.T + matrix[:, 2]
        new = keypoints.tight_boxes(moved[None])[0]
        reach = size * np.array([-0.5, -0.8, 0.5, 0.5])  # hair and neck
        if all((new + reach)[2] < b[0] or b[2] < (new + reach)[0] or (new + reach)[3] < b[1] or b[3] < (new + reach)[1]
               for b in placed):
            break
    else:
        return None
    image, cover = heads.images[k], heads.cover[k]
    if scale < 0.6:  # shrink in two steps, so that no pixel is skipped
        half = max(8, int(own * scale * 1.2))
        image, cover = (cv2.resize(a, (half, half), interpolation=cv2.INTER_AREA) for a in (image, cover))
        matrix = matrix @ np.array([[own / half, 0, 0.5 * own / half - 0.5], [0, own / half, 0.5 * own / half - 0.5],
                                    [0, 0, 1]])
    front = cv2.warpAffine(image, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE)
    alpha = cv2.warpAffine(cover, matrix, (side, side))[..., None] / np.float32(255)
    canvas[:] = (canvas * (1 - alpha) + front * alpha).astype(np.uint8)
    return new


def tensor_of(images) -> torch.Tensor:
    """Pictures uint8 (H, W, 3) -> float32 (N, 3, H, W) in [0, 1]."""
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 255


# ---------------------------------------------------------------- training and asking


def anchors_of(height: int, width: int, settings: Settings = Settings()) -> torch.Tensor:
    """All anchors of the small detector: (A, 4) pixels, for a picture of that size."""
    return detection.make_anchors(height, width, settings.strides, settings.anchor_sizes)


@parallel.one_thread_each()
def train(heads: Heads, settings: Settings = Settings(), report=None, every: int = 50) -> Network:
    """Train on pictures composed from `heads`; the last eighth of them is kept apart to measure on.

    report: called now and then with (step, {words: average precision in percent on pictures of unseen heads}).
    """
    with torch.random.fork_rng():
        torch.manual_seed(settings.seed)
        net = Network(settings)
    seen, tests = split(heads), unseen(heads, settings)
    anchors = anchors_of(settings.side, settings.side, settings)
    optimizer = torch.optim.AdamW(net.parameters(), settings.learning_rate, weight_decay=0.01)
    for step in range(1, settings.steps + 1):
        scenes = [compose(seen, (settings.seed, step, k), settings) for k in range(settings.batch)]
        labels, targets = _matched(scenes, anchors)
        training.set_learning_rate(optimizer, settings.learning_rate,
                                   training.learning_rate_share(step, settings.steps, 20))
        loss = detector_losses.detector_loss(*net(tensor_of([s.image for s in scenes])), labels, targets, anchors)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimizer.step()
        if report and (step % every == 0 or step == settings.steps):
            report(step, {"average precision": 100 * measure(net, tests, settings)})
    return net.eval()


def _matched(scenes: list, anchors: torch.Tensor) -> tuple:
    """What each anchor (A, 4) shall answer in each picture: labels (N, A), offsets (N, A, 4)."""
    matched = [detector_losses.match(torch.from_numpy(s.boxes), torch.zeros(0, 4), anchors) for s in scenes]
    return tuple(torch.stack(part) for part in zip(*matched))


@contextlib.contextmanager
def in_time(heads: Heads, settings: Settings = Settings(), most: float = 120.0, tell=print):
    """A context to train in: a student's parts that are right, and so slow that training would spend more than `most`
    seconds in them, give way to ours meanwhile, and a line says so."""
    scenes = [compose(split(heads), (settings.seed, 1, k), settings) for k in range(2)]
    anchors = anchors_of(settings.side, settings.side, settings)
    begin = time.perf_counter()
    _matched(scenes, anchors)
    seconds = (time.perf_counter() - begin) / len(scenes) * settings.batch * settings.steps
    if seconds <= most:
        yield
        return
    tell(f"Your parts are right, and slow: training would spend {seconds / 60:.0f} minutes in them. Ours stand in for "
         "them here. (Loops over boxes take long: let one line of torch work on all of them.)")
    with places.as_shipped():
        yield


def split(heads: Heads) -> Heads:
    """The heads to train on, seven eighths of them."""
    return heads.part(slice(0, len(heads.images) * 7 // 8))


def unseen(heads: Heads, settings: Settings = Settings()) -> list:
    """Pictures of heads that are not trained on: a list of `Scene`."""
    kept = heads.part(slice(len(heads.images) * 7 // 8, None))
    return [compose(kept, (settings.seed, 0, k), settings) for k in range(settings.tests)]


def answers(net: Network, image: np.ndarray, settings: Settings = Settings()) -> tuple:
    """Every anchor's box and score for a picture whose sides are multiples of 32: (A, 4), (A,)."""
    net.eval()
    with torch.inference_mode():
        logits, offsets = net(tensor_of([image]))
        boxes = detection.decode_boxes(offsets[0], anchors_of(*image.shape[:2], settings))
    return boxes, torch.sigmoid(logits[0])


def find(net: Network, image: np.ndarray, threshold: float = 0.5, settings: Settings = Settings()) -> np.ndarray:
    """The faces in uint8 (H, W, 3) of any size, best first: float32 (N, 5)."""
    small, scale = detection.shrink(image, settings.side)
    boxes, scores = answers(net, detection.pad(small, max(settings.strides)), settings)
    likely = scores >= threshold
    boxes, scores = boxes[likely] / scale, scores[likely]
    kept = detection.nms(boxes, scores, settings.nms_iou)
    return torch.cat([boxes[kept], scores[kept, None]], dim=1).numpy()


def measure(net: Network, scenes: list, settings: Settings = Settings()) -> float:
    """Average precision on a list of `Scene`, at an overlap (IoU) of one half: 0 to 1."""
    found = [find(net, scene.image, 0.1, settings) for scene in scenes]
    net.train()
    return evaluation.average_precision(*judged(found, [scene.boxes for scene in scenes]))


def judged(found: list, truth: list, overlap: float = 0.5) -> tuple:
    """Which boxes are right: pictures' boxes (N, 5), best first, and true ones (F, 4) -> scores (D,),
    right (D,), total.

    A box is right if it overlaps a face by IoU >= `overlap` that no better box has claimed: the second box on a face
    is a false alarm (Everingham et al., 2010). total counts the faces.
    """
    scores, right = [], []
    for boxes, faces in zip(found, truth):
        free = np.ones(len(faces), bool)
        table = detection.iou(torch.from_numpy(boxes[:, :4]), torch.from_numpy(faces)).numpy()  # (N, F)
        for box, row in zip(boxes, table):
            best = int(np.argmax(np.where(free, row, -1))) if free.any() else -1
            hit = best >= 0 and row[best] >= overlap
            scores.append(float(box[4]))
            right.append(bool(hit))
            if hit:
                free[best] = False
    return np.array(scores), np.array(right, bool), sum(len(faces) for faces in truth)
