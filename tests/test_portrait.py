"""The renderer on a drawn face: what must stay stays, what must move moves, and nothing breaks."""

import numpy as np
import pytest

from course import animation, errors, evaluation, keypoints, rendering
from course.keypoints import landmarks
from course.rendering import animator, curves, eyelids, head_field, layers


def drawn_points(centre=(160.0, 150.0), size=100.0):
    """78 points of a plain face, `size` pixels between the outer corners of the eyes."""
    p = np.zeros((78, 2))
    angle = np.linspace(0, np.pi, 17)
    p[0:17] = np.c_[-np.cos(angle) * 0.72, -0.05 + np.sin(angle) * 1.0]
    for first, x in ((17, -0.42), (22, 0.42)):
        t = np.linspace(-0.24, 0.24, 5)
        p[first : first + 5] = np.c_[x + t, -0.28 + t**2]
    p[27:31] = np.c_[np.zeros(4), np.linspace(-0.05, 0.30, 4)]
    p[31:36] = np.c_[np.linspace(-0.15, 0.15, 5), 0.38 + 0.03 * np.cos(np.linspace(-2, 2, 5))]
    eye = np.array([[-0.18, 0], [-0.06, -0.06], [0.06, -0.06], [0.18, 0], [0.06, 0.05], [-0.06, 0.05]])
    p[36:42], p[42:48] = eye + [-0.32, 0], eye + [0.32, 0]
    upper, lower = np.linspace(-0.28, 0.28, 7), np.linspace(0.28, -0.28, 7)[1:-1]
    p[48:55] = np.c_[upper, 0.62 - 0.09 * np.cos(upper / 0.28 * np.pi / 2)]
    p[55:60] = np.c_[lower, 0.62 + 0.12 * np.cos(lower / 0.28 * np.pi / 2)]
    p[60:65] = np.c_[np.linspace(-0.22, 0.22, 5), np.full(5, 0.62)]
    p[65:68] = np.c_[np.linspace(0.11, -0.11, 3), np.full(3, 0.625)]
    p[68], p[69] = (-0.32, 0), (0.32, 0)
    t = np.linspace(-0.6, 0.6, 8)
    p[70:78] = np.c_[t, -0.85 + 0.4 * t**2]
    return (p * size + centre).astype(np.float32)


def drawn_photo(points, shape=(360, 320), seed=0):
    import cv2

    rng = np.random.default_rng(seed)
    image = cv2.GaussianBlur(rng.integers(40, 110, (*shape, 3)).astype(np.uint8), (0, 0), 2)
    image[:, ::20] = 200  # straight lines, to see them bend
    cv2.fillPoly(image, [cv2.convexHull(points[:, None].astype(np.int32))], (205, 160, 140))
    for eye in (keypoints.EYE_RIGHT, keypoints.EYE_LEFT):
        cv2.fillPoly(image, [points[eye].astype(np.int32)], (240, 240, 240))
    for pupil in points[keypoints.PUPILS].astype(int):
        cv2.circle(image, pupil.tolist(), max(2, int(0.04 * keypoints.eye_distance(points))), (30, 20, 10), -1)
    cv2.fillPoly(image, [points[keypoints.LIPS_OUTER].astype(np.int32)], (180, 90, 90))
    return image


@pytest.fixture(scope="module")
def face():
    points = drawn_points()
    return rendering.Portrait(drawn_photo(points), points)


def opened(points, amount):
    moved = points.copy()
    drop = amount * keypoints.eye_distance(points)
    moved[np.r_[55:60, 65:68], 1] += drop
    moved[4:13, 1] += drop * np.array([0.1, 0.4, 0.7, 0.9, 1, 0.9, 0.7, 0.4, 0.1])
    return moved


def with_lids(points, closed):
    moved = points.copy()
    for side in (0, 1):
        upper, lower = landmarks.LID_UPPER[side][1:3], landmarks.LID_LOWER[side][1:3]
        moved[upper] += closed * (moved[lower] - moved[upper])
    return moved


def turned(points, degrees, shift=(0, 0)):
    a = np.deg2rad(degrees)
    turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    return (points - points[8]) @ turn.T + points[8] + shift


def test_at_the_photos_points_the_photo_comes_back(face):
    frame = face.render(face.points)
    assert frame.shape == face.image.shape and frame.dtype == np.uint8
    assert np.abs(frame.astype(int) - face.image).max() <= 1


