"""Lesson 03: sliders to points, points to a picture, and the way back: how a head is held and what a face does."""

import functools

import numpy as np

from course.exercises.exercise import BugCard, Exercise, case

from . import head as head_03
from . import somebody as people


def drawn(name: str):
    """A function of `pictures`, which is imported when the first picture is drawn."""

    def draw(view):
        from . import pictures

        return getattr(pictures, name)(view)

    return draw


# ---------------------------------------------------------------- blendshapes_to_points


def random_sliders(rng):
    count = int(rng.integers(1, 5))
    return rng.normal(0, 1, (6, 3)), rng.uniform(0, 1, (2, count)), rng.normal(0, 1, (count, 6, 3))


def blend_without_face(shape, values, channels):
    return np.tensordot(values, channels, axes=1) + 0 * shape


def blend_mean(shape, values, channels):
    return shape + np.tensordot(values, channels, axes=1) / len(channels)


def blend_targets(shape, values, channels):
    return shape + np.tensordot(values, channels - shape, axes=1)


def blend_takes_away(shape, values, channels):
    return shape - np.tensordot(values, channels, axes=1)


def blend_clipped(shape, values, channels):
    return shape + np.tensordot(np.clip(values, 0, 1), channels, axes=1)


# ---------------------------------------------------------------- project


def _about(axis, angle):
    i, j = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.zeros(np.shape(angle) + (3, 3))
    matrix[..., axis, axis] = 1
    matrix[..., i, i] = matrix[..., j, j] = np.cos(angle)
    matrix[..., j, i] = np.sin(angle)
    matrix[..., i, j] = -matrix[..., j, i]
    return matrix


def _turn(angles, yaw=-1, order=(2, 1, 0), unit=np.pi / 180):
    by_axis = [_about(0, angles[..., 0] * unit), _about(1, yaw * angles[..., 1] * unit),
               _about(2, angles[..., 2] * unit)]
    first, second, third = (by_axis[axis] for axis in order)
    return first @ second @ third


def _project(shapes, head, scale, origin, turn=_turn, transposed=False, shift="units", sized=True, scaled_origin=False):
    rotation = turn(head[..., :3])
    turned = shapes @ (rotation if transposed else np.swapaxes(rotation, -1, -2))
    size = (1 + head[..., 5])[..., None, None] if sized else 1.0
    moved = head[..., None, 3:5]
    moved = {"units": scale * moved, "pixels": moved, "sized": scale * moved * size}[shift]
    return scale * size * turned[..., :2] + moved + np.asarray(origin) * (scale if scaled_origin else 1)


def random_heads(rng):
    shapes = rng.normal(0, 0.5, (2, 7, 3))
    head = np.column_stack([rng.uniform(-40, 40, (2, 3)), rng.normal(0, 0.3, (2, 2)), rng.uniform(-0.3, 0.5, 2)])
    return shapes, head, float(rng.uniform(50, 200)), rng.uniform(0, 300, 2)


def project_yaw_flipped(shapes, head, scale=1.0, origin=(0.0, 0.0)):
    return _project(shapes, head, scale, origin, functools.partial(_turn, yaw=1))


def project_transposed(shapes, head, scale=1.0, origin=(0.0, 0.0)):
    return _project(shapes, head, scale, origin, transposed=True)


def project_other_order(shapes, head, scale=1.0, origin=(0.0, 0.0)):
    return _project(shapes, head, scale, origin, functools.partial(_turn, order=(0, 1, 2)))


def project_radians(shapes, head, scale=1.0, origin=(0.0, 0.0)):
    return _project(shapes, head, scale, origin, functools.partial(_turn, unit=1.0))


def project_shift_in_pixels(shapes, head, scale=1.0, origin=(0.0, 0.0)):
    return _project(shapes, head, scale, origin, shift="pixels")


def project_shift_grows(shapes, head, scale=1.0, origin=(0.0, 0.0)):
    return _project(shapes, head, scale, origin, shift="sized")


def project_origin_scaled(shapes, head, scale=1.0, origin=(0.0, 0.0)):
    return _project(shapes, head, scale, origin, scaled_origin=True)


def project_without_size(shapes, head, scale=1.0, origin=(0.0, 0.0)):
    return _project(shapes, head, scale, origin, sized=False)


# ---------------------------------------------------------------- fit_pose


def random_poses(rng):
    shape = rng.normal(0, 0.4, (12, 3)) + rng.normal(0, 0.3, 3)
    points = _project(shape, np.r_[rng.uniform(-35, 35, 3), 0, 0, 0], rng.uniform(50, 150), rng.uniform(0, 300, 2))
    return (points + rng.normal(0, 0.5, points.shape))[None], shape


