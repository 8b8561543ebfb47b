"""Lesson 04: a convolution, how far a stack of them sees, the angle between features, the best guess, a distance."""

import numpy as np

from course.exercises.exercise import BugCard, Exercise, case

from . import painter


def drawn(name: str):
    """A function of `pictures`, which is imported when the first picture is drawn."""

    def draw(view):
        from . import pictures

        return getattr(pictures, name)(view)

    return draw


def on_tensors(function, *args, **kwargs):
    """The call with its arrays as tensors, which share their memory: what is changed in place is seen."""
    import torch

    return function(*(torch.from_numpy(arg) if isinstance(arg, np.ndarray) else arg for arg in args), **kwargs)


def floats(values) -> np.ndarray:
    return np.array(values, np.float32)


# ---------------------------------------------------------------- conv2d


def random_layer(rng):
    n, channels, kernels = (int(v) for v in rng.integers(1, 4, 3))
    stride, padding = int(rng.integers(1, 4)), int(rng.integers(0, 3))
    size, tap = rng.integers(4, 9, 2), rng.integers(1, 5, 2)
    bias = floats(rng.normal(0, 1, kernels)) if rng.random() < 0.7 else None
    return (floats(rng.normal(0, 1, (n, channels, *size))), floats(rng.normal(0, 1, (kernels, channels, *tap))),
            bias, stride, padding)


def _padded(image, padding, rim):
    import torch

    if not padding or rim == "none":
        return image
    sides = (0, 2 * padding) * 2 if rim == "late" else (padding,) * 4
    return torch.nn.functional.pad(image, sides, mode="replicate" if rim == "border" else "constant")


def _conv(of_kernel=None, rim="both", bias_times=1, step=True, first=False, mean=False, one_less=False, rest=False):
    """A convolution with one thing wrong."""

    def wrong(image, kernel, bias=None, stride=1, padding=0):
        import torch

        taps = kernel[0].numel() if mean else 1
        times = bias_times(kernel) if callable(bias_times) else bias_times
        kernel = kernel if of_kernel is None else of_kernel(kernel)
        x = _padded(image, padding, rim)
        stride = stride if step else 1
        if rest:
            short = [-(x.shape[axis] - kernel.shape[axis]) % stride for axis in (3, 2)]
            x = torch.nn.functional.pad(x, (0, short[0], 0, short[1]))
        if first:
            x, kernel = x[:, :1], kernel[:, :1]
        out = torch.nn.functional.conv2d(x, kernel, stride=stride) / taps
        out = out if bias is None else out + times * bias[:, None, None]
        return out[:, :, :-1, :-1] if one_less else out

    return wrong


# ---------------------------------------------------------------- receptive_field


def random_stack(rng):
    return ([tuple(int(v) for v in (rng.integers(1, 8), rng.integers(1, 4), *rng.integers(1, 4, rng.integers(0, 2))))
             for _ in range(int(rng.integers(2, 6)))],)


def _field(step=lambda k, d: (k - 1) * d, stride_first=False, flat=False, last=False, added=False, order=1, start=1,
           swapped=False):
    """A receptive field with one thing wrong; step: (kernel, dilation) -> by how many steps it grows."""

    def wrong(layers):
        seen, apart = start, 1
        for kernel, stride, *dilation in list(layers)[::order]:
            following = stride if last else apart + stride - 1 if added else apart * stride
            seen += step(kernel, dilation[0] if dilation else 1) * (1 if flat else following if stride_first else apart)
            apart = following
        return (apart, seen) if swapped else (seen, apart)

    return wrong


# ---------------------------------------------------------------- cosine_similarity


def random_vectors(rng):
    shape = tuple(int(v) for v in rng.integers(1, 5, rng.integers(0, 3)))
    size = int(rng.integers(2, 9))
    return tuple(floats(rng.normal(0, rng.uniform(0.2, 5), (*shape, size))) for _ in range(2))


