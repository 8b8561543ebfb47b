# %% [markdown] slideshow={"slide_type": "slide"}
# # 02 · Find the keypoints
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({{colab}})
#
# A box says *that* there is a face. To move it, you have to know where each part is: the corners of the eyes, the
# wings of the nose, the lips. This lesson finds 68 points on a face, and says how well.
#
# **After this lesson you can**
#
# * turn a point into a heatmap and a heatmap back into a point, finer than its cells;
# * say what heatmaps buy over plain numbers, because you have trained both;
# * lay one face onto another with the best turn, size and shift;
# * mirror a face without turning its left eye into a right one;
# * measure keypoints with the number that papers use, and look at the errors behind the number.
#
# **Time:** 80 minutes for you, about a minute for the machine. **Before this:** lesson 00.

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

import cv2
import numpy as np
import torch

import course
from course import demo, evaluation, images, io, keypoints, plots
from course.exercises import check, hint, places, progress, solution
from course.keypoints import crops as keypoint_crops
from course.lessons.lesson_02 import figures, three_ways, widget

print("Ready.")

# %% slideshow={"slide_type": "slide"}
plots.show(plots.pipeline(["keypoints"]))

# %% [markdown]
# ## The 68 points
#
# Many data sets of faces number their points like this, after the 300-W challenge of 2013; others have 98 points, or
# 21. **Right and left are the person's own**, so the right eye is on the left of the picture, and its points come
# first.

# %%
photo = images.load_image(demo.photo_path())
pictures, true = three_ways.poses_of(photo, 9, seed=3)  # (9, 288, 288, 3), and points (9, 78, 2)
k = np.argmax(true[:, 66, 1] - true[:, 62, 1])  # the one whose mouth is open widest
plots.show(plots.numbered_points(pictures[k], true[k]))

# %% [markdown]
# The portrait was moved here on purpose, by the same warp that makes the films. That gives us something precious: nine
# pictures in which we know where each point went, without a person having clicked on 612 places. Our finder sets
# ten more points for itself, two pupils and eight along the hair line; in this lesson the 68 count.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A point as a picture
#
# ### Why
#
# How should a network say *where*? The plain way is two numbers a point: a last layer takes all that the network has
# seen and multiplies it into $x$ and $y$. But think of what that layer must learn. A mouth corner seen at the left has
# to raise one number, the same corner seen a little further right has to raise it a little more; each place is learned
# by itself, from examples at that place.
#
# The other way is to let the network *draw*. For each point it paints a small map, bright where it believes the point
# to be. A convolution asks the same question in every cell, "is the mouth's corner here?", so what it learns at one
# place it knows at all. Here are four of the maps that our own network paints:

# %%
network, size = keypoints.load_network()
center, side = keypoints.square_around(keypoints.find_points(photo)[0])
crop = keypoint_crops.cut(photo, keypoints.square_matrix(center, side, size), size)  # (128, 128, 3)
with torch.inference_mode():
    maps = network.maps(torch.from_numpy(crop).permute(2, 0, 1)[None].float() / 255)  # (1, 78, 32, 32)
    beliefs = maps.flatten(2).softmax(dim=2).view_as(maps)[0].numpy()
shown = {"tip of the nose (30)": 30, "right mouth corner (48)": 48, "chin (8)": 8, "left brow (24)": 24}
plots.show(plots.heatmap_row([beliefs[k] for k in shown.values()], titles=list(shown), behind=[crop] * 4,
                             title="Where is it? Four of 78 maps, 32 x 32 cells each"))

# %% [markdown]
# The tip of the nose is one bright spot. The chin is a smear along its line: the network knows how high it is, and not
# quite how far to the side. A map can say that. Two numbers cannot.
#
# ### How
#
# To train such a network, somebody has to draw the maps it should paint. A round hill on each point will do:
#
# $$h_{ij} = \exp\left(-\frac{(j + \tfrac12 - S\,x)^2 + (i + \tfrac12 - S\,y)^2}{2\,\sigma^2}\right)$$
#
# $(x, y)$ is the point, from 0 to 1 across the picture; $S$ is the number of cells on a side, so $S x$ is the point in
# cells; $i$ is the row and $j$ the column of a cell, whose middle lies at $j + \frac12$ and $i + \frac12$; $\sigma$ is
# how wide the hill is, in cells. In words: the squared distance from the cell's middle to the point, and the brightness
# falls with it as a bell curve, 1 at the top.
#
# The half is worth a second look. Column 0 covers the stretch from 0 to 1, and its middle is at one half. Forget it,
# and all you ever draw is half a cell off: on our photo, four pixels.
#
# ### Build

