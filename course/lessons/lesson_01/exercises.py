"""Lesson 01: boxes that overlap, anchors, offsets there and back, suppression, and average precision."""

import numpy as np

from course.exercises.exercise import BugCard, Exercise, case

SCALE = (0.1, 0.1, 0.2, 0.2)  # `detection.OFFSET_SCALE`


def drawn(name: str):
    """A function of `pictures`, which is imported when the first picture is drawn."""

    def draw(view):
        from . import pictures

        return getattr(pictures, name)(view)

    return draw


def on_tensors(function, *args):
    """The call with its arrays as tensors."""
    import torch

    return function(*(torch.from_numpy(arg.copy()) if isinstance(arg, np.ndarray) else arg for arg in args))


def boxes_of(rng, count, low=0.0, high=60.0, least=4.0, most=40.0):
    corner = rng.uniform(low, high, (count, 2))
    return np.hstack([corner, corner + rng.uniform(least, most, (count, 2))]).astype(np.float32)


def floats(*rows):
    return np.array(rows, np.float32).reshape(-1, 4)


# ---------------------------------------------------------------- iou


def random_pairs(rng):
    return boxes_of(rng, int(rng.integers(1, 5))), boxes_of(rng, int(rng.integers(1, 5)))


def _parts(a, b, clamp=True, extra=0.0):
    import torch

    low = torch.maximum(a[:, None, :2], b[None, :, :2])
    high = torch.minimum(a[:, None, 2:], b[None, :, 2:])
    sides = high - low + extra
    sides = sides.clamp(min=0) if clamp else sides
    area_a, area_b = ((x[:, 2:] - x[:, :2] + extra).prod(dim=1) for x in (a, b))
    return sides.prod(dim=2), area_a[:, None], area_b[None]


def iou_counts_twice(a, b):
    shared, area_a, area_b = _parts(a, b)
    return shared / (area_a + area_b).clamp(min=1e-9)


def iou_not_clamped(a, b):
    shared, area_a, area_b = _parts(a, b, clamp=False)
    return shared / (area_a + area_b - shared)


def iou_width_height(a, b):
    import torch

    low = torch.maximum(a[:, None, :2], b[None, :, :2])
    high = torch.minimum(a[:, None, :2] + a[:, None, 2:], b[None, :, :2] + b[None, :, 2:])
    shared = (high - low).clamp(min=0).prod(dim=2)
    return shared / (a[:, None, 2:].prod(dim=2) + b[None, :, 2:].prod(dim=2) - shared).clamp(min=1e-9)


def iou_pixels_inclusive(a, b):
    shared, area_a, area_b = _parts(a, b, extra=1.0)
    return shared / (area_a + area_b - shared)


def iou_over_smaller(a, b):
    import torch

    shared, area_a, area_b = _parts(a, b)
    return shared / torch.minimum(area_a, area_b).clamp(min=1e-9)


def iou_over_enclosing(a, b):
    import torch

    shared, _, _ = _parts(a, b)
    low = torch.minimum(a[:, None, :2], b[None, :, :2])
    high = torch.maximum(a[:, None, 2:], b[None, :, 2:])
    return shared / (high - low).prod(dim=2).clamp(min=1e-9)


def iou_transposed(a, b):
    shared, area_a, area_b = _parts(a, b)
    return (shared / (area_a + area_b - shared).clamp(min=1e-9)).T


def iou_pairs_only(a, b):
    import torch

    low, high = torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])
    shared = (high - low).clamp(min=0).prod(dim=1)
    area_a, area_b = ((x[:, 2:] - x[:, :2]).prod(dim=1) for x in (a, b))
    return shared / (area_a + area_b - shared)


# ---------------------------------------------------------------- make_anchors


def random_levels(rng):
    height, width = (int(v) * 16 for v in rng.integers(1, 4, 2))
    counts = rng.integers(1, 4, 2)
    return height, width, (8, 16), tuple(tuple(float(v) for v in rng.uniform(5, 50, count)) for count in counts)


