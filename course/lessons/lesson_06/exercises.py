"""Lesson 06: where pixels look, how they are read, one point's motion, many at once, a smooth sheet, what is hidden."""

import numpy as np

from course.exercises.exercise import BugCard, Exercise, case


def drawn(name: str):
    """A function of `pictures`, which is imported when the first picture is drawn."""

    def draw(view):
        from . import pictures

        return getattr(pictures, name)(view)

    return draw


def on_tensors(function, *args):
    """The call with its arrays as tensors, which share their memory: what is changed in place is seen."""
    import torch

    return function(*(torch.from_numpy(arg) if isinstance(arg, np.ndarray) else arg for arg in args))


def floats(values) -> np.ndarray:
    return np.array(values, np.float32)


def grid_of(height, width, n=None) -> np.ndarray:
    """Where every pixel looks at itself, (height, width, 2); with n, that n times."""
    y = np.linspace(-1, 1, height) if height > 1 else np.zeros(1)
    x = np.linspace(-1, 1, width) if width > 1 else np.zeros(1)
    grid = np.stack(np.meshgrid(x, y), -1).astype(np.float32)
    return grid if n is None else np.repeat(grid[None], n, 0)


# ---------------------------------------------------------------- identity_grid


def random_sizes(rng):
    return tuple(int(v) for v in rng.integers(2, 12, 2))


def _grid(height, width, kind="corners"):
    import torch

    def axis(count):
        if kind == "linspace":
            return torch.linspace(-1, 1, count)
        at = torch.arange(count, dtype=torch.float32)
        if kind == "nothing between nothing":
            return 2 * at / (count - 1) - 1
        if kind == "pixels":
            return at
        if kind == "halves":
            return (2 * at + 1) / count - 1
        at = at / max(count - 1, 1)
        return at if kind == "zero-one" else 2 * at - 1 if count > 1 else at

    return torch.meshgrid(axis(height), axis(width), indexing="ij")


def _grid_bug(kind="corners", yx=False, transposed=False):
    def wrong(height, width, device=None):
        import torch

        y, x = _grid(height, width, kind)
        grid = torch.stack([y, x] if yx else [x, y], dim=-1)
        return grid.transpose(0, 1) if transposed else grid

    return wrong


# ---------------------------------------------------------------- bilinear_sample


GENERIC = 2e-3  # pixels from the next one: on a pixel itself right formulas have different gradients


def read_with_gradients(function, image, positions):
    """What is read; and its gradients for the picture and for the positions, through which a network learns.

    Those of places on a pixel or outside of the picture are left out. An answer that works on NumPy arrays has none.
    """
    import torch

    before = [torch.from_numpy(values.copy()).requires_grad_() for values in (image, positions)]
    found = {"what is read": on_tensors(function, image, positions)}
    try:
        made = function(*(values.clone() for values in before))
        weights = torch.rand(made.shape, generator=torch.Generator().manual_seed(0)) + 0.5
        gradients = torch.autograd.grad((made * weights).sum(), before, allow_unused=True)
    except (RuntimeError, TypeError, AttributeError):  # NumPy cannot read what has a gradient, or nothing has one
        gradients = None, None
    gradients = [torch.zeros_like(x) if one is None else one for x, one in zip(before, gradients)]
    size = before[1].new_tensor([image.shape[3] - 1, image.shape[2] - 1])
    at = (before[1].detach() + 1) / 2 * size
    generic = ((at - at.round()).abs() > GENERIC) & (at > 0) & (at < size)
    return found | {"gradient for the picture": gradients[0], "gradient for the positions": gradients[1] * generic}


def random_reading(rng):
    n, channels, height, width = (int(v) for v in rng.integers((1, 1, 2, 2), (4, 4, 8, 8)))
    where = rng.uniform(-1.3, 1.3, (n, *(int(v) for v in rng.integers(1, 6, 2)), 2))
    return rng.random((n, channels, height, width)).astype(np.float32), where.astype(np.float32)


def _sample(mode="bilinear", outside="border", corners=True, swapped=False):
    def wrong(image, positions):
        import torch

        where = positions.flip(-1) if swapped else positions
        return torch.nn.functional.grid_sample(image, where, mode, outside, align_corners=corners)

    return wrong


def sample_detached(image, positions):
    return _sample()(image.detach(), positions.detach())