# %% exercise: gaussian_heatmap · difficulty 2/5 · 10 min
def gaussian_heatmap(points, size, sigma=1.5):
    """A round hill at every point, 1 at its top: tensor (N, K, 2) in [0, 1] -> tensor (N, K, size, size).

    points: x and y of K points in N pictures; size: cells a side; sigma: the hill's width in cells.
    """
    ### BEGIN SOLUTION
    centres = torch.arange(size) + 0.5
    across = (centres - size * points[..., 0, None]) ** 2  # (N, K, size): along the columns
    down = (centres - size * points[..., 1, None]) ** 2  # (N, K, size): along the rows
    return torch.exp(-(down[..., :, None] + across[..., None, :]) / (2 * sigma**2))
    ### END SOLUTION

# %% tags=["nbval-check-output"]
gaussian_heatmap = check("gaussian_heatmap")

# %% tags=["nbval-check-output"]
course.use(gaussian_heatmap)

# %% [markdown]
# Further down a network will learn from the maps you draw.
#
# ## From a heatmap back to a point
#
# ### Why
#
# The obvious way back is the *argmax*: take the brightest cell. It has two faults. It can only name middles of cells;
# and it jumps, so nothing can be learned through it. To see the first, let a point travel round a circle, draw its
# map with 16 cells a side, and read the maps again, with the argmax and with what you are about to build:

# %%
angle = torch.linspace(0, 2 * torch.pi, 200)
circle = 0.5 + 0.3 * torch.stack([angle.cos(), angle.sin()], dim=-1)[None]  # (1, 200, 2)
drawn = gaussian_heatmap(circle, 16, 1.5)
readings = {"argmax": keypoints.hard_argmax(drawn)[0], "soft-argmax": keypoints.soft_argmax(10 * drawn)[0]}
plots.show(figures.read_again(circle[0], readings, 16, "A circle, drawn as maps of 16 x 16 cells and read again"))

places_in_a_cell = np.random.default_rng(0).uniform(-0.5, 0.5, (100_000, 2))
off = np.linalg.norm(places_in_a_cell, axis=1).mean()  # exactly (sqrt(2) + ln(1 + sqrt(2))) / 6
cell = side / 32
print(f"A place anywhere in a cell is {off:.2f} cells from its middle on average. On our photo a cell is "
      f"{cell:.1f} pixels wide,\nso an argmax is {off * cell:.1f} pixels off there, however good the map.")

# %% [markdown]
# The argmax walks in stairs. The soft-argmax reads the very same maps to a twentieth of a cell.

# %% [markdown] slideshow={"slide_type": "slide"}
# ### How
#
# Take not the top of the map but its *centre of mass*. First make it a probability: one that sums to 1 over all cells.
# Then take the mean of the cells' places, each weighed by its probability:
#
# $$p_{ij} = \frac{e^{h_{ij}}}{\sum_{kl} e^{h_{kl}}}, \qquad
# x = \sum_{ij} p_{ij}\,\frac{j + \frac12}{W}, \qquad y = \sum_{ij} p_{ij}\,\frac{i + \frac12}{H}$$
#
# $h_{ij}$ is the map in row $i$ and column $j$, any numbers at all; $p_{ij}$ is its *softmax*, never negative and with
# the sum 1; $k$ and $l$ run over all rows and columns as well; $W$ and $H$ are how many columns and rows there are;
# $x$ and $y$ lie between 0 and 1. In words: where would the point be on average, if you believed the map? A mean of
# many places can lie anywhere between them, and every cell has a say in it, so every cell can learn from an error.
#
# That is the *soft-argmax*. Its weak side: a second hill far away drags the mean into the empty land between them, and
# so does a low plain if the map is not sharp enough. Too sharp, and only the top cell counts: it is an argmax again,
# stairs and all. Try it. The slider multiplies the map before the softmax (in the circle above it was 10).

# %%
sharpness = widget.HeatmapSharpness()
sharpness

