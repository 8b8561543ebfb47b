"""Lesson 02: heatmaps and the way back, the best similarity, the mirror image, and the error as one number."""

import numpy as np

from course.exercises.exercise import BugCard, Exercise, case

# A face in coarse strokes: 68 points in pixels, roughly 100 px wide (iBUG's order; the person's right side first).
FACE = np.array([
    (0, 30), (1, 43), (3, 56), (6, 69), (11, 81), (19, 91), (29, 98), (40, 103), (50, 104), (60, 103), (71, 98),
    (81, 91), (89, 81), (94, 69), (97, 56), (99, 43), (100, 30), (9, 18), (16, 12), (24, 10), (33, 12), (41, 16),
    (59, 16), (67, 12), (76, 10), (84, 12), (91, 18), (50, 27), (50, 36), (50, 45), (50, 53), (40, 60), (45, 62),
    (50, 63), (55, 62), (60, 60), (18, 29), (24, 26), (31, 26), (37, 30), (31, 32), (24, 32), (63, 30), (69, 26),
    (76, 26), (82, 29), (76, 32), (69, 32), (30, 78), (37, 74), (45, 72), (50, 73), (55, 72), (63, 74), (70, 78),
    (63, 85), (55, 88), (50, 89), (45, 88), (37, 85), (33, 78), (45, 77), (50, 78), (55, 77), (67, 78), (55, 81),
    (50, 82), (45, 81)], float)  # fmt: skip


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


# ---------------------------------------------------------------- gaussian_heatmap


def random_heatmaps(rng):
    points = rng.uniform(-0.05, 1.05, (1, 2, 2)).astype(np.float32)
    return points, int(rng.integers(3, 10)), float(rng.uniform(0.7, 3))


def _hill(points, size, sigma, centre=0.5, unit=None, swapped=False, factor=2.0, power=2):
    import torch

    centres = torch.arange(size, dtype=points.dtype) + centre
    across = (centres - (size if unit is None else unit) * points[..., 0, None]) ** 2
    down = (centres - (size if unit is None else unit) * points[..., 1, None]) ** 2
    if swapped:
        across, down = down, across
    return torch.exp(-(down[..., :, None] + across[..., None, :]) / (factor * sigma**power))


def hill_swapped(points, size, sigma=1.5):
    return _hill(points, size, sigma, swapped=True)


def hill_from_corner(points, size, sigma=1.5):
    return _hill(points, size, sigma, centre=0.0)


def hill_without_two(points, size, sigma=1.5):
    return _hill(points, size, sigma, factor=1.0)


def hill_sigma_not_squared(points, size, sigma=1.5):
    return _hill(points, size, sigma, power=1)


def hill_sums_to_one(points, size, sigma=1.5):
    hill = _hill(points, size, sigma)
    return hill / hill.sum(dim=(-2, -1), keepdim=True)


def hill_not_in_cells(points, size, sigma=1.5):
    return _hill(points, size, sigma, unit=1)


def hill_on_a_cell(points, size, sigma=1.5):
    return _hill(((points * size).floor() + 0.5) / size, size, sigma)


def hill_to_the_edge(points, size, sigma=1.5):
    return _hill(points, size, sigma, centre=0.0, unit=size - 1)


# ---------------------------------------------------------------- soft_argmax


def with_gradient(function, maps):
    """The points, and how their sum changes with each cell: what training needs."""
    import torch

    with torch.enable_grad():
        maps = torch.from_numpy(maps.copy()).requires_grad_(True)
        points = function(maps)
        gradient = torch.zeros_like(maps)
        if torch.is_tensor(points) and points.requires_grad:
            weights = torch.arange(1.0, points.numel() + 1, dtype=points.dtype).reshape(points.shape)
            gradient = torch.autograd.grad((points * weights).sum(), maps, allow_unused=True)[0]
            gradient = torch.zeros_like(maps) if gradient is None else gradient
    return {"points": points, "gradient": gradient}