def sample_times_width(image, positions):
    import torch

    size = torch.tensor([image.shape[3], image.shape[2]], dtype=positions.dtype)
    at = ((positions + 1) / 2 * size).clamp(min=0).minimum(size - 1)
    return _sample()(image, at / (size - 1).clamp(min=1) * 2 - 1)


def sample_weights_swapped(image, positions):
    import torch

    height, width = image.shape[2:]
    size = torch.tensor([width - 1, height - 1])
    at = ((positions + 1) / 2 * size).clamp(min=0).minimum(size.float())
    first = at.floor()
    turned = (first + (1 - (at - first))) / size.clamp(min=1) * 2 - 1  # a for 1 - a
    return _sample()(image, turned)


# ---------------------------------------------------------------- affine_flow


def random_motions(rng):
    n, k, height, width = (int(v) for v in rng.integers((1, 1, 2, 2), (4, 5, 5, 5)))
    points = rng.uniform(-0.8, 0.8, (2, n, k, 2)).astype(np.float32)
    matrix = (np.eye(2) + rng.normal(0, 0.5, (n, k, 2, 2))).astype(np.float32)
    return points[0], points[1], matrix, grid_of(height, width)


def _affine(matrix_of=None, about_origin=False, backwards=False, how_far=False, after=False, without_q=False):
    def wrong(at, to, matrix, grid):
        import torch

        if backwards:
            at, to = to, at
        a = matrix if matrix_of is None else matrix_of(matrix)
        away = grid[None, None] - (0 if about_origin else at[:, :, None, None])
        away = away.expand(*at.shape[:2], *grid.shape)
        away = away + at[:, :, None, None] if after else away
        found = torch.einsum("nkij,nkhwj->nkhwi", a, away)
        found = found - at[:, :, None, None] if after else found
        found = found if without_q else found + to[:, :, None, None]
        return found - grid if how_far else found

    return wrong


def _ones(matrix):
    import torch

    return torch.eye(2, dtype=matrix.dtype).expand_as(matrix)


# ---------------------------------------------------------------- soft_masks


def random_claims(rng):
    n, k, height, width = (int(v) for v in rng.integers((1, 2, 1, 1), (4, 5, 4, 4)))
    return (rng.normal(0, 2, (n, k, height, width)).astype(np.float32),
            rng.uniform(-1, 1, (n, k, height, width, 2)).astype(np.float32))


def _masks(of, mean=False):
    def wrong(logits, flows):
        masks = of(logits)
        mixed = masks[..., None] * flows
        return masks, mixed.mean(1) if mean else mixed.sum(1)

    return wrong


def masks_overflow(logits):
    powers = logits.exp()
    return powers / powers.sum(1, keepdim=True)


def masks_over_pixels(logits):
    return logits.flatten(2).softmax(dim=2).view_as(logits)


def masks_one_takes_all(logits):
    import torch

    return torch.nn.functional.one_hot(logits.argmax(1), logits.shape[1]).movedim(-1, 1).to(logits.dtype)


# ---------------------------------------------------------------- thin_plate_spline


def random_sheet(rng):
    n, m = (int(v) for v in rng.integers((4, 1), (9, 6)))
    return rng.uniform(-1, 1, (n, 2)), rng.uniform(-0.5, 0.5, (n, 2)), rng.uniform(-1, 1, (m, 2))


def _kernel(a, b, kind="plate"):
    import torch

    squared = ((a[:, None] - b[None]) ** 2).sum(-1)
    if kind == "distance":
        return squared.sqrt()
    if kind == "of-the-distance":
        return 0.5 * squared.sqrt() * torch.log(squared.sqrt().clamp(min=1e-300))
    return 0.5 * squared * torch.log(squared.clamp(min=1e-300))


def _sheet(kind="plate", affine=True, side=True, told=True):
    def wrong(points, values, queries):
        import torch

        n = len(points)
        ones = points.new_ones(n, 1)
        plane, at = torch.cat([ones, points], 1), torch.cat([queries.new_ones(len(queries), 1), queries], 1)
        inside, outside = _kernel(points, points, kind), _kernel(queries, points, kind)
        if not affine:
            return outside @ torch.linalg.lstsq(inside, values, driver="gelsd").solution
        if not side:  # the plane first, and what is left by kernels alone
            slope = torch.linalg.lstsq(plane, values, driver="gelsd").solution
            left = torch.linalg.lstsq(inside, values - plane @ slope, driver="gelsd").solution
            return outside @ left + at @ slope
        system = torch.cat([torch.cat([inside, plane], 1), torch.cat([plane.T, points.new_zeros(3, 3)], 1)])
        weights = torch.linalg.solve(system, torch.cat([values, values.new_zeros(3, values.shape[1])]))
        return outside @ weights[:n] + (at @ weights[n:] if told else 0)

    return wrong


