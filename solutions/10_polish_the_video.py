# %% [markdown] slideshow={"slide_type": "slide"}
# # 10 · Polish the video
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({{colab}})
#
# The face moves, the lips are right, and still the film looks cheap: it trembles, it is soft, the skin is off, it
# jerks, it flickers. Each of these faults has a name, a number and a remedy of a few lines. You build all five, and
# after each the number says whether you were right.
#
# **After this lesson you can**
#
# * take the tremor out of a curve, and say what that costs in time;
# * sharpen a face without a halo, and match its colours to other skin;
# * make frames that no camera took, out of the two beside them;
# * tell what flickers from what moves;
# * measure each fault before you mend it, and again after.
#
# **Time:** 75 minutes for you, a minute for the machine. **Before this:** lesson 00; 03 and 06 help.

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

import course
from course import evaluation, motion, plots, polish
from course.exercises import check, hint, places, progress, solution
from course.lessons.lesson_10 import figures, films, widget

print("Ready.")

# %% slideshow={"slide_type": "slide"}
plots.show(plots.pipeline(["polish"]))

# %% [markdown]
# ## One sentence, two films
#
# The left film is as it should be. Then a machine watched it, read 78 points in every frame and made the film again
# from those, on a bad day and in a hurry: the film on the right. Play it.

# %%
one = films.take("We won! How wonderful.")
remade = films.again(one, one.raw)
bad = films.spoilt(one, remade)
films.side_by_side(one.frames, bad, said=one.said)

# %%
plots.show(plots.film_strip(films.side_by_side(one.frames, bad), count=3, side=3.2,
                            title="As it should be, and as it came out"))

# %% [markdown]
# Five things are wrong with it. Two of them you can see in the strip, three only in the film. Write down what you find
# before you go on.

# %%
good, before = (films.numbers(one, *film) for film in ((one.frames, one.true), (bad, films.targets(one, one.raw))))
for fault, number in before.items():
    print(f"{fault:<32} {good[fault]:6.2f}  {number:6.2f}")

# %% [markdown]
# The first column is the good film, the second the bad one. It shakes; more than half of the fine detail is gone; her
# skin is that of somebody who has seen a ghost; half of the frames are missing; and a lamp flickers. We take them one
# by one.
#
# ## Shaking
#
# ### Why
#
# The landmarker reads each frame alone, and each time it is wrong by half a pixel in another direction. Nobody sees
# half a pixel. Everybody sees a face that trembles 25 times a second.

# %%
plots.show(figures.curves({"as found": one.raw["headYaw"]}, "How the machine saw the head turn", "yaw in degrees"))

# %% [markdown]
# Take a mean over some frames, and the tremor is gone. But so is the mouth: a mean of the past is always late. What
# would you want of a filter when the head rests, and what when it turns quickly?
#
# ### How
#
# Géry Casiez, Nicolas Roussel and Daniel Vogel answered that with a filter named after the price of its hardware, the
# *1 € filter* (2012):
#
# $$\hat{x}_t = \alpha\, x_t + (1 - \alpha)\, \hat{x}_{t-1}, \qquad \alpha = \frac{1}{1 + \dfrac{r}{2 \pi f_c}},
# \qquad f_c = f_{\min} + \beta\, \lvert \hat{v}_t \rvert$$
#
# $x_t$ is what was measured in frame $t$, $\hat{x}_t$ what we say; $\alpha$ is the share of the new; $r$ is the frame
# rate; $f_c$ is the *cutoff* in hertz, and what shakes faster than that is held back. The trick is the last formula:
# the cutoff grows with the speed $\hat{v}_t$, $\beta$ says how much, and $f_{\min}$ is the cutoff at rest. In words:
# hold still what rests, let go of what moves. The speed is smoothed too, with a cutoff of its own, $f_v$:
#
# $$\hat{v}_t = \alpha_v\, (x_t - \hat{x}_{t-1})\, r + (1 - \alpha_v)\, \hat{v}_{t-1}, \qquad
# \alpha_v = \frac{1}{1 + \dfrac{r}{2 \pi f_v}}, \qquad \hat{x}_0 = x_0, \quad \hat{v}_0 = 0$$
#
# Move the sliders. First `beta` 0: find a cutoff that you like. There is none. Then give it some `beta`.

# %%
euro = widget.OneEuro()
euro

# %%
plots.show(euro.stills({"cutoff": 8, "beta": 0}, {"cutoff": 0.5, "beta": 0}, {"cutoff": 0.5, "beta": 0.1}))