def random_maps(rng):
    return (rng.normal(0, 2, (2, 3, int(rng.integers(3, 9)), int(rng.integers(3, 9)))).astype(np.float32),)


def _centre_of_mass(p, from_x=0.5, from_y=0.5, over=0):
    import torch

    height, width = p.shape[-2:]
    xs = (torch.arange(width, dtype=p.dtype) + from_x) / (width - over)
    ys = (torch.arange(height, dtype=p.dtype) + from_y) / (height - over)
    return torch.stack([(p.sum(dim=2) * xs).sum(dim=-1), (p.sum(dim=3) * ys).sum(dim=-1)], dim=-1)


def _softmax(maps):
    return maps.flatten(2).softmax(dim=2).unflatten(2, tuple(maps.shape[-2:]))


def soft_swapped(maps):
    return _centre_of_mass(_softmax(maps)).flip(-1)


def soft_without_softmax(maps):
    return _centre_of_mass(maps / maps.sum(dim=(2, 3), keepdim=True))


def soft_detached(maps):
    return _centre_of_mass(_softmax(maps.detach()))


def soft_from_corner(maps):
    return _centre_of_mass(_softmax(maps), 0.0, 0.0)


def soft_to_the_edge(maps):
    return _centre_of_mass(_softmax(maps), 0.0, 0.0, over=1)


def soft_in_cells(maps):
    import torch

    return _centre_of_mass(_softmax(maps)) * torch.tensor([maps.shape[3], maps.shape[2]], dtype=maps.dtype)


def soft_row_by_row(maps):
    return _centre_of_mass(maps.softmax(dim=-1))


