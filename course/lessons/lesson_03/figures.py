"""The figure of lesson 03: how each point of a face moves with a value."""

import numpy as np

from course import plots

LONGEST = 34  # pixels of the longest arrow: slopes of degrees and of channels differ a hundredfold


def slopes_on(picture, points, slopes: dict, title: str = ""):
    """A face for each value, with an arrow from every point for the way it goes.

    picture: uint8 (H, W, 3); points: (K, 2) in its pixels; slopes: {name: (K, 2) pixels for a rise by 1}.
    """
    points = np.asarray(points, float)
    figure, grid = plots.new(3.1 * len(slopes), 3.5, 1, len(slopes), title)
    for axes, (name, slope) in zip(grid[0], slopes.items()):
        longest = np.linalg.norm(slope, axis=1).max()
        plots.picture(axes, (np.asarray(picture) * 0.5 + 127).astype(np.uint8),
                      f"{name}: the longest is {longest:.3g} pixels")
        limits = axes.get_xlim(), axes.get_ylim()
        axes.scatter(*points.T, s=4, color=plots.BLUE)
        axes.quiver(*points.T, *(np.asarray(slope).T * LONGEST / max(longest, 1e-9)), angles="xy", scale_units="xy",
                    scale=1, color=plots.VERMILION, width=0.008, zorder=3)
        axes.set(xlim=limits[0], ylim=limits[1])
    plots.describe(figure, f"{title}: the same pale face for each value with an arrow at every point for the way it "
                           f"goes as the value rises: {', '.join(slopes)}.")
    return figure