def _pose(points, shape, centred=True, scale="mean", transposed=False, third=1, origin="right", radians=False, yaw=1,
          zeros=False):
    angles, scales, origins = [], [], []
    for frame in np.asarray(points, float):
        seen = np.isfinite(frame).all(axis=1) | zeros
        frame = np.nan_to_num(frame)
        flat, solid = frame[seen], shape[seen]
        middle_2d, middle_3d = flat.mean(axis=0), solid.mean(axis=0)
        if centred:
            flat, solid = flat - middle_2d, solid - middle_3d
        camera = np.linalg.lstsq(solid, flat, rcond=None)[0].T
        u, stretch, vt = np.linalg.svd(camera, full_matrices=False)
        rows = u @ vt
        full = np.vstack([rows, third * np.cross(rows[0], rows[1])])
        full = full.T if transposed else full
        size = stretch[0] if scale == "first" else stretch.mean()
        found = np.array([np.arctan2(full[2, 1], full[2, 2]), yaw * np.arcsin(np.clip(full[2, 0], -1, 1)),
                          np.arctan2(full[1, 0], full[0, 0])])
        angles.append(found if radians else np.degrees(found))
        scales.append(size)
        origins.append(middle_2d if origin == "middle" else middle_2d - size * rows @ middle_3d)
    return np.array(angles), np.array(scales), np.array(origins)


def pose_transposed(points, shape):
    return _pose(points, shape, transposed=True)


def pose_not_centred(points, shape):
    return _pose(points, shape, centred=False)


def pose_first_stretch(points, shape):
    return _pose(points, shape, scale="first")


def pose_mirrored(points, shape):
    return _pose(points, shape, third=-1)


def pose_middle(points, shape):
    return _pose(points, shape, origin="middle")


def pose_radians(points, shape):
    return _pose(points, shape, radians=True)


def pose_yaw_flipped(points, shape):
    return _pose(points, shape, yaw=-1)


def pose_unknown_as_zero(points, shape):
    return _pose(points, shape, zeros=True)


# ---------------------------------------------------------------- point_slopes


def random_doing(rng) -> dict:
    from course.face import channels as face_channels

    names = rng.choice(face_channels.BLENDSHAPES, 4, replace=False)
    does = {str(name): float(rng.uniform(0.1, 1)) for name in names}
    return does | {"headYaw": float(rng.uniform(-15, 15)), "headPitch": float(rng.uniform(-10, 10))}


def slopes_of_somebody(function, *frames):
    """The slopes where somebody does something, a frame each."""
    return function(people.somebody(), np.stack([people.values_of(does) for does in frames]))


def random_frames(rng):
    return tuple(random_doing(rng) for _ in range(int(rng.integers(1, 3))))


def _rise(face, values, step=1e-4, count=57):
    from course.face import model as face_model

    raised = values[:, None] + step * np.eye(57)[:count]
    return face_model.pose_points(face, raised) - face_model.pose_points(face, values)[:, None]


def slopes_not_divided(face, values):
    return _rise(face, values)


def slopes_backwards(face, values):
    return -_rise(face, values) / 1e-4


def slopes_whole_step(face, values):
    return _rise(face, values, 1.0)


def slopes_at_rest(face, values):
    return _rise(face, 0 * values) / 1e-4


def slopes_without_head(face, values):
    return _rise(face, values, count=51) / 1e-4


def slopes_points_first(face, values):
    return np.swapaxes(_rise(face, values) / 1e-4, 1, 2)


def slopes_all_at_once(face, values):
    return _rise(face, values).sum(axis=1) / 1e-4


# ---------------------------------------------------------------- fit_step


def random_rounds(rng):
    frames, count, points = int(rng.integers(1, 4)), int(rng.integers(3, 8)), int(rng.integers(4, 10))
    errors = rng.normal(0, 2, (frames, points, 2))
    errors[0, 0, int(rng.integers(2))] = np.nan
    bounded = np.arange(count) < rng.integers(1, count)
    slopes = rng.normal(0, 1, (frames, count, points, 2)) + rng.normal(0, 0.7, (1, 1, points, 2))  # alike, as lips are
    return (rng.uniform(0, 1, (frames, count)), slopes, errors, rng.uniform(0.2, 3, count),
            np.where(bounded, 0.0, -np.inf), np.where(bounded, 1.2, np.inf))


def _round(values, slopes, errors, weights, low, high, pull="rest", clip=False, added=True, zeros=False):
    from scipy.optimize import lsq_linear

    found = []
    for v, slope, error in zip(values, slopes, errors):
        seen = np.isfinite(error).all(axis=1) | zeros
        jacobian, off = slope[:, seen].reshape(len(v), -1).T, np.nan_to_num(error[seen]).ravel()
        habit = {"rest": np.zeros(len(v)), "now": np.sqrt(weights) * v}[pull]
        rows, right = np.vstack([jacobian, np.diag(np.sqrt(weights))]), np.r_[jacobian @ v + off, habit]
        x = np.linalg.lstsq(rows, right, rcond=None)[0] if clip else lsq_linear(rows, right, (low, high), "bvls").x
        found.append((np.clip(x, low, high) if clip else x) - (0 if added else v))
    return np.array(found)


