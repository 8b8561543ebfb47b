# %% [markdown] slideshow={"slide_type": "slide"}
# # 04 · See with features
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({{colab}})
#
# To a computer a photo is a table of numbers. Move a face by three pixels and nearly all of them change, though you
# see no difference. A network sees the face. What does it have that the table has not? In this lesson you build the
# one operation it is made of, read 68 points of a face with it, and measure with its eyes: the same place in another
# face, the same person in other light, and why whoever is told "be near the right picture" paints a blur.
#
# **After this lesson you can**
#
# * write a convolution, and say how far a stack of them sees;
# * compare what a network finds in two places, two faces, two pictures;
# * say what a loss asks for by looking for the one picture that it likes best;
# * tell what a network has learned from what its mere shape gives.
#
# **Time:** 70 minutes for you, half a minute for the machine. **Before this:** lesson 00; 02 helps.

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
from course import demo, features, images, plots
from course.exercises import check, hint, places, progress, solution
from course.lessons.lesson_04 import by_hand, figures, identity, painter, people, sees, widget

print("Ready.")

# %% slideshow={"slide_type": "slide"}
plots.show(plots.pipeline(["keypoints", "training"]))

# %% [markdown]
# ## Which one is nearer?
#
# A photo and two pictures that are not quite it. One is blurred, one is moved three pixels to the right. Which of them
# is nearer to the photo? Decide before you go on.

# %%
crop, photo = by_hand.face_of(demo.photo_path())
blurred = cv2.GaussianBlur(photo, (0, 0), 3)
moved = np.hstack([photo[:, :1].repeat(3, axis=1), photo[:, :-3]])
plots.show(plots.faces([photo, blurred, moved], titles=["the photo", "blurred", "moved"], columns=3, side=3))

# %%
for name, other in (("blurred", blurred), ("moved", moved)):
    print(f"{name}: {np.abs(photo.astype(float) - other).mean():.1f} grey levels of 255 a pixel")

# %% [markdown]
# Pixel by pixel the blur is nearer. Whoever learns from such a number learns to blur. At the end of this lesson you
# will ask again, with a better one.
#
# ## A kernel on every place
#
# ### Why
#
# A face is not how bright its pixels are. It is where bright meets dark, and in which direction: lids, lips, the rim of
# a nose. So ask each place the same question: "is it darker on your left than on your right?"
#
# ### How
#
# The question is a small table of weights, the *kernel*. Laid on a place, each of its numbers is multiplied with the
# pixel under it, and all products are added up:
#
# $$y_{k,r,c} = b_k + \sum_{n} \sum_{i} \sum_{j} w_{k,n,i,j}\; x_{n,\; r s + i,\; c s + j}$$
#
# $x$ is the picture with its channels $n$ (three colours, later more); $w$ holds kernels $k$, each with a table of rows
# $i$ and columns $j$ for every channel; $b_k$ is one number a kernel, the *bias*; $s$ is the *stride*, by how many
# pixels the kernel moves on; $y$ is the answer of kernel $k$ at row $r$ and column $c$. In words: one weighted sum for
# each place, with the same weights everywhere.
#
# A *padding* of $p$ lays $p$ rows and columns of zeros around the picture first, on all four sides. A picture $H$ high
# has room for $\lfloor (H + 2p - h) / s \rfloor + 1$ places of a kernel $h$ high. The kernel is not turned round, as
# mathematicians would do it.
#
# ### Build
#
# Loops over all places are right, and slow. Loop over the kernel instead: it is small.

# %% exercise: conv2d · difficulty 3/5 · 15 min
def conv2d(image, kernel, bias=None, stride=1, padding=0):
    """A kernel laid on every place: image (N, C, H, W), kernel (K, C, h, w), bias (K,) or None -> (N, K, H', W').

    The rim of `padding` pixels is made of zeros.
    """
    ### BEGIN SOLUTION
    image = torch.nn.functional.pad(image, (padding, padding, padding, padding))
    rows = (image.shape[2] - kernel.shape[2]) // stride + 1
    columns = (image.shape[3] - kernel.shape[3]) // stride + 1
    out = torch.zeros(len(image), len(kernel), rows, columns)
    for i in range(kernel.shape[2]):
        for j in range(kernel.shape[3]):
            seen = image[:, :, i : i + stride * rows : stride, j : j + stride * columns : stride]
            out = out + torch.einsum("nchw,kc->nkhw", seen, kernel[:, :, i, j])
    return out if bias is None else out + bias[:, None, None]
    ### END SOLUTION