def _cosine(of_lengths=lambda a, b: a * b, axis=-1, least=1e-8, after=None):
    """A cosine with one thing wrong; of_lengths: what the product is divided by; after: what is made of the cosine."""

    def wrong(a, b):
        def total(x):
            return x.sum() if axis is None else x.sum(dim=axis)

        lengths = of_lengths(total(a * a).sqrt(), total(b * b).sqrt())
        found = total(a * b) / (lengths.clamp(min=least) if least else lengths)
        return found if after is None else after(found)

    return wrong


def apart_in_space(a, b):
    return (a - b).square().sum(dim=-1).sqrt()


# ---------------------------------------------------------------- best_guess


def random_answers(rng):
    shape = (int(rng.integers(2, 8)), *(int(v) for v in rng.integers(1, 4, 2)))
    return floats(rng.gamma(1.0, 1.0, shape)), str(rng.choice(["squared", "absolute"]))


def try_guess(guess, answers, loss):
    """What is guessed, and how far it is from the answers, pixel by pixel.

    Between the two middle ones of an even number all guesses are as good: there only the distance is looked at.
    """
    import torch

    given = on_tensors(guess, answers, loss)
    if not isinstance(given, (torch.Tensor, np.ndarray, list, float)):
        return {"guess": given}
    found = torch.as_tensor(given).detach().double()
    away = (found - torch.from_numpy(answers).double()).abs() if found.shape == answers.shape[1:] else found[None]
    told = {"mean loss of each pixel": (away.square() if loss == "squared" else away).mean(dim=0)}
    return {"guess": given, **told} if loss == "squared" or len(answers) % 2 else told


def guess_mean(answers, loss):
    return answers.mean(dim=0)


def guess_median(answers, loss):
    return answers.quantile(0.5, dim=0)


def guess_swapped(answers, loss):
    return answers.quantile(0.5, dim=0) if loss == "squared" else answers.mean(dim=0)


def guess_nearest(answers, loss):
    """One of the answers: that which is nearest to all."""
    power = 2 if loss == "squared" else 1
    away = (answers[:, None] - answers[None]).abs().pow(power).flatten(2).mean(dim=(1, 2))
    return answers[away.argmin()]


def guess_middle(answers, loss):
    return (answers.amin(dim=0) + answers.amax(dim=0)) / 2


def guess_one_number(answers, loss):
    return answers.mean() if loss == "squared" else answers.quantile(0.5)


def guess_sum(answers, loss):
    return answers.sum(dim=0) if loss == "squared" else answers.quantile(0.5, dim=0)