@pytest.mark.parametrize(
    "move", [lambda p: turned(p, 12, (9, 4)), lambda p: opened(p, 0.25), lambda p: with_lids(p, 1)]
)
def test_outside_the_mask_no_pixel_changes(face, move):
    frame = face.render(move(face.points))
    still = face.mask_at(move(face.points)) == 0
    assert still.any() and (face.mask == 1).any()
    np.testing.assert_array_equal(frame[still], face.image[still])
    assert (frame != face.image).any()


def test_the_photo_itself_is_left_alone(face):
    before = face.image.copy()
    face.render(opened(turned(face.points, 10), 0.2), blink=(1, 1))
    np.testing.assert_array_equal(face.image, before)


def test_head_moves_as_one(face):
    """A shift carries the features of the face by exactly that shift."""
    frame = face.render(face.points + np.array([6, 3], np.float32))
    x, y = face.points[33].astype(int)
    before = face.image[y - 60 : y + 20, x - 40 : x + 40].astype(float)
    after = frame[y - 57 : y + 23, x - 34 : x + 46].astype(float)
    static = face.image[y - 57 : y + 23, x - 34 : x + 46].astype(float)
    assert np.abs(after - before).mean() < 0.2 * np.abs(static - before).mean()


# ---------------------------------------------------------------- a head that goes far


@pytest.fixture(scope="module")
def roomy():
    """A face, 100 pixels between its eyes, with wall on all sides."""
    points = drawn_points((330.0, 250.0))
    return rendering.Portrait(drawn_photo(points, (560, 660)), points)


FAR = {"right": (95, 0), "left": (-95, 0), "down": (0, 60), "up": (0, -60), "aslant": (65, 50)}


@pytest.mark.parametrize("shift", FAR.values(), ids=FAR)
def test_no_border_cuts_a_face_that_goes_far(roomy, shift):
    """All of the face comes along, to its edge, and is nowhere else."""
    hull = evaluation.hull_mask(roomy.points, *roomy.image.shape[:2], margin=-3)
    there = np.roll(hull, shift[::-1], axis=(0, 1))
    frame = roomy.render(roomy.points + np.array(shift)).astype(float)
    off = np.abs(frame[there] - np.roll(roomy.image, shift[::-1], axis=(0, 1))[there]).max(axis=-1)
    assert off.mean() < 2 and (off > 40).mean() < 0.003
    skin = (frame[..., 0] - frame[..., 2] > 45) & (frame[..., 0] > 150)
    assert not (skin & ~np.roll(evaluation.hull_mask(roomy.points, *roomy.image.shape[:2], margin=8),
                                shift[::-1], axis=(0, 1))).any()


@pytest.mark.parametrize("shift", FAR.values(), ids=FAR)
def test_the_mask_goes_with_a_head_that_goes_far(roomy, shift):
    target = roomy.points + np.array(shift)
    frame, mask = roomy.render(target), roomy.mask_at(target)
    np.testing.assert_array_equal(frame[mask == 0], roomy.image[mask == 0])
    assert (mask == 0).any()
    assert (frame[roomy.mask == 0] != roomy.image[roomy.mask == 0]).any()


def test_what_moves_stays_as_it_is_while_the_head_is_near(roomy):
    target = turned(roomy.points, 4, (8, -6))
    back, *_ = roomy.field.start(target, roomy.field.rigid(target))
    shares = roomy.field.shares(back, target)
    assert not shares.far
    np.testing.assert_array_equal(roomy.mask_at(target), roomy.mask)


def test_a_head_takes_along_more_and_more_without_a_jump(roomy):
    """Step by step to the side: no step changes the picture much more than its neighbours."""
    frames = [roomy.render(roomy.points + [x, 0]).astype(float) for x in np.linspace(20, 60, 21)]
    steps = np.array([np.abs(b - a).mean() for a, b in zip(frames, frames[1:])])
    assert steps.max() < 1.5 * np.median(steps)


def test_how_far_a_head_has_gone(roomy):
    radius, middle = roomy.field.head.radius, roomy.field.head.centre
    gone = [roomy.field.gone(roomy.field.rigid(target)) for target in
            (roomy.points, roomy.points + [radius, 0], middle + 1.5 * (roomy.points - middle))]
    assert gone == pytest.approx([0, 1, np.log(1.5)], abs=1e-5)