def _anchors(height, width, strides, sizes, half=0.5, columns_first=False, sizes_first=False, double=False,
             swapped=False, turned=False, centred=False, clipped=False):
    import torch

    if turned:
        height, width = width, height

    levels = []
    for stride, pair in zip(strides, sizes):
        y = (torch.arange(height // stride) + half) * stride
        x = (torch.arange(width // stride) + half) * stride
        y, x, side = torch.meshgrid(y, x, torch.tensor(pair, dtype=torch.float32), indexing="ij")
        reach = side if double else side / 2
        if swapped:
            y, x = x, y
        boxes = torch.stack([x, y, side, side] if centred else [x - reach, y - reach, x + reach, y + reach], dim=-1)
        if clipped:
            boxes = torch.minimum(boxes.clamp(min=0), torch.tensor([width, height, width, height]))
        if columns_first:
            boxes = boxes.transpose(0, 1)
        if sizes_first:
            boxes = boxes.permute(2, 0, 1, 3)
        levels.append(boxes.reshape(-1, 4))
    return torch.cat(levels)


def _anchor_bug(**how):
    def wrong(height, width, strides=(8, 16, 32, 64), sizes=((14, 22), (34, 52), (80, 125), (190, 290))):
        return _anchors(height, width, strides, sizes, **how)

    return wrong


# ---------------------------------------------------------------- encode_boxes, decode_boxes


def random_encoding(rng):
    count = int(rng.integers(1, 6))
    return boxes_of(rng, count), boxes_of(rng, count)


def random_decoding(rng):
    count = int(rng.integers(1, 6))
    return rng.normal(0, 2, (count, 4)).astype(np.float32), boxes_of(rng, count)


def _middle_side(boxes):
    return (boxes[..., :2] + boxes[..., 2:]) / 2, boxes[..., 2:] - boxes[..., :2]


def _encode(boxes, anchors, scale=SCALE, log=True, relative=True, corners=False, backwards=False, own=False):
    import torch

    if backwards:
        boxes, anchors = anchors, boxes
    (at, side), (at_a, side_a) = _middle_side(boxes), _middle_side(anchors)
    if corners:
        at, at_a = boxes[..., :2], anchors[..., :2]
    move = (at - at_a) / (side if own else side_a) if relative else at - at_a
    grow = torch.log(side / side_a) if log else side / side_a
    both = torch.cat([move.broadcast_to(grow.shape), grow], dim=-1)
    return both / both.new_tensor(scale)


def encode_unscaled(boxes, anchors):
    return _encode(boxes, anchors, scale=(1, 1, 1, 1))


def encode_without_log(boxes, anchors):
    return _encode(boxes, anchors, log=False)


def encode_in_pixels(boxes, anchors):
    return _encode(boxes, anchors, relative=False)


def encode_from_corners(boxes, anchors):
    return _encode(boxes, anchors, corners=True)


def encode_backwards(boxes, anchors):
    return _encode(boxes, anchors, backwards=True)


def encode_multiplied(boxes, anchors):
    return _encode(boxes, anchors, scale=tuple(1 / part for part in SCALE))


def encode_by_the_box(boxes, anchors):
    return _encode(boxes, anchors, own=True)


def encode_scales_swapped(boxes, anchors):
    return _encode(boxes, anchors, scale=SCALE[::-1])


def _decode(offsets, anchors, scale=SCALE, exp=True, corners=True, half=True, relative=True, from_corner=False):
    import torch

    t = offsets * offsets.new_tensor(scale)
    at_a, side_a = _middle_side(anchors)
    at_a = anchors[..., :2] if from_corner else at_a
    at = at_a + (t[..., :2] * side_a if relative else t[..., :2])
    side = side_a * (torch.exp(t[..., 2:]) if exp else t[..., 2:])
    if not corners:
        return torch.cat([at, side], dim=-1)
    reach = side / 2 if half else side
    return torch.cat([at - reach, at + reach], dim=-1)


def decode_without_exp(offsets, anchors):
    return _decode(offsets, anchors, exp=False)


def decode_unscaled(offsets, anchors):
    return _decode(offsets, anchors, scale=(1, 1, 1, 1))


def decode_to_centres(offsets, anchors):
    return _decode(offsets, anchors, corners=False)


def decode_twice_as_large(offsets, anchors):
    return _decode(offsets, anchors, half=False)


def decode_in_pixels(offsets, anchors):
    return _decode(offsets, anchors, relative=False)


def decode_divided(offsets, anchors):
    return _decode(offsets, anchors, scale=tuple(1 / part for part in SCALE))


def decode_from_corner(offsets, anchors):
    return _decode(offsets, anchors, from_corner=True)


def decode_scales_swapped(offsets, anchors):
    return _decode(offsets, anchors, scale=SCALE[::-1])


# ---------------------------------------------------------------- nms


def kept_of(function, boxes, scores, threshold):
    """The call with tensors; a list of indices is as good as a tensor of them, also where it is empty."""
    kept = on_tensors(function, boxes, scores, threshold)
    return np.array(kept, np.int64) if isinstance(kept, list) and not kept else kept


def random_crowd(rng):
    count = int(rng.integers(4, 14))
    return boxes_of(rng, count, 0, 40, 15, 35), rng.permutation(count).astype(np.float32) / count + 0.01, 0.4


def _nms(boxes, scores, threshold, descending=True, keep=None, chained=False, limit=None, last=None):
    import torch

    shared, area_a, area_b = _parts(boxes, boxes)
    table = shared / (area_a + area_b - shared).clamp(min=1e-9)
    order = torch.argsort(scores, descending=descending).tolist()
    kept, dropped = [], []
    for k in order:
        against = kept + dropped if chained else kept[-last:] if last else kept
        if keep is not None:
            fine = all(keep(table[k, j], threshold) for j in against)
        else:
            fine = all(table[k, j] <= threshold for j in against)
        (kept if fine else dropped).append(k)
    return torch.tensor(kept[:limit], dtype=torch.long)


def same_indices(theirs, right) -> bool:
    """Equal and whole: with an empty tensor of floats nobody can index."""
    return np.array_equal(theirs, right) and np.asarray(theirs).dtype.kind in "iu"


def nms_keeps_the_worst(boxes, scores, threshold):
    return _nms(boxes, scores, threshold, descending=False)


def nms_keeps_the_overlapping(boxes, scores, threshold):
    return _nms(boxes, scores, threshold, keep=lambda overlap, limit: overlap > limit)


def nms_dropped_ones_drop(boxes, scores, threshold):
    return _nms(boxes, scores, threshold, chained=True)


def nms_in_given_order(boxes, scores, threshold):
    return _nms(boxes, scores, threshold).sort().values


def nms_only_the_best(boxes, scores, threshold):
    return _nms(boxes, scores, threshold, limit=1)


def nms_drops_at_equality(boxes, scores, threshold):
    return _nms(boxes, scores, threshold, keep=lambda overlap, limit: overlap < limit)


def nms_empty_is_float(boxes, scores, threshold):
    import torch

    return torch.tensor(_nms(boxes, scores, threshold).tolist())


def nms_against_the_last(boxes, scores, threshold):
    return _nms(boxes, scores, threshold, last=1)


def nms_gives_places(boxes, scores, threshold):
    import torch

    place = torch.argsort(torch.argsort(scores, descending=True))  # of each box in the sorted list
    return place[_nms(boxes, scores, threshold)]


def nms_gives_boxes(boxes, scores, threshold):
    return boxes[_nms(boxes, scores, threshold)]


# ---------------------------------------------------------------- average_precision


def random_ranking(rng):
    count = int(rng.integers(2, 15))
    right = rng.random(count) < 0.6
    return rng.permutation(count) / count, right, int(right.sum() + rng.integers(1, 4))


def _ranking(scores, right, total, sort=True, worst_first=False):
    order = np.argsort(scores if worst_first else -np.asarray(scores), kind="stable")
    hits = np.cumsum(np.asarray(right)[order] if sort else np.asarray(right))
    return hits / np.arange(1, len(hits) + 1), hits / max(total, 1)


def _area(precision, recall, falling=True):
    if falling:
        precision = np.maximum.accumulate(precision[::-1])[::-1]
    return float((np.diff(recall, prepend=0.0) * precision).sum())


def ap_unsorted(scores, right, total):
    return _area(*_ranking(scores, right, total, sort=False))


def ap_worst_first(scores, right, total):
    return _area(*_ranking(scores, right, total, worst_first=True))


def ap_saw(scores, right, total):
    return _area(*_ranking(scores, right, total), falling=False)


def ap_of_the_found(scores, right, total):
    return _area(*_ranking(scores, right, int(np.sum(right))))


def ap_mean_precision(scores, right, total):
    precision, _ = _ranking(scores, right, total)
    return float(precision.mean()) if len(precision) else 0.0


def ap_best_so_far(scores, right, total):
    precision, recall = _ranking(scores, right, total)
    return _area(np.maximum.accumulate(precision), recall, falling=False)


def ap_trapezoid(scores, right, total):
    precision, recall = _ranking(scores, right, total)
    falling = np.maximum.accumulate(precision[::-1])[::-1]
    return float((np.diff(recall) * (falling[1:] + falling[:-1]) / 2).sum())


def ap_eleven_points(scores, right, total):
    precision, recall = _ranking(scores, right, total)
    return float(np.mean([precision[recall >= at].max(initial=0.0) for at in np.linspace(0, 1, 11)]))


# ---------------------------------------------------------------- the lesson's six

TWO = floats((0, 0, 2, 2)), floats((1, 1, 3, 3))
ANCHOR, FACE = floats((20, 20, 40, 40)), floats((20, 28, 40, 68))
CROWD = floats((10, 10, 50, 50), (14, 12, 54, 52), (30, 14, 70, 54), (80, 10, 110, 40))
CROWD_SCORES = np.array([0.7, 0.9, 0.8, 0.6], np.float32)

EXERCISES = [
    Exercise(
        name="iou",
        lesson=1,
        title="how much two boxes overlap",
        place="detection.iou",
        cases=[
            case("the boxes (0, 0, 2, 2) and (1, 1, 3, 3)", *TWO),
            case("a box and one twice as wide", floats((2, 3, 6, 9)), floats((2, 3, 10, 9))),
        ],
        edges=[
            case("two boxes that do not touch", floats((0, 0, 10, 10)), floats((30, 40, 50, 60))),
            case("two boxes that share a corner only", floats((0, 0, 10, 10)), floats((10, 10, 30, 30))),
            case("three boxes and two", floats((0, 0, 4, 4), (2, 2, 6, 6), (1, 0, 3, 9)),
                 floats((0, 0, 4, 4), (3, 1, 8, 5))),
            case("no box on one side", np.zeros((0, 4), np.float32), TWO[1]),
            case("a box inside another", floats((2, 3, 6, 9)), floats((0, 0, 20, 10))),
            case("boxes left of and above the picture", floats((-8, -6, -2, 4), (-5, -5, 5, 5)),
                 floats((-4, -9, 3, 1))),
            case("boxes in float64", np.array([[0.5, 0.25, 2.75, 3.5]]), np.array([[1.25, 1, 3, 2.125]])),
            case("boxes a thousandth of a pixel wide", floats((0, 0, 0.001, 0.002)), floats((0, 0, 0.002, 0.001))),
            case("boxes of ten thousand pixels", floats((0, 0, 10000, 8000)), floats((2500, 0, 12500, 8000))),
        ],
        random=random_pairs,
        random_count=100,
        random_label="random pairs of boxes",
        run=on_tensors,
        hints=[
            "Where does the part begin that both boxes cover, and where does it end? What if it ends before it begins?",
            "It begins at the larger of the two x1 and ends at the smaller of the two x2, y alike; negative sides "
            "become 0. The union is both areas less the shared part. a[:, None] against b[None] gives every pair.",
            "low = torch.maximum(a[:, None, :2], b[None, :, :2]); high = torch.minimum(a[:, None, 2:], b[None, :, "
            "2:]); shared = (high - low).clamp(min=0).prod(dim=2); shared / (area_a[:, None] + area_b[None] - shared)",
        ],
        cards=[
            BugCard("counts-twice", iou_counts_twice,
                    "It looks as if the union counts the intersection twice: take it off once."),
            BugCard("not-clamped", iou_not_clamped,
                    "It looks as if boxes apart get an overlap: their sides are negative, and minus times minus is "
                    "plus. Clamp the sides at 0 before you multiply."),
            BugCard("width-and-height", iou_width_height,
                    "It looks as if a box were read as x, y, width, height: here it is x1, y1, x2, y2, two corners."),
            BugCard("one-pixel-more", iou_pixels_inclusive,
                    "It looks as if a side were x2 - x1 + 1, as in very old code: here a side is x2 - x1."),
            BugCard("over-the-smaller", iou_over_smaller,
                    "It looks as if you divide by the smaller box: IoU divides by the area that either of them "
                    "covers."),
            BugCard("over-the-enclosing", iou_over_enclosing,
                    "It looks as if you divide by the box round both: the union is smaller, |A| + |B| less the shared "
                    "part."),
            BugCard("transposed", iou_transposed,
                    "The numbers are right, but rows and columns have changed places: a row for each box of a."),
            BugCard("pairs-only", iou_pairs_only,
                    "It looks as if only the first of a meets the first of b, the second the second: every box must "
                    "meet every other. a[:, None] against b[None] does that."),
        ],
        picture=drawn("draw_iou"),
    ),
    Exercise(
        name="make_anchors",
        lesson=1,
        title="the boxes at which the question is asked",
        place="detection.make_anchors",
        cases=[
            case("a picture 16 px high and 32 px wide with one level of 16 px cells", 16, 32, (16,), ((10, 20),)),
            case("the same picture with cells of 8 and of 16 px", 16, 32, (8, 16), ((6, 9), (14, 22))),
        ],
        edges=[
            case("a single cell", 8, 8, (8,), ((4, 12),)),
            case("three sizes in a cell", 16, 32, (16,), ((6, 9, 13),)),
            case("one size, and then three", 24, 36, (6, 12), ((5,), (8, 12, 17))),
            case("cells of 5 px, sides of 7 px", 10, 15, (5,), ((7,),)),
            case("a picture of 64 x 128 px and the usual levels", 64, 128),
        ],
        random=random_levels,
        random_count=20,
        random_label="random levels",
        hints=[
            "A cell covers `stride` pixels. Where is the middle of the cell in row 0, and of the one in row i?",
            "For each level: centres of rows, centres of columns, sizes. torch.meshgrid(y, x, size, indexing='ij') "
            "makes every combination in the right order: rows, then columns, then sizes.",
            "y = (torch.arange(height // stride) + 0.5) * stride, x alike; y, x, s = torch.meshgrid(y, x, "
            "torch.tensor(pair, dtype=torch.float32), indexing='ij'); torch.stack([x - s/2, y - s/2, x + s/2, y + "
            "s/2], -1).reshape(-1, 4); torch.cat of all levels",
        ],
        cards=[
            BugCard("from-the-corner", _anchor_bug(half=0.0),
                    "It looks as if an anchor stands at its cell's corner: the middle is at (i + 1/2) times the "
                    "stride."),
            BugCard("columns-first", _anchor_bug(columns_first=True),
                    "It looks as if the columns run before the rows: the network answers row by row."),
            BugCard("sizes-first", _anchor_bug(sizes_first=True),
                    "It looks as if all small anchors come first: within one cell the small one is followed by the "
                    "large one."),
            BugCard("twice-as-large", _anchor_bug(double=True),
                    "It looks as if the box reaches a whole side to each side of its centre: it is half a side."),
            BugCard("x-and-y-swapped", _anchor_bug(swapped=True),
                    "It looks as if x and y have changed places: rows are y, and a box begins with x."),
            BugCard("height-and-width-swapped", _anchor_bug(turned=True),
                    "It looks as if height and width have changed places: there is a row of cells for each stride of "
                    "the height."),
            BugCard("centre-and-side", _anchor_bug(centred=True),
                    "It looks as if you give centre and sides: a box is x1, y1, x2, y2, its two corners."),
            BugCard("clipped", _anchor_bug(clipped=True),
                    "It looks as if anchors are cut off at the edge of the picture: they may reach over it."),
        ],
        picture=drawn("draw_anchors"),
    ),
    Exercise(
        name="encode_boxes",
        lesson=1,
        title="what the network shall answer",
        place="detection.encode_boxes",
        cases=[
            case("the anchor (20, 20, 40, 40) and the box (20, 28, 40, 68)", FACE, ANCHOR),
            case("a box that is its anchor", ANCHOR, ANCHOR),
        ],
        edges=[
            case("a box half as large as its anchor", floats((25, 25, 35, 35)), ANCHOR),
            case("an anchor that is not square", floats((10, 10, 50, 30)), floats((0, 0, 30, 60))),
            case("one box in float64", np.array([[20.0, 28, 40, 68]]), np.array([[20.0, 20, 40, 40]])),
            case("no box", np.zeros((0, 4), np.float32), np.zeros((0, 4), np.float32)),
            case("two pictures that share three anchors", boxes_of(np.random.default_rng(1), 6).reshape(2, 3, 4),
                 boxes_of(np.random.default_rng(2), 3)),
        ],
        random=random_encoding,
        random_count=50,
        random_label="random boxes",
        run=on_tensors,
        hints=[
            "How far is the box's centre from the anchor's, if the anchor's width is the unit?",
            "Centres are (first corner + second corner) / 2, sides their difference. The first two numbers are "
            "differences of centres over the anchor's sides, the last two logarithms of the sides' ratios.",
            "torch.cat([(c - c_a) / s_a, torch.log(s / s_a)], dim=-1) / torch.tensor([0.1, 0.1, 0.2, 0.2])",
        ],
        cards=[
            BugCard("unscaled", encode_unscaled,
                    "It looks as if the last division is missing: by 0.1 for the centre, by 0.2 for the sides."),
            BugCard("without-log", encode_without_log,
                    "It looks as if the sides' ratio is given as it is: take its logarithm, so that the same size "
                    "is 0."),
            BugCard("in-pixels", encode_in_pixels,
                    "It looks as if the centre moves by pixels: divide by the anchor's width and height."),
            BugCard("from-corners", encode_from_corners,
                    "It looks as if the first corners are compared: it is the centres that move."),
            BugCard("backwards", encode_backwards,
                    "It looks as if box and anchor have changed places: the offsets lead from the anchor to the box."),
            BugCard("multiplied", encode_multiplied,
                    "It looks as if you multiply by 0.1 and 0.2: on the way to the network it is a division."),
            BugCard("by-the-box", encode_by_the_box,
                    "It looks as if the centre's move is divided by the box's own sides: the unit is the anchor's."),
            BugCard("scales-swapped", encode_scales_swapped,
                    "It looks as if 0.1 and 0.2 have changed places: 0.1 is for the centre, 0.2 for the sides."),
        ],
        picture=drawn("draw_offsets"),
    ),
    Exercise(
        name="decode_boxes",
        lesson=1,
        title="from the network's answer to a box",
        place="detection.decode_boxes",
        cases=[
            case("the offsets (0, 10, 0, 0) at the anchor (20, 20, 40, 40)", floats((0, 10, 0, 0)), ANCHOR),
            case("the offsets (0, 0, 2, -2) at the anchor (20, 20, 40, 40)", floats((0, 0, 2, -2)), ANCHOR),
        ],
        edges=[
            case("offsets of zero", np.zeros((3, 4), np.float32), boxes_of(np.random.default_rng(3), 3)),
            case("an anchor that is not square", floats((1, -2, 3, -4)), floats((0, 0, 30, 60))),
            case("one row of offsets in float64", np.array([[0.5, 1, -1, 2]]), np.array([[20.0, 20, 40, 40]])),
            case("no offset", np.zeros((0, 4), np.float32), np.zeros((0, 4), np.float32)),
            case("two pictures that share three anchors",
                 np.random.default_rng(4).normal(0, 1, (2, 3, 4)).astype(np.float32),
                 boxes_of(np.random.default_rng(5), 3)),
        ],
        random=random_decoding,
        random_count=50,
        random_label="random offsets",
        run=on_tensors,
        hints=[
            "encode_boxes took a logarithm. What undoes it?",
            "Multiply by 0.1 and 0.2 first. Then centre = the anchor's centre + t times its sides, sides = its sides "
            "times exp(t). A box is two corners: centre minus and plus half of its sides.",
            "t = offsets * torch.tensor([0.1, 0.1, 0.2, 0.2]); c = c_a + t[..., :2] * s_a; s = s_a * torch.exp(t[..., "
            "2:]); torch.cat([c - s / 2, c + s / 2], dim=-1)",
        ],
        cards=[
            BugCard("without-exp", decode_without_exp,
                    "It looks as if the sides are multiplied by t itself: it is a logarithm, so take exp(t)."),
            BugCard("unscaled", decode_unscaled,
                    "It looks as if the offsets are taken as they come: multiply them by 0.1 and 0.2 first."),
            BugCard("to-centres", decode_to_centres,
                    "It looks as if you give centre and sides: a box is x1, y1, x2, y2, its two corners."),
            BugCard("twice-as-large", decode_twice_as_large,
                    "It looks as if the corners lie a whole side from the centre: it is half a side."),
            BugCard("in-pixels", decode_in_pixels,
                    "It looks as if the centre moves by pixels: it moves by parts of the anchor's sides."),
            BugCard("divided", decode_divided,
                    "It looks as if you divide by 0.1 and 0.2: encode_boxes did that, so the way back multiplies."),
            BugCard("from-the-corner", decode_from_corner,
                    "It looks as if the centre starts at the anchor's first corner: it starts at the anchor's centre."),
            BugCard("scales-swapped", decode_scales_swapped,
                    "It looks as if 0.1 and 0.2 have changed places: 0.1 is for the centre, 0.2 for the sides."),
        ],
        picture=drawn("draw_decoded"),
    ),
    Exercise(
        name="nms",
        lesson=1,
        title="one box for each face",
        place="detection.nms",
        cases=[
            case("the four boxes drawn here and a limit of 0.3", CROWD, CROWD_SCORES, 0.3),
            case("the same boxes and a limit of 0.6", CROWD, CROWD_SCORES, 0.6),
        ],
        edges=[
            case("no box", np.zeros((0, 4), np.float32), np.zeros(0, np.float32), 0.4),
            case("one box", CROWD[:1], CROWD_SCORES[:1], 0.4),
            case("two boxes whose IoU is the limit", floats((0, 0, 2, 1), (0, 0, 1, 1)),
                 np.array([0.6, 0.7], np.float32), 0.5),
            case("a limit of 1", CROWD, CROWD_SCORES, 1.0),
            case("a limit of 0", CROWD, CROWD_SCORES, 0.0),
            case("the same box twice", CROWD[[0, 0, 3]], np.array([0.5, 0.9, 0.7], np.float32), 0.4),
            case("boxes and scores in float64", CROWD.astype(float), CROWD_SCORES.astype(float), 0.3),
            case("three boxes of which each overlaps the next",
                 floats((0, 0, 20, 20), (9, 0, 29, 20), (18, 0, 38, 20)), np.array([0.9, 0.8, 0.7], np.float32), 0.3),
        ],
        random=random_crowd,
        random_count=60,
        random_label="random crowds",
        run=kept_of,
        any_shape=True,  # so that boxes too many or too few are drawn as well
        same=same_indices,
        hints=[
            "Which box is sure to stay? And which ones must go because of it?",
            "Sort by score, best first. Take the first, drop those of the rest whose iou with it is above the limit, "
            "and go on with what is left.",
            "order = torch.argsort(scores, descending=True); while len(order): best, rest = order[0], order[1:]; "
            "kept.append(best); order = rest[iou(boxes[best][None], boxes[rest])[0] <= threshold]",
        ],
        cards=[
            BugCard("keeps-the-worst", nms_keeps_the_worst,
                    "It looks as if the worst box comes first: sort with descending=True."),
            BugCard("keeps-the-overlapping", nms_keeps_the_overlapping,
                    "It looks as if the comparison is turned round: what overlaps by MORE than the limit goes."),
            BugCard("dropped-ones-drop", nms_dropped_ones_drop,
                    "It looks as if a box that was dropped drops others: only those that stay may do that."),
            BugCard("in-given-order", nms_in_given_order,
                    "The right boxes stay, but they must come with the best first."),
            BugCard("only-the-best", nms_only_the_best,
                    "It looks as if you stop after the first box: go on with those that are left."),
            BugCard("drops-at-equality", nms_drops_at_equality,
                    "It looks as if a box goes whose IoU is just the limit: the limit is the largest IoU allowed, so "
                    "it stays."),
            BugCard("empty-is-float", nms_empty_is_float,
                    "All is right but for one thing: torch.tensor([]) holds floats, and nobody can index with those. "
                    "Say dtype=torch.long."),
            BugCard("against-the-last", nms_against_the_last,
                    "It looks as if a box is compared with the one kept last only: any box that stays may drop it."),
            BugCard("places-in-the-list", nms_gives_places,
                    "The right boxes stay, but you give their places in the sorted list: give their indices in boxes, "
                    "as order[...] has them."),
            BugCard("gives-boxes", nms_gives_boxes,
                    "The right boxes stay, but you give the boxes: give their indices."),
        ],
        picture=drawn("draw_nms"),
    ),
    Exercise(
        name="average_precision",
        lesson=1,
        title="a detector as one number",
        place="evaluation.average_precision",
        cases=[
            case("four boxes (right, wrong, right, right) and four faces", np.array([0.9, 0.8, 0.7, 0.6]),
                 np.array([True, False, True, True]), 4),
            case("two boxes, the worse one right, and one face", np.array([0.3, 0.6]), np.array([True, False]), 1),
        ],
        edges=[
            case("no box and two faces", np.zeros(0), np.zeros(0, bool), 2),
            case("only wrong boxes", np.array([0.5, 0.4]), np.array([False, False]), 3),
            case("one box, right", np.array([0.7]), np.array([True]), 1),
            case("one box, right, and two faces", np.array([0.7]), np.array([True]), 2),
            case("scores in float32, some below zero", np.array([-0.3, 2.5, -1, 0.1], np.float32),
                 np.array([True, False, False, True]), 3),
            case("all right and all found", np.array([0.2, 0.9, 0.5]), np.array([True, True, True]), 3),
        ],
        random=random_ranking,
        random_count=60,
        random_label="random rankings",
        hints=[
            "Show the best k boxes. How many of them are right, and how many of the faces are found?",
            "np.cumsum of `right` in the order of falling scores gives the hits. Precision is hits / k, recall is "
            "hits / total. Raise each precision to the best one after it, and add up (step in recall) * precision.",
            "hits = np.cumsum(right[np.argsort(-scores)]); p = hits / np.arange(1, len(hits) + 1); r = hits / total; "
            "p = np.maximum.accumulate(p[::-1])[::-1]; return (np.diff(r, prepend=0) * p).sum()",
        ],
        cards=[
            BugCard("unsorted", ap_unsorted, "It looks as if the boxes are taken as they come: sort them by score."),
            BugCard("worst-first", ap_worst_first,
                    "It looks as if the worst box comes first: sort by falling scores."),
            BugCard("saw", ap_saw,
                    "It looks as if the curve keeps its teeth: at each recall the best precision from there on "
                    "counts."),
            BugCard("of-the-found", ap_of_the_found,
                    "It looks as if recall is a share of the faces found: it is a share of all faces, `total`."),
            BugCard("mean-precision", ap_mean_precision,
                    "It looks like the plain mean of the precisions: each counts by how much recall grew with it."),
            BugCard("best-so-far", ap_best_so_far,
                    "It looks as if each precision is raised to the best one before it: it is the best one after it, "
                    "so accumulate from the end."),
            BugCard("trapezoid", ap_trapezoid,
                    "It looks like the area of trapezoids: here each step in recall counts with the precision at its "
                    "end, the first step from recall 0 too."),
            BugCard("eleven-points", ap_eleven_points,
                    "It looks like the mean over eleven recalls, as it was done before 2010: here every step in recall "
                    "counts."),
        ],
        picture=drawn("draw_average_precision"),
    ),
]