def step_unbounded(values, slopes, errors, weights, low, high):
    return _round(values, slopes, errors, weights, low - np.inf, high + np.inf)


def step_clipped(values, slopes, errors, weights, low, high):
    return _round(values, slopes, errors, weights, low, high, clip=True)


def step_without_habit(values, slopes, errors, weights, low, high):
    return _round(values, slopes, errors, 0 * weights, low, high)


def step_drawn_to_now(values, slopes, errors, weights, low, high):
    return _round(values, slopes, errors, weights, low, high, pull="now")


def step_not_added(values, slopes, errors, weights, low, high):
    return _round(values, slopes, errors, weights, low, high, added=False)


def step_weights_not_rooted(values, slopes, errors, weights, low, high):
    return _round(values, slopes, errors, weights**2, low, high)


def step_unknown_as_zero(values, slopes, errors, weights, low, high):
    return _round(values, slopes, errors, weights, low, high, zeros=True)


# ---------------------------------------------------------------- fit_motion


def on_somebody(function, frames, jitter=0.0, hidden=(), fps=30.0):
    """What is found where somebody does something, a frame each; degrees in thirties."""
    face = people.somebody()
    film = np.stack([people.filmed(face.shape, does, face.model) for does in frames])
    film = film + np.random.default_rng(len(frames[0])).normal(0, 1, film.shape) * jitter
    film[:, list(hidden)] = np.nan
    moved = function(face, film, fps)
    return {"channels": moved.full() / np.r_[np.ones(51), np.full(3, 30.0), np.ones(3)], "fps": moved.fps}


def random_expression(rng):
    return (random_doing(rng),), 0.5


def _fit(face, tracks, fps, bounds=True, habit=1.0, from_rest=False, rounds=5):
    from course import motion
    from course.face import model as face_model

    from . import steps

    reach = np.where(np.arange(57) < 51, 1.2, np.inf)
    low, high = (np.where(reach < 2, 0.0, -reach), reach) if bounds else (np.full(57, -np.inf), np.full(57, np.inf))
    weights = habit * (face.scale * face_model.NOISE) ** 2 * np.r_[face.model.spread**-2.0, np.full(6, 1e-6)]
    angles, scales, origins = face_model.fit_pose(tracks, face.shape)
    rest = np.tile(face.rest[:51], (len(tracks), 1))
    held = np.column_stack([(origins - face.origin) / face.scale, scales / face.scale - 1])
    values = np.column_stack([rest, angles, 0 * held] if rounds else [0 * rest, angles, held])
    for _ in range(rounds):
        errors = tracks - face_model.pose_points(face, values)
        values = steps.fit_step(values, face_model.point_slopes(face, values), errors, weights, low, high)
    values[:, :51] -= rest * from_rest
    return motion.Motion(values, fps=fps)


def motion_unbounded(face, tracks, fps=25.0):
    return _fit(face, tracks, fps, bounds=False)


def motion_without_habit(face, tracks, fps=25.0):
    return _fit(face, tracks, fps, habit=1e-6)


def motion_without_noise(face, tracks, fps=25.0):
    return _fit(face, tracks, fps, habit=(face.scale * 0.01) ** -2)


def motion_from_rest(face, tracks, fps=25.0):
    return _fit(face, tracks, fps, from_rest=True)


def motion_pose_only(face, tracks, fps=25.0):
    return _fit(face, tracks, fps, rounds=0)


def motion_one_round(face, tracks, fps=25.0):
    return _fit(face, tracks, fps, rounds=1)


def motion_at_25(face, tracks, fps=25.0):
    return _fit(face, tracks, 25.0)


# ---------------------------------------------------------------- motion_model


def random_gestures(rng):
    speed, amplitude = float(rng.uniform(10, 80)), float(rng.uniform(2, 20))
    whole = 3.75 * amplitude / speed
    return np.sort(rng.uniform(-0.2, 1.3, 8)) * whole, rng.normal(0, 1, 3), speed, amplitude


def _gesture(times, direction, speed, amplitude, top=15 / 8, curve="jerk", back=True, unit=2, guard=True):
    times, direction = np.asarray(times, float), np.asarray(direction, float)
    if amplitude == 0 and guard:
        return np.zeros((len(times), 3))
    duration = top * amplitude / speed
    u = np.clip(1 - np.abs(times / duration - 1) if back else times / duration, 0, 1)
    share = {"jerk": u**3 * (10 - 15 * u + 6 * u**2), "line": u, "cubic": u**2 * (3 - 2 * u)}[curve]
    length = {0: 1.0, 1: np.abs(direction).sum(), 2: np.linalg.norm(direction)}[unit]
    return amplitude * share[:, None] * direction / length


