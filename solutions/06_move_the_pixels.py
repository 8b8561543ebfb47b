# %% [markdown] slideshow={"slide_type": "slide"}
# # 06 · Move the pixels
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({{colab}})
#
# By now the system knows where 68 points of a face should go. A photo has a hundred thousand pixels. This lesson is
# about the step between: from a handful of points to a place for every pixel. You build it in six small parts, move a
# photo with them, and hold them against something a photo can never give: the true motion of every pixel.
#
# **After this lesson you can**
#
# * say why a warp runs backwards, and read a picture between its pixels;
# * make a flow out of points, in two ways: first-order motion, and one smooth sheet;
# * see what no warp can do, and take it away instead of inventing it;
# * name five classic bugs by what they do to a face.
#
# **Time:** 80 minutes for you, half a minute for the machine. **Before this:** lesson 00; 02 and 03 help.

# %%
# Makes the notebook ready. Where the course is installed this takes some seconds; on Colab it is
# installed first, which takes a minute or two.
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("course") is None:
    print("Installing the course: a minute or two, once.")
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet",
                    "git+{{repository}}"], check=True)

import numpy as np
import torch

import course
from course import face, flow, images, plots, synthetic
from course.exercises import check, hint, places, progress, solution
from course.lessons.lesson_06 import figures, photo_mover, widget

print("Ready.")

# %% slideshow={"slide_type": "slide"}
plots.show(plots.pipeline(["warping"]))

# %% [markdown]
# ## Where does each pixel look?
#
# ### Why
#
# Make a face a quarter larger. The obvious way takes each pixel and carries it to its new place. Try it:

# %%
mover = photo_mover.PhotoMover()
photo = mover.actor.portrait.image  # (160, 160, 3)
forward = np.zeros_like(photo)
for y in range(160):
    for x in range(160):
        new_x, new_y = round(80 + 1.25 * (x - 80)), round(80 + 1.25 * (y - 80))
        if 0 <= new_x < 160 and 0 <= new_y < 160:
            forward[new_y, new_x] = photo[y, x]
grid = flow.identity_grid(160, 160)[None]
backward = flow.bilinear_sample(mover.image, grid / 1.25)  # each pixel looks nearer to the middle
plots.show(plots.faces([photo, forward, images.from_tensor(backward[0])], columns=3, side=2.8,
                       titles=["the photo", "forward: pixels are sent", "backward: pixels look"]))

# %% [markdown] slideshow={"slide_type": "slide"}
# The black lattice is made of pixels to which nobody was sent. So every warp in this course runs **backward**: each
# pixel of the *new* picture looks up a place in the *old* one. No pixel stays empty: each of them looks somewhere.
#
# ### How
#
# Where nothing moves, each pixel looks at itself. Positions are $(x, y)$, $x$ to the right and $y$ down, from -1 to
# +1 whatever the picture's size:
#
# $$x_j = \frac{2j}{w - 1} - 1, \qquad y_i = \frac{2i}{h - 1} - 1$$
#
# $j$ is the column, $i$ the row, both from 0; $w$ is the width in pixels and $h$ the height. In words: -1 is the
# *middle* of the first pixel, +1 the middle of the last. PyTorch calls that `align_corners=True`; with `False` the ends
# would be the picture's outer edges, half a pixel further out. Both are sound, mixing them is not. A single row has
# no first and last: put it at 0.
#
# ### Build

# %% exercise: identity_grid · difficulty 1/5 · 6 min
def identity_grid(height, width, device=None):
    """Where nothing moves, every pixel looks at itself: a tensor (height, width, 2), x then y, from -1 to 1."""
    ### BEGIN SOLUTION
    y = torch.linspace(-1, 1, height, device=device) if height > 1 else torch.zeros(1, device=device)
    x = torch.linspace(-1, 1, width, device=device) if width > 1 else torch.zeros(1, device=device)
    y, x = torch.meshgrid(y, x, indexing="ij")
    return torch.stack([x, y], dim=-1)
    ### END SOLUTION