def soft_is_hard(maps):
    import torch

    height, width = maps.shape[-2:]
    best = maps.flatten(2).argmax(dim=2)
    return torch.stack([(best % width + 0.5) / width, (best // width + 0.5) / height], dim=-1)


# ---------------------------------------------------------------- similarity_transform


def random_pairs(rng):
    source = rng.normal(0, 40, (int(rng.integers(3, 12)), 2))
    angle, scale = rng.uniform(-np.pi, np.pi), np.exp(rng.uniform(-1, 1))
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return source, source @ turn.T + rng.normal(0, 30, 2) + rng.normal(0, 3, source.shape)


def _umeyama(source, target, mirrors=False, scaled=True, transposed=False, shift="right"):
    middle_s, middle_t = source.mean(axis=0), target.mean(axis=0)
    a, b = source - middle_s, target - middle_t
    u, d, vt = np.linalg.svd(b.T @ a / len(a))
    signs = np.array([1.0, 1.0 if mirrors else np.sign(np.linalg.det(u @ vt))])
    rotation = u * signs @ vt
    if transposed:
        rotation = rotation.T
    scale = (d * signs).sum() / ((a**2).sum() / len(a)) if scaled else 1.0
    moved = scale * rotation @ middle_s if shift == "right" else middle_s
    return np.column_stack([scale * rotation, middle_t - moved])


def pair_backwards(source, target):
    return _umeyama(target, source)


def pair_mirrors(source, target):
    return _umeyama(source, target, mirrors=True)


def pair_unscaled(source, target):
    return _umeyama(source, target, scaled=False)


def pair_transposed(source, target):
    return _umeyama(source, target, transposed=True)


def pair_middles_only(source, target):
    return _umeyama(source, target, shift="middles")


def pair_affine(source, target):
    full = np.column_stack([source, np.ones(len(source))])
    return np.linalg.lstsq(full, target, rcond=None)[0].T


def pair_ratio_of_spreads(source, target):
    found = _umeyama(source, target)
    a, b = source - source.mean(axis=0), target - target.mean(axis=0)
    turn = found[:, :2] / np.sqrt(np.linalg.det(found[:, :2])) * np.linalg.norm(b) / np.linalg.norm(a)
    return np.column_stack([turn, target.mean(axis=0) - turn @ source.mean(axis=0)])


def pair_shift_only(source, target):
    return np.column_stack([np.eye(2), target.mean(axis=0) - source.mean(axis=0)])


# ---------------------------------------------------------------- flip_keypoints


def random_faces(rng):
    width = int(rng.integers(100, 300))
    return FACE + rng.normal(0, 4, FACE.shape) + rng.uniform(0, 60, 2), width


def _flip_order(count):
    from course import keypoints

    return keypoints.FLIP[:count]


def flip_without_swap(points, width):
    return points * np.array([-1, 1]) + np.array([width - 1, 0])


def flip_off_by_one(points, width):
    return points[..., _flip_order(points.shape[-2]), :] * np.array([-1, 1]) + np.array([width, 0])


def flip_upside_down(points, width):
    return points[..., _flip_order(points.shape[-2]), :] * np.array([1, -1]) + np.array([0, width - 1])


def flip_swap_only(points, width):
    return points[..., _flip_order(points.shape[-2]), :]


def flip_reversed(points, width):
    return points[..., ::-1, :] * np.array([-1, 1]) + np.array([width - 1, 0])


def flip_sign_only(points, width):
    return points[..., _flip_order(points.shape[-2]), :] * np.array([-1, 1])


def flip_eyes_only(points, width):
    order = np.arange(points.shape[-2])
    order[36:48] = _flip_order(len(order))[36:48]
    return points[..., order, :] * np.array([-1, 1]) + np.array([width - 1, 0])


def flip_in_itself(points, width):
    x = points[..., 0]
    both = x.max(axis=-1, keepdims=True) + x.min(axis=-1, keepdims=True)
    return np.stack([both - x, points[..., 1]], axis=-1)[..., _flip_order(points.shape[-2]), :]


# ---------------------------------------------------------------- nme


def random_errors(rng):
    turn = np.radians(rng.uniform(-90, 90))
    head = FACE @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    true = np.stack([head * scale for scale in rng.uniform(0.3, 3, 3)])
    return true + rng.normal(0, 3, true.shape), true


def _distances(found, true):
    return np.linalg.norm(found - true, axis=-1)[:, :68].mean(axis=1)


def _eyes(points, right=36, left=45):
    return np.linalg.norm(points[:, right] - points[:, left], axis=-1)


def nme_as_share(found, true):
    return float((_distances(found, true) / _eyes(true)).mean())


def nme_inner_corners(found, true):
    return float((_distances(found, true) / _eyes(true, 39, 42)).mean() * 100)


def nme_of_means(found, true):
    return float(_distances(found, true).mean() / _eyes(true).mean() * 100)


def nme_without_root(found, true):
    return float((np.abs(found - true).sum(axis=-1)[:, :68].mean(axis=1) / _eyes(true)).mean() * 100)


def nme_root_of_mean_square(found, true):
    off = np.sqrt(((found - true)[:, :68] ** 2).sum(axis=-1).mean(axis=1))
    return float((off / _eyes(true)).mean() * 100)


def nme_eyes_by_x(found, true):
    return float((_distances(found, true) / np.abs(true[:, 36, 0] - true[:, 45, 0])).mean() * 100)


def nme_by_found(found, true):
    return float((_distances(found, true) / _eyes(found)).mean() * 100)


def nme_of_all_points(found, true):
    return float((np.linalg.norm(found - true, axis=-1).mean(axis=1) / _eyes(true)).mean() * 100)


# ---------------------------------------------------------------- the lesson's five

POINTS = np.array([[[0.25, 0.75]]])
MAP = np.log(np.array([[[[1, 1, 1, 1], [1, 1, 9, 3], [1, 1, 3, 1]]]], float))  # (1, 1, 3, 4)
SQUARE = np.array([[0.0, 0], [4, 0], [4, 2], [0, 1]])
TURNED = np.array([[10.0, 5], [10, 13], [6, 13], [8, 5]])  # SQUARE turned by 90 degrees, twice as large, shifted
FAR = np.concatenate([FACE, np.tile([[50.0, 0.0]], (10, 1))])  # (78, 2)
TILTED = FACE @ np.array([[0.96, 0.28], [-0.28, 0.96]]) + [38.0, 5.0]  # the same head, leaning to one side
OFF = np.where(np.arange(68) < 34, 3.0, 0.0)[:, None] * np.array([1.0, 0]) + np.array([0.0, 1.0])

EXERCISES = [
    Exercise(
        name="gaussian_heatmap",
        lesson=2,
        title="a point drawn as a hill",
        place="keypoints.gaussian_heatmap",
        cases=[
            case("one point at (0.25, 0.75) on 8 cells with sigma 1", POINTS, 8, 1.0),
            case("one point in the middle of 3 cells with sigma 2", np.array([[[0.5, 0.5]]]), 3, 2.0),
        ],
        edges=[
            case("a point outside the picture", np.array([[[1.3, -0.2]]]), 6, 1.5),
            case("a point in the corner (0, 0)", np.array([[[0.0, 0.0]]]), 5, 1.0),
            case("two pictures of three points", np.linspace(0.1, 0.9, 12).reshape(2, 3, 2), 7, 1.2),
            case("a map of one cell", np.array([[[0.3, 0.9]]]), 1, 0.8),
            case("a very narrow hill", np.array([[[0.51, 0.26]]]), 6, 0.1),
            case("a very wide hill", np.array([[[0.2, 0.7]]], np.float32), 4, 50.0),
            case("no point", np.zeros((2, 0, 2)), 4, 1.0),
        ],
        random=random_heatmaps,
        random_count=30,
        random_label="random points",
        run=on_tensors,
        hints=[
            "Where, in cells, is the middle of the cell in column j? And where, in cells, is the point?",
            "exp(-(a + b)) of the squared distance across and down. Make those across (N, K, 1, size) and those down "
            "(N, K, size, 1); their sum is then (N, K, size, size) by itself.",
            "centres = torch.arange(size) + 0.5; across = (centres - size * points[..., 0, None]) ** 2, down alike "
            "from points[..., 1, None]; torch.exp(-(down[..., :, None] + across[..., None, :]) / (2 * sigma**2))",
        ],
        cards=[
            BugCard("x-and-y-swapped", hill_swapped,
                    "It looks as if x and y have changed places: x runs along the columns, the map's last axis."),
            BugCard("from-the-corner", hill_from_corner,
                    "It looks as if cell j lies at j: its middle is at j + 1/2, so every hill is half a cell off."),
            BugCard("without-the-two", hill_without_two,
                    "It looks as if the 2 of 2 sigma² is missing: the hill is too narrow."),
            BugCard("sigma-not-squared", hill_sigma_not_squared,
                    "It looks as if you divide by 2 sigma: the formula says 2 sigma²."),
            BugCard("sums-to-one", hill_sums_to_one,
                    "It looks as if the hill is scaled to the sum 1: here its top is 1."),
            BugCard("not-in-cells", hill_not_in_cells,
                    "It looks as if points in [0, 1] are compared with cells counted 0, 1, 2, ...: multiply the points "
                    "by size first."),
            BugCard("on-a-cell", hill_on_a_cell,
                    "It looks as if the hill is put on the middle of a cell: leave the point where it is, between "
                    "cells too."),
            BugCard("to-the-edge", hill_to_the_edge,
                    "It looks as if the first cell lies at 0 and the last at 1 (known as align_corners): the point in "
                    "cells is size times (x, y), and the middle of cell j is j + 1/2."),
        ],
        picture=drawn("draw_heatmap"),
    ),
    Exercise(
        name="soft_argmax",
        lesson=2,
        title="the centre of a heatmap",
        place="keypoints.soft_argmax",
        cases=[
            case("the map of 3 x 4 cells drawn here", MAP),
            case("a map that is the same everywhere", np.zeros((1, 1, 2, 3))),
        ],
        edges=[
            case("a map with one enormous cell", np.where(np.arange(20).reshape(1, 1, 4, 5) == 7, 1000.0, 0.0)),
            case("a map far below zero", MAP - 500.0),
            case("a map of one cell", np.ones((1, 1, 1, 1))),
            case("a map of one row", np.array([[[[0.0, 1, 3, 2, -1]]]])),
            case("a map of one column", np.array([[[[0.0], [2], [-1]]]])),
            case("two pictures of three maps", np.random.default_rng(6).normal(0, 2, (2, 3, 5, 4))),
            case("a map in float32, with a hill of 50", MAP.astype(np.float32) * 20),
        ],
        random=random_maps,
        random_count=40,
        random_label="random maps",
        run=with_gradient,
        hints=[
            "If p says how likely each cell is, and they sum to 1, what is the mean of the cells' x?",
            "Flatten the last two axes, softmax over them, and give them their shape back. The mean of x needs the "
            "sums of the columns, that of y the sums of the rows.",
            "p = maps.flatten(2).softmax(dim=2).unflatten(2, maps.shape[-2:]); xs = (torch.arange(W) + 0.5) / W; "
            "x = (p.sum(dim=2) * xs).sum(dim=-1), y alike with p.sum(dim=3); torch.stack([x, y], dim=-1)",
        ],
        cards=[
            BugCard("x-and-y-swapped", soft_swapped,
                    "It looks as if you give (y, x): x comes first, and x is the mean over columns."),
            BugCard("without-softmax", soft_without_softmax,
                    "It looks as if the map is divided by its sum: its numbers may be negative, so take the softmax."),
            BugCard("detached", soft_detached,
                    "The points are right, but no gradient comes through: .detach(), .item() or a detour through NumPy "
                    "cuts training off. Stay in torch all the way."),
            BugCard("from-the-corner", soft_from_corner,
                    "It looks as if column j lies at j / W: its middle is at (j + 1/2) / W, so all is half a cell "
                    "off."),
            BugCard("to-the-edge", soft_to_the_edge,
                    "It looks as if the first cell lies at 0 and the last at 1, as np.linspace(0, 1, W) gives "
                    "(known as align_corners): the cells' middles are at (j + 1/2) / W."),
            BugCard("in-cells", soft_in_cells,
                    "It looks as if you give cells: x and y lie in [0, 1], so divide by W and by H."),
            BugCard("row-by-row", soft_row_by_row,
                    "It looks as if the softmax runs along each row by itself, so that every row sums to 1: the whole "
                    "map must. Flatten the last two axes first."),
            BugCard("hard", soft_is_hard,
                    "It looks like the argmax: it jumps from cell to cell, and training cannot go through it."),
        ],
        picture=drawn("draw_soft_argmax"),
    ),
    Exercise(
        name="similarity_transform",
        lesson=2,
        title="one set of points laid onto another",
        place="keypoints.similarity_transform",
        cases=[
            case("four points turned by 90 degrees, doubled and shifted", SQUARE, TURNED),
            case("four points and the same ones shifted by (5, -2)", SQUARE, SQUARE + [5.0, -2.0]),
        ],
        edges=[
            case("four points and their mirror image (a turn cannot mirror)", SQUARE, SQUARE * [-1.0, 1.0]),
            case("two points", SQUARE[:2], TURNED[:2] + 1.0),
            case("points that no turn brings together", SQUARE, np.array([[0.0, 0], [3, 1], [7, 2], [1, 4]])),
            case("points that are where they should be", SQUARE, SQUARE),
            case("a half turn", SQUARE, [7.0, 3.0] - SQUARE),
            case("68 points in float32", FACE.astype(np.float32), (TILTED * 0.5 + 3).astype(np.float32)),
            case("a shape a hundred times smaller", FACE, TILTED * 0.01),
        ],
        random=random_pairs,
        random_count=60,
        random_label="random pairs",
        atol=1e-4,
        hints=[
            "If you shift both sets so that their middle is 0, which of the four numbers is still needed?",
            "With both centred, take the SVD of b.T @ a: the rotation is U V', with the last column's sign turned "
            "round where its determinant is negative. The scale is the sum of the (signed) singular values over "
            "sum(a**2).",
            "u, d, vt = np.linalg.svd(b.T @ a); signs = [1, np.sign(np.linalg.det(u @ vt))]; r = u * signs @ vt; "
            "s = (d * signs).sum() / (a**2).sum(); t = mean_t - s * r @ mean_s; np.column_stack([s * r, t])",
        ],
        cards=[
            BugCard("backwards", pair_backwards,
                    "It looks as if the matrix leads from target to source: it must bring source to target."),
            BugCard("mirrors", pair_mirrors,
                    "It looks as if the result may mirror: where det(U V') is negative, turn the sign of the last "
                    "singular direction."),
            BugCard("unscaled", pair_unscaled,
                    "It looks as if the size is left alone: the scale is the sum of the singular values over sum(a²)."),
            BugCard("transposed", pair_transposed,
                    "It looks as if the rotation turns the other way: with columns as points it is U V', not its "
                    "transpose."),
            BugCard("middles-only", pair_middles_only,
                    "It looks as if t = mean(target) - mean(source): source is turned and scaled first, so "
                    "t = mean(target) - s R mean(source)."),
            BugCard("affine", pair_affine,
                    "It looks like a least-squares fit of all six numbers: that shears and stretches. A similarity has "
                    "only four: turn, size and two of shift."),
            BugCard("ratio-of-spreads", pair_ratio_of_spreads,
                    "It looks as if the size is the spread of target over that of source: where the two do not fit, "
                    "that is too large. It is the sum of the singular values over sum(a²)."),
            BugCard("shift-only", pair_shift_only,
                    "It looks as if source is only shifted: it must be turned and scaled, too."),
        ],
        picture=drawn("draw_similarity"),
    ),
    Exercise(
        name="flip_keypoints",
        lesson=2,
        title="the points of the mirrored picture",
        place="keypoints.flip_keypoints",
        cases=[
            case("a leaning face in a picture 170 px wide", TILTED, 170),
            case("a face that fills a picture of 101 px", FACE, 101),
        ],
        edges=[
            case("two faces at once", np.stack([FACE, FACE + 3.0]), 120),
            case("78 points", FAR, 160),
            case("two films of two faces", np.stack([FACE, TILTED, FACE * 0.5, TILTED + 9]).reshape(2, 2, 68, 2), 181),
            case("points in float32", TILTED.astype(np.float32), 144),
        ],
        random=random_faces,
        random_count=30,
        random_label="random faces",
        hints=[
            "In a picture of 5 columns, 0 to 4: where does column 0 go in the mirror? And whose eye is the right "
            "one now?",
            "Two steps. Mirror: x becomes width - 1 - x. Rename: point i of the mirrored face is what was point "
            "keypoints.FLIP[i].",
            "flipped = points[..., keypoints.FLIP[: points.shape[-2]], :].copy(); "
            "flipped[..., 0] = width - 1 - flipped[..., 0]; return flipped",
        ],
        cards=[
            BugCard("without-the-swap", flip_without_swap,
                    "It looks as if the points keep their numbers: in the mirror the right eye is a left one. Reorder "
                    "them with keypoints.FLIP."),
            BugCard("off-by-one", flip_off_by_one,
                    "It looks as if x becomes width - x: column 0 goes to the last column, which is width - 1."),
            BugCard("upside-down", flip_upside_down,
                    "It looks as if y is turned round: a mirror changes left and right, so turn x."),
            BugCard("swap-only", flip_swap_only,
                    "It looks as if the points only got new numbers: their x must be mirrored too."),
            BugCard("reversed", flip_reversed,
                    "It looks as if the list is read backwards: which point becomes which is in keypoints.FLIP."),
            BugCard("sign-only", flip_sign_only,
                    "It looks as if x only changes its sign: that mirrors around column 0. Add width - 1."),
            BugCard("eyes-only", flip_eyes_only,
                    "It looks as if only the eyes change their numbers: jaw, brows, nose and lips have two sides as "
                    "well. All is in keypoints.FLIP."),
            BugCard("in-itself", flip_in_itself,
                    "It looks as if the face is mirrored about its own middle: it is the picture that is mirrored, "
                    "so x becomes width - 1 - x."),
        ],
        picture=drawn("draw_flip"),
    ),
    Exercise(
        name="nme",
        lesson=2,
        title="how far off, in percent of the face",
        place="evaluation.nme",
        cases=[
            case("one face with every point 6.4 px off and its eyes 64 px apart", FACE[None] + [6.4, 0.0], FACE[None]),
            case("a face and one twice as large, both with the same errors in pixels",
                 np.stack([FACE + OFF, 2 * FACE + OFF]), np.stack([FACE, 2 * FACE])),
        ],
        edges=[
            case("no error at all", FACE[None], FACE[None]),
            case("one face that leans far to one side", TILTED[None] @ [[0.6, 0.8], [-0.8, 0.6]] + OFF,
                 TILTED[None] @ [[0.6, 0.8], [-0.8, 0.6]]),
            case("errors of which one is large", FACE[None] + np.where(np.arange(68) == 8, 60.0, 0)[:, None],
                 FACE[None]),
            case("points in float32", (FACE[None] + OFF).astype(np.float32), FACE[None].astype(np.float32)),
            case("78 points, the last ten far off", FAR[None] + np.where(np.arange(78) < 68, 1.0, 50.0)[:, None],
                 FAR[None]),
        ],
        random=random_errors,
        random_count=40,
        random_label="random faces",
        hints=[
            "How far is each point off, in pixels? Why would that number alone favour small pictures?",
            "np.linalg.norm(..., axis=-1) gives distances, (N, 68). Mean over a face's points, divided by that face's "
            "eye distance (true points 36 and 45); then the mean over faces, times 100.",
            "distance = np.linalg.norm(found - true, axis=-1)[:, :68].mean(axis=1); eyes = np.linalg.norm("
            "true[:, 36] - true[:, 45], axis=-1); return (distance / eyes).mean() * 100",
        ],
        cards=[
            BugCard("as-a-share", nme_as_share, "It looks as if you give a share: in percent it is 100 times that."),
            BugCard("inner-corners", nme_inner_corners,
                    "It looks as if you divide by the distance of the inner corners of the eyes: the outer ones are 36 "
                    "and 45."),
            BugCard("ratio-of-means", nme_of_means,
                    "It looks as if you divide the mean distance by the mean size: large faces then count more. Divide "
                    "face by face, and take the mean at the end."),
            BugCard("without-the-root", nme_without_root,
                    "It looks as if the distance is |dx| + |dy|: here it is the straight line, the root of the sum of "
                    "squares."),
            BugCard("by-the-found-eyes", nme_by_found,
                    "It looks as if you divide by the eye distance of the found points: a wrong answer could make its "
                    "own yardstick longer. Use the true ones."),
            BugCard("all-points", nme_of_all_points,
                    "It looks as if all points count: only the first 68 do, so that figures can be compared."),
            BugCard("root-of-mean-square", nme_root_of_mean_square,
                    "It looks like the root of the mean square: that lets large errors count more. Take each point's "
                    "distance, and then their mean."),
            BugCard("eyes-by-x", nme_eyes_by_x,
                    "It looks as if the eye distance is taken along x only: a head may lean, so take the straight line "
                    "between points 36 and 45."),
        ],
        picture=drawn("draw_nme"),
    ),
]