def gesture_line(times, direction, speed, amplitude):
    return _gesture(times, direction, speed, amplitude, top=1.0, curve="line")


def gesture_cubic(times, direction, speed, amplitude):
    return _gesture(times, direction, speed, amplitude, curve="cubic")


def gesture_stays(times, direction, speed, amplitude):
    return _gesture(times, direction, speed, amplitude, back=False)


def gesture_mean_speed(times, direction, speed, amplitude):
    return _gesture(times, direction, speed, amplitude, top=1.0)


def gesture_long_direction(times, direction, speed, amplitude):
    return _gesture(times, direction, speed, amplitude, unit=0)


def gesture_sum_of_direction(times, direction, speed, amplitude):
    return _gesture(times, direction, speed, amplitude, unit=1)


def gesture_radians(times, direction, speed, amplitude):
    return np.radians(_gesture(times, direction, speed, amplitude))


def gesture_without_guard(times, direction, speed, amplitude):
    return _gesture(times, direction, np.float64(speed), amplitude, guard=False)


# ---------------------------------------------------------------- the lesson's seven

TRIANGLE = np.array([[0.0, 0, 0], [2, 0, 0], [1, 2, 1]])
TWO = np.array([[[0.0, 0, 0], [0, 0, 0], [0, 1, 0]], [[-1.0, 0, 0], [1, 0, 0], [0, 0, 1]]])
TURNED = np.array([8.0, 20.0, -12.0, 0.1, -0.05, 0.2])
TWO_HEADS = np.stack([TURNED, [-10.0, -5.0, 25.0, 0.0, 0.2, -0.1]])
SEEN = _project(head_03.HEAD, np.array([[10.0, 25.0, -15.0, 0, 0, 0]]), 100.0, (60.0, 80.0))
BENT = SEEN + np.array([[[3.0, 0], [0, -2], [0, 0], [1, 1], [-2, 0], [0, 3], [0, 0]]])
HIDDEN = np.where(np.arange(7)[:, None] == 3, np.nan, BENT)
HALF_HIDDEN = np.where((np.arange(7)[:, None] == 5) & (np.arange(2) == 1), np.nan, BENT)
FREE = np.full(2, np.inf)
APART = np.array([[[[2.0, 0]], [[0, 1]]]])  # (1, 2, 1, 2): one value moves the point in x, the other in y
ALIKE = np.array([[[[2.0, 0], [0, 1]], [[1.8, 0.2], [0, 1.2]]]])  # (1, 2, 2, 2): two values that do nearly the same