# %%
plots.show(sharpness.stills({"sharpness": 2, "second hill": 0.5}, {"sharpness": 6, "second hill": 0.5},
                            {"sharpness": 20, "second hill": 0.5}, title="Three settings of the sliders"))

# %% [markdown]
# Nobody sets that sharpness in our network. It is trained through the soft-argmax, and finds out by itself how sharply
# to paint.
#
# ### Build

# %% exercise: soft_argmax · difficulty 3/5 · 12 min
def soft_argmax(maps):
    """The centre of mass of each map's softmax: tensor (N, K, H, W) -> tensor (N, K, 2), x and y in [0, 1].

    In torch from end to end, so that training can go through it.
    """
    ### BEGIN SOLUTION
    height, width = maps.shape[-2:]
    p = maps.flatten(2).softmax(dim=2).unflatten(2, (height, width))  # (N, K, H, W)
    xs = (torch.arange(width) + 0.5) / width
    ys = (torch.arange(height) + 0.5) / height
    x = (p.sum(dim=2) * xs).sum(dim=-1)  # p summed over the rows is how likely each column is
    y = (p.sum(dim=3) * ys).sum(dim=-1)
    return torch.stack([x, y], dim=-1)
    ### END SOLUTION

# %% tags=["nbval-check-output"]
soft_argmax = check("soft_argmax")

# %% [markdown]
# ### Use
#
# Every keypoint that the system finds goes through this function. From here on, through yours:

# %% tags=["nbval-check-output"]
course.use(soft_argmax)

# %%
with places.counted("keypoints.soft_argmax") as seen:
    points = keypoints.find_points(photo)[0]
x, y = points.mean(axis=0)
close_up = images.crop_square(photo, x, y, 300)
plots.show(plots.faces([close_up], [points - np.round([x - 150, y - 150])], side=3.6,
                       titles=[f"78 points from 78 maps; soft_argmax was called {seen.calls} times"]))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What heatmaps buy
#
# Now the experiment. Three small networks with the same body, on the same crops, for the same 150 steps:
#
# | | last layer | trained by | read by |
# |---|---|---|---|
# | **coordinates** | all cells into one linear layer | distance of the points | nothing to read |
# | **heatmaps** | one map a point | your `gaussian_heatmap` as the target | argmax |
# | **soft-argmax** | one map a point | distance of the points | your `soft_argmax` |
#
# They learn from 24 poses of our portrait, turned, shifted, scaled, relit and partly covered, and are measured on
# poses that none of them has seen. The measure is this lesson's last exercise: the mean distance, in percent of the
# distance between the eyes.

# %%
settings = three_ways.Settings()
curve = plots.LiveCurve(settings.steps, "Three ways to say where, on poses never seen",
                        "error in % of the eye distance")
with (places.counted("keypoints.gaussian_heatmap") as drawn_maps,
      places.counted("keypoints.soft_argmax") as read_maps):
    networks = three_ways.train(photo, settings, curve)

# %%
for way, network_ in networks.items():
    count = sum(p.numel() for p in network_.head.parameters())
    print(f"{way:<12} {curve.curves[way][-1]:5.1f} %   {count:>9,} numbers in the last layer")
print(f"gaussian_heatmap was called {drawn_maps.calls} times, soft_argmax {read_maps.calls} times.")

# %% [markdown]
# A number is not yet an understanding. Look at the errors themselves: an arrow leads from each true point to where the
# network says it is. One row a network, the same three crops.

# %%
crops, targets = (part[3:6] for part in three_ways.unseen_crops(photo))
pictures_64 = list(images.from_tensor(crops))
with torch.inference_mode():
    found = [network_(crops) * 64 - 0.5 for network_ in networks.values()]
plots.show(plots.error_arrows(pictures_64 * 3, torch.cat(found),
                              targets.repeat(3, 1, 1) * 64 - 0.5, side=2.5,
                              titles=[way for way in networks for _ in range(3)]))

# %% [markdown]
# *Coordinates* has learned an average face and puts it roughly where the face is; it hardly knows yet that a head can
# lean. It has by far the most numbers to learn, and must learn each place anew. The other two have learned what an eye
# looks like, and so find it wherever it is. *Heatmaps* snaps to its 16 cells, *soft-argmax* does not.
#
# Be fair to the loser: it was still falling when we stopped, and with far more pictures and steps it comes much closer.
# What heatmaps buy is learning *from little*. And be careful with the winner: this is one person's face. On another one
# these networks would fail. The network that ships has the soft-argmax, 1,008 faces and 2,800 steps behind it, 43
# minutes on one core; its card is `data/keypoints.md`. On the same kind of crops, of poses that it never saw either:

