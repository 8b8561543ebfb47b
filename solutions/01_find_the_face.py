# %% [markdown] slideshow={"slide_type": "slide"}
# # 01 · Find the face
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({{colab}})
#
# Before a photo can talk, somebody has to find the face in it. You see it at once. A program sees numbers, a face may
# be anywhere and of any size, and there may be three of them or none. In this lesson you build the parts of a detector,
# train one on faces that a formula draws, and try it on a real photo.
#
# **After this lesson you can**
#
# * say how a question about a whole picture becomes many small ones, asked at *anchors*;
# * measure how much two boxes overlap, and know the ways to get it wrong;
# * turn a box into four numbers that a network can learn, and back;
# * make one box out of many that mean the same face;
# * read a precision-recall curve, and choose a threshold instead of believing in one.
#
# **Time:** 75 minutes for you, one to two for the machine. **Before this:** lesson 00.

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
from course import demo, detection, evaluation, images, plots
from course.detection import face_alignment
from course.exercises import check, hint, places, progress, solution
from course.lessons.lesson_01 import figures, minute_detector, widget
from course.recipes.detector import losses

print("Ready.")

# %% slideshow={"slide_type": "slide"}
plots.show(plots.pipeline(["detection"]))

# %% [markdown]
# ## How much do two boxes overlap?
#
# ### Why
#
# Everything here needs one number: did the detector hit the face? Are these two boxes the same face? Does this place in
# the picture answer for that one? A box is $(x_1, y_1, x_2, y_2)$ in pixels: its upper left and lower right corner.
# In this course it is the tight box round the 68 keypoints, from the brows to the chin.
#
# ### How
#
# Divide the area that both boxes cover by the area that either of them covers:
#
# $$\mathrm{IoU}(A, B) = \frac{|A \cap B|}{|A \cup B|}, \qquad |A \cup B| = |A| + |B| - |A \cap B|$$
#
# $|\cdot|$ is an area, $A \cap B$ the shared part, $A \cup B$ the union. In words: 1 for equal boxes, 0 for boxes that
# do not touch, and the shared part is taken off once because $|A| + |B|$ counts it twice. The shared part begins at the
# larger of the two $x_1$ and ends at the smaller of the two $x_2$; if it ends before it begins, there is none.

# %%
pairs = [((0, 0, 4, 4), (0, 0, 4, 4)), ((0, 0, 4, 4), (1, 0, 5, 4)), ((0, 0, 4, 4), (2, 1, 6, 5)),
         ((0, 0, 4, 4), (1, 1, 3, 3)), ((0, 0, 4, 4), (5, 2, 8, 5))]
pairs = [tuple(np.array(box, float) for box in pair) for pair in pairs]
values = [float(detection.iou(*(torch.tensor(box)[None] for box in pair))) for pair in pairs]
plots.show(figures.overlaps(pairs, values))

# %% [markdown]
# The second pair is only a quarter of a box apart and has 0.60. An IoU of one half, at which a face usually counts as
# found, is a good hit.
#
# ### Build

# %% exercise: iou · difficulty 2/5 · 12 min
def iou(a, b):
    """Overlap of every box of `a` with every box of `b`: tensors (N, 4), (M, 4) -> (N, M) in [0, 1]."""
    ### BEGIN SOLUTION
    low = torch.maximum(a[:, None, :2], b[None, :, :2])  # (N, M, 2)
    high = torch.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = (high - low).clamp(min=0).prod(dim=2)  # (N, M): boxes apart would have negative sides
    area_a, area_b = ((x[:, 2:] - x[:, :2]).prod(dim=1) for x in (a, b))
    return shared / (area_a[:, None] + area_b[None] - shared)
    ### END SOLUTION

# %% tags=["nbval-check-output"]
iou = check("iou")

