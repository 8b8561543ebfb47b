"""Least squares with bounds, many small problems at once.

One frame of a face gives a quadratic in about 57 unknowns, some of which must stay in a range (a lid cannot be
less than open). Coordinate descent solves it: improve one unknown at a time, clip it into its bounds, repeat
(Wright, "Coordinate descent algorithms", 2015). It needs no library, always goes downhill, and a thousand
frames cost hardly more than one, because each step is done for all frames together.
"""

import numpy as np


def fit_step(values, slopes, errors, weights, low, high) -> np.ndarray:
    """One round of a fit: from where points are off, and how they move, to better values.

    Minimises |errors - slopes (x - values)|^2 + sum_j weights_j x_j^2 over low <= x <= high, for each frame by itself.

    Args:
        values: (T, P) now. slopes: (T, P, K, 2), how far each point moves for a rise of each value by 1.
        errors: (T, K, 2), each point less where the values put it; rows with NaN are points that are not known.
        weights: (P,), above 0. low, high: (P,) bounds, infinite where there are none; those with bounds come first.
    Returns:
        x: (T, P).
    """
    count, known = len(values), np.isfinite(errors).all(axis=-1)  # (T, K)
    jacobian = slopes.reshape(*values.shape, -1)  # (T, P, 2 K)
    error = np.where(known[..., None], errors, 0.0).reshape(count, -1)  # (T, 2 K)
    weighted = jacobian * np.repeat(known * 1.0, 2, axis=1)[:, None]
    hessian = weighted @ jacobian.transpose(0, 2, 1) + np.diag(weights)
    # |error - J (x - values)|^2 = |full - J x|^2
    full = error + np.einsum("tp,tpn->tn", values, jacobian)
    gradient = np.einsum("tpn,tn->tp", weighted, full)
    bounded = int((np.isfinite(low) | np.isfinite(high)).sum())
    return solve_partly_free(hessian, gradient, values, low[:bounded], high[:bounded], bounded)


def solve(hessian, gradient, start, lower, upper, sweeps: int = 25) -> np.ndarray:
    """Minimise 1/2 x'Hx - g'x over lower <= x <= upper, for T problems of P unknowns.

    Args:
        hessian: (T, P, P) symmetric, positive definite. gradient: (T, P).
        start: (T, P) first guess. lower, upper: (P,) bounds. sweeps: how often each unknown is improved, at most.
    Returns:
        x: (T, P).
    """
    x = np.clip(start, lower, upper).T.copy()  # (P, T): what is read and written together lies together
    slope = np.ascontiguousarray((gradient - np.einsum("tpq,tq->tp", hessian, x.T)).T)  # what is left of g - Hx
    columns = np.ascontiguousarray(hessian.transpose(1, 2, 0))  # (P, P, T)
    curvature = np.ascontiguousarray(np.einsum("tpp->pt", hessian))
    step, change = np.empty(x.shape[1]), np.empty_like(x)
    for _ in range(sweeps):
        largest = 0.0
        for i, column in enumerate(columns):
            # x_i <- clip(x_i + (g - Hx)_i / H_ii)
            np.divide(slope[i], curvature[i], out=step)
            np.add(step, x[i], out=step)
            np.minimum(np.maximum(step, lower[i], out=step), upper[i], out=step)
            np.subtract(step, x[i], out=step)
            if not np.count_nonzero(step):  # most channels rest at a bound in most frames
                continue
            x[i] += step
            np.multiply(column, step, out=change)
            np.subtract(slope, change, out=slope)
            largest = max(largest, np.abs(step, out=step).max())
        if largest < 1e-4:
            break
    return x.T


def solve_partly_free(hessian, gradient, start, lower, upper, n_bounded: int) -> np.ndarray:
    """The same where only the first `n_bounded` unknowns have bounds: (T, P, P), (T, P), (T, P) -> (T, P).

    lower, upper: (n_bounded,). The free ones are eliminated exactly (Schur complement), which keeps coordinate descent
    quick: x_f = H_ff^-1 (g_f - H_fb x_b), so x_b minimises with H_bb - H_bf H_ff^-1 H_fb and g_b - H_bf H_ff^-1 g_f.
    """
    n = n_bounded
    cross, free = hessian[:, :n, n:], hessian[:, n:, n:]  # (T, n, F), (T, F, F)
    rhs = np.concatenate([cross.transpose(0, 2, 1), gradient[:, n:, None]], axis=2)  # (T, F, n + 1)
    solved = np.linalg.solve(free, rhs)
    reduced = np.matmul(cross, solved)  # (T, n, n + 1)
    hessian_left, gradient_left = hessian[:, :n, :n] - reduced[..., :n], gradient[:, :n] - reduced[..., n]
    bounded = solve(hessian_left, gradient_left, start[:, :n], lower, upper)
    rest = solved[..., n] - np.einsum("tfn,tn->tf", solved[..., :n], bounded)
    return np.concatenate([bounded, rest], axis=1)
