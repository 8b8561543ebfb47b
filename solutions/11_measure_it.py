# %% [markdown] slideshow={"slide_type": "slide"}
# # 11 · Measure it
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({{colab}})
#
# Somebody changes a line, and the films look better. Do they? Papers answer with six numbers. You build all six, and
# before you see a single one you vote. Then you find out which number agrees with you, and for each of them a film that
# fools it.
#
# **After this lesson you can**
#
# * compare pictures by PSNR and SSIM, and faces by their keypoints;
# * compare two crowds of pictures of which no two belong together;
# * measure whether lips and sound belong together;
# * say how sure a mean is, and whether one system is better than another;
# * name a film that wins by a number and should not.
#
# **Time:** 90 minutes for you, a minute for the machine. **Before this:** lesson 00; 04 and 10 help.

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

import course
from course import evaluation, plots
from course.exercises import check, hint, places, progress, solution
from course.lessons.lesson_11 import figures, films, scores, system, widget

print("Ready.")

# %% slideshow={"slide_type": "slide"}
plots.show(plots.pipeline(["measure"]))

# %% [markdown]
# ## Vote first
#
# A face says one sentence. This is how it should look; we made it, so we know. Play it, with sound.

# %%
one = films.take()
films.clip(one.true, one.said)

# %% [markdown]
# Now seven other films of the same sentence, two at a time, in eight pairs. Which of the two would you rather show to
# somebody? There is no right answer, and no number yet. Whoever does not vote gets our own eight votes further down.

# %%
vote = widget.Vote(one)
vote

# %%
plots.show(vote.stills())

# %% [markdown]
# Done? These were the seven. All but one were made out of the film above:
#
# | film | what was done to it |
# |---|---|
# | soft | blurred, as by a lens out of focus |
# | dark | 15 % less light |
# | other take | filmed again: the same lips, another turn of the head, another blink |
# | still | the photo, and the sound |
# | shaking | the whole face off by about a pixel, anew in every frame |
# | late | six frames behind the sound |
# | loudness | the mouth opens as far as it is loud, and does nothing else |
#
# ## How far is each pixel off?
#
# ### Why
#
# The first idea of everybody: subtract. What is left is the error. One number for it that a person can remember is as
# old as telephones: how much louder than its noise is the signal?
#
# ### How
#
# $$\text{MSE} = \frac{1}{N} \sum_i (x_i - y_i)^2, \qquad \text{PSNR} = 10 \log_{10} \frac{255^2}{\text{MSE}}$$
#
# $x$ is the made picture, $y$ the true one, $i$ counts all $N$ numbers, that is every colour of every pixel, and 255 is
# white, the loudest that there could be. PSNR is the *peak signal-to-noise ratio* in decibels. In words: how many times
# smaller than white the error is, on a scale on which 10 more mean a tenth of the squared error.
#
# ### Build
#
# The pictures are `uint8`. Equal ones have no error, and PSNR is infinite.

# %% exercise: psnr · difficulty 1/5 · 7 min
def psnr(made, true):
    """Peak signal-to-noise ratio in decibels: uint8 (H, W, 3) twice -> float; infinite for equal pictures."""
    ### BEGIN SOLUTION
    error = ((made.astype(np.float64) - true) ** 2).mean()
    return float(10 * np.log10(255**2 / error)) if error else float("inf")
    ### END SOLUTION

# %% tags=["nbval-check-output"]
psnr = check("psnr")

# %% tags=["nbval-check-output"]
course.use(psnr)

# %% [markdown]
# ### Use

# %%
told = {}
with places.counted("evaluation.psnr") as seen:
    told["PSNR"] = scores.numbers(one, "PSNR")
plots.show(figures.bars(told["PSNR"], "PSNR"))
print("psnr was called." if seen.calls else "psnr was not called.")