# %% [markdown]
# ### Build
#
# All columns at once. `cutoff` is $f_{\min}$, a number or one a column; `derivative_cutoff` is $f_v$.

# %% exercise: one_euro · difficulty 3/5 · 12 min
def one_euro(signal, fps, cutoff, beta, derivative_cutoff=1.0):
    """Smooth slow movement much and fast movement little: (T, C) -> (T, C); cutoffs in hertz."""
    ### BEGIN SOLUTION
    def alpha(hertz):
        return 1 / (1 + fps / (2 * np.pi * hertz))

    smoothed = np.array(signal, dtype=float)
    speed = np.zeros_like(smoothed[0])
    for t in range(1, len(smoothed)):
        a = alpha(derivative_cutoff)
        speed = a * (signal[t] - smoothed[t - 1]) * fps + (1 - a) * speed
        a = alpha(cutoff + beta * np.abs(speed))
        smoothed[t] = a * signal[t] + (1 - a) * smoothed[t - 1]
    return smoothed
    ### END SOLUTION

# %% tags=["nbval-check-output"]
one_euro = check("one_euro")

# %% tags=["nbval-check-output"]
course.use(one_euro)

# %% [markdown]
# ### Use
#
# A live film knows only the past: your filter goes through all 57 channels once. A film that is finished knows its end.
# The system then filters forwards and backwards, so that both delays cancel; lips and lids with your filter, and the
# head, which is heavy and goes on as it went, with a *Kalman smoother* (1960).

# %%
with places.counted("polish.one_euro") as seen:
    live = films.steadied(one.raw, cutoff=2.0, beta=10.0)
    whole = motion.steady(one.raw)
for name, moved in (("as found", one.raw), ("yours, live", live), ("the system's, both ways", whole)):
    points = films.targets(one, moved)
    print(f"{name:<24} shakes {evaluation.jitter(points, one.true):.2f} px a frame squared")
plots.show(figures.curves({"as found": one.raw["headYaw"], "both ways": whole["headYaw"], "live": live["headYaw"]},
                          "The same turn, filtered", "yaw in degrees"))