def test_a_second_face_that_goes_far_is_laid_in_whole(roomy):
    from course.face import channels
    from course.face import model as face_model

    other = drawn_points((80.0, 80.0), 40.0)
    image = roomy.image
    first, second = (animation.Actor(points, face_model.fit_face(points), rendering.Portrait(image, points))
                     for points in (other, roomy.points))
    values = second.face.rest.copy()
    values[channels.INDEX["headX"]] += 0.95
    options = animation.Settings(polish=False)
    frame, = animation.render(image, [first, second], [first.face.rest[None], values[None]], options)
    alone = second.frame(values)
    assert np.abs(frame.astype(int) - alone).mean() < 0.1
    assert (alone[second.portrait.mask == 0] != image[second.portrait.mask == 0]).any()


def test_field_goes_to_the_points(face):
    """Every point the warp uses is found in the new frame where the target puts it, to a part of a pixel."""
    target = opened(turned(face.points, 6, (4, -3)), 0.1).astype(np.float64)
    field = face.field
    matrix = field.rigid(target)
    back, held, residual = field.start(target, matrix)
    used = np.setdiff1d(np.arange(78), head_field.LOWER_LIP)
    spline = field.spline(held, residual, used)
    positions = field.positions(spline, field.shares(back, target))
    x0, y0 = field.box[:2]
    here = np.round(target[used]).astype(int) - [x0, y0]
    slack = np.round(target[used]) - target[used]  # the pixel's centre against the point
    found = positions[here[:, 1], here[:, 0]] - slack
    assert np.linalg.norm(found - face.points[used], axis=1).mean() < 0.5


@pytest.mark.parametrize("yaw", [-25, -20, 20, 25])
def test_a_turned_face_neither_folds_nor_smears(hopper, yaw):
    """Each pixel of a face shows what lies further on than its neighbour does, and a part of a pixel further at least;
    the far brow stays inside the face."""
    from course.face import channels
    from course.face import model as face_model

    points = keypoints.find_points(hopper)[0]
    portrait, fitted = rendering.Portrait(hopper, points), face_model.fit_face(points)
    values = fitted.rest.copy()
    values[channels.INDEX["headYaw"]] += yaw
    field, target = portrait.field, face_model.pose_points(fitted, values)
    matrix = field.rigid(target)
    target = field.unfolded(target, matrix)
    far, sign = ([0, 17, 18, 19], -1) if yaw < 0 else ([16, 26, 25, 24], 1)
    assert (sign * np.diff(target[far] @ field.head.right) < 0).all()
    back, held, residual, stiffened = portrait.begun(target, matrix)
    positions = field.positions(field.spline(held, residual, np.arange(68)), field.shares(back, target), stiffened)
    x0, y0 = field.box[:2]
    inside = evaluation.hull_mask(target, *hopper.shape[:2])[y0 : y0 + len(positions), x0 : x0 + positions.shape[1]]
    step = np.diff(positions[..., 0], axis=1)[inside[:, 1:]]
    assert step.min() > 0.02 and (step < 0.2).mean() < 0.01


def test_an_opening_mouth_turns_dark_inside(face):
    points = opened(face.points, 0.25)
    x, y = points[[61, 62, 63, 65, 66, 67]].mean(0).astype(int)
    skin = face.image[y, x].mean()
    assert face.render(points)[y - 3 : y + 4, x - 3 : x + 4].mean() < 0.5 * skin


def test_an_opening_mouth_does_not_pop(face):
    """From closed to open in small steps, no step changes the picture much more than its neighbours."""
    frames = [face.render(opened(face.points, a)).astype(float) for a in np.linspace(0, 0.06, 13)]
    steps = [np.abs(b - a).mean() for a, b in zip(frames, frames[1:])]
    assert max(steps) < 4 * np.median(steps)


def test_upper_teeth_stay_while_the_jaw_drops(face):
    """Where both openings show it, the upper part of the mouth's inside is the same."""
    half, wide = (face.render(opened(face.points, a)).astype(float) for a in (0.18, 0.28))
    x, y = face.points[62].astype(int)
    row = np.s_[y + 2 : y + 4, x - 12 : x + 13]
    assert np.abs(half[row] - wide[row]).mean() < 12


@pytest.mark.parametrize("blink", [None, (1.0, 1.0)])
def test_a_shut_eye_shows_no_pupil(face, blink):
    points = with_lids(face.points, 1) if blink is None else face.points
    frame = face.render(points, blink)
    for x, y in face.points[keypoints.PUPILS].astype(int):
        assert face.image[y, x].mean() < 60
        assert frame[y - 2 : y + 2, x].mean() > 100  # skin