def guess_unsorted(answers, loss):
    return answers.mean(dim=0) if loss == "squared" else answers[len(answers) // 2]


# ---------------------------------------------------------------- perceptual_distance


def random_features(rng):
    layers = [f"1/{2**k}" for k in range(1, int(rng.integers(1, 5)) + 1)]
    shapes = [tuple(int(v) for v in rng.integers(1, 5, 4)) for _ in layers]
    maps = [{name: floats(rng.normal(0, k + 1, shape)) for k, (name, shape) in enumerate(zip(layers, shapes))}
            for _ in range(2)]
    return (*maps, None if rng.random() < 0.5 else [round(float(w), 2) for w in rng.uniform(0, 3, len(layers))])


def try_distance(distance, features_a, features_b, weights=None):
    """The distance, and its gradient for the maps of the first picture, through which a painter learns.

    Where two numbers are equal no gradient is asked for: right formulas differ there.
    """
    import torch

    first = {name: torch.tensor(maps, requires_grad=True) for name, maps in features_a.items()}
    second = {name: torch.tensor(maps) for name, maps in features_b.items()}
    value = distance(first, second) if weights is None else distance(first, second, weights)
    if any((features_a[name] == features_b[name]).any() for name in first):
        return {"distance": value}
    gradients = [None] * len(first)
    if isinstance(value, torch.Tensor) and value.requires_grad:
        gradients = torch.autograd.grad(value.sum(), list(first.values()), allow_unused=True)
    return {"distance": value, "gradient for the first picture": {
        name: torch.zeros_like(maps) if one is None else one for (name, maps), one in zip(first.items(), gradients)}}


def _distance(of=lambda x: x.abs(), of_layer=lambda x: x.mean(), weighed=lambda w: w, some=slice(None), after=None,
              detached=False):
    """A perceptual distance with one thing wrong."""

    def wrong(features_a, features_b, weights=None):
        names = list(features_a)
        weights = [1.0] * len(names) if weights is None else list(weights)
        parts = [of_layer(of((features_a[name].detach() if detached else features_a[name]) - features_b[name]))
                 for name in names]
        total = sum(w * part for w, part in zip(weighed(weights)[some], parts[some]))
        return total if after is None else after(total, weights)

    return wrong


def distance_of_all_numbers(features_a, features_b, weights=None):
    """One mean over the numbers of all layers, the weights on the numbers."""
    import torch

    weights = [1.0] * len(features_a) if weights is None else weights
    every = [w * (features_a[name] - features_b[name]).abs().flatten() for name, w in zip(features_a, weights)]
    return torch.cat(every).mean()


# ---------------------------------------------------------------- the lesson's five

STEP = floats([[[[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 1, 1]]]])  # dark on the left, bright on the right
TURNED = STEP.transpose(0, 1, 3, 2).copy()
EDGE = floats([[[[-1, 1]]]])
RAMP = floats(np.arange(25).reshape(1, 1, 5, 5) ** 1.5 / 10)
CORNER = floats([[[[4, 2, 1], [0, 0, 0], [0, 0, -1]]]])
COLOURS = floats(np.sin(np.arange(54)).reshape(1, 3, 3, 6))
TWO_KERNELS = floats(np.cos(1.7 * np.arange(36)).reshape(2, 3, 2, 3))

ONE_PIXEL = floats([0.1, 0.2, 0.9])[:, None]  # three right answers for a picture of one pixel
ALBUM = floats([[[0.0, 1], [0.2, 0.4]], [[0.1, 0], [0.6, 0.5]], [[1, 0.2], [0.3, 0.9]], [[0.3, 0.1], [0.1, 0.8]],
                [[0.2, 0.0], [0.9, 0.45]]])

MAPS_A = {"1/2": floats([[[[1, 2], [3, 5]]]]), "1/4": floats([[[[4]], [[1]]]])}
MAPS_B = {"1/2": floats([[[[2, 1], [1, 3]]]]), "1/4": floats([[[[1]], [[2]]]])}
DEEP_A = {f"1/{2**k}": floats(np.sin(np.arange(96 >> k) * (k + 1) + 1)).reshape(1, 6, -1, 2) for k in (1, 2, 3)}
DEEP_B = {f"1/{2**k}": floats(np.cos(np.arange(96 >> k) * (k + 2))).reshape(1, 6, -1, 2) for k in (1, 2, 3)}

EXERCISES = [
    Exercise(
        name="conv2d",
        lesson=4,
        title="a kernel laid on every place of a picture",
        place="features.conv2d",
        run=on_tensors,
        cases=[
            case("an upright edge and the kernel (-1, 1)", STEP, EDGE),
            case("an edge that lies, and a kernel (-1, 1) that stands", TURNED, EDGE.transpose(0, 1, 3, 2).copy()),
            case("a kernel of 3x3 with a bias, padding 1", RAMP, CORNER, floats([10]), 1, 1),
            case("the same with stride 2", RAMP, CORNER, floats([10]), 2, 1),
            case("two kernels of 2x3 on three colours", COLOURS, TWO_KERNELS, floats([1, -2])),
        ],
        edges=[
            case("a kernel of a single pixel", COLOURS, floats([[[[2]], [[0]], [[-1]]]])),
            case("a kernel as large as the picture", STEP, floats(np.arange(12)).reshape(1, 1, 3, 4), floats([0.5])),
            case("steps of 3, which leave a rest", RAMP, CORNER[..., :2, :2].copy(), None, 3, 0),
            case("two pictures at once", np.concatenate([RAMP, RAMP[..., ::-1]]), CORNER, floats([1]), 2, 1),
            case("a rim of 2 around a kernel of 2", RAMP, CORNER[..., :2, :2].copy(), floats([-3]), 1, 2),
        ],
        random=random_layer,
        random_count=40,
        random_label="random layers",
        rtol=1e-3,
        atol=1e-4,
        hints=[
            "How many places are there for a kernel of 3 in a row of 5 pixels? And with a rim of 1 on both sides?",
            "Do not walk over the places: walk over the kernel. Its number [i, j] is multiplied with one pixel for "
            "each place, and those pixels are a slice of the picture that begins at row i, column j and steps by the "
            "stride.",
            "for i, j: seen = image[:, :, i : i + stride * rows : stride, j : j + stride * columns : stride]; "
            "out = out + torch.einsum('nchw,kc->nkhw', seen, kernel[:, :, i, j])",
        ],
        cards=[
            BugCard("turned-round", _conv(lambda k: k.flip(2, 3)),
                    "It looks as if the kernel were turned round, as in a mathematician's convolution: here its number "
                    "[0, 0] lies on the pixel above and to the left."),
            BugCard("sides-swapped", _conv(lambda k: k.transpose(2, 3)),
                    "It looks as if rows and columns of the kernel changed places: its axes are (K, C, row, column)."),
            BugCard("no-rim", _conv(rim="none"),
                    "Right where padding is 0: the rim of zeros is missing, on all four sides."),
            BugCard("rim-on-one-side", _conv(rim="late"),
                    "It looks as if the rim came to the right and below only: `padding` zeros on each of four sides."),
            BugCard("rim-of-the-border", _conv(rim="border"),
                    "It looks as if the rim repeated the border's pixels: it is made of zeros."),
            BugCard("no-bias", _conv(bias_times=0), "It looks as if the bias were forgotten: one number a kernel."),
            BugCard("bias-for-each-number", _conv(bias_times=lambda k: k.shape[2] * k.shape[3]),
                    "It looks as if the bias were added for each number of the kernel: once a place is enough."),
            BugCard("every-place", _conv(step=False), "It looks as if the stride were ignored: the kernel moves "
                                                      "`stride` pixels at a time."),
            BugCard("first-colour", _conv(first=True),
                    "It looks as if only the first channel counted: the products of all C channels are added up."),
            BugCard("mean", _conv(mean=True), "It looks as if you take the mean of the products: it is their sum."),
            BugCard("one-less", _conv(one_less=True),
                    "The last row and column are missing: H - h steps lead to H - h + 1 places."),
            BugCard("rest-counted", _conv(rest=True),
                    "Right where the steps come out even: a last step for which no room is left is not taken (//)."),
        ],
        picture=drawn("draw_convolution"),
    ),
    Exercise(
        name="receptive_field",
        lesson=4,
        title="how much of a picture a unit sees",
        place="features.receptive_field",
        cases=[
            case("one layer, a kernel of 3", [(3, 1)]),
            case("two layers with kernels of 3", [(3, 1), (3, 1)]),
            case("a kernel of 3 with stride 2, then one of 3", [(3, 2), (3, 1)]),
            case("kernels of 4, 3 and 5 with strides 2, 3 and 1", [(4, 2), (3, 3), (5, 1)]),
            case("a kernel of 3 with dilation 2 after one with stride 2", [(3, 2), (3, 1, 2)]),
        ],
        edges=[
            case("no layer at all", []),
            case("kernels of a single pixel", [(1, 1), (1, 2), (1, 1)]),
            case("a pooling of 2 with stride 2, three times", [(2, 2)] * 3),
            case("the first layers of ResNet-50", [(7, 2), (3, 2), (1, 1), (3, 1), (1, 1)]),
        ],
        random=random_stack,
        random_count=60,
        random_label="random stacks",
        hints=[
            "A second kernel of 3 lies on three units. How many pixels do those three see together?",
            "Keep two numbers: how much a unit sees, and how far apart two neighbours look. A kernel of k reaches "
            "k - 1 neighbours further; a stride only matters for the layers after it.",
            "seen += (kernel - 1) * dilation * apart; then apart *= stride",
        ],
        cards=[
            BugCard("stride-first", _field(stride_first=True),
                    "It looks as if a layer's own stride counted for itself: let `seen` grow first, then `apart`."),
            BugCard("whole-kernel", _field(lambda k, d: k * d),
                    "It looks as if each layer adds its whole kernel: one of its pixels was seen already, so k - 1."),
            BugCard("no-strides", _field(flat=True),
                    "It looks as if strides did not count for what is seen: a step of a later layer is `apart` pixels "
                    "wide."),
            BugCard("last-stride", _field(last=True),
                    "It looks as if `apart` were the stride of one layer: strides are multiplied on the way."),
            BugCard("strides-added", _field(added=True),
                    "It looks as if strides were added up: two strides of 3 are 9 pixels."),
            BugCard("no-dilation", _field(lambda k, d: k - 1), "Right where nothing is dilated: a kernel's numbers lie "
                                                               "`dilation` units apart."),
            BugCard("dilated-kernel", _field(lambda k, d: k * d - 1),
                    "Right where nothing is dilated: between k numbers there are k - 1 gaps, so (k - 1) d."),
            BugCard("from-the-end", _field(order=-1),
                    "It looks as if you begin with the last layer: go from the picture on."),
            BugCard("from-nothing", _field(start=0),
                    "One pixel is missing everywhere: before the first layer a unit is a pixel, and sees itself."),
            BugCard("other-order", _field(swapped=True),
                    "Both numbers are right, but they changed places: first what is seen, then how far apart."),
        ],
        picture=drawn("draw_field"),
    ),
    Exercise(
        name="cosine_similarity",
        lesson=4,
        title="do two vectors point the same way?",
        place="features.cosine_similarity",
        run=on_tensors,
        cases=[
            case("the vectors (3, 4) and (8, 6)", floats([3, 4]), floats([8, 6])),
            case("(1, 0) and (0, 2), at right angles", floats([1, 0]), floats([0, 2])),
            case("(1, 2) and (-2, -4), opposite", floats([1, 2]), floats([-2, -4])),
            case("three pairs of vectors", floats([[1, 2, 2], [0, 3, 4], [1, 1, 1]]),
                 floats([[2, 1, 2], [4, 3, 0], [-1, 2, 5]])),
        ],
        edges=[
            case("a vector of zeros", floats([[0, 0, 0], [1, 2, 2]]), floats([[1, 2, 3], [0, 0, 0]])),
            case("one vector against two, by broadcasting", floats([1, 2, 2]), floats([[2, 1, 2], [-6, 0, 8]])),
            case("a table: each of two against each of three", floats([[[1, 0]], [[2, 3]]]),
                 floats([[[1, 1], [0, 5], [-4, 1]]])),
            case("two very short vectors", floats([0.003, 0.004]), floats([0.0008, 0.0006])),
            case("a vector and itself, a thousand times as long", floats([0.3, -0.4, 1.2]), floats([300, -400, 1200])),
        ],
        random=random_vectors,
        random_count=50,
        random_label="random pairs",
        hints=[
            "What is the product of two vectors of length 1?",
            "Add up the products along the last axis, and divide by both lengths. A length is the root of the sum of "
            "squares. What if one is 0?",
            "lengths = (a.square().sum(dim=-1) * b.square().sum(dim=-1)).sqrt(); "
            "(a * b).sum(dim=-1) / lengths.clamp(min=1e-8)",
        ],
        cards=[
            BugCard("no-lengths", _cosine(lambda a, b: a * 0 + b * 0 + 1),
                    "It looks as if you do not divide by the lengths: then the longer vector is the more similar one."),
            BugCard("one-length", _cosine(lambda a, b: a + 0 * b),
                    "It looks as if you divide by the first length only: both count."),
            BugCard("squared-lengths", _cosine(lambda a, b: (a * b) ** 2),
                    "It looks as if you divide by the squared lengths: a length is the root of a sum of squares."),
            BugCard("summed-lengths", _cosine(lambda a, b: a + b),
                    "It looks as if you divide by the sum of the lengths: it is their product."),
            BugCard("nothing-by-nothing", _cosine(least=0),
                    "Right but for a vector of zeros: there 0 / 0 is no number. Keep the divisor above 0, say with "
                    "clamp(min=1e-8)."),
            BugCard("one-number", _cosine(axis=None),
                    "It looks as if all vectors were taken for one: add up along the last axis only."),
            BugCard("first-axis", _cosine(axis=0),
                    "It looks as if you add up along the first axis: a vector lies along the last one (dim=-1)."),
            BugCard("angle", _cosine(after=lambda c: c.clamp(-1, 1).acos()),
                    "It looks as if you give the angle: its cosine is asked for."),
            BugCard("one-minus", _cosine(after=lambda c: 1 - c),
                    "It looks as if you give 1 less the cosine: that is a distance, and 0 for the same direction."),
            BugCard("never-negative", _cosine(after=lambda c: c.clamp(min=0)),
                    "Right where it is positive: vectors that point away from each other have a cosine below 0."),
            BugCard("sign-lost", _cosine(after=lambda c: c.abs()),
                    "It looks as if the sign were lost: opposite vectors have the cosine -1."),
            BugCard("distance", apart_in_space,
                    "It looks as if you measure how far apart the vectors end: the angle between them is asked for."),
        ],
        picture=drawn("draw_angle"),
    ),
    Exercise(
        name="best_guess",
        lesson=4,
        title="one picture for many right ones",
        no_place="no part of the system guesses so: a network that learns with such a loss comes to it by itself",
        solution=painter.best_guess,
        run=try_guess,
        cases=[
            case("three right answers for one pixel, squared", ONE_PIXEL, "squared"),
            case("three right answers for one pixel, absolute", ONE_PIXEL, "absolute"),
            case("five pictures of 2x2 pixels, squared", ALBUM, "squared"),
            case("five pictures of 2x2 pixels, absolute", ALBUM, "absolute"),
        ],
        edges=[
            case("a single right answer", ALBUM[:1], "squared"),
            case("a single right answer, absolute", ALBUM[:1], "absolute"),
            case("four answers, absolute", ALBUM[:4], "absolute"),
            case("three times the same answer and one other", ALBUM[[1, 1, 2, 1]], "absolute"),
            case("two colour pictures", floats(np.arange(24)).reshape(2, 3, 2, 2) ** 2 / 100, "squared"),
        ],
        random=random_answers,
        random_count=40,
        random_label="random sets of answers",
        hints=[
            "Answers for one pixel: 0, 0 and 9. Which guess has the smallest mean of squares? And of distances?",
            "Where is the slope 0? Of the squares it is twice the sum of (guess - answer). Of the distances it is how "
            "many answers lie below the guess, less how many lie above.",
            'answers.mean(dim=0) for "squared", answers.quantile(0.5, dim=0) for "absolute"',
        ],
        cards=[
            BugCard("always-mean", guess_mean,
                    'Right for "squared": for "absolute" it is not the mean. One answer far out would pull it along, '
                    "though moving after it costs more than it brings."),
            BugCard("always-median", guess_median,
                    'Right for "absolute": for "squared" one answer far out weighs more than its number.'),
            BugCard("swapped", guess_swapped, "It looks as if the two losses changed places."),
            BugCard("one-of-them", guess_nearest,
                    "It looks as if you choose one of the answers: the guess may be a picture that is none of them."),
            BugCard("middle-of-the-ends", guess_middle,
                    "It looks as if you take the middle between the smallest and the largest: those between count "
                    "too."),
            BugCard("one-number", guess_one_number,
                    "It looks as if all pixels were mixed: each pixel has a guess of its own (dim=0)."),
            BugCard("sum", guess_sum, 'Right for "absolute": for "squared" the sum is not yet divided by the number '
                                      "of answers."),
            BugCard("not-sorted", guess_unsorted,
                    'Right for "squared": for "absolute" it looks as if you take the answer in the middle of the row: '
                    "sort each pixel first."),
        ],
        picture=drawn("draw_guess"),
    ),
    Exercise(
        name="perceptual_distance",
        lesson=4,
        title="how different two pictures look to a network",
        place="features.perceptual_distance",
        run=try_distance,
        cases=[
            case("one layer with a map of 2x2", {"1/2": MAPS_A["1/2"]}, {"1/2": MAPS_B["1/2"]}),
            case("two layers of different size", MAPS_A, MAPS_B),
            case("the same with the weights 1 and 3", MAPS_A, MAPS_B, [1.0, 3.0]),
            case("three layers of a network", DEEP_A, DEEP_B),
        ],
        edges=[
            case("a picture and itself", MAPS_A, MAPS_A),
            case("a weight of 0", DEEP_A, DEEP_B, [0.0, 1.0, 0.5]),
            case("two pictures at once", {"1/2": np.concatenate([MAPS_A["1/2"]] * 2)},
                 {"1/2": np.concatenate([MAPS_B["1/2"], MAPS_B["1/2"] * 4])}),
        ],
        random=random_features,
        random_count=40,
        random_label="random features",
        hints=[
            "What is the distance of one layer's two maps, if it is not to depend on how many numbers they hold?",
            "The mean of the absolute differences, layer by layer, times the layer's weight, all added up.",
            "sum(w * (features_a[name] - features_b[name]).abs().mean() for name, w in zip(features_a, weights))",
        ],
        cards=[
            BugCard("signed", _distance(of=lambda x: x),
                    "It looks as if differences kept their signs: those above and those below would cancel."),
            BugCard("squared", _distance(of=lambda x: x.square()),
                    "It looks as if you square the differences: here they are absolute."),
            BugCard("root", _distance(of=lambda x: x.square(), of_layer=lambda x: x.mean().sqrt()),
                    "It looks as if you take the root of the mean square of each layer: the mean of the absolute "
                    "differences is asked for."),
            BugCard("sums", _distance(of_layer=lambda x: x.sum()),
                    "It looks as if you add up the differences of a layer: a large map would drown all others, so take "
                    "its mean."),
            BugCard("all-numbers", distance_of_all_numbers,
                    "It looks as if you take one mean over the numbers of all layers: each layer has a mean of its "
                    "own, and those are added up."),
            BugCard("mean-of-layers", _distance(after=lambda total, weights: total / len(weights)),
                    "It looks as if you divide by the number of layers: their distances are added up."),
            BugCard("no-weights", _distance(weighed=lambda w: [1.0] * len(w)),
                    "Right where every weight is 1: a layer's distance is multiplied by its weight."),
            BugCard("shared-weights", _distance(after=lambda total, weights: total / max(sum(weights), 1e-9)),
                    "It looks as if you divide by the sum of the weights: they are taken as they are."),
            BugCard("last-layer", _distance(some=slice(-1, None)),
                    "It looks as if only the last layer counted: `=` in place of `+=`, or a `return` within the loop?"),
            BugCard("first-layer", _distance(some=slice(1)),
                    "It looks as if only the first layer counted: a `return` within the loop?"),
            BugCard("no-gradient", _distance(detached=True),
                    "The number is right, but no gradient comes back to the first picture's features: stay in torch, "
                    "without detach(), item() or float(), or nobody can learn from it."),
        ],
        picture=drawn("draw_distance"),
    ),
]