# %% [markdown]
# **When it lies.** The blur wins. And the other take, with which nothing at all is wrong, comes last: worse than a photo
# that does not move. A sharp face one pixel beside its place is wrong twice, where it is and where it should be; a blur
# is a little wrong everywhere, and squares forgive that. Networks that are trained on such an error learn to blur, as
# you saw in lesson 04.
#
# ## Is the pattern there?
#
# ### Why
#
# You hardly minded 15 % less light, and PSNR minds it much. You do mind a blur. So look at what the eye looks at: not
# at the value of a pixel, but at how it differs from those around it.
#
# ### How
#
# Zhou Wang and colleagues (2004) compare windows:
#
# $$\text{SSIM} = \frac{2 \mu_x \mu_y + c_1}{\mu_x^2 + \mu_y^2 + c_1} \cdot
# \frac{2 \sigma_{xy} + c_2}{\sigma_x^2 + \sigma_y^2 + c_2}$$
#
# $\mu_x$ and $\mu_y$ are the means of both windows, $\sigma_x^2$ and $\sigma_y^2$ their variances, $\sigma_{xy}$ their
# covariance; $c_1 = (0.01 \cdot 255)^2$ and $c_2 = (0.03 \cdot 255)^2$ keep dark or flat windows from a division by
# zero. The first factor asks whether the light is the same, the second whether bright and dark are in the same places.
# Each is 1 where it is. In words: the *structural similarity* of two windows, and of two pictures the mean over all
# windows.
#
# Means are weighted, the middle of a window most. With $G *$ for that weighted mean:
#
# $$\mu_x = G * x, \qquad \sigma_x^2 = G * x^2 - \mu_x^2, \qquad \sigma_{xy} = G * (x y) - \mu_x \mu_y$$

# %%
plots.show(figures.likeness(one, ("soft", "dark", films.OTHER)))

# %% [markdown]
# ### Build
#
# `evaluation.window_mean(values)` is $G * x$ for every pixel and colour at once: windows of 11 x 11. The five pixels along
# each border have no whole window: leave them out of the mean.

# %% exercise: ssim · difficulty 3/5 · 15 min
def ssim(made, true):
    """Structural similarity: uint8 (H, W, 3) twice -> float, 1 for the same; over all whole windows and colours."""
    ### BEGIN SOLUTION
    window = evaluation.window_mean
    x, y = made.astype(np.float64), true.astype(np.float64)
    mean_x, mean_y = window(x), window(y)
    variance_x, variance_y = window(x * x) - mean_x**2, window(y * y) - mean_y**2
    covariance = window(x * y) - mean_x * mean_y
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    light = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    pattern = (2 * covariance + c2) / (variance_x + variance_y + c2)
    return float((light * pattern)[5:-5, 5:-5].mean())
    ### END SOLUTION

# %% tags=["nbval-check-output"]
ssim = check("ssim")

# %% tags=["nbval-check-output"]
course.use(ssim)

# %% [markdown]
# ### Use

# %%
with places.counted("evaluation.ssim") as seen:
    told["SSIM"] = scores.numbers(one, "SSIM")
plots.show(figures.bars(told["SSIM"], "SSIM"))
print("ssim was called." if seen.calls else "ssim was not called.")

# %% [markdown]
# The dark film is the best now, and rightly so.
#
# **When it lies.** The other take is still the last. A window that has moved by three pixels shows another pattern, and
# the map above is dark wherever the head is. Both numbers compare place by place; whoever moves otherwise loses, also
# when it is just as good. And look at `loudness`: the mouth is a few hundredths of the picture, so these numbers hardly see it.
#
# ## Is the face where it should be?
#
# ### Why
#
# What an animated face has to get right is its movement: is the lip where the true lip is? Somebody has to say where
# the lips are. That is a *judge*, a landmarker, and the same one reads both films.
#
# ### How
#
# $$\text{AKD} = \frac{1}{\lvert V \rvert} \sum_{(t, k) \in V} \lVert p_{tk} - q_{tk} \rVert$$
#
# $p_{tk}$ is point $k$ in frame $t$ of the made film, $q_{tk}$ the same in the true one, $V$ holds the points that the
# judge saw in both, and $\lvert V \rvert$ is how many those are. In words: how many pixels a point is away from where it
# should be, on average. It is the *average keypoint distance* of the First Order Motion Model (Siarohin and colleagues,
# 2019).
#
# ### Build
#
# Where the judge saw nothing a point is NaN. Such points do not count; if none is left, the answer is NaN.