# %% tags=["nbval-check-output"]
identity_grid = check("identity_grid")

# %% tags=["nbval-check-output"]
course.use(identity_grid)

# %% [markdown]
# ## Read between the pixels
#
# ### Why
#
# A pixel that looks at column 3.6 finds nothing there. Take the nearest one, and edges become stairs that jump from
# frame to frame. And a network could not learn: a small change of the position would change nothing at all, and its
# gradient would be zero.
#
# ### How
#
# Mix the four pixels around:
#
# $$I(x, y) = (1-b)\,\bigl[(1-a)\,I_{00} + a\,I_{01}\bigr] + b\,\bigl[(1-a)\,I_{10} + a\,I_{11}\bigr]$$
#
# $x$ and $y$ are in pixels here, so first undo the formula above: $x = (x_j + 1)\,(w - 1)/2$. $I_{00}$ is the pixel
# above and to the left, $I_{01}$ its right neighbour, $I_{10}$ and $I_{11}$ those below; $a$ and $b$, from 0 to 1, say
# how far to the right of and below $I_{00}$ the place lies. In words: the nearer, the more it counts. A place outside
# of the picture is moved to its border first. Stay in torch, so that a gradient comes back to the positions: the check
# asks for it too.
#
# ### Build

# %% exercise: bilinear_sample · difficulty 3/5 · 15 min
def bilinear_sample(image, positions):
    """Read between pixels: image (N, C, H, W) at positions (N, h, w, 2) in [-1, 1] -> (N, C, h, w).

    Outside of the picture the border is repeated.
    """
    ### BEGIN SOLUTION
    height, width = image.shape[2:]
    x = ((positions[..., 0] + 1) / 2 * (width - 1)).clamp(0, width - 1)
    y = ((positions[..., 1] + 1) / 2 * (height - 1)).clamp(0, height - 1)
    left, top = x.floor().long(), y.floor().long()
    right, bottom = (left + 1).clamp(max=width - 1), (top + 1).clamp(max=height - 1)
    a, b = (x - left)[:, None], (y - top)[:, None]  # (N, 1, h, w)
    n = torch.arange(len(image), device=image.device)[:, None, None]

    def pixel(row, column):
        return image[n, :, row, column].movedim(-1, 1)  # (N, h, w, C) -> (N, C, h, w)

    upper = (1 - a) * pixel(top, left) + a * pixel(top, right)
    lower = (1 - a) * pixel(bottom, left) + a * pixel(bottom, right)
    return (1 - b) * upper + b * lower
    ### END SOLUTION

# %% tags=["nbval-check-output"]
bilinear_sample = check("bilinear_sample")

# %% tags=["nbval-check-output"]
course.use(bilinear_sample)

# %% [markdown]
# ### Use
#
# An eye, eight times as large, first with the nearest pixel and then with yours:

# %%
with places.counted("flow.identity_grid") as grids, places.counted("flow.bilinear_sample") as reads:
    window = flow.identity_grid(120, 240) * torch.tensor([0.19, 0.095]) + mover.source[0, 36:42].mean(dim=0)
    smooth = flow.render(mover.image, flow.Moved(window[None]))
nearest = torch.nn.functional.grid_sample(mover.image, window[None], "nearest", align_corners=True)
plots.show(plots.faces([images.from_tensor(one[0]) for one in (nearest, smooth)], columns=2, side=4,
                       titles=["the nearest pixel", "a mixture of four"]))