def test_lids_that_are_left_out_would_not_be_seen(face):
    image, points = face.image, face.points
    eye = eyelids.Lids(image, points).eyes[0]
    drawn, more = image.copy(), image.copy()
    eye.draw(drawn, (0, 0), points.astype(np.float64), eyelids.UNSEEN)
    eye.draw(more, (0, 0), points.astype(np.float64), 8 * eyelids.UNSEEN)
    assert np.abs(drawn.astype(int) - image).max() <= 1 < np.abs(more.astype(int) - image).max()


def test_one_eye_can_wink(face):
    frame = face.render(face.points, blink=(1.0, 0.0)).astype(int)
    (rx, ry), (lx, ly) = face.points[keypoints.PUPILS].astype(int)
    assert frame[ry, rx].mean() > 100 and frame[ly, lx].mean() < 60


def test_the_pupil_looks_where_the_target_looks(face):
    target = face.points.copy()
    target[keypoints.PUPILS, 0] += 2.5
    frame = face.render(target)
    for x, y in face.points[keypoints.PUPILS].astype(int):
        row = np.s_[y, x - 10 : x + 11]
        assert 1.0 < dark_centre(frame[row]) - dark_centre(face.image[row]) < 3.5


@pytest.mark.parametrize("aside", [-3.0, 3.0])
def test_the_iris_goes_whole_where_its_point_goes(aside):
    points = drawn_points()
    portrait = rendering.Portrait(drawn_photo(points), points)
    target = points.copy()
    target[keypoints.PUPILS, 0] += aside
    safe, _ = portrait.lids.limited(target)
    frame = portrait.render(target)
    for pupil in keypoints.PUPILS:
        x, y = points[pupil].astype(int)
        row = np.s_[y, x - 10 : x + 11]
        gone = dark_centre(frame[row]) - dark_centre(portrait.image[row])
        assert gone == pytest.approx(safe[pupil, 0] - points[pupil, 0], abs=0.3)


def dark_centre(row):
    dark = 255 - row.astype(float).mean(-1)
    dark = np.where(dark > 100, dark, 0)
    return (dark * np.arange(len(dark))).sum() / dark.sum()


def test_eyes_shut_in_the_photo_stay_as_they_are():
    points = with_lids(drawn_points(), 0.97)
    shut = rendering.Portrait(drawn_photo(points), points)
    frame = shut.render(points, blink=(1.0, 1.0))
    assert np.abs(frame.astype(int) - shut.image).max() <= 1


@pytest.mark.parametrize(
    "move",
    [
        lambda p: turned(p, 25, (30, -20)),
        lambda p: turned(p, -25, (-40, 20)),
        lambda p: p + 400,
        lambda p: p * 0 + 100,
        lambda p: p * np.nan,
        lambda p: p * 1e9,
        lambda p: p * [-1, 1] + [320, 0],
        lambda p: opened(p, -0.2),
        lambda p: opened(p, 0.9),
        lambda p: (p - p.mean(0)) * 0.2 + p.mean(0),
        lambda p: (p - p.mean(0)) * 3 + p.mean(0),
    ],
)
def test_wild_targets_still_give_a_picture(face, move):
    target = move(face.points.astype(np.float64))
    with np.errstate(all="raise", under="ignore"):
        frame, still = face.render(target), face.mask_at(target) == 0
    assert frame.shape == face.image.shape
    np.testing.assert_array_equal(frame[still], face.image[still])


@pytest.mark.parametrize(
    "centre, size, shape",
    [((60, 70), 20.0, (140, 120)), ((5, 5), 60.0, (200, 200)), ((195, 195), 90.0, (200, 200)),
     ((-50, 90), 80.0, (200, 200)), ((80, 80), 8.0, (160, 160))],
)  # fmt: skip
def test_small_and_cut_off_faces(centre, size, shape):
    points = drawn_points(centre, size)
    cut = rendering.Portrait(drawn_photo(points, shape), points)
    assert np.abs(cut.render(points).astype(int) - cut.image).max() <= 1
    frame = cut.render(opened(turned(with_lids(points, 0.8), 15), 0.2))
    assert frame.shape == (*shape, 3)


def test_points_that_all_coincide():
    image = drawn_photo(drawn_points())
    flat = rendering.Portrait(image, np.full((78, 2), 90, np.float32))
    np.testing.assert_array_equal(flat.render(flat.points), image)
    assert flat.render(drawn_points()).shape == image.shape


def test_wrong_points_are_refused(face):
    with pytest.raises(errors.FaceError, match="78 points"):
        rendering.Portrait(face.image, np.zeros((68, 2)))
    with pytest.raises(errors.FaceError, match="78 points"):
        rendering.Portrait(face.image, np.full((78, 2), np.nan))
    with pytest.raises(errors.FaceError, match="shape"):
        face.render(face.points[:68])