# %% exercise: akd · difficulty 2/5 · 8 min
def akd(made, true):
    """Average keypoint distance in pixels: (..., K, 2) twice, NaN where nothing was seen -> float."""
    ### BEGIN SOLUTION
    distance = np.sqrt(((made - true) ** 2).sum(axis=-1))
    known = distance[np.isfinite(distance)]
    return float(known.mean()) if known.size else float("nan")
    ### END SOLUTION

# %% tags=["nbval-check-output"]
akd = check("akd")

# %% tags=["nbval-check-output"]
course.use(akd)

# %% [markdown]
# ### Use

# %%
with places.counted("evaluation.akd") as seen:
    told["AKD"] = scores.numbers(one, "AKD")
plots.show(figures.bars(told["AKD"], "AKD"))
print("akd was called." if seen.calls else "akd was not called.")

# %% [markdown]
# **When it lies.** The judge reads a blurred face as well as a sharp one. It does not see that the teeth are painted,
# that the skin is grey or that it is somebody else. And if the judge is the landmarker that also drove the film, it
# forgives what it got wrong before: `course evaluate --judge mediapipe` asks another one.
#
# Papers therefore print a second number beside it: in how many frames the judge saw no face at all.
#
# ## Is it from the same world?
#
# ### Why
#
# Three numbers, and all of them call the other take the worst or nearly so. They compare frame with frame. But no two
# takes agree in that, not even of a living actor. Could we ask whether the film *as a whole* looks like one of the true
# ones?
#
# ### How
#
# Let a network look at each frame, and take the features that it sees as the place of a dot. A film is a cloud of dots
# then, and two films are alike if their clouds are. For clouds that are bell-shaped Maurice Fréchet's distance has a
# formula (Dowson and Landau, 1982):
#
# $$d^2 = \lVert m_1 - m_2 \rVert^2 + \operatorname{tr}\bigl(C_1 + C_2 - 2\, (C_1 C_2)^{1/2}\bigr)$$
#
# $m_1$ and $m_2$ are the means of both clouds, $C_1$ and $C_2$ their covariance matrices, $\operatorname{tr}$ adds up a
# diagonal. In words: how far the middles are apart, and how differently the clouds are spread. The root of a matrix $A$
# is a matrix $B$ with $B B = A$, not the roots of its numbers. You need only its trace, which is the sum of the
# roots of the eigenvalues of $C_1 C_2$.
#
# With the features of the Inception network it is called *FID* (Heusel and colleagues, 2017), with those of a network
# that sees whole films *FVD*. We take the trunk of lesson 04: the means of its 80 maps, along the six directions in
# which the true film varies most.

# %%
plots.show(figures.crowd(one, ("soft", films.OTHER, "late")))

# %% [markdown]
# ### Build
#
# `np.cov(rows, rowvar=False)` and `np.linalg.eigvals(matrix)` do the counting. Rounding leaves eigenvalues a hair below 0
# or with a hair of an imaginary part: take `.real`, and clip at 0.

# %% exercise: frechet_distance · difficulty 3/5 · 15 min
def frechet_distance(made, real):
    """Squared Fréchet distance of two crowds of features: (N, F), (M, F) -> float, 0 for the same."""
    ### BEGIN SOLUTION
    apart = made.mean(axis=0) - real.mean(axis=0)
    first, second = np.cov(made, rowvar=False), np.cov(real, rowvar=False)
    roots = np.sqrt(np.clip(np.linalg.eigvals(first @ second).real, 0, None)).sum()
    return float(apart @ apart + np.trace(first) + np.trace(second) - 2 * roots)
    ### END SOLUTION

# %% tags=["nbval-check-output"]
frechet_distance = check("frechet_distance")

# %% tags=["nbval-check-output"]
course.use(frechet_distance)

# %% [markdown]
# ### Use