for name, seen in (("identity_grid", grids), ("bilinear_sample", reads)):
    print(f"{name} was called." if seen.calls else f"{name} was not called.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One point, and what is around it
#
# ### Why
#
# You know where one point goes, say the tip of the nose. What about the pixel beside it? It probably makes the same
# move. And if the head tilts, it also turns about the tip.
#
# ### How
#
# That is a Taylor series, broken off after its second term:
#
# $$T(z) \approx q + A\,(z - p)$$
#
# $z$ is a pixel of the new picture and $T(z)$ where it looks; $p$ is the point in the new picture, $q$ the same point
# in the old one; $A$ is a 2×2 matrix, the *Jacobian*: how a small step away from $p$ becomes a step away from $q$. In
# words: around $p$ the new picture is the old one around $q$, turned, stretched and sheared by $A$. Where $A$ is the
# identity matrix it is only shifted. The idea is the heart of *first-order motion* (Siarohin et al., 2019), the
# network that made photos follow videos; "first order" is the matrix.

# %%
nose = widget.PointAndMatrix()
nose

# %%
plots.show(nose.stills({"right": 0.2, "down": 0.1}, {"turn": 40, "follows": 0.6}, {"stretch": 1.6, "follows": 0.4},
                       title="A shift; a turn; a stretch"))

# %% [markdown]
# Turning it clockwise by 40° means that each pixel *looks* 40° back: $A$ leads from the new picture into the old one,
# and is the inverse of what you see.
#
# ### Build

# %% exercise: affine_flow · difficulty 2/5 · 10 min
def affine_flow(at, to, matrix, grid):
    """Where each pixel looks if it belongs to each of K points.

    at: p, (N, K, 2); to: q, (N, K, 2); matrix: A, (N, K, 2, 2); grid: z, (H, W, 2) -> (N, K, H, W, 2).
    """
    ### BEGIN SOLUTION
    away = grid[None, None] - at[:, :, None, None]  # (N, K, H, W, 2)
    return to[:, :, None, None] + torch.einsum("nkij,nkhwj->nkhwi", matrix, away)
    ### END SOLUTION

# %% tags=["nbval-check-output"]
affine_flow = check("affine_flow")

# %% tags=["nbval-check-output"]
course.use(affine_flow)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Who follows whom?
#
# ### Why
#
# Ten points make ten such motions, and each is right near its own point only. An eleventh stands still, for
# the background. Every pixel has to choose, and a hard choice would tear the picture along every seam.
#
# ### How
#
# So it does not choose, it mixes:
#
# $$M_k(z) = \frac{e^{c_k(z)}}{\sum_l e^{c_l(z)}}, \qquad T(z) = \sum_k M_k(z)\,T_k(z)$$
#
# $c_k(z)$ is how strongly motion $k$ claims pixel $z$; $M_k$ is its *mask*, the share it gets; $T_k$ is where it would
# have the pixel look. In words: a softmax over the motions, then the mean of all of them, each by its share. In the
# published network a convolutional net makes the claims. Here they are
# $c_k(z) = -\lVert z - p_k \rVert^2 / (2 \sigma^2)$ with $\sigma = 0.3$: the nearer, the stronger.
#
# ### Build

# %% exercise: soft_masks · difficulty 1/5 · 6 min
def soft_masks(logits, flows):
    """Claims (N, K, H, W) and motions (N, K, H, W, 2) -> masks (N, K, H, W) that add up to 1, flow (N, H, W, 2)."""
    ### BEGIN SOLUTION
    masks = torch.softmax(logits, dim=1)
    return masks, (masks[..., None] * flows).sum(dim=1)
    ### END SOLUTION

# %% tags=["nbval-check-output"]
soft_masks = check("soft_masks")

# %% tags=["nbval-check-output"]
course.use(soft_masks)

# %% [markdown]
# ### Use
#
# A face from a formula, in two states. Ten of its points, known in both pictures; the matrices are read off how the
# neighbouring points move. Who follows whom:

# %%
SIZE = 128
source, target, truth = synthetic.moving_pair(1, SIZE, (6, 2))
here, there = (flow.to_unit(one.keypoints, SIZE, SIZE) for one in (source, target))
with places.counted("flow.affine_flow") as affine, places.counted("flow.soft_masks") as masks:
    first = flow.first_order_flow(here, there, SIZE)
old, new = (images.from_tensor(one.image[0]) for one in (source, target))
ten = target.keypoints[0, list(flow.TEN)].numpy()
plots.show(figures.masks(new, first.masks[0].numpy(), ten, "Four of the eleven masks"))
for name, seen in (("affine_flow", affine), ("soft_masks", masks)):
    print(f"{name} was called." if seen.calls else f"{name} was not called.")

# %% [markdown] slideshow={"slide_type": "slide"}
# And the flow that they make. For a formula face the truth is known to a fraction of a pixel: each pixel sees a spot of
# a mesh, and the mesh knows where that spot was before.

# %%
def in_pixels(positions):
    own_place = truth.positions - truth.field
    return (flow.to_pixels(positions, SIZE, SIZE) - own_place)[0].numpy()


def warped(positions):
    return images.from_tensor(flow.render(source.image, flow.Moved(positions))[0])


true = flow.to_unit(truth.positions, SIZE, SIZE)
plots.show(figures.flows([old, new, new], [None, in_pixels(first.flow), truth.field[0].numpy()],
                            ["source", "target, the flow of ten points", "target, the true flow"], step=10, columns=3,
                            side=3, points=[source.keypoints[0, list(flow.TEN)].numpy(), ten, None],
                            title="Every arrow leads from a pixel of the target to where it looks in the source"))
plots.show(plots.faces([old, new, warped(first.flow), warped(true)], columns=4, side=2.3,
                       titles=["source", "target", "source, by ten points", "source, by the true flow"]))

# %% [markdown]
# The head is where it belongs. The lips are not: they were open, and ten points cannot say how to shut them. Even
# with the true flow something is odd, at the rim of the head. Hold that thought.
#
# Ask the flow pixel by pixel:

# %%
pointer = widget.FlowUnderPointer()
pointer

# %%
plots.show(pointer.stills({"flow": "first-order", "x": 62, "y": 92}, {"flow": "thin plate", "x": 62, "y": 92},
                          {"flow": "nothing moves", "x": 62, "y": 92},
                          title="One pixel of the target. Ring: where it is; disc: where it looks; cross: the truth"))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Or one smooth sheet
#
# ### Why
#
# With 68 points there is another way: no masks, no matrices, one field that goes *through* all points and is as smooth
# as it can be between them. `course.animate` moves Grace Hopper with such a sheet, laid over one motion of the whole
# head.
#
# ### How
#
# Think of a thin sheet of metal, held at some points, that bends as little as it can. Its shape is known:
#
# $$f(z) = \sum_i w_i\,U(\lVert z - p_i \rVert) + a_0 + a_x x + a_y y, \qquad U(r) = r^2 \log r$$
#
# $p_i$ are the $n$ points; $w_i$ are weights, one a point; $a_0, a_x, a_y$ make a tilted plane, which costs no bending.
# In words: a plane, and a soft dent at each point. The $n + 3$ unknowns solve one linear system:
#
# $$\begin{pmatrix} K & P \\ P^\top & 0 \end{pmatrix} \begin{pmatrix} w \\ a \end{pmatrix} =
# \begin{pmatrix} v \\ 0 \end{pmatrix}$$
#
# $K_{ij} = U(\lVert p_i - p_j \rVert)$; a row of $P$ is $(1, x_i, y_i)$; $v$ are the values at the points. The upper
# rows say: go through the values. The lower three say: leave to the plane what the plane can do. $U(0)$ is 0, though
# $\log 0$ is not; `flow.spline_kernel` takes $r^2$ and knows. A flow needs two sheets, one for $x$ and one for $y$:
# two columns of $v$. (Duchon, 1977; Bookstein, 1989.)
#
# ### Build

# %% exercise: thin_plate_spline · difficulty 4/5 · 18 min
def thin_plate_spline(points, values, queries):
    """The smoothest sheet through values (n, d) at points (n, 2), read at queries (m, 2) -> (m, d)."""
    ### BEGIN SOLUTION
    n = len(points)

    def kernel(a):
        return flow.spline_kernel(((a[:, None] - points[None]) ** 2).sum(-1))

    plane = torch.cat([points.new_ones(n, 1), points], dim=1)  # (n, 3)
    system = torch.cat([torch.cat([kernel(points), plane], 1), torch.cat([plane.T, points.new_zeros(3, 3)], 1)])
    weights = torch.linalg.solve(system, torch.cat([values, values.new_zeros(3, values.shape[1])]))
    return kernel(queries) @ weights[:n] + weights[n] + queries @ weights[n + 1:]
    ### END SOLUTION

# %% tags=["nbval-check-output"]
thin_plate_spline = check("thin_plate_spline")

# %% tags=["nbval-check-output"]
course.use(thin_plate_spline)

# %% [markdown]
# ### Use
#
# The photo, by your two motions. Lesson 03's face model says where the points go; every pixel goes by your code:

# %%
poses = {"jaw open": {"jawOpen": 0.7}, "smile": {"mouthSmileLeft": 0.9, "mouthSmileRight": 0.9},
         "turned": {"headYaw": 14, "headPitch": 5}, "tilted": {"headRoll": 14}}
with places.counted("flow.thin_plate_spline") as seen:
    sheets = [mover.frame(pose, "spline") for pose in poses.values()]
tens = [mover.frame(pose, "first-order") for pose in poses.values()]
plots.show(plots.faces(tens + sheets, columns=4, side=2.2,
                       titles=[f"ten points: {words}" for words in poses] + [f"sheet: {words}" for words in poses]))
print("thin_plate_spline was called." if seen.calls else "thin_plate_spline was not called.")

# %% [markdown]
# The sheet knows 78 points, and the mouth really opens: it shows stretched lips, for a warp has no teeth to show. Ten
# points move a head well and a mouth hardly.
#
# ## What was hidden
#
# ### Why
#
# Turn a head, and an ear comes round that the photo never showed. The pixels there look *somewhere* all the same, and
# find something that belongs elsewhere. That is what was odd at the rim.
#
# ### How
#
# Say so with a map $V$ from 0 (hidden) to 1 (visible), and take the hidden away:
#
# $$\text{kept}(z) = V(z) \cdot \text{warped}(z)$$
#
# In words: keep what the source shows, and leave a hole where it does not. A generator (lessons 07 and 08) then knows
# where to paint. In a network the map is coarser than the picture, so bring it to the same size first: bilinear, with
# `align_corners=True`.
#
# ### Build

# %% exercise: occlude · difficulty 1/5 · 5 min
def occlude(moved, visible):
    """Take away what was hidden: moved (N, C, H, W), a map (N, 1, h, w) from 0 to 1 -> (N, C, H, W)."""
    ### BEGIN SOLUTION
    if visible.shape[2:] != moved.shape[2:]:
        visible = torch.nn.functional.interpolate(visible, moved.shape[2:], mode="bilinear", align_corners=True)
    return moved * visible
    ### END SOLUTION

# %% tags=["nbval-check-output"]
occlude = check("occlude")

# %% tags=["nbval-check-output"]
course.use(occlude)

# %% [markdown]
# ### Use
#
# One person, from 16° left to 16° right with an open mouth. The true flow, so nobody made a mistake; and still:

# %%
person = synthetic.People.random(1, (6, 2))
before, after = torch.zeros(1, 57), torch.zeros(1, 57)
before[0, face.INDEX["headYaw"]] = -16
after[0, [face.INDEX["headYaw"], face.INDEX["jawOpen"]]] = torch.tensor([16.0, 0.6])
left, right = (synthetic.render(person, values, SIZE).image for values in (before, after))
turn = synthetic.flow(person, before, after, SIZE)
moved = flow.Moved(flow.to_unit(turn.positions, SIZE, SIZE))
shown = turn.visible[:, None].float()  # (1, 1, H, W)
with places.counted("flow.occlude") as seen:
    kept = flow.render(left, moved, shown)
rows = (left, right, flow.render(left, moved), kept)
plots.show(plots.faces([images.from_tensor(one[0]) for one in rows], columns=4, side=2.3,
                       titles=["source", "target", "warped by the true flow", "and occluded"]))
print(f"The source does not show {100 - 100 * float(shown.mean()):.0f} % of the target's pixels.")
print("occlude was called." if seen.calls else "occlude was not called.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Flow without points (optional)
#
# ### Why
#
# Everything so far was told its points. Can two pictures alone say what moved?
#
# ### How
#
# Bruce Lucas and Takeo Kanade, 1981. Within a small window all pixels move alike, by $v$, and only a little, so that
#
# $$\text{target}(x) = \text{source}(x + v) \approx \text{source}(x) + g(x) \cdot v$$
#
# $g = (g_x, g_y)$ is the source's *gradient*, how much brighter it becomes a pixel to the right and a pixel down, and
# $d = \text{target} - \text{source}$ is what changed. Each pixel gives
# one equation, $g \cdot v = d$, for two unknowns. So take all pixels of the window, and least squares:
#
# $$\begin{pmatrix} \sum g_x^2 + \varepsilon & \sum g_x g_y \\ \sum g_x g_y & \sum g_y^2 + \varepsilon \end{pmatrix} v =
# \begin{pmatrix} \sum g_x d \\ \sum g_y d \end{pmatrix}, \qquad \varepsilon = 0.001$$
#
# In words: find the shift that explains best how the brightness changed; where nothing is to be seen, $\varepsilon$
# says: stand still. `np.gradient(source)` gives $g_y$ and then $g_x$, in this order, and
# `flow.window_sum(values, radius)` the sums. Stack the answer x first.
#
# ### Build

# %% exercise: lucas_kanade · difficulty 4/5 · 18 min · optional
def lucas_kanade(source, target, radius=5):
    """Grey pictures (H, W) in [0, 1] -> how far each pixel of the target looks, (H, W, 2): x, y in pixels."""
    ### BEGIN SOLUTION
    gy, gx = np.gradient(source)
    d = target - source
    xx, xy, yy = (flow.window_sum(product, radius) for product in (gx * gx, gx * gy, gy * gy))
    bx, by = flow.window_sum(gx * d, radius), flow.window_sum(gy * d, radius)
    xx, yy = xx + 1e-3, yy + 1e-3
    return np.stack([yy * bx - xy * by, xx * by - xy * bx], axis=-1) / (xx * yy - xy * xy)[..., None]
    ### END SOLUTION

# %% tags=["nbval-check-output"]
lucas_kanade = check("lucas_kanade")

# %% tags=["nbval-check-output"]
course.use(lucas_kanade)

# %% [markdown]
# ### Use
#
# It sees about a pixel far. So the system begins on pictures halved twice, where all steps are small, and refines. Here
# with a small movement, a quarter of what random faces do:

# %%
a, b, small = synthetic.moving_pair(1, SIZE, (6, 2), strength=0.25)
grey = [flow.grey(one.image[0].permute(1, 2, 0).numpy()) for one in (a, b)]
with places.counted("flow.lucas_kanade") as seen:
    found = flow.find_flow(*grey)
picture = images.from_tensor(b.image[0])
plots.show(figures.flows([picture, picture], [found, small.field[0].numpy()],
                            ["found by Lucas and Kanade", "the truth"], step=8, columns=2, side=3.4,
                            title="A small movement, from two pictures alone"))
print("lucas_kanade was called." if seen.calls else "lucas_kanade was not called.")

# %% [markdown]
# Close on most of the face, where brows, eyes and lips are something to see, and wrong on the wall: so smooth that
# a window looks the same a pixel further, and the neighbours' answer creeps in from the outline of the head.
#
# ## Which is nearest to the truth?
#
# Sixteen people, with large movements. For each flow, how far from the truth it looks on average,
# where the spot belongs to the person and both pictures show it:

# %%
sources, targets, truths = synthetic.moving_pair(16, 64, 999)
person_there = targets.masks[:, 0] < 0.01  # no background
at, to = (flow.to_unit(one.keypoints, 64, 64) for one in (targets, sources))
still = flow.identity_grid(64, 64).expand(16, -1, -1, -1)
counted = (truths.visible & person_there)[..., None]
shift = (truths.field * counted).sum((1, 2), keepdim=True) / counted.sum((1, 2), keepdim=True)
greys = [[flow.grey(image.permute(1, 2, 0).numpy()) for image in one.image] for one in (sources, targets)]
by_eye = torch.from_numpy(np.stack([flow.find_flow(*pair) for pair in zip(*greys)])).float()
flows = {"nothing moves": still, "Lucas-Kanade, from the pictures": still + by_eye * 2 / 63,
         "the best single shift": still + shift * 2 / 63,
         "ten points, no matrices": flow.first_order_flow(to, at, 64, jacobians=False).flow,
         "ten points with matrices": flow.first_order_flow(to, at, 64).flow,
         "a sheet through 68 points": flow.spline_flow(to, at, 64).flow}
off = {name: float(flow.flow_errors(found, truths, person_there).mean()) for name, found in flows.items()}
plots.show(figures.bars(off, "How far from the true flow?", "mean distance in pixels, of a picture 64 wide",
                           marked=("ten points with matrices", "a sheet through 68 points")))

# %% [markdown]
# *The best single shift* is the honest rival: one pair of numbers for the whole picture, made from the truth itself.
# Ten points beat it clearly, and their matrices help again. The sheet has all 68 points and does no better: what lies
# between and beyond the points is a guess in both. And two pictures alone do not get far when heads turn. On 48 people
# (`python benchmarks/point_motion.py`): shift 2.86, ten points 1.92, with matrices 1.34, sheet 1.51; on the
# skin alone, 1.04 with matrices and 1.08 with the sheet.
#
# All of these were *told* their points. The published network finds its own, without a label. So does ours
# (`course/lessons/lesson_06/first_order.py`), on formula faces: after 1,000 steps, seven minutes on one CPU thread,
# it is 2.98 pixels off on 48 new people, where the best single shift is 2.90 off and standing still 5.92
# (`python benchmarks/first_order.py`). It learned that heads move as one, and hardly more. Its points slide, too: they miss
# the spot on the face that they sat on by 4.4 pixels. The paper's network is far larger and learned from thousands of
# videos. This course goes another way: points that were found with labels, from lesson 02, and a network (lesson 08)
# for what a warp cannot do.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The failure museum
#
# A face that comes nearer, tilts, looks to the side and opens its mouth. Five bugs:

# %%
def forward_sign(at, to, matrix, grid):  # from the source to the target
    return affine_flow(to, at, torch.linalg.inv(matrix), grid)


def y_first(height, width, device=None):
    return identity_grid(height, width, device).flip(-1)


def other_corners(image, positions):
    return torch.nn.functional.grid_sample(image, positions, padding_mode="border", align_corners=False)


def no_jacobian(at, to, matrix, grid):
    return affine_flow(at, to, torch.eye(2).expand_as(matrix), grid)


def no_occlusion(moved, visible):
    return moved


# %%
pose = {"headScale": 0.2, "headRoll": 20, "headYaw": 6, "jawOpen": 0.4}
pictures = {"healthy": mover.frame(pose)}
for words, bug, name in (("forward for backward", forward_sign, "affine_flow"), ("y first", y_first, "identity_grid"),
                         ("no Jacobian", no_jacobian, "affine_flow")):
    with course.use(bug, name=name, force=True):
        pictures[words] = mover.frame(pose)
nothing = flow.Moved(identity_grid(160, 160)[None])
for words, reading in (("moved by nothing, 40 times", bilinear_sample), ("other corners, 40 times", other_corners)):
    with course.use(reading, name="bilinear_sample", force=True):
        again = mover.image
        for _ in range(40):
            again = flow.render(again, nothing)
    pictures[words] = images.from_tensor(again[0])
pictures["occluded"] = images.from_tensor(kept[0])
with course.use(no_occlusion, name="occlude", force=True):
    pictures["no occlusion"] = images.from_tensor(flow.render(left, moved, shown)[0])
plots.show(plots.faces(pictures.values(), titles=list(pictures), columns=4, side=2.3))

# %% [markdown]
# * **Forward for backward.** The arrows are turned round, so she leans the other way and draws back. At rest
#   nobody notices.
# * **y first.** Positions are (x, y), arrays are [row, column]. Every pixel looks across the diagonal.
# * **No Jacobian.** Each part is carried to its place, none is turned or made larger: the mouth and the eyes tilt less
#   than the head and stay small, and what lies between them is stretched.
# * **Other corners.** One reading with the other convention moves a pixel at the border by half a pixel. Nobody sees
#   it. After forty, the picture has shrunk towards its middle and blurred, where the right reading leaves it as it was.
# * **No occlusion.** The face comes a second time where it was hidden: a smear beside the head, a rim in the mouth.
#
# ## What you have now

# %%
course.progress()

# %% [markdown]
# From points to pixels, by six functions that fit on a page. Four of them, the grid, the motions, the masks and the
# occlusion, are at work in `first_order`'s network as they are. `course.use("mine")` brings them back in any later
# lesson. And what `course animate` hides and shows behind a turning head, `course/rendering/layers.py` finds in the
# same way: a mask of the person, learned, moved with the head, and the wall where it is 0.
#
# **Three questions**
#
# 1. A warp runs backward. Can two pixels of the new picture look at the same place of the old one? Can a place of the
#    old one be looked at by nobody?
#
# <details><summary>Answer</summary>
#
# Both. The first is how a face comes twice; the second is how something vanishes behind something else. Only an
# empty pixel in the new picture cannot happen.
# </details>
#
# 2. In all ten points $A$ is the same turn by 10°, and all points turn about the nose. What flow comes out near the
#    face, and does it matter how the masks share it out?
#
# <details><summary>Answer</summary>
#
# A turn of the whole by 10°. All ten motions are the same function, so every mixture of them is that function: the
# masks among them do not matter. Only the eleventh, which stands still, takes its share.
# </details>
#
# 3. Lucas and Kanade look at the middle of a bald head that turns. What do they say?
#
# <details><summary>Answer</summary>
#
# Nothing reliable. There is hardly any gradient within the window, so the stiffness decides, or what coarser levels
# saw of the outline. Shading can even fool them: a highlight stays where the lamp is while the skin moves under it.
# </details>
#
# ## Going further
#
# * A. Siarohin, S. Lathuilière, S. Tulyakov, E. Ricci and N. Sebe, "First order motion model for image animation",
#   *NeurIPS* 2019.
# * F. L. Bookstein, "Principal warps: thin-plate splines and the decomposition of deformations", *IEEE Transactions on
#   Pattern Analysis and Machine Intelligence* 11(6), 567-585, 1989.
# * J. Duchon, "Splines minimizing rotation-invariant semi-norms in Sobolev spaces", in *Constructive Theory of
#   Functions of Several Variables*, Springer, 85-100, 1977.
# * B. D. Lucas and T. Kanade, "An iterative image registration technique with an application to stereo vision", *IJCAI*
#   1981, 674-679.
# * M. Jaderberg, K. Simonyan, A. Zisserman and K. Kavukcuoglu, "Spatial transformer networks", *NIPS* 2015: bilinear
#   sampling with gradients inside a network.
# * J. Zhao and H. Zhang, "Thin-plate spline motion model for image animation", *CVPR* 2022: the two ideas of this
#   lesson in one network.
#
# Next: **07, GAN losses**. Who paints what no warp can find?