# %% tags=["nbval-check-output"]
course.use(iou)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Ask everywhere at once
#
# ### Why
#
# The oldest way to find a face is a sliding window: cut out a square, ask "is this a face?", move on by some pixels,
# then begin again with a larger square. That is tens of thousands of questions for a photo, and most of the work is
# done again and again, for neighbouring squares share nearly all their pixels.
#
# A convolutional network shares it by nature: every cell of its last map has seen its own part of the picture. So ask
# the question *there*. That is the single-shot idea (SSD, Liu et al., 2016): at fixed boxes called **anchors**,
# spread over the picture in several sizes, the network says two things: *is there a face about here?* and *how must
# this box be moved and stretched to fit it?* Each level of the network has its own sizes: fine maps look for small
# faces, coarse ones for large faces.
#
# ### How
#
# A level with the stride $s$ has a cell for each $s \times s$ pixels. The cell in row $i$ and column $j$ has its
# middle at
#
# $$x = (j + \tfrac12)\,s, \qquad y = (i + \tfrac12)\,s,$$
#
# and round it stand square anchors of some sides $a$: $(x - \frac a2,\ y - \frac a2,\ x + \frac a2,\ y + \frac a2)$.
# In words: a fixed comb of questions. Squares will do, because a face nearly is one. Their order must be
# the one in which the network answers: level by level, row by row, column by column, and in a cell the first size
# first.
#
# ### Build