# %%
with places.counted("evaluation.frechet_distance") as seen:
    told["Fréchet"] = scores.numbers(one, "Fréchet")
plots.show(figures.bars(told["Fréchet"], "Fréchet"))
print("frechet_distance was called." if seen.calls else "frechet_distance was not called.")

# %% [markdown]
# At last the blur is worse than the other take, and the photo that stands still is the worst of all: it is one dot, and
# not a cloud.
#
# **When it lies.** A cloud has no order. The late film is as good as perfect, since it has the same frames. Let us go
# further, and shuffle them.

# %%
order = np.random.default_rng(0).permutation(len(one.true.frames))
shuffled = films.Film(one.true.frames[order], one.true.points[order])
print(f"Fréchet distance of the true film, shuffled: {abs(scores.of_film(one, shuffled, 'Fréchet')):.3f}")
plots.show(plots.film_strip(films.side_by_side(one.true, shuffled), count=4, side=2.6,
                            title="The film, and its frames shuffled: by that number both are perfect"))

# %% [markdown]
# It also needs many pictures. Six directions and 49 frames are few; papers take 2048 features of ten thousand pictures,
# and those who take fewer get larger numbers. Never compare an FID with one of another paper before you know how many
# pictures each had.
#
# ## Does it move as it should?
#
# A number for time you know from lesson 10: `jitter`, how much points shake from frame to frame.

# %%
told["jitter"] = scores.numbers(one, "jitter")
plots.show(figures.bars(told["jitter"], "jitter"))
print(f"the true film: {evaluation.jitter(one.true.points):.2f}")

# %% [markdown]
# **When it lies.** The still photo wins: whoever does nothing shakes least. A number that has its best value where
# nothing happens needs a second one beside it. So `course evaluate` counts only the shaking that the true film does not
# have, and prints the still photo as a row of its own, to be beaten.
#
# ## Do lips and sound belong together?
#
# ### Why
#
# A mouth that is 45 ms behind its sound is noticed, and so is one that is 125 ms ahead: less than two frames, and about
# three (ITU-R BT.1359, 1998). No number so far has heard the sound at all.
#
# ### How
#
# Take two curves: how far the lips are apart, $m_t$, and how loud the sound is, $s_t$. Shift one of them until both
# agree best:
#
# $$r(\delta) = \frac{\sum_t (m_{t + \delta} - \bar m)(s_t - \bar s)}
# {\sqrt{\sum_t (m_{t + \delta} - \bar m)^2 \; \sum_t (s_t - \bar s)^2}}, \qquad
# \text{error} = \frac{1000}{f}\, \operatorname*{arg\,max}_{\lvert \delta \rvert \le R} r(\delta)$$
#
# $\delta$ is a shift in frames, above 0 for a mouth that is behind; the sums and the means $\bar m$, $\bar s$ go over
# the frames that both curves have at that shift; $R$ is the largest shift that is tried and $f$ the frame rate. In
# words: the correlation at every shift, and the best shift in milliseconds. *SyncNet* (Chung and Zisserman, 2016) does the
# same with features that two networks learned.
#
# ### Build
#
# Where one of the curves rests there is no correlation; if that is so at every shift, the answer is NaN.

# %% exercise: sync_error · difficulty 3/5 · 15 min
def sync_error(mouth, sound, fps=25.0, reach=10):
    """Milliseconds by which the mouth is behind the sound, below 0 if ahead: (T,), (T,) -> float; T > reach + 1."""
    ### BEGIN SOLUTION
    best, error = -np.inf, float("nan")
    for shift in range(-reach, reach + 1):
        a = mouth[max(shift, 0) : len(mouth) + min(shift, 0)]
        b = sound[max(-shift, 0) : len(sound) + min(-shift, 0)]
        a, b = a - a.mean(), b - b.mean()
        power = np.sqrt((a * a).sum() * (b * b).sum())
        if power > 1e-12 and (a * b).sum() / power > best:
            best, error = (a * b).sum() / power, 1000 * shift / fps
    return float(error)
    ### END SOLUTION