def test_a_mouth_open_in_the_photo_keeps_its_own_inside():
    import cv2

    points = opened(drawn_points(), 0.22)
    image = drawn_photo(points)
    cv2.fillPoly(image, [points[keypoints.LIPS_INNER].astype(np.int32)], (20, 200, 60))  # a colour nobody would paint
    own = rendering.Portrait(image, points)
    assert own.mouth.shows_own == 1
    half = points.copy()
    half[np.r_[55:60, 65:68], 1] -= 8
    x, y = points[62].astype(int)
    r, g, b = own.render(half)[y + 5, x].astype(int)
    assert g > 2 * r and g > 1.5 * b


def test_curves_pass_through_their_points():
    frame = curves.frame_between(np.array([10.0, 20]), np.array([50.0, 40]))
    points = frame.pixels(np.array([-1, -0.4, 0.1, 0.5, 1]), np.array([0.0, 4, 6, 3, 0]))
    u, v = frame.coordinates(points)
    np.testing.assert_allclose(curves.read(curves.tabulate(frame, points), u), v, atol=0.05)


def test_monotone_cubic_equals_scipy_inside():
    from scipy.interpolate import PchipInterpolator

    x, y = np.array([-1, -0.4, 0.1, 0.5, 1, 1.7]), np.array([0.0, 4, 6, 3, 0, 2])
    at = np.linspace(-0.4, 1, 50)  # the ends' tangents are chosen differently
    np.testing.assert_allclose(curves.monotone_cubic(x, y, at), PchipInterpolator(x, y)(at), atol=1e-9)


def test_lids_are_bounded_softly():
    assert eyelids.bounded(1.0, 0.8, 1.3) == 1.0
    assert eyelids.bounded(0.99, 0.8, 1.3) == pytest.approx(0.99, abs=1e-3)
    assert 0.8 <= eyelids.bounded(0.0, 0.8, 1.3) < 0.82 and 1.28 < eyelids.bounded(3.0, 0.8, 1.3) <= 1.3


def test_paste_mixes_by_the_mask(face):
    photo = np.full((10, 12, 3), 100, np.uint8)
    region = np.full((4, 6, 3), 200, np.uint8)
    mask = np.zeros((4, 6), np.float32)
    mask[1], mask[2] = 1, 0.5
    mixed = rendering.paste_back(photo, region, mask, (3, 2, 9, 6))
    assert (mixed[3, 3:9] == 200).all() and (abs(mixed[4, 3:9].astype(int) - 150) <= 1).all()
    mixed[3:5, 3:9] = 100
    np.testing.assert_array_equal(mixed, photo)


def test_real_faces_speak_without_breaking(shared_dir):
    """On labelled portraits: a mouth that opens and lids that shut change the face and nothing outside the mask."""
    from course import images, training

    faces = training.load_labelled(shared_dir / "portraits").part("validation")
    for index in range(0, len(faces), max(1, len(faces) // 4)):
        image, points = images.load_image(faces.paths[index]), faces.points[index, :, :2]
        one = rendering.Portrait(image, points)
        assert np.abs(one.render(points).astype(int) - image).max() <= 1
        frame = one.render(with_lids(opened(points, 0.15), 1))
        np.testing.assert_array_equal(frame[one.mask == 0], image[one.mask == 0])
        assert (frame != image).any()


@pytest.mark.parametrize("layered", [False, True])
def test_what_is_prepared_is_prepared_once(monkeypatch, layered):
    """One head field, one set of layers and one animator for a face, whoever asks for them."""
    points = drawn_points()
    made = []
    for kind in (head_field.HeadField, layers.Layers, animator.Animator):
        begin = kind.__init__
        monkeypatch.setattr(kind, "__init__", lambda self, *given, begin=begin, kind=kind: (
            made.append(kind.__name__), begin(self, *given))[1])
    actor = animation.make_actor(drawn_photo(points), points, "gan" if layered else "warp")
    assert made == (["HeadField", "Layers", "Animator"] if layered else ["HeadField"])
    assert (actor.portrait.animator is not None) == (actor.portrait.layers is not None) == layered
    assert actor.portrait.field.settings.open_above == layered


def test_a_portrait_too_large_for_layers_moves_without_them(monkeypatch):
    points = drawn_points()
    monkeypatch.setattr(layers, "LARGEST", 100)
    own = rendering.Portrait(drawn_photo(points), points, layered=layers.load_networks())
    assert own.layers is None and not own.field.settings.open_above