# %%
crops_128, targets_128 = three_ways.unseen_crops(photo, three_ways.Settings(crop=128))
with torch.inference_mode():
    found_128 = network(crops_128)[:, :68]
print(f"shipped      {evaluation.nme(found_128.numpy(), targets_128.numpy()):5.1f} %")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One face laid onto another
#
# ### Why
#
# Two faces differ in how they are *shaped* and in where they *are*: how far left, how large, how tilted. Mostly you
# want one without the other. To compare shapes, take the place away. To help a network, show it every face upright,
# centred and of one size: then it has less to learn, and our finder does just that for its second look.
#
# ### How
#
# Allow a turn, a change of size and a shift, and nothing else: no shearing, no mirror. Of all these *similarities* we
# want the one that brings the points $a_k$ nearest to the points $b_k$:
#
# $$\min_{s,\,R,\,t}\ \sum_k \lVert s\,R\,a_k + t - b_k \rVert^2$$
#
# $s$ is the size, a number; $R$ is a rotation, a 2×2 matrix; $t$ is the shift; $k$ runs over the points. Shinji Umeyama
# gave the answer in 1991, in one go and without any searching. Let $\bar a$ and $\bar b$ be the two means. Then
#
# $$U D V^\top = \operatorname{svd}\Bigl(\sum_k (b_k - \bar b)(a_k - \bar a)^\top\Bigr), \qquad
# R = U\,\Sigma\,V^\top, \qquad
# s = \frac{\operatorname{trace}(D\,\Sigma)}{\sum_k \lVert a_k - \bar a \rVert^2}, \qquad
# t = \bar b - s\,R\,\bar a.$$
#
# $\operatorname{svd}$ is the singular value decomposition: $U$ and $V$ are rotations, perhaps with a mirror in them, and
# the diagonal $D$ holds the singular values, the larger one first. $\Sigma$ is diagonal with the entries 1 and
# $\operatorname{sign}\det(U V^\top)$: if $U V^\top$ would mirror, the weaker direction is turned round, and it does not.
# In words: shift both means to zero; read the best turn off how the two sets vary together; the size is how much of
# $b$'s spread the turned $a$ explains; the shift then brings the means together.

# %%
labels = np.load(io.data_file("labels_scenes.npz"))
faces = labels["points"][:, :68, :2] * float(labels["points_scale"])  # (N, 68, 2), of invented people
print(f"{len(faces)} labelled faces in pictures of many sizes")

# %% [markdown]
# ### Build