# %% tags=["nbval-check-output"]
sync_error = check("sync_error")

# %% tags=["nbval-check-output"]
course.use(sync_error)

# %% [markdown]
# ### Use

# %%
with places.counted("evaluation.sync_error") as seen:
    told["sync"] = scores.numbers(one, "sync")
plots.show(figures.bars(told["sync"], "sync"))
print("sync_error was called." if seen.calls else "sync_error was not called.")

# %% [markdown]
# It finds the late film: six frames are 240 ms. And it gives the still photo no answer, instead of a perfect 0.
#
# **When it lies.** The mouth that only follows the loudness has 0 as well. It cannot but be in time. Yet look what it
# does where lips have to be shut:

# %%
plots.show(figures.lips(one, ("loudness",)))
for name, film in (("true", one.true), ("loudness", one.films["loudness"])):
    print(f"{name:<9} lips apart at m, b and p: {figures.left_open(one, film):4.1f} % of the eye distance")

# %% [markdown]
# An *m* is loud, and still the lips are shut. Who reads lips sees that at once. So where a number lies, ask a narrower
# question that has one right answer: here, are the lips shut at *m*, *b* and *p*?
#
# ## How sure is that?
#
# ### Why
#
# Now the table of our own system. People from a formula play to the camera; from the first frame of each the film is
# made again: by nobody (the photo stands still), by triangles between points, and by the system that ships. What each
# should look like is known. `course evaluate` does that with films of yours.

# %%
people = system.films()
table = system.rows(people)
plots.show(plots.faces([take.frames[3] for take in people], titles=[take.name for take in people], columns=6,
                       side=1.5, title="Six people who do not exist"))
for method, words in system.METHODS.items():
    figures_of = {key: system.column(table, method, key).mean() for key in system.COLUMNS}
    print(f"{words:<17} face L1 {figures_of['face_l1']:.4f}   PSNR {figures_of['psnr']:.2f}   "
          f"SSIM {figures_of['ssim']:.3f}   AKD {figures_of['akd']:.2f}")

# %% [markdown]
# Six people. With six others the means would be others. How much so? You cannot film all people; you have these six.
#
# ### How
#
# Bradley Efron (1979) had an idea that sounds like a cheat: use the six as if they were all people. Draw six of them
# *with replacement*, so that some come twice and some not at all, and take the mean. Do that two thousand times:
#
# $$\bar x^{(b)} = \frac{1}{N} \sum_{i=1}^{N} x_{j_i^{(b)}}, \qquad
# \Bigl[\, q_{\frac{1 - \ell}{2}},\; q_{\frac{1 + \ell}{2}} \Bigr]$$
#
# $x_1$ to $x_N$ are the numbers, $b$ counts the rounds, each $j_i^{(b)}$ is a number from 1 to $N$ drawn at random, $\ell$
# is the level, say 0.95, and $q_p$ is the value below which the share $p$ of all the means lies. In words: the middle
# 95 % of the means that you could as well have got. He called it the *bootstrap*, after the man who pulls himself up.
#
# ### Build
#
# Begin with `np.random.default_rng(seed)`, so that the answer is the same each time.

# %% exercise: bootstrap_interval · difficulty 2/5 · 10 min
def bootstrap_interval(values, level=0.95, rounds=2000, seed=0):
    """Where the mean probably lies: (N,), the share of means inside, how many draws -> (low, high)."""
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    means = rng.choice(values, (rounds, len(values))).mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
    ### END SOLUTION

# %% tags=["nbval-check-output"]
bootstrap_interval = check("bootstrap_interval")

# %% tags=["nbval-check-output"]
course.use(bootstrap_interval)

# %% [markdown]
# ### Use

# %%
with places.counted("evaluation.bootstrap_interval") as seen:
    plots.show(figures.table(table))
print("bootstrap_interval was called." if seen.calls else "bootstrap_interval was not called.")

