# %% [markdown] slideshow={"slide_type": "slide"}
# # 09 · Animate a portrait
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({{colab}})
#
# All parts are there. Now a film of one person has to move the photo of another, and that is where it gets personal:
# other cheeks, other lids, another place in the picture. This lesson takes the *movement* out of a film, leaves the
# person in it behind, and lays the moved face back into the photo so that nobody sees where it ends.
#
# **After this lesson you can**
#
# * tell absolute from relative motion, and say what each does to a face;
# * find the frame of a film from which movement should count;
# * carry a performance over to another person, and prove with a known answer that it is right;
# * paste a region back without an edge;
# * drive one photo by text, sound or film, and a whole group at once.
#
# **Time:** 65 minutes for you, about a minute for the machine. **Before this:** lesson 03 helps.

# %%
# Makes the notebook ready. Where the course is installed this takes some seconds; on Colab it is
# installed first, which takes a minute or two.
import contextlib
import importlib.util
import itertools
import subprocess
import sys
import tempfile
from pathlib import Path

if importlib.util.find_spec("course") is None:
    print("Installing the course: a minute or two, once.")
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet",
                    "git+{{repository}}"], check=True)

import numpy as np
import soundfile
from scipy.spatial import ConvexHull

import course
from course import demo, face, images, motion, notebook, plots, rendering, speech
from course.exercises import check, hint, places, progress, solution
from course.lessons import actors
from course.lessons.lesson_09 import drivers, widget

print("Ready.")

# %% slideshow={"slide_type": "slide"}
plots.show(plots.pipeline(["face_model", "motion", "warping", "paste"]))

# %% [markdown]
# ## One photo, three ways to move it
#
# A sentence, a recording, a film: whatever comes in becomes a `Motion`, and from there on it is all the same. The film
# shows Ada, who does not exist: a formula drew her once, and the system animated her. The photo is Grace Hopper's.

# %%
folder = Path(tempfile.mkdtemp())
photo = actors.actor_of(side=drivers.SIZE).portrait.image  # her head, (256, 256, 3)
spoken = speech.synthesize("Ahoy! Amazing grace.")
soundfile.write(folder / "ahoy.wav", spoken.samples, spoken.sample_rate)
film = drivers.film("Ada (bob)").save(folder / "ada.mp4", progress=False)


def varied(frames, count):
    """The frames that differ most from each other, in the order of time."""
    small = np.stack([frame[::4, ::4].astype(float) for frame in frames])
    chosen = [0]
    while len(chosen) < count:
        far = np.min([np.abs(small - small[k]).mean(axis=(1, 2, 3)) for k in chosen], axis=0)
        chosen.append(int(far.argmax()))
    return [frames[k] for k in sorted(chosen)]


films = [list(course.animate(photo, fps=10, **given))
         for given in ({"text": "Ahoy! Wow, a moth."}, {"audio": folder / "ahoy.wav"}, {"driving": film})]
beside = [np.hstack([one[k % len(one)] for one in films]) for k in range(max(map(len, films)))]
notebook.Loop(beside, 10, "one photo three times, moved by a sentence, a recording and a film", 45, 390)

# %%
reel = [frame for one in films for frame in varied(one, 4)]
words = [f"{name} {k}" for name in ("text", "sound", "film") for k in range(1, 5)]
plots.show(plots.faces(reel, titles=words, columns=4, side=1.7, title="Text, sound and film on one photo"))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Movement instead of places
#
# ### Why
#
# The plainest idea: put every point of the photo where the driver's point is. That is **absolute** motion.

# %%
transfer = widget.Transfer()
ada = transfer.driver("Ada (bob)")
places_taken, _ = transfer.targets({"carry": "points", "frame": 4})
plots.show(plots.faces([widget.with_points(ada.frames[4], ada.points[4]), transfer.actor.portrait.image,
                        transfer.actor.portrait.render(places_taken)],
                       titles=["the driver", "the photo", "the driver's places, her skin"], side=2.7))

