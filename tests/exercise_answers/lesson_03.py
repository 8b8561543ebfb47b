"""Answers that students give in lesson 03: right ones in styles unlike ours, wrong ones without a bug card."""

ANSWERS = {
    "blendshapes_to_points": {
        "right": [
            '''
import numpy as np

def blendshapes_to_points(shape, values, channels):
    return shape + np.einsum("...j,jkd->...kd", values, channels)
''',
            '''
import numpy as np

def blendshapes_to_points(shape, values, channels):
    moved = shape
    for j in range(len(channels)):
        moved = moved + np.asarray(values)[..., j, None, None] * channels[j]
    return moved
''',
        ],
        "wrong": [
            '''
import numpy as np

def blendshapes_to_points(shape, values, channels):
    return shape + 2 * np.tensordot(values, channels, axes=1)
''',
            '''
import numpy as np

def blendshapes_to_points(shape, values, channels):
    return shape + np.tensordot(np.clip(values, 0, 0.5), channels, axes=1)
''',
        ],
    },
    "project": {
        "right": [
            '''
import numpy as np
from scipy.spatial.transform import Rotation

def project(shapes, head, scale=1.0, origin=(0.0, 0.0)):
    angles = np.stack([head[..., 0], -head[..., 1], head[..., 2]], axis=-1)
    matrix = Rotation.from_euler("xyz", angles.reshape(-1, 3), degrees=True).as_matrix()
    matrix = matrix.reshape(head.shape[:-1] + (3, 3))
    xy = np.einsum("...ij,...kj->...ki", matrix[..., :2, :], shapes)
    return scale * (xy * (1 + head[..., 5, None, None]) + head[..., None, 3:5]) + np.array(origin)
''',
            '''
import numpy as np
from course import face

def project(shapes, head, scale=1.0, origin=(0.0, 0.0)):
    right, down = np.moveaxis(face.rotation_matrix(head[..., :3]), -2, 0)[:2]
    size = scale * (1 + head[..., 5])[..., None]
    x = size * (shapes * right[..., None, :]).sum(-1) + scale * head[..., 3, None] + origin[0]
    y = size * (shapes * down[..., None, :]).sum(-1) + scale * head[..., 4, None] + origin[1]
    return np.stack([x, y], axis=-1)
''',
        ],
        "wrong": [
            '''
import numpy as np
from course import face

def project(shapes, head, scale=1.0, origin=(0.0, 0.0)):
    turned = shapes @ np.swapaxes(face.rotation_matrix(head[..., :3]), -1, -2)
    size = (1 + head[..., 5])[..., None, None]
    return scale * (turned[..., :2] / size + head[..., None, 3:5]) + np.asarray(origin)
''',
            '''
import numpy as np
from course import face

def project(shapes, head, scale=1.0, origin=(0.0, 0.0)):
    turned = shapes @ np.swapaxes(face.rotation_matrix(head[..., :3]), -1, -2)
    size = (1 + head[..., 5])[..., None, None]
    return scale * (size * turned[..., 1:] + head[..., None, 3:5]) + np.asarray(origin)
''',
        ],
    },
    "fit_pose": {
        "right": [
            '''
import numpy as np
from course import face

def fit_pose(points, shape):
    angles, scales, origins = [], [], []
    for frame in points:
        known = ~np.isnan(frame).any(axis=1)
        full = np.column_stack([shape[known], np.ones(known.sum())])
        solved = np.linalg.pinv(full) @ frame[known]
        u, s, vt = np.linalg.svd(solved[:3].T, full_matrices=False)
        r = u @ vt
        scale = s.sum() / 2
        angles.append(face.angles_of(np.array([r[0], r[1], np.cross(r[0], r[1])])))
        scales.append(scale)
        origins.append((frame[known] - scale * shape[known] @ r.T).mean(axis=0))
    return np.array(angles), np.array(scales), np.array(origins)
''',
            '''
import numpy as np
from scipy.linalg import polar

def fit_pose(points, shape):
    result = []
    for frame in points:
        ok = np.isfinite(frame[:, 0]) & np.isfinite(frame[:, 1])
        a, b = shape[ok], frame[ok]
        c, d = a - a.mean(0), b - b.mean(0)
        m = np.linalg.solve(c.T @ c, c.T @ d).T
        r, stretch = polar(m, side="left")
        z = np.cross(r[0], r[1])
        s = np.trace(stretch) / 2
        angles = np.degrees([np.arctan2(z[1], z[2]), np.arcsin(z[0]), np.arctan2(r[1, 0], r[0, 0])])
        result.append((angles, s, b.mean(0) - s * r @ a.mean(0)))
    return tuple(np.array(part) for part in zip(*result))
''',
        ],
        "wrong": [
            '''
import numpy as np

def fit_pose(points, shape):
    n = len(points)
    spread = np.nanstd(points, axis=(1, 2)) / shape.std()
    return np.zeros((n, 3)), spread, np.nanmean(points, axis=1) - spread[:, None] * shape.mean(axis=0)[:2]
''',
            '''
import numpy as np

def fit_pose(points, shape):
    n = len(points)
    return np.zeros((n, 3)), np.ones(n), np.nanmean(points, axis=1)
''',
        ],
    },
    "point_slopes": {
        "right": [
            '''
import numpy as np
from course import face as face_model

def point_slopes(face, values):
    made = np.zeros((len(values), 57, 78, 2))
    for t, row in enumerate(values):
        now = face_model.pose_points(face, row)
        for j in range(57):
            raised = row.copy()
            raised[j] += 1e-5
            made[t, j] = (face_model.pose_points(face, raised) - now) / 1e-5
    return made
''',
            '''
import numpy as np
from course import face as face_model

def point_slopes(face, values):
    step = 1e-2 * np.eye(57)
    up, down = (face_model.pose_points(face, values[:, None, :] + way * step) for way in (1, -1))
    return (up - down) / 2e-2
''',
            '''
import numpy as np
from course import face as face_model

def point_slopes(face, values):
    head = values[:, 51:]
    size = face.scale * (1 + head[:, 5])[:, None, None, None]
    turn = face_model.rotation_matrix(head[:, :3])[:, None, :2]
    by_channel = size * (face.model.channels[None] @ np.swapaxes(turn, -1, -2))
    h = 1e-4
    now = face_model.pose_points(face, values)[:, None]
    by_head = (face_model.pose_points(face, values[:, None] + h * np.eye(57)[51:]) - now) / h
    return np.concatenate([by_channel, by_head], axis=1)
''',
        ],
        "wrong": [
            '''
import numpy as np
from course import face as face_model

def point_slopes(face, values):
    now = face_model.pose_points(face, values)
    return (face_model.pose_points(face, values[:, None] + 1e-4 * np.eye(57)) - now[:, None]) / 1e-4 / face.scale
''',
            '''
import numpy as np
from course import face as face_model

def point_slopes(face, values):
    now = face_model.pose_points(face, values[:1])
    one = (face_model.pose_points(face, values[:1, None] + 1e-4 * np.eye(57)) - now[:, None]) / 1e-4
    return np.repeat(one, len(values), axis=0)[..., ::-1]
''',
        ],
    },
    "fit_step": {
        "right": [
            '''
import numpy as np
from scipy.optimize import lsq_linear

def fit_step(values, slopes, errors, weights, low, high):
    better = np.zeros_like(values)
    for t in range(len(values)):
        known = ~np.isnan(errors[t]).any(axis=-1)
        j = np.moveaxis(slopes[t][:, known], 0, -1).reshape(-1, values.shape[1])
        e = errors[t][known].reshape(-1)
        step = lsq_linear(np.concatenate([j, np.diag(weights**0.5)]), np.concatenate([e, -(weights**0.5) * values[t]]),
                          (low - values[t] - 1e-12, high - values[t] + 1e-12))
        better[t] = values[t] + step.x
    return better
''',
            '''
import numpy as np

def fit_step(values, slopes, errors, weights, low, high):
    found = []
    for v, s, e in zip(values, slopes, errors):
        keep = np.isfinite(e.sum(axis=1))
        j, e = s[:, keep].reshape(len(v), -1), e[keep].ravel()
        h, g = j @ j.T + np.diag(weights), j @ (e + v @ j)
        x = np.clip(v, low, high)
        for _ in range(400):
            for k in range(len(x)):
                x[k] = np.clip(x[k] + (g[k] - h[k] @ x) / h[k, k], low[k], high[k])
        found.append(x)
    return found
''',
        ],
        "wrong": [
            '''
import numpy as np

def fit_step(values, slopes, errors, weights, low, high):
    e = np.nan_to_num(errors)[:, None]
    step = (slopes * e).sum(axis=(2, 3)) / ((slopes**2).sum(axis=(2, 3)) + weights)
    return np.clip(values + step, low, high)
''',
            '''
import numpy as np
from scipy.optimize import lsq_linear

def fit_step(values, slopes, errors, weights, low, high):
    found = []
    for v, s, e in zip(values, slopes, errors):
        known = np.isfinite(e).all(axis=1)
        j = s[:, known].reshape(len(v), -1).T
        rows = np.vstack([j, np.diag(np.sqrt(weights))])
        right = np.r_[j @ v + e[known].ravel(), np.zeros(len(v))]
        found.append((v + lsq_linear(rows, right, (low, high)).x) / 2)
    return np.array(found)
''',
        ],
    },
    "fit_motion": {
        "right": [
            '''
import numpy as np
from course import face as face_model, motion
from course.face import least_squares

def fit_motion(face, tracks, fps=25.0):
    noise = face.scale * 0.01
    prior = np.diag(np.concatenate([face.model.spread**-2.0, np.full(6, 1e-6)]))
    angles, scales, origins = face_model.fit_pose(tracks, face.shape)
    rows = []
    for t, frame in enumerate(tracks):
        x = np.zeros(57)
        x[51:54], x[54:56], x[56] = angles[t], (origins[t] - face.origin) / face.scale, scales[t] / face.scale - 1
        for _ in range(8):
            here = face_model.pose_points(face, x)
            jacobian = (face_model.pose_points(face, x + 1e-5 * np.eye(57)) - here).reshape(57, -1) / 1e-5 / noise
            left = (frame - here).ravel() / noise
            weight = np.isfinite(left)
            jacobian, left = jacobian[:, weight], left[weight]
            hessian = jacobian @ jacobian.T + prior
            gradient = jacobian @ (left + jacobian.T @ x)
            x = least_squares.solve_partly_free(hessian[None], gradient[None], x[None], np.zeros(51), np.full(51, 1.2),
                                          51)[0]
        rows.append(x)
    return motion.Motion(np.stack(rows), fps=fps)
''',
            '''
import numpy as np
from scipy.optimize import least_squares
from course import motion
from course import face as face_model

def fit_motion(face, tracks, fps=25.0):
    low, high = np.r_[np.zeros(51), np.full(6, -np.inf)], np.r_[np.full(51, 1.2), np.full(6, np.inf)]
    habit = np.r_[1 / face.model.spread, np.full(6, 1e-3)]

    def errors(x, frame, seen):
        off = (face_model.pose_points(face, x) - frame)[seen] / (0.01 * face.scale)
        return np.r_[off.ravel(), habit * x]

    def slopes(x, frame, seen):
        here = face_model.pose_points(face, x)
        rise = (face_model.pose_points(face, x + 1e-5 * np.eye(57)) - here) / 1e-5
        return np.vstack([rise[:, seen].reshape(57, -1).T / (0.01 * face.scale), np.diag(habit)])

    found = []
    for frame in tracks:
        seen = np.isfinite(frame).all(axis=1)
        start = np.clip(face.rest, low + 1e-3, high - 1e-3)
        found.append(least_squares(errors, start, slopes, (low, high), args=(frame, seen), xtol=1e-10, ftol=1e-10,
                                   x_scale=np.r_[np.ones(51), np.full(3, 30.0), np.ones(3)]).x)
    return motion.Motion(np.array(found), face_model.CHANNELS, fps)
''',
            '''
import numpy as np
from course import face as face_model, motion

def fit_motion(face, tracks, fps=25.0):
    free = np.full(6, np.inf)
    weights = np.append(face.model.spread**-2.0, 6 * [1e-6]) * (0.01 * face.scale) ** 2
    turns, sizes, origins = face_model.fit_pose(tracks, face.shape)
    v = np.zeros((len(tracks), 57))
    v[:, 51:54], v[:, 54:56], v[:, 56] = turns, (origins - face.origin) / face.scale, sizes / face.scale - 1
    for _ in range(10):
        error = tracks - face_model.pose_points(face, v)
        v = face_model.fit_step(v, face_model.point_slopes(face, v), error, weights, np.append(np.zeros(51), -free),
                                np.append(np.full(51, 1.2), free))
    return motion.Motion(v, fps=fps)
''',
        ],
        "wrong": [
            '''
from course import motion
import numpy as np

def fit_motion(face, tracks, fps=25.0):
    return motion.Motion(np.tile(face.rest, (len(tracks), 1)), face_model.CHANNELS, fps)
''',
            '''
import numpy as np
from course import motion
from course import face as face_model

def fit_motion(face, tracks, fps=25.0):
    angles, scales, origins = face_model.fit_pose(tracks, face.shape)
    values = np.zeros((len(tracks), 57))
    values[:, 8] = 1.0
    values[:, 51:54] = angles
    return motion.Motion(values, face_model.CHANNELS, fps)
''',
        ],
    },
    "motion_model": {
        "right": [
            '''
import numpy as np

def motion_model(times, direction, speed, amplitude):
    towards = np.array(direction) / np.sqrt(np.sum(np.square(direction)))
    angles = np.zeros((len(times), 3))
    if amplitude > 0:
        way = 1.875 * amplitude / speed
        for k, t in enumerate(times):
            u = t / way if t < way else 2 - t / way
            if 0 < u <= 1:
                angles[k] = amplitude * (10 * u**3 - 15 * u**4 + 6 * u**5) * towards
    return angles
''',
            '''
import numpy as np

def motion_model(times, direction, speed, amplitude):
    d = max(15 * amplitude / (8 * speed), 1e-9)
    u = np.interp(times, [0, d, 2 * d], [0, 1, 0])
    return np.outer(amplitude * np.polyval([6, -15, 10, 0, 0, 0], u), direction / np.linalg.norm(direction))
''',
        ],
        "wrong": [
            '''
import numpy as np

def motion_model(times, direction, speed, amplitude):
    way = max(1.875 * amplitude / speed, 1e-9)
    u = np.clip(times / (2 * way), 0, 1)
    return amplitude * np.sin(np.pi * u)[:, None] * direction / np.linalg.norm(direction)
''',
            '''
import numpy as np

def motion_model(times, direction, speed, amplitude):
    way = max(1.875 * amplitude / speed, 1e-9)
    u = np.clip(1 - np.abs(times / way - 1), 0, 1)
    return amplitude * (10 * u**3 - 15 * u**4 + 6 * u**5)[:, None] * np.sign(direction)
''',
        ],
    },
}