# %% exercise: similarity_transform · difficulty 4/5 · 18 min
def similarity_transform(source, target):
    """The turn, size and shift that bring `source` nearest to `target`: (K, 2), (K, 2) -> (2, 3).

    The answer is the matrix [s R | t]: the first two columns turn and scale, the third shifts.
    """
    ### BEGIN SOLUTION
    middle_s, middle_t = source.mean(axis=0), target.mean(axis=0)
    a, b = source - middle_s, target - middle_t
    u, d, vt = np.linalg.svd(b.T @ a)
    signs = np.array([1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = u * signs @ vt
    scale = (d * signs).sum() / (a**2).sum()
    return np.column_stack([scale * rotation, middle_t - scale * rotation @ middle_s])
    ### END SOLUTION

# %% tags=["nbval-check-output"]
similarity_transform = check("similarity_transform")

# %% [markdown]
# ### Use
#
# First on the labelled faces. Lay all of them onto one, take the mean, lay all of them onto the mean, and once more.
# This is called Procrustes analysis, and out of a cloud comes a face:

# %%
mean = faces[0]
for _ in range(3):
    aligned = np.stack([keypoint_crops.apply(similarity_transform(face, mean), face) for face in faces])
    mean = aligned.mean(axis=0)
plots.show(plots.shape_clouds([faces, aligned],
                              ["as they are in their pictures", "each laid onto the mean"],
                              title=f"The 68 points of {len(faces)} faces"))

# %% [markdown]
# Then in the system. The photo is tilted; the finder takes a first look at it as it is, turns the face upright by what
# it saw, and looks again. The crops for both looks are cut with this function:

# %% tags=["nbval-check-output"]
course.use(similarity_transform)

# %%
height, width = photo.shape[:2]
tilt = cv2.getRotationMatrix2D((width / 2, height * 0.4), 30, 1)
tilted = cv2.warpAffine(photo, tilt, (width, height), borderMode=cv2.BORDER_REPLICATE)
with places.counted("keypoints.similarity_transform") as seen:
    points = keypoints.find_points(tilted)[0]
upright = np.array([[48, 62], [112, 62], [80, 122]], float)  # eyes and mouth in a 160 x 160 square
here = np.stack([points[36:42].mean(axis=0), points[42:48].mean(axis=0), points[48:68].mean(axis=0)])
straight = keypoint_crops.cut(tilted, similarity_transform(here, upright), 160)
plots.show(plots.faces([tilted, straight], [points, None], side=3,
                       titles=["the tilted photo", "set upright"]))
print(f"similarity_transform was called {seen.calls} times while the points were found.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The face in the mirror
#
# ### Why
#
# A mirrored face is a face. So every training picture counts twice, and a finder can look twice: at the picture, and at
# its mirror image, whose points it then mirrors back. Two looks err differently, and their mean errs less.
#
# There is a trap in it. Mirror the picture and the points move to the other side; but what is then on the left of the
# picture *looks* like a right eye, and so it *is* one for the network, and has to bear a right eye's numbers.
#
# ### How
#
# In a picture of width $W$, the columns are 0 to $W - 1$, so the mirror takes
#
# $$x' = W - 1 - x, \qquad y' = y,$$
#
# and point $i$ of the mirrored face is what was point $\pi(i)$ of the face: $\pi$ exchanges 36, the outer corner of the
# right eye, with 45, that of the left one, and leaves 27, on the bridge of the nose, where it is. The whole list of
# $\pi$ is `keypoints.FLIP`.

# %% tags=["nbval-check-output"]
print("point       ", [0, 8, 17, 27, 36, 37, 48, 60])
print("takes from  ", keypoints.FLIP[[0, 8, 17, 27, 36, 37, 48, 60]].tolist())

# %% [markdown]
# ### Build

# %% exercise: flip_keypoints · difficulty 2/5 · 8 min
def flip_keypoints(points, width):
    """The points of the mirrored picture, in the usual order: (..., K, 2) pixels -> the same shape.

    K is 68 or 78; width is that of the picture, in pixels.
    """
    ### BEGIN SOLUTION
    # the right eye's points are what were the left one's
    swapped = points[..., keypoints.FLIP[: points.shape[-2]], :]
    return swapped * np.array([-1, 1]) + np.array([width - 1, 0])
    ### END SOLUTION

# %% tags=["nbval-check-output"]
flip_keypoints = check("flip_keypoints")

# %% tags=["nbval-check-output"]
course.use(flip_keypoints)

# %% [markdown]
# ### Use
#
# It is in the finder now. Whether the second look is worth its time, we can only say with a measure.
#
# ## How good is it?
#
# ### Why
#
# "Three pixels off" means nothing: in a portrait that is a hair's breadth, in a crowd it is half an eye. So papers
# divide by the size of the face.
#
# ### How
#
# The *normalised mean error* takes the distance between the outer corners of the eyes as 100 %:
#
# $$\mathrm{NME} = \frac{100}{N} \sum_{n=1}^{N} \frac{\frac{1}{68} \sum_{k=0}^{67} \lVert \hat p_{nk} - p_{nk} \rVert}
# {\lVert p_{n,36} - p_{n,45} \rVert}$$
#
# $N$ is the number of faces, $p_{nk}$ the true point $k$ of face $n$ and $\hat p_{nk}$ the one that was found. In words:
# how far off the points of a face are on average, in percent of *its* eye distance, and then the mean over all faces.
# Mind the order: first divide, face by face, then take the mean.
#
# ### Build

# %% exercise: nme · difficulty 2/5 · 10 min
def nme(found, true):
    """Normalised mean error in percent: (N, K, 2), (N, K, 2) -> a number.

    Only the first 68 of the K points count.
    """
    ### BEGIN SOLUTION
    distance = np.linalg.norm(found - true, axis=-1)[:, :68].mean(axis=1)  # (N,)
    eyes = np.linalg.norm(true[:, 36] - true[:, 45], axis=-1)  # (N,)
    return (distance / eyes).mean() * 100
    ### END SOLUTION

# %% tags=["nbval-check-output"]
nme = check("nme")

# %% [markdown]
# ### Use
#
# Now we can tell what each part of the finder is good for, on the nine poses from the beginning:

# %%
course.use(nme)
boxes = keypoints.tight_boxes(true)  # (9, 4)
squares = [keypoints.square_from_box(box) for box in boxes]


def look(picture, square, mirrored):
    return keypoints.look(picture, *square, tilt=0.0, mirrored=mirrored)[0]


one = np.stack([look(picture, square, False) for picture, square in zip(pictures, squares)])
both = np.stack([look(picture, square, True) for picture, square in zip(pictures, squares)])
found = np.stack([keypoints.find_points(picture, box[None])[0] for picture, box in zip(pictures, boxes)])
with places.counted("evaluation.nme") as seen:
    scores = [evaluation.nme(points, true) for points in (one, both, found)]
for words, score in zip(("one look", "and its mirror image", "and a second look, set upright"), scores):
    print(f"{words:<32} {score:.2f} %")
print(f"nme was asked {seen.calls} times.")

# %%
worst = np.argsort([-nme(found[k : k + 1], true[k : k + 1]) for k in range(9)])[[0, 4, 8]]
near, found_near, true_near = figures.from_near(pictures[worst], found[worst], true[worst])
plots.show(plots.error_arrows(
    near, true_near + 5 * (found_near - true_near), true_near,
    title="The worst, the middle and the best of nine; arrows five times as long as the errors",
    titles=[f"{nme(found[k : k + 1], true[k : k + 1]):.1f} %" for k in worst]))

# %% [markdown]
# Look before you trust. (What is *true* here is exact about the movement only: where the points lie in the unmoved
# photo was found by the same network.) And ask where the errors sit, since a mean over 68 points does not say it:

# %%
off = np.linalg.norm(found - true, axis=-1)  # (9, 78) pixels
off = off / keypoints.eye_distance(true)[:, None] * 100  # in percent
for words, part in (("jaw", keypoints.JAW), ("brows", np.arange(17, 27)), ("nose", keypoints.NOSE),
                    ("eyes", np.arange(36, 48)), ("lips", np.arange(48, 68))):
    print(f"{words:<6} {off[:, part].mean():.2f} %")

# %% [markdown]
# The nose and the lips are found best. Brows and eyes suffer from the glasses here, and the jaw has nothing to hold on
# to but a line: a point may slide along it, and nobody can say that it is wrong. For a talking face that is good news.
#
# ## Points that you can move
#
# What are all these points for? Choose a group, move it with the sliders, and the face follows. (Without a running
# kernel: the strip below.)

# %%
mover = widget.KeypointMover()
mover

# %%
plots.show(mover.stills({"points": "chin", "down": 0.18}, {"points": "mouth corners", "down": -0.12},
                        {"points": "right brow", "down": -0.15}, title="Three settings of the sliders"))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The failure museum
#
# One frame, the mouth open and the head turned; four bugs in the keypoints. The dots are what the finder found, the
# face is what the system made of it.

# %%
def without_the_swap(points, width):  # mirrored, but the right eye keeps its left eye's numbers
    return flip_keypoints(points, width)[..., keypoints.FLIP[: points.shape[-2]], :]


def swap_only(points, width):  # renamed, but not mirrored
    return points[..., keypoints.FLIP[: points.shape[-2]], :]


def from_the_corner(maps):  # the half of j + 1/2 forgotten
    return soft_argmax(maps) - 0.5 / maps.shape[-1]


def unscaled(source, target):  # turned and shifted, at the old size
    matrix = similarity_transform(source, target)
    turn = matrix[:, :2] / np.sqrt(np.linalg.det(matrix[:, :2]))
    return np.column_stack([turn, target.mean(axis=0) - turn @ source.mean(axis=0)])


# %%
gesture = course.Motion([[0.7, 10.0]], ("jawOpen", "headYaw"))
exhibits = {"healthy": (flip_keypoints, "flip_keypoints"),
            "no swap": (without_the_swap, "flip_keypoints"), "swap only": (swap_only, "flip_keypoints"),
            "half a cell": (from_the_corner, "soft_argmax"), "unscaled": (unscaled, "similarity_transform")}
frames, dots = [], []
for bug, name in exhibits.values():
    with course.use(bug, name=name, force=True):
        dots.append(keypoints.find_points(photo)[0] - np.round([x - 150, y - 150]))
        frames.append(images.crop_square(list(course.animate(photo, motion=gesture, force=True))[0], x, y, 300))
plots.show(plots.faces(frames, dots, titles=list(exhibits), columns=5, side=2.2, size=5))

# %% [markdown]
# * **No swap.** The mean of an eye and the *other* eye is the bridge of the nose: all points fall onto the face's middle
#   line. Nothing holds the lips any more, so a face that was asked to open its mouth stays calm. You would look for the
#   fault in the motion. The most famous bug of keypoint code, and it hides in training too, where the loss simply stays
#   high.
# * **Swap only.** The points get new numbers, but stay where the mirrored picture shows them. The mean is nearly the
#   same line, and this time the face is torn along it. Nearly the same points, and quite another film: look at points
#   before you look at films.
# * **Half a cell.** Every point four pixels too high, and you hardly see it in the dots. The mouth shows it: the lips
#   part above the place where they meet. (And four to the left? In the mirrored look it is four to the right, and the
#   mean of the two is none. One part can hide another part's bug.)
# * **Unscaled.** The crop has the wrong size, and the network reads the tip of the nose as a whole face.
#
# ## What you have now

# %%
course.progress()

# %% [markdown]
# Five parts of a keypoint finder, all of them in a running system, and a measure that says what each is worth.
# `course.use("mine")` brings them back in any later lesson.
#
# **Three questions**
#
# 1. A map has two equally high hills, at the right and at the left corner of the mouth. Where does the argmax see the
#    point, and where the soft-argmax? Which answer would you rather have?
#
# <details><summary>Answer</summary>
#
# The argmax picks one of the two, whichever comes first: a corner, perhaps the wrong one. The soft-argmax lands between
# them, in the middle of the mouth, where no corner is. For a single frame the argmax is better; in a film it may jump
# from one corner to the other between two frames. Best is to see from the map that it is in doubt.
# </details>
#
# 2. Why does `similarity_transform` need at least two different points, and an affine transform at least three?
#
# <details><summary>Answer</summary>
#
# A similarity has four numbers (turn, size, two of shift), an affine transform six. Each point gives two equations.
# </details>
#
# 3. Two finders have an NME of 2.0 %. One is 2 % off everywhere; the other is exact on most points and 20 % off at the
#    chin's outline. Which one do you take for making a mouth speak?
#
# <details><summary>Answer</summary>
#
# The second: its lips are exact. A mean over 68 points says nothing about the ones you need. Measure those by
# themselves, and look at arrows.
# </details>
#
# ## Going further
#
# * C. Sagonas, G. Tzimiropoulos, S. Zafeiriou and M. Pantic, "300 faces in-the-wild challenge: the first facial landmark
#   localization challenge", *ICCV Workshops* 2013: the 68 points, and the NME over the outer corners of the eyes.
# * J. Tompson, A. Jain, Y. LeCun and C. Bregler, "Joint training of a convolutional network and a graphical model for
#   human pose estimation", *NIPS* 2014: networks that draw heatmaps.
# * A. Newell, K. Yang and J. Deng, "Stacked hourglass networks for human pose estimation", *ECCV* 2016: down to
#   see the whole and up again to place the detail, a shape that many have had since.
# * A. Bulat and G. Tzimiropoulos, "How far are we from solving the 2D & 3D face alignment problem? (and a dataset of
#   230,000 3D facial landmarks)", *ICCV* 2017: FAN, which you can ask here with `backend="face-alignment"`.
# * X. Sun, B. Xiao, F. Wei, S. Liang and Y. Wei, "Integral human pose regression", *ECCV* 2018: the soft-argmax, and a
#   careful comparison with heatmaps and coordinates. A. Nibali, Z. He, S. Morgan and L. Prendergast, "Numerical
#   coordinate regression with convolutional neural networks", arXiv:1801.07372, 2018, found it at the same time.
# * S. Umeyama, "Least-squares estimation of transformation parameters between two point patterns", *IEEE Transactions on
#   Pattern Analysis and Machine Intelligence* 13(4), 376-380, 1991.
#
# Next: **03, Pose the face**. From 68 points to a head that turns and a mouth that opens.