# %% [markdown]
# In the upper row the intervals of the system and of the triangles overlap widely. Who stops there says: no difference.
# But some people are hard for both, and that is most of what the intervals show. Below, the difference is taken *person
# by person*, and then the interval. Of these only one lies across 0.
#
# And they do not agree with each other. By face L1 and AKD the triangles are a little better, by SSIM the system. The
# triangles got the film's own points; the system turns them into channels first, so that they can be moved to another
# face, and that costs a fraction of a pixel. What number would you ship by?
#
# **When it lies.** Values must be independent. Thirty frames of one person are no thirty people: they all fail
# together. Take frames as values, and the interval becomes as narrow as you like, and wrong.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Your vote and the numbers
#
# On the left the places of the seven films, by the vote and by every number. On the right how often each number would have
# chosen as the vote did, in eight pairs; an equal pair counts half. Below each bar, in red, its interval.

# %%
chosen = vote.chosen()
good = {measure: scores.goodness(measure, row) for measure, row in told.items()}
plots.show(figures.vote(chosen, good, vote.whose()))
print(f"This is {vote.whose()}.", "" if vote.complete() else "Vote above, run this cell again, and see yours.")

# %% [markdown]
# Which number is the best judge? Look at the red bars: eight pairs of one person cannot say. Most intervals reach across
# the dashed line, at which a coin is as good. A study asks thirty people about fifty pairs.
#
# Could you make a better number, out of those that you have? Change the formula and run the cell. Each name is the place
# of a film by that number, 1 to 7, and `open_lips` is its place by *m*, *b* and *p*.

# %%
place = {measure: scores.ranks(row) for measure, row in good.items()}
open_lips = scores.ranks({name: -figures.left_open(one, film) for name, film in one.films.items()})
mine = {name: place["SSIM"][name] + place["sync"][name] + open_lips[name] for name in one.films}
good["mine"] = {name: -total for name, total in mine.items()}
plots.show(figures.vote(chosen, good, vote.whose(), title="The same, with a number of yours"))

# %% [markdown]
# Careful, though. Whoever turns the formula until it agrees with eight votes has learned eight votes by heart. Ask
# somebody else to vote, and see whether it still agrees.
#
# ## The failure museum
#
# Each exhibit is one line of yours, changed: and another film would have been shipped.

# %%
course.reset()


def in_bytes(made, true):
    error = ((made - true).astype(float) ** 2).mean()  # uint8 wraps around
    return float(10 * np.log10(255**2 / error))


def light_only(made, true):
    x, y = evaluation.window_mean(made.astype(float)), evaluation.window_mean(true.astype(float))
    return float(((2 * x * y + 6.5) / (x**2 + y**2 + 6.5)).mean())  # no pattern


def missing_is_perfect(made, true):
    return float(np.nan_to_num(np.linalg.norm(made - true, axis=-1)).mean())  # NaN counts as 0


def rows_for_columns(made, real):
    apart, first, second = made.mean(axis=0) - real.mean(axis=0), np.cov(made), np.cov(real)  # rowvar forgotten
    roots = np.sqrt(np.clip(np.linalg.eigvals(first @ second).real, 0, None)).sum()
    return float(apart @ apart + np.trace(first) + np.trace(second) - 2 * roots)


def no_answer_is_zero(mouth, sound, fps=25.0, reach=10):
    return float(np.nan_to_num(sync_error(mouth, sound, fps, reach)))


# %%
masked = np.array(one.true.frames)
masked[:, 40:130, 30:130] = 128
one.films["masked"] = films.Film(masked, one.true.points)  # a grey box where the face was
shipped = {}
for measure, name, wrong in (("PSNR", "psnr", in_bytes), ("SSIM", "ssim", light_only),
                             ("AKD", "akd", missing_is_perfect), ("Fréchet", "frechet_distance", rows_for_columns),
                             ("sync", "sync_error", no_answer_is_zero)):
    right = scores.best(one, measure)
    with course.use(wrong, name=name, force=True):
        found = scores.best(one, measure)
    shipped[measure] = next(film for film in found if film not in right)
    print(f"{measure:<8} best was {', '.join(right):<45} new among the best: {shipped[measure]}")