# %% exercise: make_anchors · difficulty 3/5 · 12 min
def make_anchors(height, width, strides=(8, 16, 32, 64),
                 sizes=((14, 22), (34, 52), (80, 125), (190, 290))):
    """All anchors for a picture of that size, in the network's order: (A, 4).

    strides: pixels a cell of each level, of which height and width are multiples; sizes: the sides
    of its square anchors in pixels, as many as it likes.
    """
    ### BEGIN SOLUTION
    levels = []
    for stride, pair in zip(strides, sizes):
        y = (torch.arange(height // stride) + 0.5) * stride
        x = (torch.arange(width // stride) + 0.5) * stride
        y, x, side = torch.meshgrid(y, x, torch.tensor(pair, dtype=torch.float32), indexing="ij")
        boxes = torch.stack([x - side / 2, y - side / 2, x + side / 2, y + side / 2], dim=-1)
        levels.append(boxes.reshape(-1, 4))  # (h, w, sizes, 4) -> (h w sizes, 4)
    return torch.cat(levels)
    ### END SOLUTION

# %% tags=["nbval-check-output"]
make_anchors = check("make_anchors")

# %% tags=["nbval-check-output"]
course.use(make_anchors)

# %% [markdown]
# ### Use
#
# For training, each anchor must be told what to answer. An anchor whose IoU with a face is at least 0.5 answers for
# it; below 0.35 it is background; between the two nobody asks it. And every face gets its best three anchors, or the
# smallest ones would have none. This is called *matching*. Here is one of our training pictures, with the anchors that
# were matched to its face:

# %%
settings = minute_detector.Settings()
heads = minute_detector.draw_heads()  # 84 people who do not exist
scene = minute_detector.compose(heads, 14, settings, count=1)
levels, titles = [], []
anchors = minute_detector.anchors_of(settings.side, settings.side)
label, _ = losses.match(torch.from_numpy(scene.boxes), torch.zeros(0, 4), anchors)
begin = 0
for stride, pair in zip(settings.strides, settings.anchor_sizes):
    one = slice(begin, begin + 2 * (settings.side // stride) ** 2)
    begin = one.stop
    middle = (anchors[one, :2] + anchors[one, 2:]) / 2
    levels.append((middle, anchors[one][label[one] == 1]))
    titles.append(f"stride {stride}, sides {pair[0]} and {pair[1]}: {int((label[one] == 1).sum())}")
title = f"{len(anchors)} anchors; {int((label == 1).sum())} answer for this face"
plots.show(figures.anchors_on(scene.image, levels, titles, scene.boxes[0], title))

# %% [markdown]
# A handful against hundreds. If every empty anchor counted like the few on a face, the network would learn to say
# "no" and be nearly always right. The *focal loss* (Lin et al., 2017) lets an answer count less the better it already
# is:
#
# $$\mathrm{FL} = -\alpha_t\,(1 - p_t)^\gamma \log p_t$$
#
# $p_t$ is the probability that the network gives to the truth, $\gamma = 2$ and $\alpha_t$ is a weight, 0.3 for faces
# and 0.7 for the rest. In words: the usual cross-entropy, times a factor that is nearly nothing where the network is
# right and sure. An empty wall seen rightly with $p_t = 0.99$ counts a ten-thousandth of what it would.
#
# ## From an anchor to a box
#
# ### Why
#
# An anchor fits no face exactly. The network could answer with the box's pixels, but then the same mistake of shape
# would be ten pixels on a large face and one on a small one, and the loss would see only the large ones.
#
# ### How
#
# So it answers in the anchor's own units, and for sizes with a logarithm (Girshick et al., 2014):
#
# $$t_x = \frac{x - x_a}{w_a} \Big/ 0.1, \qquad t_w = \log\frac{w}{w_a} \Big/ 0.2, \qquad\text{and } t_y,\ t_h \text{
# alike.}$$
#
# $(x, y)$ is the centre of the box, $w$ and $h$ are its width and height, $x_a, y_a, w_a, h_a$ those of the anchor. The
# logarithm makes "twice as wide" and "half as wide" equally far from 0, and no answer can give a negative width. The
# divisions by 0.1 and 0.2 bring all four to about the same spread, so that none drowns the others. The way back:
#
# $$x = x_a + 0.1\,t_x\,w_a, \qquad w = w_a\,e^{0.2\,t_w}.$$
#
# ### Build

# %% exercise: encode_boxes · difficulty 2/5 · 10 min
def encode_boxes(boxes, anchors):
    """What the network shall answer: boxes (..., A, 4), anchors (A, 4) -> offsets (..., A, 4).

    The centre's move in sides of the anchor, divided by 0.1; the logarithm of the sides' ratio, divided by 0.2.
    """
    ### BEGIN SOLUTION
    centre, side = (boxes[..., :2] + boxes[..., 2:]) / 2, boxes[..., 2:] - boxes[..., :2]
    centre_a, side_a = (anchors[..., :2] + anchors[..., 2:]) / 2, anchors[..., 2:] - anchors[..., :2]
    move, grow = (centre - centre_a) / side_a, torch.log(side / side_a)
    return torch.cat([move / 0.1, grow / 0.2], dim=-1)
    ### END SOLUTION

# %% tags=["nbval-check-output"]
encode_boxes = check("encode_boxes")

# %% exercise: decode_boxes · difficulty 2/5 · 8 min
def decode_boxes(offsets, anchors):
    """The way back: offsets (..., A, 4), anchors (A, 4) -> boxes (..., A, 4).

    Offsets times 0.1 (centre) and 0.2 (sides) are the move in sides of the anchor and the logarithm of the ratio.
    """
    ### BEGIN SOLUTION
    centre_a, side_a = (anchors[..., :2] + anchors[..., 2:]) / 2, anchors[..., 2:] - anchors[..., :2]
    centre = centre_a + 0.1 * offsets[..., :2] * side_a
    side = side_a * torch.exp(0.2 * offsets[..., 2:])
    return torch.cat([centre - side / 2, centre + side / 2], dim=-1)
    ### END SOLUTION

# %% tags=["nbval-check-output"]
decode_boxes = check("decode_boxes")

# %% tags=["nbval-check-output"]
course.use(encode_boxes)

# %% tags=["nbval-check-output"]
course.use(decode_boxes)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One box a face
#
# ### Why
#
# Neighbouring anchors see the same face, and all of them say so:

# %%
photo = images.load_image(demo.photo_path())
explorer = widget.ThresholdExplorer()
above, _ = explorer.chosen({"threshold": 0.5})
corner = np.array([150, 130])
head, boxes = photo[130:410, 150:430], explorer.boxes[above].numpy() - np.tile(corner, 2)
plots.show(plots.faces([head], boxes=[boxes], side=3.6, titles=[f"{len(above)} anchors see one face"]))

# %% [markdown]
# ### How
#
# *Non-maximum suppression*: take the box with the highest score and keep it; drop every other box whose IoU with it is
# above a limit; go on with the best of what is left. In words: the surest one speaks, and its echoes are silenced. Only
# a box that *stays* may silence others.
#
# ### Build

# %% exercise: nms · difficulty 3/5 · 15 min
def nms(boxes, scores, threshold):
    """Which boxes stay: tensors (N, 4), (N,) and the largest IoU allowed -> indices int64 (K,), best first."""
    ### BEGIN SOLUTION
    order = torch.argsort(scores, descending=True)
    kept = []
    while len(order):
        best, rest = order[0], order[1:]
        kept.append(int(best))
        order = rest[iou(boxes[best][None], boxes[rest])[0] <= threshold]
    return torch.tensor(kept, dtype=torch.long)
    ### END SOLUTION

# %% tags=["nbval-check-output"]
nms = check("nms")

# %% tags=["nbval-check-output"]
course.use(nms)

# %% [markdown]
# ### Use
#
# Two numbers decide what you see: which scores count, and how much two boxes may overlap. Move them. On the left are
# the anchors that say "a face", on the right the boxes they answer with, and thick the ones that stay. (Without a
# running kernel: the strip below.)

# %%
explorer

# %%
plots.show(explorer.stills({"threshold": 0.03, "overlap": 0.4}, {"threshold": 0.5, "overlap": 1.0},
                           {"threshold": 0.5, "overlap": 0.4}, title="Three settings of the sliders"))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How good is a detector?
#
# ### Why
#
# Show more boxes and you find more faces, and raise more false alarms. Any threshold is a trade between the two, so a
# detector is not a number but a curve.
#
# ### How
#
# Sort all boxes by score and show the best $k$. A box is *right* if its IoU with a face is at least 0.5 and no better
# box has claimed that face. Then
#
# $$P_k = \frac{\text{right boxes among the first } k}{k}, \qquad
# R_k = \frac{\text{right boxes among the first } k}{\text{faces there are}}$$
#
# $$\mathrm{AP} = \sum_k (R_k - R_{k-1})\,\max_{l \ge k} P_l .$$
#
# $P$ is the *precision*: how many of my boxes are faces? $R$ is the *recall*: how many of the faces have I found?
# $R_0 = 0$. The average precision AP is the area under the curve, after its teeth were filled: at each recall the best
# precision counts that can be had from there on.
#
# ### Build (optional)

# %% exercise: average_precision · difficulty 3/5 · 12 min · optional
def average_precision(scores, right, total):
    """Area under the precision-recall curve: scores (N,), right bool (N,), number of faces -> 0 to 1."""
    ### BEGIN SOLUTION
    hits = np.cumsum(right[np.argsort(-scores)])
    precision, recall = hits / np.arange(1, len(hits) + 1), hits / total
    falling = np.maximum.accumulate(precision[::-1])[::-1]
    return float((np.diff(recall, prepend=0.0) * falling).sum())
    ### END SOLUTION

# %% tags=["nbval-check-output"]
average_precision = check("average_precision")

# %% tags=["nbval-check-output"]
course.use(average_precision)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Train it
#
# All parts are there. The network is a small one: three levels, 66 thousand numbers. It learns from pictures that are
# put together as they are needed: formula faces, turned, mirrored, of any size, on backgrounds full of things that
# are no faces, and badly photographed. Their boxes are exact, since the formula knows where it put the chin.

# %%
scenes = [minute_detector.compose(heads, k, settings) for k in range(6)]
plots.show(plots.faces([s.image for s in scenes], boxes=[s.boxes for s in scenes], columns=6, side=1.6,
                       title="Six of the training pictures"))

# %%
curve = plots.LiveCurve(settings.steps, "A detector in a minute, on heads it has never seen",
                                "average precision in %", logarithmic=False)
with minute_detector.in_time(heads, settings), places.counted("detection.iou") as seen, \
        places.counted("detection.encode_boxes") as encoded:
    net = minute_detector.train(heads, settings, curve)
print(f"iou was called {seen.calls} times, encode_boxes {encoded.calls} times.")

# %%
tests = minute_detector.unseen(heads, settings)
found = [minute_detector.find(net, s.image, 0.05) for s in tests]
scores, right, total = minute_detector.judged(found, [s.boxes for s in tests])
marks = {}
for threshold in (0.2, 0.4, 0.6):
    shown = scores >= threshold
    hits = int(right[shown].sum())
    marks[f"threshold {threshold}"] = (hits / total, hits / max(int(shown.sum()), 1))
line = {"after each box": evaluation.precision_recall(scores, right, total)}
plots.show(figures.precision_recall(line, marks, "The same detector, three thresholds"))

# %% [markdown]
# Which threshold is right? For unlocking a door, one with hardly a false alarm. For a search party, one that misses
# nobody. **The number is a choice, and it belongs to what you use it for.** For ours a false face is worse than a
# missed one, because we would make it talk.
#
# ### On a real photo
#
# It has never seen a real face. Here it is, beside the detector that ships with this course, and beside one of
# face-alignment's, if that package and its weights are on this machine:

# %%
mine = minute_detector.find(net, photo, 0.5)
with places.counted("detection.nms") as seen:
    ours = detection.detect_faces(photo, "course")
rows, words = [mine, ours], [f"yours, after a minute: {len(mine)}", f"the course's: {len(ours)}"]
name = next((n for n in ("sfd", "blazeface") if face_alignment.available(n)), None)
if name:
    rows.append(detection.detect_faces(photo, name))
    words.append(f"face-alignment's {name}: {len(rows[-1])}")
plots.show(plots.faces([photo] * len(rows), boxes=rows, titles=words, columns=len(rows), side=2.7))
if not name:
    print("face-alignment is not shown: it or its weights are not on this machine. Get them with\n"
          "`pip install face-alignment` and `course data fetch face-alignment`.")
if len(mine):
    overlap = float(detection.iou(torch.from_numpy(mine[:1, :4]), torch.from_numpy(ours[:1, :4])))
    print(f"Your best box and the course's overlap by IoU {overlap:.2f}.")
print("nms was called." if seen.calls else "nms was not called.")

# %% [markdown]
# What the longer way buys: the shipped detector has 1.38 million numbers and saw 1,008 labelled portraits and scenes
# for 4,250 steps, 101 minutes on one busy CPU thread. On held-out pictures it finds 166 of 166 scenes and 48 of 48
# portraits with a mean IoU of 0.90 (`data/detector.md`).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The failure museum
#
# The shipped detector, and a picture with three faces, the two small ones cut from the
# large one. Five bugs:

# %%
def as_width_and_height(a, b):  # reads x1, y1, x2, y2 as x, y, width, height
    a, b = (torch.cat([x[:, :2], x[:, :2] + x[:, 2:]], dim=1) for x in (a, b))
    return iou(a, b)


def without_exp(offsets, anchors):  # w = w_a t_w
    t = offsets.clone()
    t[..., 2:] = torch.log((0.2 * t[..., 2:]).abs().clamp(min=1e-6)) / 0.2
    return decode_boxes(t, anchors)


def keeps_the_worst(boxes, scores, threshold):
    return nms(boxes, 1 - scores, threshold)


def keeps_the_echoes(boxes, scores, threshold):  # > in place of <=, with the best kept too
    return torch.argsort(scores, descending=True)


def from_the_corner(*args):  # the half of j + 1/2 forgotten
    made = make_anchors(*args)
    count = {s: 2 * (args[0] // s) * (args[1] // s) for s in (8, 16, 32, 64)}
    return made - torch.cat([torch.full((n, 1), s / 2) for s, n in count.items()])


# %%
child = images.crop_square(photo, 260, 250, 280)[::2, ::2]  # (140, 140, 3)
wall = np.repeat(photo[:, -1:], 280, axis=1)  # (600, 280, 3)
wall[230:370] = np.hstack([child, child[:, ::-1]])
group = np.hstack([photo, wall])
exhibits = {"healthy": (iou, "iou"), "x, y, width, height": (as_width_and_height, "iou"),
            "no exp": (without_exp, "decode_boxes"), "keeps the worst": (keeps_the_worst, "nms"),
            "keeps the echoes": (keeps_the_echoes, "nms"),
            "from the corner": (from_the_corner, "make_anchors")}
course.reset()  # all of ours, which call each other through the system: so one bug is seen everywhere
rows = []
for bug, name in exhibits.values():
    with course.use(bug, name=name, force=True):
        rows.append(detection.detect_faces(group, "course"))
titles = [f"{words}: {len(boxes)}" for words, boxes in zip(exhibits, rows)]
plots.show(plots.faces([group] * 6, boxes=rows, titles=titles, columns=3, side=3))

# %% [markdown]
# * **x, y, width, height.** Every box seems to reach far to the right and down, so boxes overlap that do not touch, and
#   the suppression drops a face as the echo of the other. Alone in a photo, the same face is found, and the bug sleeps.
# * **No exp.** The network says "as large as the anchor" with 0, and 0 times the anchor is nothing: tiny boxes, in the
#   right places.
# * **Keeps the worst.** Boxes in nearly the right places, only looser than need be, and with low scores. Nothing looks
#   broken. You find this one with numbers only.
# * **Keeps the echoes.** Each face several times. A system that moves "all faces" would move this one over and over.
# * **From the corner.** All boxes are half a cell up and to the left, and the larger the face, the larger the cell.
#
# ## What you have now

# %%
course.progress()

# %% [markdown]
# A whole detector: where to ask, what to answer, how to choose, how to judge. `course.use("mine")` brings your parts
# back in any later lesson.
#
# **Three questions**
#
# 1. Somebody's `iou` forgets to take the shared part off the union. What is the largest value it can give, and what
#    happens to a suppression with the limit 0.6?
#
# <details><summary>Answer</summary>
#
# One half, for equal boxes: $|A| / (|A| + |A|)$. No pair ever passes 0.6, so nothing is suppressed. With the limit
# 0.4 it hides: echoes whose true IoU is above two thirds still go, as in the photo above all six do but the best.
# </details>
#
# 2. Two people kiss. Their boxes overlap by an IoU of 0.45. What does a suppression with the limit 0.4 do?
#
# <details><summary>Answer</summary>
#
# It drops one of them. A higher limit would keep both, and keep more echoes elsewhere. The limit is a choice, too.
# </details>
#
# 3. A detector's recall rises from 0.90 to 0.95 when its threshold falls from 0.6 to 0.3. Is it better at 0.3?
#
# <details><summary>Answer</summary>
#
# You cannot say: the precision is missing. It is the same detector at another place of its curve.
# </details>
#
# ## Going further
#
# * P. Viola and M. Jones, "Rapid object detection using a boosted cascade of simple features", *CVPR* 2001: the sliding
#   window, made fast.
# * R. Girshick, J. Donahue, T. Darrell and J. Malik, "Rich feature hierarchies for accurate object detection and
#   semantic segmentation", *CVPR* 2014: boxes as offsets with a logarithm.
# * W. Liu, D. Anguelov, D. Erhan, C. Szegedy, S. Reed, C.-Y. Fu and A. C. Berg, "SSD: single shot multibox detector",
#   *ECCV* 2016: the anchors, the matching and the 0.1 and 0.2 of this lesson.
# * T.-Y. Lin, P. Goyal, R. Girshick, K. He and P. Dollár, "Focal loss for dense object detection", *ICCV* 2017.
# * M. Everingham, L. Van Gool, C. K. I. Williams, J. Winn and A. Zisserman, "The Pascal visual object classes (VOC)
#   challenge", *International Journal of Computer Vision* 88(2), 303-338, 2010: when a box is right, and average
#   precision.
# * S. Zhang, X. Zhu, Z. Lei, H. Shi, X. Wang and S. Z. Li, "S3FD: single shot scale-invariant face detector", *ICCV*
#   2017: face-alignment's `sfd`.
#
# Next: **02, Find the keypoints**. Inside the box, 68 points.