def sheet_all_nan(points, values, queries):
    return queries.new_full((len(queries), values.shape[1]), float("nan"))


def sheet_nearest(points, values, queries):
    return values[((queries[:, None] - points[None]) ** 2).sum(-1).argmin(1)]


# ---------------------------------------------------------------- occlude


def random_hiding(rng):
    n, channels, height, width = (int(v) for v in rng.integers((1, 1, 2, 2), (4, 4, 7, 7)))
    small = (height, width) if rng.random() < 0.4 else tuple(int(v) for v in rng.integers(2, 5, 2))
    return (rng.random((n, channels, height, width)).astype(np.float32),
            rng.random((n, 1, *small)).astype(np.float32))


def _occlude(of=lambda visible: visible, **how):
    how = {"mode": "bilinear", "align_corners": True} | how

    def wrong(moved, visible):
        import torch

        if visible.shape[2:] != moved.shape[2:]:
            visible = torch.nn.functional.interpolate(visible, moved.shape[2:], **how)
        return moved * of(visible)

    return wrong


def occlude_as_it_is(moved, visible):
    return moved * visible


def occlude_the_other_way_round(moved, visible):
    return visible * moved


def occlude_makes_small(moved, visible):
    import torch

    if visible.shape[2:] != moved.shape[2:]:
        moved = torch.nn.functional.interpolate(moved, visible.shape[2:], mode="bilinear", align_corners=True)
    return moved * visible


def occlude_fills_with_white(moved, visible):
    return _occlude()(moved, visible) + 1 - _occlude()(moved * 0 + 1, visible)


def occlude_makes_opaque(moved, visible):
    import torch

    if visible.shape[2:] != moved.shape[2:]:
        visible = torch.nn.functional.interpolate(visible, moved.shape[2:], mode="bilinear", align_corners=True)
    return moved * visible / visible.mean((2, 3), keepdim=True).clamp(min=1e-6)


# ---------------------------------------------------------------- lucas_kanade


def waves(height, width, dx=0.0, dy=0.0):
    """A smooth grey picture, read dx, dy pixels further: what a shift makes of it, exactly."""
    y, x = np.mgrid[:height, :width].astype(float)
    x, y = x + dx, y + dy
    return 0.5 + 0.2 * np.sin(0.7 * x + 0.2 * y) + 0.2 * np.cos(0.5 * y - 0.3 * x) + 0.05 * np.sin(1.1 * x * 0.3 + y)


def random_shifts(rng):
    height, width = (int(v) for v in rng.integers(12, 20, 2))
    noise = rng.normal(0, 0.02, (height, width))
    return (waves(height, width) + noise, waves(height, width, *rng.uniform(-0.5, 0.5, 2)) + noise[::-1],
            int(rng.integers(1, 5)))


def _lucas_kanade(stiffness=1e-3, sign=1, swapped=False, cross=True, of_target=False, window=True, stiff_y=None,
                  mean=False):
    def wrong(source, target, radius=5):
        from course import flow

        gy, gx = np.gradient(target if of_target else source)
        d = target - source
        reach = radius if window else 0
        xx, xy, yy, bx, by = (flow.window_sum(p, reach) for p in (gx * gx, gx * gy, gy * gy, gx * d, gy * d))
        if mean:
            count = flow.window_sum(np.ones_like(source), reach)
            xx, xy, yy, bx, by = (values / count for values in (xx, xy, yy, bx, by))
        xx, yy, xy = xx + stiffness, yy + (stiffness if stiff_y is None else stiff_y), xy * cross
        with np.errstate(divide="ignore", invalid="ignore"):
            area = xx * yy - xy * xy
            v = sign * np.stack([yy * bx - xy * by, xx * by - xy * bx], axis=-1) / area[..., None]
        return v[..., ::-1] if swapped else v

    return wrong


# ---------------------------------------------------------------- the lesson's seven