# %% tags=["nbval-check-output"]
conv2d = check("conv2d")

# %% tags=["nbval-check-output"]
course.use(conv2d)

# %% [markdown]
# ### Use
#
# A kernel in your hand, dark on one side and bright on the other. Turn it. Which lines of the face answer?

# %%
kernel = widget.KernelInHand()
kernel

# %%
plots.show(kernel.stills({"turn": 0}, {"turn": 45}, {"turn": 90}, {"turn": 90, "width": 3},
                         title="The kernel and its answers: orange where dark turns to bright, violet the other way"))

# %% [markdown]
# One kernel finds the rims of her glasses, another the lines of her lips. No kernel finds an eye. For that, the answers
# of one layer become the picture of the next. The landmarker of lesson 02 has 22 such layers. Nobody wrote its kernels,
# it learned them; but laying them on is your function:

# %%
with places.counted("features.conv2d") as seen:
    network = by_hand.landmarker()
    points = by_hand.read_points(network, crop)
plots.show(plots.faces([photo], [points], titles=["68 points, every convolution yours"], columns=1,
                       side=4, size=20))
print("conv2d was called." if seen.calls else "conv2d was not called.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How far does it see?
#
# ### Why
#
# A kernel of 3 sees 3 pixels. Nobody recognises a mouth through such a slot. But a kernel of the second layer lies on
# three answers of the first, and each of those has seen three pixels.
#
# ### How
#
# The *receptive field* of a unit is the piece of the picture on which it depends. Go through the layers and keep two
# numbers, both 1 at the start: $r$, how many pixels a unit sees (one way), and $a$, how many pixels lie between what
# two neighbours look at:
#
# $$r \leftarrow r + (k - 1)\,d\,a, \qquad a \leftarrow a\,s$$
#
# $k$ is the layer's kernel, $s$ its stride, $d$ its *dilation*: 1, or more where the numbers of a kernel are spread,
# with gaps between them. In words: a kernel reaches $k - 1$ neighbours further, and each of them looks $a$ pixels on. A
# stride makes all steps *after* it longer. Pooling counts as a layer.
#
# ### Build

# %% exercise: receptive_field · difficulty 2/5 · 10 min
def receptive_field(layers):
    """(pixels that a unit sees, pixels between neighbours) behind layers of (kernel, stride[, dilation])."""
    ### BEGIN SOLUTION
    seen, apart = 1, 1
    for kernel, stride, *dilation in layers:
        seen += (kernel - 1) * (dilation[0] if dilation else 1) * apart
        apart *= stride
    return seen, apart
    ### END SOLUTION

# %% tags=["nbval-check-output"]
receptive_field = check("receptive_field")

# %% tags=["nbval-check-output"]
course.use(receptive_field)

# %% [markdown]
# ### Use
#
# The landmarker's way down, its *trunk*, beside two famous networks that were taught on a million photographs:

# %%
with places.counted("features.receptive_field") as seen:
    plots.show(figures.growth({"our trunk": sees.growing(sees.layers_until("1/16")),
                               "VGG-19": sees.growing(sees.VGG19), "ResNet-50": sees.growing(sees.RESNET50)},
                              "How much of the picture a unit sees"))
print("receptive_field was called." if seen.calls else "receptive_field was not called.")

# %% [markdown]
# Computed is one thing, measured another. The gradient of one unit in the middle shows which pixels move it. Solid:
# the square you computed (the last is larger than the picture). Dashed: the square that holds half of the slope.

# %%
layers = features.layer_names("trunk")  # "1/8": one eighth of the picture's side
slopes = {layer: sees.slope_of_unit(layer, crop) for layer in layers}
computed = {layer: features.receptive_field(sees.layers_until(layer))[0] for layer in layers}
half = {layer: sees.half_of(slope) for layer, slope in slopes.items()}
plots.show(figures.fields_on_face(images.from_tensor(crop[0]), slopes, computed, half,
                                  "What moves the middle unit of each layer"))

# %% [markdown]
# A unit *may* see far. What it listens to lies in the middle of that: only few ways lead from the rim to the unit, and
# many from the middle.
#
# And what does it see? Here are eighteen drawn pictures, searched for the places that excite a channel most. Each row
# is one channel. The last sheet is the control: the same network before it learned anything.

# %%
album = people.album()
sheets = {f"trunk, layer {layer}": sees.favourites(album.pictures, layer) for layer in layers[:3]}
sheets["untrained, layer 1/8"] = sees.favourites(album.pictures, "1/8", network="untrained")
plots.show(figures.favourites(sheets, "The pieces that excite a channel most, a row a channel"))

# %% [markdown] slideshow={"slide_type": "slide"}
# Edges in one direction, then rims and corners, then parts: one channel likes the space beside an eye, another a mouth,
# whatever the skin's colour and with a beard or without. The untrained network sees just as far, and stops at where
# hair ends. **Shape gives reach, learning gives meaning.** Keep that control at hand: whatever a random network does as
# well, yours has not learned.
#
# ## The same direction
#
# ### Why
#
# At each place a layer gives many numbers, one a channel: a vector. When do two places show the same? How *large* a
# vector is depends on contrast, in the shade it is short. What is there shows in its *direction*.
#
# ### How
#
# $$\cos(a, b) = \frac{\sum_i a_i b_i}{\lVert a \rVert\,\lVert b \rVert}, \qquad
# \lVert a \rVert = \sqrt{\textstyle\sum_i a_i^2}$$
#
# $a$ and $b$ are vectors, $\lVert a \rVert$ is the length of $a$. In words: the cosine of the angle between them, 1 for
# the same direction, 0 for nothing in common, -1 for opposite ones. A vector of zeros has no direction: give 0 there.
#
# ### Build

# %% exercise: cosine_similarity · difficulty 1/5 · 7 min
def cosine_similarity(a, b):
    """The cosine of the angle between vectors along the last axis: (..., D), (..., D) -> (...)."""
    ### BEGIN SOLUTION
    lengths = (a.square().sum(dim=-1) * b.square().sum(dim=-1)).sqrt()
    return (a * b).sum(dim=-1) / lengths.clamp(min=1e-8)
    ### END SOLUTION

# %% tags=["nbval-check-output"]
cosine_similarity = check("cosine_similarity")

# %% tags=["nbval-check-output"]
course.use(cosine_similarity)

# %% [markdown]
# ### Use
#
# Choose a point of the left face. On the right one the cosine with every place is laid over the picture, yellow where
# it is large. The disc is the best place, the cross the true one. Then change by what you compare.

# %%
with places.counted("features.cosine_similarity") as seen:
    same = widget.SamePlace()
print("cosine_similarity was called." if seen.calls else "cosine_similarity was not called.")
same

# %%
ways = list(sees.WAYS)
plots.show(same.stills(*({"by": way, "point": 8, "other": 3} for way in [ways[0], *ways[2:]]),
                       title="Where is this chin in the other face?"))
for words, way in sees.WAYS.items():
    off = np.median(sees.misses(way.maps(album.rest), album.points[:: people.STATES]))
    print(f"{words:24} {off:5.1f} % of the eyes' distance off")

# %% [markdown]
# Nobody taught the trunk to compare. It was taught where points are, so its deep layers call a corner of a mouth by the
# same name in every face. Shallow layers see lines, and lines are everywhere. The untrained one is lost.
#
# ## Who is it?
#
# With a whole face in one vector, the cosine compares people. Here are six drawn ones, three pictures each, in other
# moods and other light. **Before you run the next cell:** who tells them apart better, the trunk or the untrained
# network?

# %%
with places.counted("features.cosine_similarity") as seen:
    tables = identity.tables(album)
plots.show(figures.tables(tables, album.who, "The cosine of every picture with every other; lines part the people"))
print("cosine_similarity was called." if seen.calls else "cosine_similarity was not called.")

# %% [markdown]
# * **The trunk as it is** finds all faces alike. They *are* all faces, and what they share is nearly the whole vector.
# * **Less the mean** of all of them, what differs is left. That step belongs to nearly every cosine.
# * **The untrained one wins** against the trunk! It sees hair and skin, which stay. The trunk was taught where eyes
#   are, and so to overlook *whose* they are. A network sees what it was asked to see.
# * **Identity axes** are directions in what the trunk sees along which people differ, and pictures of one person do not
#   (Fisher, 1936): another question to the same features, and a better answer. They come from photographs, so drawn
#   people look somewhat alike to them.
#
# `features.identity_similarity` asks so of two photos:

# %%
darker = (images.as_image(demo.photo_path())[:, ::-1] * 0.6).astype(np.uint8)
print(f"the photo, mirrored in the dark: {features.identity_similarity(demo.photo_path(), darker):.2f}")
print(f"and somebody drawn: {identity.with_drawn(demo.photo_path(), album):.2f}")

# %% [markdown] slideshow={"slide_type": "slide"}
# It is a guide, to see whether a film still looks like its photo. It is no proof of who somebody is: do not use it so.
#
# ## The mean of many right pictures
#
# ### Why
#
# "She turns her head and talks. Paint her!" There are many right pictures, and you may paint one. How far is it from
# each of them? A loss takes the mean, and so it has a favourite. Here are some right ones:

# %%
right = people.right_pictures()
plots.show(plots.faces(figures.as_pictures(right[::2]), columns=6, side=1.6, title="All of these are right"))

# %% [markdown]
# ### How
#
# Look at one pixel. The right answers for it are $a_1, \dots, a_N$, the guess is $g$. Two losses:
#
# $$L_2(g) = \frac{1}{N} \sum_n (g - a_n)^2, \qquad L_1(g) = \frac{1}{N} \sum_n \lvert g - a_n \rvert$$
#
# In words: the mean of the squared, or of the absolute differences. At the best guess the slope is 0. The slope of a
# square is $2(g - a_n)$. The slope of an absolute value is $+1$ where the answer lies below the guess and $-1$ where it
# lies above. Which guess brings each sum to 0?
#
# ### Build

# %% exercise: best_guess · difficulty 2/5 · 10 min
def best_guess(answers, loss):
    """The picture with the smallest mean loss to all right ones: (N, ...) -> (...); loss: "squared" or "absolute"."""
    ### BEGIN SOLUTION
    return answers.mean(dim=0) if loss == "squared" else answers.quantile(0.5, dim=0)
    ### END SOLUTION

# %% tags=["nbval-check-output"]
best_guess = check("best_guess")

# %%
guesses = [best_guess(right, loss) for loss in ("squared", "absolute")]
plots.show(plots.faces(figures.as_pictures(guesses), titles=["squared", "absolute"], columns=2, side=2.6,
                       title="The best that a pixel loss can hope for"))

# %% [markdown]
# Nothing is broken here. No larger network and no longer training helps: **that blur is the right answer to the wrong
# question.**
#
# ## Measure with its eyes
#
# ### Why
#
# A sharp face that is turned a little too far is fine, a ghost with four eyes is not. Pixels cannot say so. The trunk
# can: it knows eyes.
#
# ### How
#
# Compare what a network finds, instead of pixels (Johnson et al., 2016):
#
# $$d(x, y) = \sum_l w_l\; \frac{1}{M_l} \sum_m \lvert f_l(x)_m - f_l(y)_m \rvert$$
#
# $f_l(x)$ are the maps of layer $l$ for the picture $x$, $M_l$ is how many numbers they hold, $m$ counts through them,
# and $w_l$ is the layer's weight, 1 where nothing is said. In words: for each layer the mean absolute difference, all
# of them weighted and added up. Stay in torch, for somebody will want to learn from it: the check asks for the gradient
# too.
#
# ### Build

# %% exercise: perceptual_distance · difficulty 2/5 · 10 min
def perceptual_distance(features_a, features_b, weights=None):
    """How different two pictures are to a network: dicts {layer: (N, C, H, W)}, one weight a layer -> a scalar."""
    ### BEGIN SOLUTION
    weights = [1.0] * len(features_a) if weights is None else weights
    return sum(weight * (features_a[name] - features_b[name]).abs().mean()
               for name, weight in zip(features_a, weights))
    ### END SOLUTION

# %% tags=["nbval-check-output"]
perceptual_distance = check("perceptual_distance")

# %% tags=["nbval-check-output"]
course.use(perceptual_distance)

# %% [markdown]
# ### Use
#
# From one right picture to the mean of all. Drag, and watch what three distances say:

# %%
with places.counted("features.perceptual_distance") as seen:
    between = widget.SharpOrMean()
print("perceptual_distance was called." if seen.calls else "perceptual_distance was not called.")
between

# %%
plots.show(between.stills({"share": 0}, {"share": 0.5}, {"share": 1},
                          title="Nearer and nearer to the mean: better or worse?"))

# %% [markdown]
# To pixels the ghost is the best of all pictures. To the trunk it is the worst. And the untrained network sides with
# the pixels: it is not depth that dislikes a ghost, it is knowing faces.
#
# Now let somebody learn. Four painters lay the right pictures over each other like slides. All they can turn are the
# shares of the slides; each goes downhill on another distance.

# %%
losses = {"pixels, squared": painter.pixel_distance(right),
          "pixels, absolute": painter.pixel_distance(right, power=1),
          "untrained, 1/16": painter.feature_distance(right, "untrained"),
          "trunk, 1/16": painter.feature_distance(right)}
painted = {words: painter.paint(right, distance) for words, distance in losses.items()}
plots.show(figures.paintings(painted, "What each painter ends with, and the shares it took"))

# %% [markdown]
# Three ghosts, and one decision. The first is your best guess once more.
#
# ### Ask again
#
# Blurred or moved? Now with your distance, by each network that is here. ResNet-50 was taught to name a thousand kinds
# of things; its weights are not part of the course.

# %%
others = {"blurred": blurred, "moved": moved}
rows = {"pixels": {words: float(np.abs(photo / 255.0 - other / 255.0).mean()) for words, other in others.items()}}
for name in sees.networks_here():
    wanted = features.extract_features(photo, network=name)
    found = {words: features.extract_features(other, network=name) for words, other in others.items()}
    rows[name] = {words: float(features.perceptual_distance(wanted, found[words])) for words in others}
shares = {name: {words: value / row["blurred"] for words, value in row.items()} for name, row in rows.items()}
plots.show(figures.bars(shares, "Which is nearer to the photo? The blurred one is 1 each time", "distance"))

# %% [markdown]
# Pixels and the untrained network take the blur. The trunk takes the face that you would take, and it has
# all four layers to look at.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The failure museum
#
# Four wrong convolutions in the landmarker. Its weights are all as they were:

# %%
def turned(image, kernel, bias=None, stride=1, padding=0):  # a mathematician's convolution
    return conv2d(image, kernel.flip(2, 3), bias, stride, padding)


def late(image, kernel, bias=None, stride=1, padding=0):  # the rim on the right and below only
    return conv2d(torch.nn.functional.pad(image, (0, 2 * padding, 0, 2 * padding)), kernel, bias, stride)


def without_bias(image, kernel, bias=None, stride=1, padding=0):
    return conv2d(image, kernel, None, stride, padding)


def too_often(image, kernel, bias=None, stride=1, padding=0):  # the bias once for each number of the kernel
    times = kernel.shape[2] * kernel.shape[3]
    return conv2d(image, kernel, None if bias is None else times * bias, stride, padding)

# %%
course.reset()
exhibits = {"right": conv2d, "turned round": turned, "rim on one side": late, "no bias": without_bias,
            "bias nine times": too_often}
broken = []
for bug in exhibits.values():
    with course.use(bug, name="conv2d", force=True):
        broken.append(by_hand.read_points(network, crop))
plots.show(plots.faces([photo] * len(broken), broken, titles=list(exhibits), columns=5, side=2.2))

# %% [markdown]
# None of them stops with an error. The last is the mean one: nearly a face. And two wrong comparisons:

# %%
def no_lengths(a, b):
    return (a * b).sum(dim=-1)


def sums(features_a, features_b, weights=None):
    return sum((features_a[name] - features_b[name]).abs().sum() for name in features_a)

# %%
asked = {"by": "trunk, layer 1/16", "point": 8, "other": 3}
found = [same.draw(asked)]
with course.use(no_lengths, name="cosine_similarity", force=True):
    found.append(same.draw(asked))
both = painter.feature_distance(right, layers=("1/2", "1/16"))  # one that likes ghosts, one that does not
by_means = painter.paint(right, both)
with course.use(sums, name="perceptual_distance", force=True):
    by_sums = painter.paint(right, both)
plots.show(plots.faces(found, titles=["the cosine", "without the lengths"], columns=2, side=3.6))
plots.show(figures.paintings({"means": by_means, "sums": by_sums}, "A painter with two layers to please"))

# %% [markdown]
# Without lengths loud places win: half of the wall now looks like a chin. And with sums in place of means the first
# layer, whose maps hold sixteen times as many numbers, shouts the last one down.
#
# The last exhibit needs no bug. A painter who may move **every pixel alone**, by the right distance:

# %%
distance = painter.feature_distance(right)
start = right.mean(dim=0, keepdim=True)
free = painter.free_pixels(right, distance, start)
shown = {"the mean, where it began": start, "every pixel free": free,
         "the painter with slides": painted["trunk, 1/16"].picture}
with torch.no_grad():
    words = [f"{name}\ndistance {float(distance(picture)):.3f}" for name, picture in shown.items()]
plots.show(plots.faces(figures.as_pictures(torch.cat(list(shown.values()))), titles=words, columns=3, side=2.8))

# %% [markdown]
# The speckle is *nearer* than any face. It shouts at the network in a way that no photo does, and the network, which
# never met such a thing, believes it. So nobody trains with a perceptual loss alone: pixels hold the colours, features
# the sharpness. And in lesson 07 a network judges that goes on learning, so that it cannot be fooled the same way
# twice.
#
# ## What you have now

# %%
course.progress()

# %% [markdown]
# A convolution that reads faces, the reach of a stack, a direction to compare, the best guess, and a distance that
# knows a ghost. `course.use("mine")` brings them back in any later lesson. The animator of lesson 08 learns by such a
# distance.
#
# **Three questions**
#
# 1. A layer with a kernel of 5, or two layers with kernels of 3: both see 5 pixels. Why do networks take the two?
#
# <details><summary>Answer</summary>
#
# They have 18 weights instead of 25 (for one channel), and something bent, a ReLU, stands between them. Without the
# ReLU two layers would be one larger kernel.
# </details>
#
# 2. You subtract the mean of *three pictures of one person* before you compare those pictures. What happens?
#
# <details><summary>Answer</summary>
#
# What they share, the person, is gone. What is left is expression and light, and the cosines even become negative:
# three vectors that sum to zero cannot all point the same way. The mean must come from many people.
# </details>
#
# 3. Somebody trains a network that colours black and white photos, with squared pixel differences. Its cars are all
# brown and grey. Why?
#
# <details><summary>Answer</summary>
#
# A car may be red, blue or white, and the photo does not say. The best guess is the mean of the colours, and that is a
# muddy one. It is the blur of this lesson, in colour.
# </details>
#
# ## Going further
#
# * M. D. Zeiler and R. Fergus, "Visualizing and understanding convolutional networks", *ECCV* 2014: what excites a
#   unit.
# * W. Luo, Y. Li, R. Urtasun and R. Zemel, "Understanding the effective receptive field in deep convolutional neural
#   networks", *NIPS* 2016.
# * J. Johnson, A. Alahi and L. Fei-Fei, "Perceptual losses for real-time style transfer and super-resolution", *ECCV*
#   2016.
# * R. Zhang, P. Isola, A. A. Efros, E. Shechtman and O. Wang, "The unreasonable effectiveness of deep features as a
#   perceptual metric", *CVPR* 2018: which distance agrees with people, and random networks as the control.
# * K. He, X. Zhang, S. Ren and J. Sun, "Deep residual learning for image recognition", *CVPR* 2016: ResNet-50.
#   `course data fetch resnet50` gets it; run "Ask again" once more.
#
# Next: **05, Hear the motion**. You have taught the machine to see; now it shall hear when a mouth opens.