EXERCISES = [
    Exercise(
        name="blendshapes_to_points",
        lesson=3,
        title="sliders that move a face",
        place="face.blendshapes_to_points",
        cases=[
            case("a triangle and two sliders at 0.5 and 1", TRIANGLE, np.array([0.5, 1.0]), TWO),
            case("a triangle and its first slider alone", TRIANGLE, np.array([1.0, 0.0]), TWO),
        ],
        edges=[
            case("all sliders at 0", TRIANGLE, np.zeros(2), TWO),
            case("three frames of two sliders", TRIANGLE, np.array([[0.0, 0.2], [0.5, 0.5], [1.0, -0.3]]), TWO),
            case("a slider beyond its end", TRIANGLE, np.array([1.2, 0.0]), TWO),
            case("one slider", TRIANGLE, np.array([0.3]), TWO[:1]),
            case("two films of three frames", TRIANGLE, np.linspace(0, 1, 12).reshape(2, 3, 2), TWO),
            case("sliders and directions in whole numbers", TRIANGLE, np.array([1, 2]), TWO.astype(int)),
        ],
        random=random_sliders,
        random_count=50,
        random_label="random faces",
        hints=[
            "If one slider stands at 0.5 and all others at 0, where does a point of the face lie?",
            "Multiply each displacement field by its slider, add all of them up, and add that to the face. The sum "
            "over the sliders must also work where there is an axis of frames in front.",
            "np.tensordot(values, channels, axes=1) sums the last axis of values against the first of channels; add "
            "shape.",
        ],
        cards=[
            BugCard("without-the-face", blend_without_face,
                    "It looks as if the face itself is missing: the sum is how far the points move, not where they "
                    "are."),
            BugCard("mean", blend_mean,
                    "It looks as if the sum is divided by the number of channels: sliders add, they do not share."),
            BugCard("targets", blend_targets,
                    "It looks as if you take channels for whole faces and subtract the shape: each of them is a "
                    "displacement already."),
            BugCard("takes-away", blend_takes_away,
                    "It looks as if the movement is subtracted: the mouth would open upwards."),
            BugCard("clipped", blend_clipped,
                    "It looks as if sliders are kept between 0 and 1: they may go a little beyond, and below."),
        ],
        picture=drawn("draw_blend"),
    ),
    Exercise(
        name="project",
        lesson=3,
        title="a head in space, seen in a picture",
        place="face.project",
        cases=[
            case("a small head turned by 20 degrees", head_03.HEAD, TURNED, 100.0, np.array([60.0, 80.0])),
            case("a small head at rest", head_03.HEAD, np.zeros(6), 100.0, np.array([60.0, 80.0])),
        ],
        edges=[
            case("one unit a pixel, the origin in the corner", head_03.HEAD, TURNED),
            case("a head that only nods", head_03.HEAD, np.array([30.0, 0, 0, 0, 0, 0]), 100.0, np.array([0.0, 0.0])),
            case("a head that only moves and grows", head_03.HEAD, np.array([0.0, 0, 0, 0.5, -0.25, 1.0]), 10.0,
                 np.array([7.0, 3.0])),
            case("one point", head_03.HEAD[:1], TURNED, 100.0, np.array([60.0, 80.0])),
            case("one head held in two ways", head_03.HEAD, TWO_HEADS, 80.0, np.array([50.0, 50.0])),
            case("two frames", np.stack([head_03.HEAD, head_03.HEAD * 1.1]), TWO_HEADS, 80.0, np.array([50.0, 50.0])),
            case("a head in profile", head_03.HEAD, np.array([0.0, 90.0, 0, 0, 0, 0]), 50.0, np.array([0.0, 0.0])),
        ],
        random=random_heads,
        random_count=50,
        random_label="random heads",
        atol=1e-4,
        hints=[
            "In which order do these happen: turn, make larger, shift, go over to pixels?",
            "With points as rows, turning is shapes @ R' (R' is the transpose: swap the last two axes). Keep x and y. "
            "Size and shift need new axes, so that each frame has its own.",
            "R = face_model.rotation_matrix(head[..., :3]); xy = (shapes @ np.swapaxes(R, -1, -2))[..., :2]; "
            "size = (1 + head[..., 5])[..., None, None]; scale * (size * xy + head[..., None, 3:5]) + origin",
        ],
        cards=[
            BugCard("yaw-flipped", project_yaw_flipped,
                    "It looks as if the head turns the other way: with z away from the viewer, turning towards the "
                    "right of the picture is a negative angle about y. `rotation_matrix` knows that."),
            BugCard("transposed", project_transposed,
                    "It looks as if the rotation is transposed, which turns everything back: with points as rows it is "
                    "shapes @ R'."),
            BugCard("other-order", project_other_order,
                    "It looks as if roll comes first and pitch last: a head first nods, then turns, then tilts."),
            BugCard("radians", project_radians,
                    "It looks as if degrees are taken for radians: 20 of those are more than three whole turns."),
            BugCard("shift-in-pixels", project_shift_in_pixels,
                    "It looks as if headX and headY are taken for pixels: they count in eye distances, so scale them."),
            BugCard("without-size", project_without_size,
                    "It looks as if headScale does nothing: the turned head is larger by 1 + headScale."),
            BugCard("shift-grows", project_shift_grows,
                    "It looks as if the shift is multiplied by 1 + headScale as well: only the turned head grows."),
            BugCard("origin-scaled", project_origin_scaled,
                    "It looks as if the origin is multiplied by the scale: it is in pixels already, so add it last."),
        ],
        picture=drawn("draw_project"),
    ),
    Exercise(
        name="fit_pose",
        lesson=3,
        title="how a head is held",
        place="face.fit_pose",
        cases=[
            case("a small head turned by 25 degrees", SEEN, head_03.HEAD),
            case("a small head that no turn explains quite", BENT, head_03.HEAD),
        ],
        edges=[
            case("a point that is not known", HIDDEN, head_03.HEAD),
            case("a point of which only x is known", HALF_HIDDEN, head_03.HEAD),
            case("two frames", np.concatenate([BENT, SEEN * 0.5]), head_03.HEAD),
            case("two frames with other points unknown", np.concatenate([HIDDEN, HALF_HIDDEN]), head_03.HEAD),
            case("a head upright and straight ahead", _project(head_03.HEAD, np.zeros((1, 6)), 40.0, (10.0, 20.0)),
                 head_03.HEAD),
            case("a shape far from the origin", BENT, head_03.HEAD + np.array([2.0, -1.0, 3.0])),
        ],
        random=random_poses,
        random_count=40,
        random_label="random heads",
        atol=1e-3,
        hints=[
            "With both middles taken away, which 2 x 3 matrix turns the shape into the points?",
            "Solve flat = solid A' by least squares. A would be scale times two rows of a rotation, but for noise: the "
            "SVD A = U S V' gives the nearest such rows, U V', and the scale, the mean of S.",
            "A = np.linalg.lstsq(solid, flat, rcond=None)[0].T; u, s, vt = np.linalg.svd(A, full_matrices=False); "
            "rows = u @ vt; R = np.vstack([rows, np.cross(*rows)]); origin = middle_2d - s.mean() * rows @ middle_3d; "
            "face_model.angles_of(R)",
        ],
        cards=[
            BugCard("transposed", pose_transposed,
                    "It looks as if the angles are those of the transposed rotation: it leads from the picture back to "
                    "the head."),
            BugCard("not-centred", pose_not_centred,
                    "It looks as if the middles are not taken away before the fit: the shift then bends the turn."),
            BugCard("first-stretch", pose_first_stretch,
                    "It looks as if the scale is the larger singular value alone: it is the mean of both."),
            BugCard("third-row", pose_mirrored,
                    "It looks as if the third row points the other way: it is the first crossed with the second."),
            BugCard("middle", pose_middle,
                    "It looks as if the origin is the middle of the points: it is where the model's origin (0, 0, 0) "
                    "lies, so take scale * rows @ middle_3d away."),
            BugCard("radians", pose_radians,
                    "It looks as if the angles are in radians: `face_model.HEAD` has degrees."),
            BugCard("yaw-flipped", pose_yaw_flipped,
                    "It looks as if yaw has the other sign: turning towards the right of the picture is positive. "
                    "`face_model.angles_of` knows that."),
            BugCard("unknown-as-zero", pose_unknown_as_zero,
                    "It looks as if points that are not known are put at (0, 0): leave those rows out, of the shape "
                    "too."),
        ],
        picture=drawn("draw_pose"),
    ),
    Exercise(
        name="point_slopes",
        lesson=3,
        title="which slider moves which point",
        place="face.point_slopes",
        run=slopes_of_somebody,
        cases=[
            case("a face at rest", {}),
            case("an open jaw and a turned head", {"jawOpen": 0.7, "headYaw": 20.0, "headPitch": -5.0}),
        ],
        edges=[
            case("two frames", {"mouthPucker": 0.5, "headRoll": 15.0}, {"browInnerUp": 1.0, "headYaw": -25.0}),
            case("a head that is near and to one side",
                 {"headX": 0.5, "headY": -0.3, "headScale": 0.4, "headRoll": -8.0}),
        ],
        random=random_frames,
        random_count=3,
        random_label="random expressions",
        atol=1e-3,
        rtol=1e-3,
        hints=[
            "Raise one value by 0.0001. By how much does each point move, and by how much would it move for 1?",
            "values[:, None] + 1e-4 * np.eye(57) is (T, 57, 57): each frame 57 times, with another value raised each "
            "time. pose_points takes all of them at once. Take away where the points are now.",
            "now = face_model.pose_points(face, values); raised = face_model.pose_points(face, values[:, None] + 1e-4 "
            "* np.eye(57)); return (raised - now[:, None]) / 1e-4",
        ],
        cards=[
            BugCard("not-divided", slopes_not_divided,
                    "It looks as if you give the move for a rise of 0.0001: divide by it, so that it is for a rise of "
                    "1."),
            BugCard("backwards", slopes_backwards,
                    "It looks as if the difference is the wrong way round: raised less now."),
            BugCard("whole-step", slopes_whole_step,
                    "It looks as if each value is raised by 1 whole: a turn of one degree is a bend, and you want its "
                    "direction here. Raise by 0.0001 and divide."),
            BugCard("at-rest", slopes_at_rest,
                    "It looks as if the slopes are those of a face at rest: raise the values that you are given."),
            BugCard("without-the-head", slopes_without_head,
                    "It looks as if only the 51 blendshapes are raised: the head's six are values, too."),
            BugCard("points-first", slopes_points_first,
                    "The numbers are right, but the axes are not: frame, value, point, x and y."),
            BugCard("all-at-once", slopes_all_at_once,
                    "It looks as if all values are raised together: raise them one at a time, each from where it was."),
        ],
        picture=drawn("draw_slopes"),
    ),
    Exercise(
        name="fit_step",
        lesson=3,
        title="one round of a fit",
        place="face.fit_step",
        solution="course.lessons.lesson_03.steps:fit_step",
        cases=[
            case("one point that is (4, 3) off, and a value for x and one for y", np.zeros((1, 2)), APART,
                 np.array([[[4.0, 3]]]), np.full(2, 0.5), -FREE, FREE),
            case("the same with values of 1 and -1 to begin with", np.array([[1.0, -1]]), APART,
                 np.array([[[4.0, 3]]]), np.full(2, 0.5), -FREE, FREE),
            case("the same with both kept between 0 and 1.2", np.zeros((1, 2)), APART, np.array([[[4.0, 3]]]),
                 np.full(2, 0.5), np.zeros(2), np.full(2, 1.2)),
        ],
        edges=[
            case("two values that do nearly the same, one at its bound", np.array([[0.5, 0.5]]), ALIKE,
                 np.array([[[3.0, -1], [1, 2]]]), np.array([0.1, 0.2]), np.array([0.0, -np.inf]),
                 np.array([1.2, np.inf])),
            case("a point that is not known", np.array([[0.2, 0.4]]), ALIKE, np.array([[[1.0, 2], [np.nan, np.nan]]]),
                 np.array([0.5, 1]), -FREE, FREE),
            case("a point of which only y is known", np.array([[0.2, 0.4]]), ALIKE, np.array([[[1.0, 2], [np.nan, 3]]]),
                 np.array([0.5, 1]), -FREE, FREE),
            case("no error at all", np.array([[0.6, 0.3]]), ALIKE, np.zeros((1, 2, 2)), np.array([0.5, 1]), -FREE,
                 FREE),
            case("two frames", np.array([[0.0, 0], [1, 0.5]]), np.concatenate([ALIKE, 2 * ALIKE]),
                 np.array([[[1.0, 2], [0, 1]], [[-1, 0.5], [2, 1]]]), np.array([0.5, 1]), np.zeros(2), np.full(2, 1.2)),
            case("one value", np.array([[0.3]]), APART[:, :1], np.array([[[1.0, 5]]]), np.array([2.0]), np.zeros(1),
                 np.full(1, 1.2)),
        ],
        random=random_rounds,
        random_count=30,
        random_label="random rounds",
        atol=1e-3,
        rtol=1e-3,
        hints=[
            "If the values become x, the points move by slopes times (x - values). Which x leaves the smallest error, "
            "if each x_j costs weights_j x_j^2 besides?",
            "For one frame, J = slopes[seen].reshape(P, -1).T has a row for each number seen. Wanted: J @ x as near as "
            "can be to J @ values + error, and sqrt(weights) * x to 0. Stack both, and `lsq_linear` solves it within "
            "bounds.",
            "J = slope[:, seen].reshape(len(v), -1).T; rows = np.vstack([J, np.diag(np.sqrt(weights))]); right = np.r_"
            "[J @ v + error[seen].ravel(), np.zeros(len(v))]; lsq_linear(rows, right, (low, high)).x for each frame",
        ],
        cards=[
            BugCard("unbounded", step_unbounded,
                    "It looks as if the bounds do nothing: hand (low, high) on to lsq_linear."),
            BugCard("clipped-after", step_clipped,
                    "It looks as if you solve without bounds and clip the result: what one value may not do, the "
                    "others must make up for. lsq_linear does both at once."),
            BugCard("without-habit", step_without_habit,
                    "It looks as if nothing draws the values to 0: add a row sqrt(weights_j) for each."),
            BugCard("drawn-to-now", step_drawn_to_now,
                    "It looks as if the weights hold each value where it is: they draw it to 0. So the right side of "
                    "those rows is 0, and the values that you start from stand in J @ values."),
            BugCard("not-added", step_not_added,
                    "It looks as if you give the step: the answer is where it leads, values + step."),
            BugCard("weights-not-rooted", step_weights_not_rooted,
                    "It looks as if the rows hold weights_j: least squares squares them, so they are sqrt(weights_j)."),
            BugCard("unknown-as-zero", step_unknown_as_zero,
                    "It looks as if points that are not known count as right where they are: leave their rows out."),
        ],
        picture=drawn("draw_step"),
    ),
    Exercise(
        name="fit_motion",
        lesson=3,
        title="what a face does, frame by frame",
        place="motion.fit_motion",
        run=on_somebody,
        cases=[
            case("a jaw half open", ({"jawOpen": 0.5},)),
            case("a turned head and a wink of 0.9, which the habit draws to 0.85",
                 ({"eyeBlinkLeft": 0.9, "headYaw": 14.0, "headPitch": -5.0},)),
        ],
        edges=[
            case("points that jitter", ({"mouthPucker": 0.6, "browInnerUp": 0.5},), 0.8),
            case("four points that are not known", ({"mouthSmileLeft": 0.9, "headRoll": 10.0},), 0.3, (0, 1, 76, 77)),
            case("a head that is turned far",
                 ({"headYaw": -30.0, "headPitch": -20.0, "headRoll": 60.0, "headScale": 0.5, "jawOpen": 0.4},), 0.2),
            case("two frames, the head near and to one side", ({"headX": 0.4, "headY": -0.3, "headScale": 0.3},
                                                               {"jawOpen": 1.0, "headYaw": -20.0}), 0.3, (), 24.0),
        ],
        random=random_expression,
        random_count=3,
        random_label="random expressions",
        atol=0.005,
        rtol=1e-3,
        seconds=30.0,
        hints=[
            "Where do you start, if fit_pose knows how the head is turned, and face.rest the photo's own expression?",
            "Four times: the error is tracks less pose_points(face, v); the slopes are those at v; fit_step gives the "
            "next v. The weights are in squares of pixels: 1 / spread^2 times (scale times noise)^2.",
            "weights = (face.scale * face_model.NOISE)**2 * np.r_[face.model.spread**-2, np.full(6, 1e-6)]; low = np.r_"
            "[np.zeros(51), np.full(6, -np.inf)]; v = fit_step(v, point_slopes(face, v), tracks - "
            "face_model.pose_points(face, v), weights, low, high), four times",
        ],
        cards=[
            BugCard("unbounded", motion_unbounded,
                    "It looks as if the channels have no bounds: a lid less than open, lips further apart than shut "
                    "on the other side. Keep the 51 between 0 and 1.2."),
            BugCard("without-habit", motion_without_habit,
                    "It looks as if nothing draws the channels to rest: several of them explain the same points, and "
                    "they fight. Their weights are 1 / spread^2 times the noise in pixels squared."),
            BugCard("without-noise", motion_without_noise,
                    "It looks as if the weights are 1 / spread^2 as they are: errors count in pixels here, so multiply "
                    "by (face.scale * face_model.NOISE)^2."),
            BugCard("from-rest", motion_from_rest,
                    "It looks as if the photo's own expression is subtracted: here values count from a neutral face."),
            BugCard("pose-only", motion_pose_only,
                    "It looks as if only the head moves: that is the start, the 51 channels come after it."),
            BugCard("one-round", motion_one_round,
                    "It looks as if there is one round only: a turn is no straight line, so begin again from what was "
                    "found, four times."),
            BugCard("at-25", motion_at_25,
                    "It looks as if every film has 25 frames a second: hand fps on to the Motion."),
        ],
        picture=drawn("draw_motion"),
    ),
    Exercise(
        name="motion_model",
        lesson=3,
        title="a gesture from three numbers",
        place="motion.motion_model",
        cases=[
            case("a nod of 8 degrees at 15 degrees a second", np.linspace(-0.25, 2.25, 11), np.array([1.0, 0, 0]),
                 15.0, 8.0),
            case("a turn of 8 degrees, its direction given as (0, 2, 0)", np.array([0.0, 0.5, 1.0]),
                 np.array([0.0, 2.0, 0.0]), 15.0, 8.0),
        ],
        edges=[
            case("a gesture of 0 degrees", np.linspace(0, 1, 4), np.array([1.0, 0, 0]), 15.0, 0.0),
            case("times before and after the gesture", np.array([-5.0, 50.0]), np.array([0.0, 1, 1]), 15.0, 8.0),
            case("no time at all", np.zeros(0), np.array([1.0, 0, 0]), 15.0, 8.0),
            case("a slow tilt to the left and up", np.linspace(-0.5, 30, 13), np.array([-1.0, 0.5, -2]), 1.5, 10.0),
            case("the moment at the far end", np.array([1.0]), np.array([0, 0, 3.0]), 15.0, 8.0),
            case("whole seconds", np.arange(4), np.array([1, 2, 0]), 10, 12),
        ],
        random=random_gestures,
        random_count=50,
        random_label="random gestures",
        hints=[
            "How long must the way out take, if the top speed is 15/8 of the mean speed?",
            "Let u climb from 0 to 1 on the way out and fall to 0 on the way back, put it into 10 u^3 - 15 u^4 + "
            "6 u^5, and multiply by the amplitude and by the direction, made one long.",
            "D = 15 / 8 * amplitude / speed; u = np.clip(1 - np.abs(times / D - 1), 0, 1); s = 10 * u**3 - 15 * u**4 "
            "+ 6 * u**5; amplitude * s[:, None] * direction / np.linalg.norm(direction); zeros for amplitude 0",
        ],
        cards=[
            BugCard("line", gesture_line,
                    "It looks as if the head moves at one speed throughout: it starts and stops with a jerk."),
            BugCard("cubic", gesture_cubic,
                    "It looks like 3u² - 2u³: that starts without speed, but with a sudden acceleration."),
            BugCard("stays", gesture_stays,
                    "It looks as if the head never comes back: u falls from 1 to 0 in the second half."),
            BugCard("mean-speed", gesture_mean_speed,
                    "It looks as if speed were the mean: it is the top speed, so the way out takes 15/8 as long."),
            BugCard("long-direction", gesture_long_direction,
                    "It looks as if the direction's length counts: divide it by its norm, so that amplitude is how far "
                    "the head goes."),
            BugCard("sum-of-direction", gesture_sum_of_direction,
                    "It looks as if the direction is divided by the sum of its three numbers: its length is the root "
                    "of their squares, np.linalg.norm."),
            BugCard("radians", gesture_radians,
                    "It looks as if the angles are in radians: amplitude is in degrees, and so are they."),
            BugCard("without-guard", gesture_without_guard,
                    "It looks as if nothing is done about amplitude 0: then the way out takes 0 seconds, and you "
                    "divide by it. Give zeros."),
        ],
        picture=drawn("draw_gesture"),
    ),
]