print("one_euro was called." if seen.calls else "one_euro was not called.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Soft
#
# ### Why
#
# A warp reads between pixels, a network paints the mean of what it knows, a codec throws away what it thinks you will
# not miss. What gets lost is always the same: the finest detail.
#
# ### How
#
# What a picture has and its blurred copy has not, that *is* its detail. Add it once more:
#
# $$s = x + a\, (x - G_\sigma * x)$$
#
# $x$ is the picture, $G_\sigma *$ blurs with a Gaussian of $\sigma$ pixels, $a$ is the amount. In words: the picture,
# plus some more of what the blur takes from it. It is called *unsharp masking* after the blurred negative that was
# laid over the plate in a darkroom.

# %%
plots.show(figures.edge())

# %% [markdown]
# Look at the sum: the edge is steeper, and it overshoots on both sides. That is why it looks sharp, and too much of it
# is a halo. Move the sliders until you see one.

# %%
sharpening = widget.Sharpening()
sharpening

# %%
plots.show(sharpening.stills({"amount": 0}, {"amount": 1.5, "sigma": 1}, {"amount": 4, "sigma": 5},
                             title="Soft, mended, and too much of it"))

# %% [markdown]
# ### Build
#
# `cv2.GaussianBlur(picture, (0, 0), sigma)` blurs. Work in floats, and clip before you go back to `uint8`.

# %% exercise: unsharp_mask · difficulty 2/5 · 8 min
def unsharp_mask(image, amount, sigma=1.0):
    """More of a picture's own detail: uint8 (H, W, 3) -> uint8 (H, W, 3); sigma in pixels."""
    ### BEGIN SOLUTION
    values = image.astype(np.float32)
    sharp = values + amount * (values - cv2.GaussianBlur(values, (0, 0), sigma))
    return np.clip(np.round(sharp), 0, 255).astype(np.uint8)
    ### END SOLUTION

# %% tags=["nbval-check-output"]
unsharp_mask = check("unsharp_mask")

# %% tags=["nbval-check-output"]
course.use(unsharp_mask)

# %% [markdown]
# ### Use
#
# On the face only: a background that was out of focus shall stay so.

# %%
with places.counted("polish.unsharp_mask") as seen:
    sharp = np.stack(list(course.postprocess(bad, sharpen=1.8)))
told = films.numbers(one, sharp, one.true)
print(f"detail, of the true film's: {before[films.DETAIL]:.2f} before, {told[films.DETAIL]:.2f} after")
plots.show(plots.faces([films.close(one, film, 10) for film in (bad, sharp, one.frames[::2])],
                       titles=["soft", "sharpened", "the true film"], side=2.6))
print("unsharp_mask was called." if seen.calls else "unsharp_mask was not called.")

# %% [markdown]
# Sharpened is not restored. The wrinkles that the blur has swallowed do not come back; what is left of them got louder,
# and so did the noise.
#
# ## Off colour
#
# ### Why
#
# A painted mouth on a warm face, a head out of another film, a camera that thinks it is noon: skin that does not match
# the skin beside it is the first thing we see, and nobody can say what it is that they see.
#
# ### How
#
# In red, green and blue all three numbers change when a light is dimmed. *Lab* parts them: $L$ is how light, $a$ how
# red rather than green, $b$ how yellow rather than blue, and equal steps look equally large. Erik Reinhard and
# colleagues (2001) needed no more than two statistics of each:
#
# $$x' = \frac{\sigma_r}{\sigma}\, (x - \mu) + \mu_r \qquad \text{for } L,\ a \text{ and } b$$
#
# $\mu$ and $\sigma$ are mean and standard deviation of the picture's channel, $\mu_r$ and $\sigma_r$ those of the
# reference. In words: lay the one cloud of colours over the other. What you take the statistics *of* decides
# everything: skin and skin, never skin and flag. So there are two masks. And a stretch of more than 2 would only show
# noise, so it ends there.

# %%
photo, shape = one.actor.portrait.image, one.frames.shape[1:3]
skins = {"her skin": films.skin(one.actor.points, shape), "in the film": films.skin(one.true[20], shape)}
plots.show(figures.clouds({"her skin": photo, "in the film": bad[10]}, skins))

# %% [markdown]
# ### Build
#
# `polish.to_lab(image)` and `polish.to_rgb(lab)` go there and back. The masks say where to measure; the *whole* image
# is changed. Where one of the masks is empty the image comes back as it was, and where the picture's own deviation is 0
# use 1e-6.

# %% exercise: color_transfer · difficulty 3/5 · 12 min
def color_transfer(image, reference, mask, reference_mask):
    """The image, uint8 (H, W, 3), with the reference's mean and spread in Lab; masks bool (H, W), where to measure."""
    ### BEGIN SOLUTION
    if not mask.any() or not reference_mask.any():
        return image.copy()
    lab, wanted = polish.to_lab(image), polish.to_lab(reference)[reference_mask]
    own = lab[mask]
    stretch = np.minimum(wanted.std(axis=0) / np.maximum(own.std(axis=0), 1e-6), 2)
    return polish.to_rgb((lab - own.mean(axis=0)) * stretch + wanted.mean(axis=0))
    ### END SOLUTION

# %% tags=["nbval-check-output"]
color_transfer = check("color_transfer")

# %% tags=["nbval-check-output"]
course.use(color_transfer)

# %% [markdown]
# ### Use

# %%
with places.counted("polish.color_transfer") as seen:
    warm = films.recoloured(one, bad)
told = films.numbers(one, warm, one.true)
print(f"skin beside the true film's, in Lab: {before[films.COLOUR]:.1f} before, {told[films.COLOUR]:.1f} after")
plots.show(plots.faces([bad[10], warm[10], one.frames[20]], titles=["off", "yours", "the true film"], side=2.6))
print("color_transfer was called." if seen.calls else "color_transfer was not called.")

# %% [markdown]
# About 2 is what an eye can just tell. As a bonus the flicker of her face is gone: each frame was matched to the same
# photo. The room around her flickers on.
#
# The system can do this to what its networks paint, with `--polish steady,detail,colour`. It is not on by itself: they
# were trained on such seams, and are off by a quarter of a unit. A remedy without an illness is only a risk.
#
# ## Jerky
#
# ### Why
#
# Half of the frames are lost. You can show each frame twice, and it jerks. You can mix two frames, and there are two
# noses. Which would you rather see?
#
# ### How
#
# Lesson 06 found where each pixel goes. Then a frame between two frames is a matter of reading both at the right
# places. Move the moment $t$, and look at her glasses.

# %%
moment = widget.Moment()
moment

# %%
plots.show(moment.stills({"t": 0.25}, {"t": 0.5}, {"t": 0.75}, title="Mixed on the left, by optical flow on the right"))

# %% [markdown]
# A flow says where to look. $F_{01}(x)$ says where pixel $x$ of the first frame lies in the second, $F_{10}(x)$ where
# pixel $x$ of the second lies in the first. We need the flows of a frame that does not exist, $t$ of the way between
# them; they are made of both, as in *Super SloMo* (Jiang and colleagues, 2018):
#
# $$F_{t0} = -(1-t)\,t\, F_{01} + t^2 F_{10}, \qquad F_{t1} = (1-t)^2 F_{01} - t\,(1-t)\, F_{10}$$
#
# Warp both frames with them, and mix. Only: an opened mouth has teeth that the first frame never showed. A pixel that
# both frames show comes home when it goes there and back. If it does not, only one of them can be right about it:
#
# $$m_0(x) = \lvert F_{01}(x) + F_{10}(x + F_{01}(x)) \rvert, \qquad
# w_0 = \frac{1 - t}{1 + \tilde m_1^2}, \quad w_1 = \frac{t}{1 + \tilde m_0^2}, \qquad
# I_t = \frac{w_0\, \tilde I_0 + w_1\, \tilde I_1}{w_0 + w_1}$$
#
# $m_0$ is the mismatch, in pixels, of what the first frame shows, and $m_1$ the same for the second; the tilde means
# warped to the moment $t$, things of the first frame by $F_{t0}$, of the second by $F_{t1}$; $w$ are the weights. In
# words: the nearer frame counts more, and where the second shows something that the first has not, the first has
# nothing to say.
#
# ### Build
#
# `polish.flow_warp(picture, flow)` reads a picture or a map along a flow and gives floats;
# `polish.mismatch(forwards, backwards)` is $m_0$, and with both exchanged $m_1$.

# %% exercise: interpolate_frames · difficulty 4/5 · 18 min
def interpolate_frames(before, after, forwards, backwards, t):
    """The frame at t between two: uint8 (H, W, 3) twice, flows (H, W, 2) from each to the other -> uint8 (H, W, 3)."""
    ### BEGIN SOLUTION
    to_before = t**2 * backwards - (1 - t) * t * forwards
    to_after = (1 - t) ** 2 * forwards - t * (1 - t) * backwards
    only_before = polish.flow_warp(polish.mismatch(forwards, backwards), to_before)
    only_after = polish.flow_warp(polish.mismatch(backwards, forwards), to_after)
    first, second = (1 - t) / (1 + only_after**2), t / (1 + only_before**2)
    share = (second / (first + second))[..., None]
    mixed = (1 - share) * polish.flow_warp(before, to_before) + share * polish.flow_warp(after, to_after)
    return np.clip(np.round(mixed), 0, 255).astype(np.uint8)
    ### END SOLUTION

# %% tags=["nbval-check-output"]
interpolate_frames = check("interpolate_frames")

# %% tags=["nbval-check-output"]
course.use(interpolate_frames)

# %% [markdown]
# ### Use
#
# The fairest test of such a thing: take a good film, leave out every other frame, make them again, and compare. PSNR in
# decibels, more is better, and three more is half the error.

# %%
with places.counted("polish.interpolate_frames") as seen:
    again = films.made_again(one.frames[:31])
for way, (decibels, _) in again.items():
    print(f"{way:<10} {decibels:5.1f} dB")
worst = films.busiest(one.frames[:31])
plots.show(plots.faces([films.close(one, film, worst // 2) for _, film in again.values()]
                       + [films.close(one, one.frames[1:31:2], worst // 2)],
                       titles=[*again, "the true frame"], side=2.2, title="The frame with the most movement"))
print("interpolate_frames was called." if seen.calls else "interpolate_frames was not called.")

# %% [markdown]
# A film that is driven by text needs none of this: ask for `--fps 50`, and 50 true frames are rendered. It is for what
# was filmed: `course.postprocess("old.mp4", fps=50)`.
#
# ## Flickering
#
# ### Why
#
# The last fault is the hardest to measure. Subtract each frame from the next, and what do you get from a film that
# only moves?
#
# ### How
#
# Follow the pixel instead. Whatever still changes along its way did not move, it flickered:
#
# $$f = \frac{1}{3 N} \sum_t \sum_{x \text{ seen}} \sum_c \bigl\lvert I_{t+1}(x + F_t(x)) - I_t(x) \bigr\rvert_c$$
#
# $I_t$ is frame $t$, $F_t$ says where its pixels are in the next frame, $c$ is a colour, and $N$ counts the pixels that
# the next frame shows, over all pairs. In words: how many grey levels a pixel changes from frame to frame, if you go
# along with it. It is the *warping error* of Lai and colleagues (2018).
#
# ### Build
#
# Warp the next frame back with `polish.flow_warp`. `seen` says which pixels count. Without any, 0.

# %% exercise: flicker · difficulty 2/5 · 10 min
def flicker(frames, flows, seen):
    """Grey levels: frames uint8 (T, H, W, 3), flows (T - 1, H, W, 2) to the next frame, seen bool (T - 1, H, W)."""
    ### BEGIN SOLUTION
    total, count = 0.0, 0
    for t in range(len(frames) - 1):
        change = np.abs(polish.flow_warp(frames[t + 1], flows[t]) - frames[t])
        total += change[seen[t]].sum()
        count += 3 * seen[t].sum()
    return float(total / count) if count else 0.0
    ### END SOLUTION

# %% tags=["nbval-check-output"]
flicker = check("flicker")

# %% tags=["nbval-check-output"]
course.use(flicker)

# %% [markdown]
# ### Use
#
# And the remedy: `polish.even_brightness` looks at the median of all pixels, frame by frame, and sets each frame to the
# mean of its neighbours. A mouth that opens does not move a median.

# %%
even = np.stack(list(polish.even_brightness(iter(bad))))
calm = films.spoilt(one, remade, light=0)
with places.counted("polish.flicker") as seen:
    for name, film in (("the bad film", bad), ("evened", even), ("without the lamp", calm)):
        print(f"{name:<18} {polish.film_flicker(film[:20]):.2f} grey levels")
plots.show(figures.lamps({"the bad film": bad, "without the lamp": calm, "evened": even}))
print("flicker was called." if seen.calls else "flicker was not called.")

# %% [markdown]
# Why is it never 0? The flow misses by a tenth of a pixel here and there, and at a sharp edge that is some grey levels.
# So compare a film with itself only: sharpen it, and this number rises though no lamp has changed.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Your film
#
# All five on one film, and a sentence of yours between the quotes.

# %%
sentence = "Look, I am polished!"

# %%
mine = films.take(sentence)
cheap = films.spoilt(mine, films.again(mine, mine.raw), seed=1)
steady = motion.steady(mine.raw)
steps = {"as it came": (cheap, mine.raw)}
film = films.spoilt(mine, films.again(mine, steady), seed=1)
steps["steady"] = film, steady
film = np.stack(list(polish.even_brightness(iter(film))))
steps["even"] = film, steady
film = films.recoloured(mine, film)
steps["colour"] = film, steady
film = np.stack(list(course.postprocess(film, sharpen=1.8)))
steps["sharp"] = film, steady
film = np.stack(list(polish.at_rate(film, 12.5, 25)))[: len(mine.frames)]
steps["25 a second"] = film, steady
plots.show(figures.ladder({step: films.numbers(mine, frames, films.targets(mine, moved))
                           for step, (frames, moved) in steps.items()}))

# %%
films.side_by_side(cheap, film, said=mine.said)

# %%
plots.show(plots.film_strip(films.side_by_side(cheap, film), count=3, side=3.2, title="Before and after"))

# %% [markdown]
# Each part moves its own number, and some move another's too. Which of them made one worse?
#
# <details><summary>Answer</summary>
#
# Sharpening: its edges flicker more, since the flow misses them by as much as before, and they are steeper now. The
# frames between bring the number down again, for half as much moves from each to the next.
# </details>
#
# ## The failure museum
#
# Each exhibit is one line of yours, changed.

# %%
course.reset()


def sluggish(signal, fps, cutoff, beta, derivative_cutoff=1.0):
    return one_euro(signal, fps, 0.4, 0.0, derivative_cutoff)  # no beta


def wraps(image, amount, sigma=1.0):
    values = image + amount * (image - cv2.GaussianBlur(image.astype(np.float32), (0, 0), sigma))
    return values.astype(np.int64).astype(np.uint8)  # no clip


def everything(image, reference, mask, reference_mask):
    return color_transfer(image, reference, np.ones_like(mask), np.ones_like(reference_mask))


def other_way(before, after, forwards, backwards, t):
    return interpolate_frames(before, after, -forwards, -backwards, t)


def stands_still(frames, flows, seen):
    return flicker(frames, 0 * flows, seen)


exhibits = {"healthy": one.frames[worst]}
with course.use(wraps, name="unsharp_mask", force=True):
    exhibits["no clip"] = next(iter(course.postprocess(one.frames[worst : worst + 1], sharpen=1.8)))
with course.use(everything, name="color_transfer", force=True):
    exhibits["flag and skin"] = films.recoloured(one, bad[:11])[10]
with course.use(other_way, name="interpolate_frames", force=True):
    exhibits["other way"] = polish.in_between(one.frames[worst - 1], one.frames[worst + 1], [0.5])[0]
plots.show(plots.faces(list(exhibits.values()), titles=list(exhibits), columns=4, side=2.3))

# %%
with course.use(sluggish, name="one_euro", force=True):
    late = films.steadied(one.raw, cutoff=2.0, beta=10.0)
plots.show(figures.curves({"as found": one.raw["jawOpen"], "yours": live["jawOpen"], "no beta": late["jawOpen"]},
                          "A jaw that is filtered like a rock", "jaw open"))
with course.use(stands_still, name="flicker", force=True):
    wrong = polish.film_flicker(one.frames[:20])
right = polish.film_flicker(one.frames[:20])
print(f"The true film flickers by {right:.2f} grey levels; who forgets the flow says {wrong:.2f}.")

# %% [markdown]
# * **No clip.** Beyond 255 `uint8` begins at 0 again: the brightest skin turns dark, in dots. On a picture without
#   bright spots nothing happens, so the test that you ran was fine.
# * **Flag and skin.** The statistics are those of two whole pictures, and her face is moved by what the background did.
# * **Other way.** Both frames are read where the pixel has *not* been. Edges double, further apart than in a mixture.
# * **No beta.** The jaw hardly opens, and late. The shaking is gone, though: by that number alone this is the best
#   filter of all.
# * **Who forgets the flow** finds flicker in every film that moves. Evened until that number falls, it would stand
#   still.
#
# ## What you have now

# %%
course.progress()

# %% [markdown]
# Five faults, five numbers, five remedies, and a habit worth more than all of them: measure, mend, measure again.
# `course evaluate --stages FILM` prints such a table for a film of yours, each stage of polish off and on.
#
# **Three questions**
#
# 1. Your live avatar shakes. Why can you not give it the filter that goes both ways?
#
# <details><summary>Answer</summary>
#
# Going backwards needs the frames that are still to come. You could wait for some of them: at 25 frames a second each
# one costs 40 ms, and a conversation feels slow from about 200 ms on.
# </details>
#
# 2. You sharpen twice with amount 0.5. Is that sharpening once with amount 1?
#
# <details><summary>Answer</summary>
#
# No. A contrast that the blur takes away whole grows by 1.5 each time, so 2.25 times in all, against 2. And the second
# round sharpens the halo of the first.
# </details>
#
# 3. Between two frames a hand flies through the picture, faster than its own width. What will the frame between show?
#
# <details><summary>Answer</summary>
#
# Probably two pale hands. The flow looks for the hand where it does not find it, the way there and back does not come
# home, and both frames lose their trust: what remains is a mixture. That is still the safest way to be wrong.
# </details>
#
# ## Going further
#
# * G. Casiez, N. Roussel and D. Vogel, "1 € filter: a simple speed-based low-pass filter for noisy input in interactive
#   systems", *CHI* 2012.
# * H. E. Rauch, F. Tung and C. T. Striebel, "Maximum likelihood estimates of linear dynamic systems", *AIAA Journal*
#   1965: Kalman's filter, forwards and backwards.
# * E. Reinhard, M. Ashikhmin, B. Gooch and P. Shirley, "Color transfer between images", *IEEE Computer Graphics and
#   Applications* 2001.
# * H. Jiang, D. Sun, V. Jampani, M.-H. Yang, E. Learned-Miller and J. Kautz, "Super SloMo", *CVPR* 2018.
# * T. Kroeger, R. Timofte, D. Dai and L. Van Gool, "Fast optical flow using dense inverse search", *ECCV* 2016: the
#   flow that the system uses.
# * W.-S. Lai, J.-B. Huang, O. Wang, E. Shechtman, E. Yumer and M.-H. Yang, "Learning blind video temporal consistency",
#   *ECCV* 2018.
#
# This is the last lesson so far. Take a film of your own: `course animate photo.jpg --driving film.mp4` steadies it as
# you did, and `course.postprocess` does the rest.