plots.show(plots.faces([one.films[film].frames[10] for film in shipped.values()],
                       titles=[f"{measure}: {film}" for measure, film in shipped.items()], columns=5, side=1.9,
                       title="What each bug would have had you ship"))

# %%
frames = system.column(table, "ships", "face_l1").repeat(30)  # thirty frames of each person, all alike
low, high = evaluation.bootstrap_interval(frames)
right = evaluation.bootstrap_interval(system.column(table, "ships", "face_l1"))
print(f"face L1 by person:  {right[0]:.4f} to {right[1]:.4f}")
print(f"face L1 by frame:   {low:.4f} to {high:.4f}")

# %% [markdown]
# * **In bytes.** A pixel that is one too dark is off by 255. The number still looks like decibels.
# * **Light only.** A window's mean survives a blur, and a face that has moved; a little less light does not.
# * **Missing is perfect.** Nobody recognises a face behind a grey box, so nothing was wrong with it.
# * **Rows for columns.** `np.cov` takes rows for variables unless it is told. So frames are compared with frames, place
#   by place in time: just what this number was not to do. The late film falls from the first place to the last but one.
# * **No answer is zero.** The photo that stands still is in time.
# * **By frame.** Five times as sure, of the same six people.
#
# ## What you have now

# %%
course.progress()

# %% [markdown]
# | number | asks | is fooled by |
# |---|---|---|
# | PSNR | is each pixel the same? | a blur |
# | SSIM | is each pattern in its place? | whoever moves otherwise is punished; small mouths do not count |
# | AKD | is the face where it should be? | a painted face, its own judge |
# | Fréchet | is it from the same world? | any order of the frames |
# | jitter | is it calm? | a photo |
# | sync | is the mouth in time? | a mouth that follows the loudness |
#
# So nobody reports one number. Report several that fail in different ways, each with its interval, beside a row that does
# nothing; and look at the films.
#
# **Three questions**
#
# 1. A paper has a PSNR of 31.2 dB, yours 30.9. What do you ask before you give up?
#
# <details><summary>Answer</summary>
#
# On which films, at which size, over the whole picture or the face? How wide is the interval of the difference, film by
# film? And is theirs a little blurred? PSNR likes that.
# </details>
#
# 2. Your network is trained with the landmarker's points in its loss. Its AKD halves. Is the film better?
#
# <details><summary>Answer</summary>
#
# Perhaps. It has learned to please that judge, which may be done with pixels that no person would call a lip. Ask
# another judge, and look.
# </details>
#
# 3. Why is the interval of a difference narrower than the difference of two intervals?
#
# <details><summary>Answer</summary>
#
# Both systems were tried on the same people. What makes a person hard is in both numbers, and the difference takes it
# off.
# </details>
#
# ## Going further
#
# * Z. Wang, A. C. Bovik, H. R. Sheikh and E. P. Simoncelli, "Image quality assessment: from error visibility to
#   structural similarity", *IEEE Transactions on Image Processing* 2004.
# * A. Siarohin, S. Lathuilière, S. Tulyakov, E. Ricci and N. Sebe, "First order motion model for image animation",
#   *NeurIPS* 2019.
# * M. Heusel, H. Ramsauer, T. Unterthiner, B. Nessler and S. Hochreiter, "GANs trained by a two time-scale update rule
#   converge to a local Nash equilibrium", *NeurIPS* 2017.
# * D. C. Dowson and B. V. Landau, "The Fréchet distance between multivariate normal distributions", *Journal of
#   Multivariate Analysis* 1982.
# * J. S. Chung and A. Zisserman, "Out of time: automated lip sync in the wild", *ACCV workshops* 2016.
# * B. Efron, "Bootstrap methods: another look at the jackknife", *Annals of Statistics* 1979.
# * R. Zhang, P. Isola, A. A. Efros, E. Shechtman and O. Wang, "The unreasonable effectiveness of deep features as a
#   perceptual metric", *CVPR* 2018.
#
# Film yourself for ten seconds and run `course evaluate me.mp4`: it prints this table for a face that the system has
# never seen. Next: **12, Ship it**.