# %% [markdown]
# She got the open mouth. She also got Ada's narrow jaw, Ada's brows and Ada's tilted head, and her hat paid for it.
# Points hold everything at once: who somebody is, how the head is held, and what the face does.
#
# ### How
#
# **Relative** motion takes only what *changes*. Choose a frame of the driver as the start; see how far each point has
# gone since then; let the photo's point go as far:
#
# $$p = p_s + s\,(p_d - p_{d,0}), \qquad s = \sqrt{\frac{A(p_s)}{A(p_{d,0})}}$$
#
# $p_s$ are the points of the photo (the *source*), $p_d$ those of the driver in this frame and $p_{d,0}$ those at the
# start; $A$ is the area of the convex hull, the area inside a rubber band around the points; $s$ says how much larger
# the photo's face is. In words: the photo's own place, plus the driver's step, in the photo's size. The root is there
# because an area grows with the square of a length. This is what *First Order Motion* does (Siarohin et al., 2019).
#
# `ConvexHull(points).volume` is that area. (`.area` is the *length* of the band: SciPy's names are meant for space.)
# Where `scale` is given it takes the place of $s$; it may be a number, or one number for each channel, for the same
# formula moves channels too.
#
# ### Build

# %% exercise: relative_motion · difficulty 2/5 · 10 min
def relative_motion(source, driving, start, scale=None):
    """The driver's change since the start, added to the source: (K, 2), (T, K, 2), (K, 2) -> (T, K, 2).

    scale: None for points: by their hulls; or given. Channels (C,), (T, C), (C,) -> (T, C) come with a scale.
    """
    ### BEGIN SOLUTION
    if scale is None:
        scale = np.sqrt(ConvexHull(source).volume / ConvexHull(start).volume)
    return source + scale * (driving - start)
    ### END SOLUTION

# %% tags=["nbval-check-output"]
relative_motion = check("relative_motion")

# %% tags=["nbval-check-output"]
course.use(relative_motion)

# %% [markdown]
# ### Use
#
# Choose a driver and move through the frames. *Carry over: points* is the formula above; *channels* comes later in this
# lesson. Watch her jaw and her hat. (Without a running kernel: the strip below.)

# %%
transfer

# %%
with places.counted("motion.relative_motion") as seen:
    strip = transfer.stills({"driver": "Ada (bob)", "carry": "points", "frame": 4},
                            {"driver": "Cleo (updo)", "carry": "points", "frame": 10},
                            {"driver": "Cleo (updo)", "carry": "channels", "frame": 18},
                            title="Three settings of the widget")