TINY = floats([[[[0, 1, 2], [10, 11, 12]]]])  # the columns differ by 1, the rows by 10
# (1, 3, 4, 5), as `permute` makes it of a photo: its numbers are not in the order of its axes
PERMUTED = (np.arange(60, dtype=np.float32).reshape(1, 4, 5, 3) ** 2 / 900).transpose(0, 3, 1, 2)
BETWEEN = floats([[[[-0.5, -1], [0, 0], [1, 1]]]])
QUARTER = floats([[[[0, -1], [1, 0]]]])
FIVE = np.array([[-0.8, -0.8], [0.8, -0.8], [-0.8, 0.8], [0.8, 0.8], [0.0, 0.0]])
LIFTED = np.array([[0.0, 0], [0, 0], [0, 0], [0, 0], [0.3, 0.2]])
STRIPES = 0.5 + 0.3 * np.sin(0.8 * np.arange(9))[:, None] + np.zeros((9, 7))
LATTICE = grid_of(5, 5).reshape(-1, 2).astype(float)

EXERCISES = [
    Exercise(
        name="identity_grid",
        lesson=6,
        title="every pixel looks at itself",
        place="flow.identity_grid",
        cases=[
            case("a picture of 2 rows and 3 columns", 2, 3),
            case("a picture of 4 rows and 2 columns", 4, 2),
        ],
        edges=[
            case("a single row", 1, 4),
            case("a single column", 3, 1),
            case("a single pixel", 1, 1),
        ],
        random=random_sizes,
        random_count=30,
        random_label="random sizes",
        hints=[
            "In a row of 3 pixels the first is at -1 and the last at +1. Where is the middle one?",
            "Make the x of all columns and the y of all rows with linspace, spread them over the picture with "
            "meshgrid, and stack them, x first. A single row has no first and last: put it at 0.",
            "y = torch.linspace(-1, 1, height) if height > 1 else torch.zeros(1), x alike; "
            "y, x = torch.meshgrid(y, x, indexing='ij'); torch.stack([x, y], dim=-1)",
        ],
        cards=[
            BugCard("y-first", _grid_bug(yx=True),
                    "It looks as if y comes first: the picture's axes are (row, column), a position is (x, y)."),
            BugCard("y-first-and-single", _grid_bug("linspace", yx=True),
                    "It looks as if y comes first, where a position is (x, y); and a single row or column has no first "
                    "and last, put it at 0."),
            BugCard("single", _grid_bug("linspace"),
                    "Right but for a picture of a single row or column: linspace(-1, 1, 1) is -1, the first end. It "
                    "belongs in the middle, at 0."),
            BugCard("nothing-between-nothing", _grid_bug("nothing between nothing"),
                    "Right but for a picture of a single row or column: there width - 1 or height - 1 is 0, and 0 / 0 "
                    "is NaN. Put it at 0."),
            BugCard("halves", _grid_bug("halves"),
                    "It looks as if -1 and +1 are the outer edges of the picture (`align_corners=False`): here they "
                    "are the middles of the first and the last pixel."),
            BugCard("pixels", _grid_bug("pixels"),
                    "It looks as if you count in pixels: the positions run from -1 to 1."),
            BugCard("zero-one", _grid_bug("zero-one"),
                    "It looks as if the positions run from 0 to 1: they run from -1 to 1."),
            BugCard("columns-first", _grid_bug(transposed=True),
                    "It looks as if rows and columns changed places: the shape is (height, width, 2)."),
            BugCard("columns-first-and-single", _grid_bug("linspace", transposed=True),
                    "It looks as if the columns come first: the shape is (height, width, 2). And a single row or "
                    "column has no first and last, put it at 0."),
        ],
        picture=drawn("draw_grid"),
    ),
    Exercise(
        name="bilinear_sample",
        lesson=6,
        title="a picture, read between its pixels",
        place="flow.bilinear_sample",
        cases=[
            case("a picture of two rows, read at three places", TINY, BETWEEN),
            case("the same picture, read at its own pixels", TINY, grid_of(2, 3, 1)),
        ],
        edges=[
            case("places outside of the picture", TINY, floats([[[[-2, 0], [0, 3], [1.5, -1.5], [4, 0.3], [-9, 7]]]])),
            case("two pictures of two colours", np.arange(32, dtype=np.float32).reshape(2, 2, 2, 4) ** 2 / 50,
                 floats([[[[-0.4, 0.3]]], [[[0.7, -0.2]]]])),
            case("three pictures, read at one place each", np.arange(18, dtype=np.float32).reshape(3, 1, 3, 2) ** 2,
                 floats([[[[0.3, 0.1]]], [[[-0.3, 0.6]]], [[[0.9, -0.4]]]])),
            case("a picture whose colours lie last in memory", PERMUTED, floats([[[[0.3, -0.8], [-0.4, 0.1]]]])),
            case("a single pixel", floats([[[[5]]]]), floats([[[[0.3, -0.8]]]])),
        ],
        random=random_reading,
        random_count=40,
        random_label="random readings",
        run=read_with_gradients,
        hints=[
            "A place lies between four pixels. How much does each of them count, when the place is nearly on one?",
            "Go over to pixels, x = (p + 1) / 2 * (width - 1), keep x and y inside, and take floor. With a and b as "
            "what is left, the four weights are (1-a)(1-b), a(1-b), (1-a)b and ab.",
            "left = x.floor().long(); right = (left + 1).clamp(max=width - 1); a = (x - left)[:, None]; n = torch."
            "arange(len(image))[:, None, None]; image[n, :, top, left] gives (N, h, w, C): movedim(-1, 1)",
        ],
        cards=[
            BugCard("nearest", _sample("nearest"),
                    "It looks as if you take the nearest pixel: mix the four around the place."),
            BugCard("edges-not-middles", _sample(corners=False),
                    "It looks as if -1 and +1 are the outer edges of the picture (`align_corners=False`): they are "
                    "the middles of the first and the last pixel."),
            BugCard("swapped", _sample(swapped=True),
                    "It looks as if x and y changed places: positions[..., 0] is x, and counts columns."),
            BugCard("black-outside", _sample(outside="zeros"),
                    "It looks as if outside of the picture all is black: repeat the border, so keep x and y inside "
                    "first."),
            BugCard("defaults", _sample(outside="zeros", corners=False),
                    "It looks like grid_sample as it is by default: black outside of the picture, and -1 and 1 at the "
                    "outer edges. Here the border is repeated (padding_mode=\"border\"), and -1 and 1 are the middles "
                    "of the outermost pixels (align_corners=True)."),
            BugCard("weights-swapped", sample_weights_swapped,
                    "It looks as if the weights changed places: the nearer pixel counts more."),
            BugCard("times-width", sample_times_width,
                    "It looks as if -1 to 1 is stretched over `width` and `height` pixels: from the middle of the "
                    "first to that of the last it is width - 1 and height - 1."),
            BugCard("detached", sample_detached,
                    "What is read is right, but no gradient comes back to the positions, so no network could learn "
                    "where to look: stay in torch, and leave out detach and no_grad."),
        ],
        picture=drawn("draw_reading"),
    ),
    Exercise(
        name="affine_flow",
        lesson=6,
        title="a point moves, and what is around it",
        place="flow.affine_flow",
        cases=[
            case("a point that moves and turns by a quarter", floats([[[0.5, 0]]]), floats([[[0, -0.5]]]), QUARTER,
                 grid_of(3, 3)),
            case("a point that stays while all doubles around it", floats([[[0.2, 0.4]]]), floats([[[0.2, 0.4]]]),
                 floats([[[[2, 0], [0, 2]]]]), grid_of(2, 3)),
        ],
        edges=[
            case("two points of one picture", floats([[[0.5, 0], [-0.5, 0.5]]]), floats([[[0, 0], [0.3, 0.3]]]),
                 floats([[[[1, 0.5], [0, 1]], [[0.5, 0], [0, 2]]]]), grid_of(2, 2)),
            case("two pictures of one point", floats([[[0.5, 0]], [[0, 0.1]]]), floats([[[0, 0]], [[0.3, 0.3]]]),
                 floats([[[[1, 0.5], [0, 1]]], [[[0.5, 0], [-1, 2]]]]), grid_of(1, 3)),
        ],
        random=random_motions,
        random_count=40,
        random_label="random motions",
        run=on_tensors,
        hints=[
            "A pixel lies a step away from p. Where does it look, if p looks at q and every step is turned by A?",
            "away = z - p for every pixel and every point; A away for each of them; and q on top. New axes put the "
            "picture's (H, W) behind the points' (N, K).",
            "away = grid[None, None] - at[:, :, None, None]; "
            "to[:, :, None, None] + torch.einsum('nkij,nkhwj->nkhwi', matrix, away)",
        ],
        cards=[
            BugCard("backwards", _affine(backwards=True),
                    "It looks as if the arrow points the other way: `at` is where the pixels are, `to` where they "
                    "look."),
            BugCard("without-matrix", _affine(_ones),
                    "It looks as if the matrix is left out: the picture is only shifted, it never turns."),
            BugCard("transposed", _affine(lambda m: m.mT),
                    "It looks as if the matrix is transposed: with steps as rows A z is `z @ A.T`."),
            BugCard("about-the-origin", _affine(about_origin=True),
                    "It looks as if the picture turns about (0, 0): take p away before, so that p itself looks at q."),
            BugCard("how-far", _affine(how_far=True),
                    "It looks as if you give how far a pixel looks: give where, in positions of the source."),
            BugCard("inverse", _affine(lambda m: m.inverse()),
                    "It looks as if the matrix is undone: A leads from the target into the source already."),
            BugCard("p-after", _affine(after=True),
                    "It looks as if p is taken away after the matrix, q + A z - p: it is the step z - p that A turns."),
            BugCard("without-q", _affine(without_q=True),
                    "It looks as if q is missing: A (z - p) is a step away from q, not yet a place."),
        ],
        picture=drawn("draw_motion"),
    ),
    Exercise(
        name="soft_masks",
        lesson=6,
        title="each pixel follows a mixture of motions",
        place="flow.soft_masks",
        cases=[
            case("two motions, the second three times as likely", floats([0, np.log(3)]).reshape(1, 2, 1, 1),
                 floats([[0, 0], [1, -2]]).reshape(1, 2, 1, 1, 2)),
            case("one row of two pixels", floats([[[[2, 0]], [[0, 1]]]]),
                 floats([[-1, 0], [1, 0], [0, 0.5], [0.5, 0]]).reshape(1, 2, 1, 2, 2)),
        ],
        edges=[
            case("a single motion", floats([[[[3.0, -1]]]]), floats([[0.1, 0.2], [0.3, 0.4]]).reshape(1, 1, 1, 2, 2)),
            case("three pictures of three motions", np.arange(9, dtype=np.float32).reshape(3, 3, 1, 1) % 4,
                 np.arange(18, dtype=np.float32).reshape(3, 3, 1, 1, 2) / 9 - 1),
            case("claims of plus and minus 200", floats([200, -200]).reshape(1, 2, 1, 1),
                 floats([[0.5, 0], [1, -2]]).reshape(1, 2, 1, 1, 2)),
        ],
        random=random_claims,
        random_count=40,
        random_label="random claims",
        run=on_tensors,
        hints=[
            "What must be true of the K masks of one pixel?",
            "A softmax over the motions makes positive numbers that add up to 1. The flow is the mean of all motions, "
            "each counted by its mask.",
            "masks = torch.softmax(logits, dim=1); return masks, (masks[..., None] * flows).sum(dim=1)",
        ],
        cards=[
            BugCard("over-pixels", _masks(masks_over_pixels),
                    "It looks as if the softmax runs over the pixels: every pixel shares itself out among the motions, "
                    "so it runs over dim=1."),
            BugCard("no-softmax", _masks(lambda logits: logits),
                    "It looks as if the claims are taken as they are: they may be negative, and add up to anything."),
            BugCard("one-takes-all", _masks(masks_one_takes_all),
                    "It looks as if the strongest motion takes all: the seams would tear, and no gradient could move "
                    "them."),
            BugCard("sigmoid", _masks(lambda logits: logits.sigmoid()),
                    "It looks as if each mask is a sigmoid of its own: they do not add up to 1."),
            BugCard("over-columns", _masks(lambda logits: logits.softmax(-1)),
                    "It looks as if the softmax runs over the last axis, the columns of the picture: the motions are "
                    "dim=1."),
            BugCard("over-pictures", _masks(lambda logits: logits.softmax(0)),
                    "It looks as if the softmax runs over the batch: the motions are dim=1."),
            BugCard("mean", _masks(lambda logits: logits.softmax(1), mean=True),
                    "The masks are right, but the flow is divided by K once more: the masks add up to 1 already, so "
                    "add up."),
            BugCard("overflow", _masks(masks_overflow),
                    "It looks as if e is raised to a claim as it is: e to the 200 is infinite, and infinite by "
                    "infinite is NaN. torch.softmax takes the largest claim away first."),
        ],
        picture=drawn("draw_masks"),
    ),
    Exercise(
        name="thin_plate_spline",
        lesson=6,
        title="one smooth sheet through all points",
        place="flow.thin_plate_spline",
        cases=[
            case("a sheet held at four corners and lifted in its middle", FIVE, LIFTED, LATTICE),
            case("a tilted plane", FIVE[:4], FIVE[:4] @ np.array([[0.2, 0.1], [-0.3, 0.4]]) + 0.5,
                 np.array([[3.0, -2], [0.1, 0.2]])),
        ],
        edges=[
            case("places on the points themselves", FIVE, LIFTED, FIVE),
            case("three points", FIVE[:3], LIFTED[2:], np.array([[0.3, 0.4]])),
        ],
        random=random_sheet,
        random_count=30,
        random_label="random sheets",
        run=on_tensors,
        hints=[
            "How many unknown numbers are there, and how many equations do the points give? Which three are missing?",
            "Fill one square system: the kernel between all points, beside it a column of ones and the points; below "
            "them the same three, transposed, and zeros. On the right: the values, and three zeros. "
            "flow.spline_kernel takes squared distances.",
            "K = flow.spline_kernel(((points[:, None] - points) ** 2).sum(-1)); P = torch.cat([ones, points], 1); "
            "system = torch.cat([torch.cat([K, P], 1), torch.cat([P.T, zeros(3, 3)], 1)]); w = torch.linalg.solve("
            "system, torch.cat([values, zeros(3, d)])); U @ w[:n] + w[n] + queries @ w[n + 1:]",
        ],
        cards=[
            BugCard("without-the-plane", _sheet(affine=False),
                    "It looks as if the affine part is missing: a tilted plane must stay a plane."),
            BugCard("plane-first", _sheet(side=False),
                    "It looks as if the plane is fitted first and the kernels take the rest: solve for both at once, "
                    "with P' w = 0."),
            BugCard("distance", _sheet("distance"),
                    "It looks as if the kernel is r: that sheet has a tip at every point. Take r² log r."),
            BugCard("plane-not-told", _sheet(told=False),
                    "It looks as if the affine part is solved for, and left out when the sheet is read."),
            BugCard("of-the-distance", _sheet("of-the-distance"),
                    "It looks as if flow.spline_kernel was given distances: it takes their squares."),
            BugCard("log-of-zero", sheet_all_nan,
                    "It looks as if 0 log 0 became NaN: on the points themselves the kernel is 0."),
            BugCard("nearest", sheet_nearest,
                    "It looks as if each place takes the value of the nearest point: nothing is smooth about that."),
        ],
        atol=1e-4,
        picture=drawn("draw_sheet"),
    ),
    Exercise(
        name="occlude",
        lesson=6,
        title="what was hidden is taken away",
        place="flow.occlude",
        cases=[
            case("four pixels, the left ones hidden", np.ones((1, 1, 2, 2), np.float32), floats([[[[0, 1], [0, 1]]]])),
            case("a map of 2 x 2 for a picture of 4 x 4", np.ones((1, 2, 4, 4), np.float32),
                 floats([[[[0, 1], [0, 0.5]]]])),
        ],
        edges=[
            case("two pictures and a finer map", np.arange(16, dtype=np.float32).reshape(2, 2, 2, 2),
                 np.linspace(0, 1, 18, dtype=np.float32).reshape(2, 1, 3, 3)),
            case("nothing hidden", np.full((1, 3, 2, 2), 0.7, np.float32), np.ones((1, 1, 2, 2), np.float32)),
            case("three pictures, of which only the map's height differs", np.ones((3, 1, 4, 3), np.float32),
                 np.linspace(0, 1, 18, dtype=np.float32).reshape(3, 1, 2, 3)),
            case("a map of a single number", np.ones((1, 2, 3, 2), np.float32), floats([[[[0.3]]]])),
        ],
        random=random_hiding,
        random_count=40,
        random_label="random maps",
        run=on_tensors,
        hints=[
            "The map may be coarser than what it covers. What must happen first?",
            "Where the sizes differ, bring the map to the size of what was moved: bilinear, with "
            "align_corners=True, as all positions here. Then multiply.",
            "if visible.shape[2:] != moved.shape[2:]: visible = torch.nn.functional.interpolate(visible, "
            "moved.shape[2:], mode='bilinear', align_corners=True); return moved * visible",
        ],
        cards=[
            BugCard("inside-out", _occlude(lambda visible: 1 - visible),
                    "It looks as if you keep what is hidden: 1 is visible, 0 is not."),
            BugCard("nearest", _occlude(mode="nearest", align_corners=None),
                    "It looks as if the map is made larger by repeating its pixels: that leaves steps. Make it "
                    "bilinear."),
            BugCard("edges-not-middles", _occlude(align_corners=False),
                    "It looks as if the map is made larger with `align_corners=False`: it lies half a cell off."),
            BugCard("all-or-nothing", _occlude(lambda visible: (visible > 0.5).to(visible.dtype)),
                    "It looks as if the map is cut at one half: half hidden is half taken away."),
            BugCard("made-up-for", occlude_makes_opaque,
                    "It looks as if what is left is made brighter to make up for it: hidden is hidden."),
            BugCard("as-it-is", occlude_as_it_is,
                    "It looks as if the map is multiplied as it is: where it is coarser or finer than the picture, "
                    "bring it to the picture's size first."),
            BugCard("before-it-fits", occlude_the_other_way_round,
                    "It looks as if the map is multiplied before it has the picture's size: interpolate it first."),
            BugCard("picture-made-small", occlude_makes_small,
                    "It looks as if the picture is brought to the map's size: keep the picture, make the map fit."),
            BugCard("white", occlude_fills_with_white,
                    "It looks as if what is hidden becomes white: a hole is 0."),
        ],
        picture=drawn("draw_hidden"),
    ),
    Exercise(
        name="lucas_kanade",
        lesson=6,
        title="the flow, from two pictures alone",
        place="flow.lucas_kanade",
        cases=[
            case("waves, shifted by 0.4 pixels", waves(15, 18), waves(15, 18, 0.4, 0.0), 3),
            case("waves, shifted by 0.3 pixels downwards", waves(15, 18), waves(15, 18, 0.1, 0.3), 3),
        ],
        edges=[
            case("a grey wall", np.full((8, 8), 0.5), np.full((8, 8), 0.5), 2),
            case("a wall that becomes brighter to the right", np.full((6, 9), 0.5),
                 0.5 + 0.02 * np.tile(np.arange(9), (6, 1)), 2),
            case("stripes that run from left to right", STRIPES, np.roll(STRIPES, 1, 0), 2),
            case("the same picture twice", waves(8, 9), waves(8, 9), 2),
        ],
        random=random_shifts,
        random_count=20,
        random_label="random shifts",
        hints=[
            "In one dimension: a gradient g, and the picture became brighter by d here. How far must it have moved?",
            "Each pixel of the window says g . v = d. Least squares over the window: sums of gx gx, gx gy, gy gy on "
            "the left, of gx d and gy d on the right, and the stiffness on the diagonal.",
            "gy, gx = np.gradient(source); xx = flow.window_sum(gx * gx, radius) + 1e-3, ...; "
            "bx = flow.window_sum(gx * d, radius); vx = (yy * bx - xy * by) / (xx * yy - xy * xy)",
        ],
        cards=[
            BugCard("other-sign", _lucas_kanade(sign=-1),
                    "It looks as if the arrows point the other way: d is target - source, and the target looks into "
                    "the source."),
            BugCard("swapped", _lucas_kanade(swapped=True),
                    "It looks as if x and y changed places: the answer is stacked (x, y), and `np.gradient` gives the "
                    "gradient along y first."),
            BugCard("without-cross", _lucas_kanade(cross=False),
                    "It looks as if each direction is solved alone: the sum of gx gy ties them together."),
            BugCard("one-pixel", _lucas_kanade(window=False),
                    "It looks as if each pixel is solved alone: one equation cannot give two numbers. Sum over the "
                    "window."),
            BugCard("not-stiff", _lucas_kanade(stiffness=0.0),
                    "It looks as if the stiffness is missing: on a grey wall that is 0 / 0."),
            BugCard("gradient-of-the-target", _lucas_kanade(of_target=True),
                    "It looks as if the gradient is the target's: the formula unfolds the source."),
            BugCard("stiff-once", _lucas_kanade(stiff_y=0.0),
                    "It looks as if the stiffness stands at gx gx alone: it belongs to both numbers of the diagonal."),
            BugCard("means", _lucas_kanade(mean=True),
                    "It looks as if the window's products are averaged: the stiffness of 0.001 is meant beside their "
                    "sums."),
        ],
        picture=drawn("draw_found"),
    ),
]