plots.show(strip)
print("relative_motion was called." if seen.calls else "relative_motion was not called.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## From which frame does movement count?
#
# ### Why
#
# $p_{d,0}$ was "a frame". Which? If the driver's mouth stands open at the start, then shutting it is a movement, and
# your photo, whose lips are shut already, has to shut them further.
#
# ### How
#
# Take the driver's frame that looks most like the photo. Looks like means: does the same, wherever it is. So compare
# the expression and the turn of the head, and leave out where in the picture the head is and how large:
#
# $$t^* = \arg\min_t\ \sum_{j=1}^{51} (v_{t,j} - r_j)^2 + \sum_{a} \left(\frac{v_{t,a} - r_a}{30^\circ}\right)^2$$
#
# $v_{t,j}$ is the driver's channel $j$ in frame $t$ and $r_j$ the photo's own, both as lesson 03 found them; $a$ goes
# over pitch, yaw and roll. In words: the frame with the smallest difference, where 30 degrees weigh as much as one
# whole blendshape. (First Order Motion compares points instead, with their middle taken away and their hull made 1. It
# is the same thought: take out place and size, then compare.)
#
# ### Build

# %% exercise: find_best_frame · difficulty 2/5 · 8 min
def find_best_frame(values, rest):
    """The driver's frame most like the photo: channels (T, 57), (57,) in the order of `face.CHANNELS` -> index.

    Columns 0 to 50 are blendshapes, 51 to 53 angles in degrees, 54 to 56 the head's place and size.
    """
    ### BEGIN SOLUTION
    shapes = values[:, :51] - rest[:51]
    turns = (values[:, 51:54] - rest[51:54]) / 30
    return int(np.argmin((shapes**2).sum(axis=1) + (turns**2).sum(axis=1)))
    ### END SOLUTION

# %% tags=["nbval-check-output"]
find_best_frame = check("find_best_frame")

# %% tags=["nbval-check-output"]
course.use(find_best_frame)

# %% [markdown]
# ### Use
#
# Ada again, but this film begins in the middle of her "oh!".

# %%
played = drivers.performance()
late = motion.Motion(np.roll(played.values, -4, axis=0), played.channels, played.fps)
late_frames = list(drivers.film("Ada (bob)", late))
cut = course.Clip(late_frames, fps=12.5).save(folder / "cut.mp4", progress=False)


def first(values, rest):
    return 0


with places.counted("motion.find_best_frame") as seen:
    by_best = list(itertools.islice(course.animate(photo, driving=cut, fps=12.5), 13))
with course.use(first, name="find_best_frame", force=True):
    by_first = list(itertools.islice(course.animate(photo, driving=cut, fps=12.5), 13))
shown = [0, 6, 12]
frames = [late_frames[k] for k in shown] + [f[k] for f in (by_first, by_best) for k in shown]
titles = [f"{who}, frame {k}" for who in ("driver", "from frame 0", "from the best")
          for k in shown]
plots.show(plots.faces(frames, titles=titles, columns=3, side=2.2))
print("find_best_frame was called." if seen.calls else "find_best_frame was not called.")

# %% [markdown]
# Counted from frame 0 she never says "oh!": in that frame she has to look as in the photo. All that is left to her is
# to shut what is shut. Counted from the best frame, her mouth opens when Ada's does.
#
# ## Another person's face
#
# ### Why
#
# Relative points are good, and they have a limit. A step belongs to the head it was made with: if the driver's
# head is tilted by 20 degrees, "jaw down" is a step aslant, and the photo's jaw goes aslant. And a lid that was half
# shut has half a way to fall, so the photo's open lid falls half way and never shuts.
#
# Formula people can settle how much this matters, for their right answer is known: the *same channels* played by both.
# Thirty pairs, with sizes, places and lids that differ, once upright and once with the driver's head held otherwise.
# The error is the mean over 68 points in percent of the distance between the eyes; the last column says how far a lid
# still stands open when the driver's is shut:
#
# | carried over | driver upright | head held otherwise | lid open |
# |---|---:|---:|---:|
# | points, absolute | 34.8 | 38.1 | 0.19 |
# | points, relative, without $s$ | 2.4 | 2.9 | 0.50 |
# | points, relative | 0.56 | 1.45 | 0.42 |
# | channels, absolute | 2.3 | 13.2 | 0.06 |
# | channels, relative, plain difference | 0.47 | 0.48 | 0.13 |
# | **channels, relative, `retarget`** | **0.46** | **0.48** | **0.08** |
#
# (`python benchmarks/retarget.py`. The points there are exact; a tracked film adds its jitter to all rows.)
#
# ### How
#
# So carry over channels. "Jaw open by 0.3" means the same on any face, however it is held:
#
# $$v' = r + g\,(v - v_0)$$
#
# $v$ is a channel of the driver, $v_0$ its value at the start, $r$ the photo's own value and $g$ a gain. In words:
# what the photo does by itself, plus the driver's change, made larger or smaller by $g$. For nearly all channels
# $g = 1$. Two kinds are different:
#
# * **Place and size** (`headX`, `headY`, `headScale`): $g = 1 / (1 + h_0)$, with the driver's `headScale` $h_0$ at the
#   start. Who sits nearer to the camera takes larger steps in the picture. It is the $s$ of before, in other units:
#   $\frac{1 + h}{1 + h_0} - 1 = \frac{h - h_0}{1 + h_0}$.
# * **Lids** (`eyeBlinkLeft`, `eyeBlinkRight`), in frames where they fall ($v > v_0$): $g = \min\left(2,
#   \frac{1 - r}{1 - v_0}\right)$, the way that is left to the photo over the way that was left to the driver. Then
#   $v = 1$ gives $v' = 1$: shut is shut. The 2 keeps jitter small where the driver's lids are nearly shut at the start.
#   (Take $1 - r$ as 0 where the photo's lid is beyond shut, and $1 - v_0$ as at least $10^{-6}$.)
#
# Why not such a gain for every channel? We tried, and the error rose from 0.46 to 0.59, that of the lips from 0.48 to
# 0.75: a smile has no end that it must reach, and small mistakes of $r$ and $v_0$ change its size.
#
# ### Build

# %% exercise: retarget · difficulty 3/5 · 15 min
def retarget(values, start, rest):
    """A driver's channels on another face: values (T, 57), the driver's start (57,), the photo's rest (57,) -> (T, 57).

    Columns 8 and 9 are the lids, 54, 55 and 56 headX, headY and headScale.
    """
    ### BEGIN SOLUTION
    gain = np.ones(values.shape)
    gain[:, 54:57] = 1 / (1 + start[56])
    way = np.maximum(1 - rest[8:10], 0) / np.maximum(1 - start[8:10], 1e-6)
    gain[:, 8:10] = np.where(values[:, 8:10] > start[8:10], np.minimum(way, 2), 1)
    return relative_motion(rest, values, start, gain)
    ### END SOLUTION

# %% tags=["nbval-check-output"]
retarget = check("retarget")

# %% tags=["nbval-check-output"]
course.use(retarget)

# %% [markdown]
# ### Use
#
# Look at it beside the truth. The photo is Cleo's, the film is Ada's; and since both are formulas, we can draw what
# Cleo looks like when she really does what Ada does.

# %%
cleo = drivers.portrait("Cleo (updo)")
start = course.Clip(ada.frames[:11], fps=12.5).save(folder / "start.mp4", progress=False)  # her "oh!", and a word
settings = {"driving": start, "fps": 12.5}
with places.counted("motion.retarget") as seen:
    relative = list(course.animate(cleo, **settings))
absolute = list(course.animate(cleo, relative=False, **settings))
true = []
for k in (4, 10):
    values = played.full()[k]
    values[[face.INDEX["headRoll"], face.INDEX["headX"]]] = 0  # how Ada sits is not what she does
    true.append(drivers.portrait("Cleo (updo)", values=values))
rows = [[ada.frames[k], absolute[k], relative[k], truth] for k, truth in zip((4, 10), true)]
plots.show(plots.faces(sum(rows, []), columns=4, side=2.1,
                       titles=["Ada's film", "Cleo, absolute", "Cleo, relative", "Cleo, the truth"] * 2))
print("retarget was called." if seen.calls else "retarget was not called.")

# %% [markdown]
# Relative motion keeps her upright, as she sits, and has brows, turn and mouth of the truth. The mouth opens a little
# less: Ada's film was read off its pictures, and each step on the way loses something. Teeth, and light that changes as
# skin moves, are not motion but painting.
#
# When is absolute right? When driver and photo are the same person, or when you want the pose itself: a photo that must
# look where the actor looks. `course animate --absolute` does that.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Back into the photo
#
# ### Why
#
# The moved face is a region of the picture. Its colours are never quite those of the photo: it was resampled, its mouth
# was painted, a network may have been at it. Here a region that is a fifth brighter, with a hard edge and with a soft
# one:

# %%
actor = transfer.actor
x0, y0, x1, y1 = actor.portrait.field.box
moves = actor.portrait.field.moves()  # (h, w): how much each pixel of the box takes part
bright = (actor.portrait.image[y0:y1, x0:x1] * 1.2).clip(0, 255).astype(np.uint8)
edges = [(moves > 0.5).astype(np.float32), rendering.soft_mask(moves, 0.9)]
plots.show(plots.faces([rendering.paste_back(actor.portrait.image, bright, mask, (x0, y0, x1, y1)) for mask in edges],
                       titles=["a hard edge", "a soft edge"], side=3))

# %% [markdown]
# ### How
#
# Each pixel knows how much it takes part in the movement: $q$, 1 on the face, 0 where the photo stands still. From it,
# a mask with no corner anywhere:
#
# $$t = \frac qe \text{ kept in } [0, 1], \qquad m = t^2\,(3 - 2t)$$
#
# $e$ is the *edge*: from there on the mask is 1. $m$ begins and ends level (its slope is 0 at $t = 0$ and $t = 1$), and
# that matters: the eye finds kinks in brightness, not slopes. These are the Mach bands.
#
# ### Build

# %% exercise: soft_mask · difficulty 1/5 · 5 min
def soft_mask(moves, edge):
    """How much each pixel takes part (h, w), and from where on it counts in full -> mask (h, w) in [0, 1]."""
    ### BEGIN SOLUTION
    t = np.clip(moves / edge, 0, 1)
    return t * t * (3 - 2 * t)
    ### END SOLUTION

# %% tags=["nbval-check-output"]
soft_mask = check("soft_mask")

# %% tags=["nbval-check-output"]
course.use(soft_mask)

# %% [markdown]
# Then, inside the box, what you know from lesson 00, and outside of it the photo, to the bit (in the frames, that is: the
# film that `save` writes has a watermark in every pixel, and a codec rounds what it likes):
#
# $$\text{result} = m \cdot \text{region} + (1 - m) \cdot \text{photo}$$
#
# A mixture is rounded to the nearest whole number: cut off, a picture becomes darker each time it is pasted. The region
# and the mask are as large as the box $(x_0, y_0, x_1, y_1)$; $x_1$ and $y_1$ lie just outside of it. The
# photo itself must stay as it is: every frame begins with it again.

# %% exercise: paste_back · difficulty 2/5 · 8 min
def paste_back(photo, region, mask, box):
    """A region laid into a copy of the photo: uint8 (H, W, 3), (h, w, 3), mask (h, w) in [0, 1], box -> (H, W, 3)."""
    ### BEGIN SOLUTION
    x0, y0, x1, y1 = box
    result, weight = photo.copy(), mask[..., None]
    mixed = weight * region + (1 - weight) * photo[y0:y1, x0:x1]
    result[y0:y1, x0:x1] = np.rint(mixed).astype(np.uint8)
    return result
    ### END SOLUTION

# %% tags=["nbval-check-output"]
paste_back = check("paste_back")

# %% tags=["nbval-check-output"]
course.use(paste_back)

# %% [markdown]
# ### Use: many faces
#
# Several faces are several regions, one after the other into the same frame, each with its own mask. Three of these
# four never lived, and they say so, together.

# %%
group = np.hstack([drivers.portrait("Ada (bob)"), photo, drivers.portrait("Cleo (updo)"),
                   drivers.portrait("Bela (beard)")])
with places.counted("rendering.soft_mask") as masks, places.counted("rendering.paste_back") as pasted:
    choir = course.animate(group, text="Wow! Three of us are formulas.", face="all", fps=12.5)
    frames = list(choir)
plots.show(plots.faces(varied(frames, 3), columns=1, side=7))
print(f"soft_mask was called {masks.calls} times." if masks.calls else "soft_mask was not called.")
print("paste_back was called." if pasted.calls else "paste_back was not called.")

# %%
changed = np.max([np.abs(frame.astype(int) - group).max(axis=2) for frame in frames], axis=0)
print(f"{(changed == 0).mean():.0%} of the pixels never change in any frame.")
course.Clip(frames, choir.fps, choir.audio, choir.sample_rate)  # these frames and the sound, to be played

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The failure museum
#
# The same "oh!" from the same film, and six bugs.

# %%
def keeps_the_driver(values, start, rest):  # absolute, whatever was asked for
    return values.copy()


def adds_everything(values, start, rest):  # the start forgotten
    return rest + values


def most_unlike(values, rest):  # argmax for argmin
    return int(np.argmax(((values - rest)[:, :51] ** 2).sum(axis=1)))


def twice(photo, region, mask, box):  # multiplied in twice: the weights add up to less than 1
    return paste_back(photo, (region * mask[..., None]).astype(np.uint8), mask, box)


def wide(moves, edge):  # no bug: an edge that can be seen
    return soft_mask(moves, 0.9)


def inside_out(moves, edge):
    return 1 - soft_mask(moves, edge)


def unscaled(source, driving, start, scale=None):
    return source + (driving - start)


# %%
def oh():
    whole = next(itertools.islice(course.animate(demo.photo_path(), **settings), 4, None))
    return images.crop_square(whole, 256, 250, 500)


course.reset()
exhibits = {"healthy": {}, "the driver kept": {"retarget": keeps_the_driver},
            "start forgotten": {"retarget": adds_everything}, "the worst frame": {"find_best_frame": most_unlike},
            "mask in twice": {"paste_back": twice, "soft_mask": wide}, "inside out": {"soft_mask": inside_out}}
frames = []
for bugs in exhibits.values():
    with contextlib.ExitStack() as all_of_them:
        for name, bug in bugs.items():
            all_of_them.enter_context(course.use(bug, name=name, force=True))
        frames.append(oh())
near = ada.points * 2.5  # a driver who is filmed from near
with course.use(unscaled, name="relative_motion", force=True):
    frames.append(actor.portrait.render(motion.relative_motion(actor.points, near[4:5], near[0])[0]))
plots.show(plots.faces(frames, titles=[*exhibits, "scale forgotten"], columns=4, side=2.2))

# %% [markdown]
# * **The driver kept.** Absolute in all but name: the tilt is Ada's. With a driver who sits straight you would hardly
#   see it.
# * **Start forgotten.** Everything is added, also how Ada sits: her tilt travels, on top of the photo's own.
# * **The worst frame.** The widest mouth became the photo's shut one. She misses the one thing that happens in the
#   film.
# * **Mask in twice.** Where the mask is 1 or 0 nothing is wrong; between them the weights add up to less than 1, and a
#   dark rim appears. (The mask here is as wide as in the picture above, so that you see it. With the system's own,
#   which is narrow, the rim is a line as thin as a scratch.) People look for such a thing in the network.
# * **Inside out.** The box moves and the face does not. A test on a still frame would pass.
# * **Scale forgotten.** A driver filmed from near takes large steps in pixels, and the photo's small face takes them.
#
# ## What you have now

# %%
course.progress()

# %% [markdown]
# A film of anybody moves a photo of anybody else, and only what they do travels, not who they are. That is also why
# this works on people who never agreed to it. Ask them first, and say what was made. `course.use("mine")` brings your
# parts back in any later lesson.
#
# **Three questions**
#
# 1. A driver smiles through the whole film; the photo does not. What does relative motion show, and what absolute?
#
# <details><summary>Answer</summary>
#
# Relative: no smile at all, since it never changes. Absolute: the smile. If you want the first frame's expression too,
# you have to say so, for example with `expression="happy"`.
# </details>
#
# 2. Why does `find_best_frame` leave out `headX`, `headY` and `headScale`?
#
# <details><summary>Answer</summary>
#
# A step from one place to another is the same step wherever it starts: place and size take no part in how the face
# looks. Were they counted, the film's most central frame would win, whatever the mouth does in it.
# </details>
#
# 3. A mask is 0.5 at some pixel, and region and photo are equal there. What does `paste_back` give, and what does the
#    bug *mask in twice* give?
#
# <details><summary>Answer</summary>
#
# The same value as the photo: 0.5 and 0.5 add up to 1. The bug gives 0.25 + 0.5 = 0.75 of it: darker, though nothing
# moved.
# </details>
#
# ## Going further
#
# * A. Siarohin, S. Lathuilière, S. Tulyakov, E. Ricci and N. Sebe, "First order motion model for image animation",
#   *NeurIPS* 2019: relative motion, the scale by hulls and the best frame are in its demo.
# * J. Thies, M. Zollhöfer, M. Stamminger, C. Theobalt and M. Nießner, "Face2Face: real-time face capture and
#   reenactment of RGB videos", *CVPR* 2016: the same thought with a face model.
# * J. Noh and U. Neumann, "Expression cloning", *SIGGRAPH* 2001: carrying movement from one face to another.
# * P. Pérez, M. Gangnet and A. Blake, "Poisson image editing", *SIGGRAPH* 2003: when the colours differ too much for a
#   soft edge.
# * P. J. Burt and E. H. Adelson, "A multiresolution spline with application to image mosaics", *ACM Transactions on
#   Graphics* 2(4), 217-236, 1983: a soft edge of its own width for every size of detail.
#
# Take a photo of your own, and somebody who agrees to be moved: `course animate photo.jpg --driving film.mp4` does all
# of it at once.
#
# Next: **10, Polish the video**. The film moves; now take out what still looks cheap.
