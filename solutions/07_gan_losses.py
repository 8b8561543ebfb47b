# %% [markdown] slideshow={"slide_type": "slide"}
# # 07 · GAN losses
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({{colab}})
#
# A network that is told "be near the right picture" paints the mean of all right pictures: a blur. A GAN is told
# nothing of the kind. A second network looks at its pictures and says how real they seem, and both learn from each
# other. In this lesson you write their two losses, build both networks, and let them play.
#
# **After this lesson you can**
#
# * derive both losses from one game, and write them so that they are safe for any logit;
# * say why the first form of the game stops teaching, and see it;
# * build a generator and a discriminator, and move each in its own turn;
# * recognise mode collapse, vanishing gradients and checkerboards, and mend them.
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

import dataclasses
import math

import torch
from torch import nn
from torch.nn import functional as F

import course
from course import gan, images, io, parallel, plots, training
from course.exercises import check, hint, places, progress, solution
from course.lessons.lesson_07 import failures, figures, plane, widget

print("Ready.")

# %% slideshow={"slide_type": "slide"}
plots.show(plots.pipeline(["gan"]))

# %% [markdown]
# ## A game of two
#
# ### Why
#
# The *generator* $G$ turns noise $z$ into a picture $G(z)$. The *discriminator* $D$ says of a picture $x$ with which
# probability it is real, $D(x)$. $D$ wants to be right; $G$ wants $D$ to be wrong about its pictures.
#
# ### How
#
# Both wishes stand in one formula (Goodfellow et al., 2014):
#
# $$\min_G \max_D \; E[\log D(x)] + E[\log(1 - D(G(z)))]$$
#
# $x$ is here a real picture, $E$ a mean over many. In words: $D$ makes the sum large, by saying 1 to real pictures
# and 0 to fakes; $G$ makes it small. What $D$ maximises it can as well minimise with a minus, and that is its loss:
#
# $$L_D = -E[\log D(x)] - E[\log(1 - D(G(z)))]$$
#
# $G$ only moves the second term: $E[\log(1 - D(G(z)))]$. But look how steep it is:

# %%
plots.show(figures.two_losses())

# %% [markdown]
# No network gives a probability. It gives a number without bounds, the *logit* $\ell$, and the sigmoid makes a
# probability of it: $D = \sigma(\ell) = 1 / (1 + e^{-\ell})$. At the beginning every fake is bad, $D$ is sure, $\ell$ is
# far to the left: there $\log(1 - D)$ is flat. Its gradient is $-D$, nearly nothing, so $G$ learns nothing just when it
# has all to learn. The form *saturates*. So $G$ minimises another loss with the same wish:
#
# $$L_G = -E[\log D(G(z))]$$
#
# Its gradient is $-(1 - D)$: steepest where the fakes are worst.
#
# **Never take the logarithm of a sigmoid.** At $\ell = -200$ a float32 sigmoid is 0 and its logarithm $-\infty$. With
# $\mathrm{softplus}(\ell) = \log(1 + e^\ell)$ nothing runs over:
#
# $$-\log D = -\log \sigma(\ell) = \mathrm{softplus}(-\ell), \qquad
# -\log(1 - D) = -\log(1 - \sigma(\ell)) = \mathrm{softplus}(\ell)$$
#
# So both losses take logits. The check looks at your number *and* at its gradient for every logit (the derivative of
# the loss by that logit), for the gradient is all that a network learns from.
#
# ### Build

# %% exercise: generator_loss · difficulty 2/5 · 8 min
def generator_loss(fake_logits):
    """L_G = -E[log D(G(z))]: logits of generated pictures, any shape -> a scalar tensor."""
    ### BEGIN SOLUTION
    return F.softplus(-fake_logits).mean()
    ### END SOLUTION

# %% tags=["nbval-check-output"]
generator_loss = check("generator_loss")

# %% tags=["nbval-check-output"]
course.use(generator_loss)

# %% exercise: discriminator_loss · difficulty 2/5 · 8 min
def discriminator_loss(real_logits, fake_logits):
    """L_D = -E[log D(x)] - E[log(1 - D(G(z)))]: two tensors of logits, any shapes -> a scalar tensor."""
    ### BEGIN SOLUTION
    return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()
    ### END SOLUTION

# %% tags=["nbval-check-output"]
discriminator_loss = check("discriminator_loss")

# %% tags=["nbval-check-output"]
course.use(discriminator_loss)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One step each
#
# ### Why
#
# Two networks, two losses, two optimisers. Nearly every bug in a GAN is a gradient that goes where it should not.
#
# ### How
#
# * **The discriminator's turn.** It looks at real pictures and at fakes. The fakes are *detached*: no gradient flows
#   through them into $G$. Its loss is $L_D$, plus `gan.smoothness(players, real)`: a number that grows where $D$ is
#   steep. Take it as given here; the next section shows what is in it.
# * **The generator's turn.** Fakes that are not detached, judged by the discriminator that has just moved. The gradient
#   flows through $D$ into $G$, and only $G$'s optimiser takes a step.
#
# Before each `backward` the gradients of that player are emptied. At the end `players.steps` grows by one.
#
# There are other pairs of losses than your two, and the step can play each such *game*:
# `gan.losses_of(players.settings.game)` returns the generator's loss and the discriminator's, in this order. For the
# game "non-saturating" these are yours.
#
# The check plays the smallest GAN there is: a picture is a single number, $G(z) = a\,z$ and $D(x) = \sigma(b\,x)$. Each
# network has one weight, and the verdict calls them *a of G* and *b of D*. It looks where both are after each step.
#
# ### Build

# %% exercise: gan_step · difficulty 4/5 · 20 min
def gan_step(players, real, noise):
    """One step of each player, the discriminator first: real (N, ...), noise (N, latent) -> {"d_loss", "g_loss"}.

    players has generator, discriminator, generator_optimizer, discriminator_optimizer, settings and steps.
    Numbers are floats; d_loss is told without gan.smoothness.
    """
    ### BEGIN SOLUTION
    loss_of_generator, loss_of_discriminator = gan.losses_of(players.settings.game)
    fake = players.generator(noise).detach()
    d_loss = loss_of_discriminator(players.discriminator(real), players.discriminator(fake))
    players.discriminator_optimizer.zero_grad()
    (d_loss + gan.smoothness(players, real)).backward()
    players.discriminator_optimizer.step()

    g_loss = loss_of_generator(players.discriminator(players.generator(noise)))
    players.generator_optimizer.zero_grad()
    g_loss.backward()
    players.generator_optimizer.step()
    players.steps += 1
    return {"d_loss": d_loss.item(), "g_loss": g_loss.item()}
    ### END SOLUTION

# %% tags=["nbval-check-output"]
gan_step = check("gan_step")

# %% tags=["nbval-check-output"]
course.use(gan_step)

# %% [markdown]
# ### Use
#
# A GAN small enough to watch: its "pictures" are points $(u, v)$ of the plane, its data eight heaps in a ring. Choose
# one of three games and drag the step. The colour is what $D$ says of a place; the generated points climb it, and it
# changes under them.
#
# * **Healthy**: your two losses. All heaps are found.
# * **Saturating**: $G$ minimises $\log(1 - D)$. On this plane that works too, since `gan.smoothness` lets $D$ never
#   be too sure. You will see the form fail in the museum.
# * **Hasty**: no `gan.smoothness`, and a $G$ that is ten times as quick as $D$.
#
# (Without a running kernel: the strip below.)

# %%
with places.counted("gan.gan_step") as seen:
    ring = widget.RingInMotion()
print("gan_step was called." if seen.calls else "gan_step was not called.")
ring

# %%
plots.show(ring.stills({"step": 70}, {"step": 350}, {"step": 700}, {"step": 700, "game": "hasty"},
                       title="The healthy game at three steps, the hasty one at the last"))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What keeps it smooth (optional)
#
# In the hasty game the points stay in one crowd, which $D$, steep as it is, pushes from heap to heap. What is in
# `gan.smoothness` prevents it. R1 (Mescheder et al., 2018) asks $D$ to be flat around the real pictures:
#
# $$R_1 = E\left[\lVert \nabla_x\, \ell(x) \rVert^2\right]$$
#
# $\ell(x)$ is the logit of a real picture $x$, $\nabla_x\, \ell(x)$ its gradient: how the logit would change with
# each number of the picture. In words: the mean over the pictures of the gradient's squared length. $\gamma/2$ times
# it is added to $L_D$, and $\gamma$ says how much smoothness is worth to you. The gradient is itself part of a loss,
# so it needs `create_graph=True`.

# %% exercise: r1_penalty · difficulty 3/5 · 12 min · optional
def r1_penalty(real_logits, real):
    """R1 = E[|gradient of the logit in x|^2]: real_logits (N,) of real (N, ...), which requires grad -> a scalar."""
    ### BEGIN SOLUTION
    (gradient,) = torch.autograd.grad(real_logits.sum(), real, create_graph=True)
    return gradient.square().flatten(1).sum(dim=1).mean()
    ### END SOLUTION

# %% tags=["nbval-check-output"]
r1_penalty = check("r1_penalty")

# %% tags=["nbval-check-output"]
course.use(r1_penalty)

# %% [markdown]
# Another game: the *hinge* (Lim and Ye, 2017). Who is right by a margin of 1 is left alone.
#
# $$L_D = E[\max(0, 1 - \ell_{\text{real}})] + E[\max(0, 1 + \ell_{\text{fake}})], \qquad
# L_G = -E[\ell_{\text{fake}}]$$
#
# $\ell_{\text{real}}$ and $\ell_{\text{fake}}$ are the logits of real and of generated pictures. In words: real ones
# should have at least 1, fakes at most $-1$; the generator just lifts its own.

# %% exercise: hinge_loss · difficulty 2/5 · 8 min · optional
def hinge_loss(fake_logits, real_logits=None):
    """With real_logits the discriminator's hinge loss, without them the generator's: a scalar tensor."""
    ### BEGIN SOLUTION
    if real_logits is None:
        return -fake_logits.mean()
    return F.relu(1 - real_logits).mean() + F.relu(1 + fake_logits).mean()
    ### END SOLUTION

# %% tags=["nbval-check-output"]
hinge_loss = check("hinge_loss")

# %% tags=["nbval-check-output"]
course.use(hinge_loss)

# %%
with places.counted("gan.hinge_loss") as hinged, places.counted("gan.r1_penalty") as smoothed:
    played = plane.train_ring(800, plane.healthy(game="hinge"), pictures=4)
plots.show(plane.ring_figure(played, "The hinge game"))
print("hinge_loss was called." if hinged.calls else "hinge_loss was not called.")
print("r1_penalty was called." if smoothed.calls else "r1_penalty was not called.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Two networks for faces
#
# ### Why
#
# On the plane two small networks did. A face of 64 pixels is 12,288 numbers, and neighbours belong together: that asks
# for convolutions. The losses and the step stay as they are.
#
# ### How
#
# A recipe that works is DCGAN's (Radford et al., 2016). The generator makes a tiny map with many channels out of the
# noise, then doubles its side again and again, until it is a picture. The discriminator is its mirror image. For
# `size` 64 and `width` 32, with $N$ pictures at once:
#
# | generator: after | shape | | discriminator: after | shape |
# |---|---|---|---|---|
# | the noise $z$ | $(N, 128)$ | | the picture | $(N, 3, 64, 64)$ |
# | linear layer, reshaped | $(N, 256, 4, 4)$ | | convolution, stride 2 | $(N, 32, 32, 32)$ |
# | 1st doubling | $(N, 128, 8, 8)$ | | convolution, stride 2 | $(N, 64, 16, 16)$ |
# | 2nd doubling | $(N, 64, 16, 16)$ | | convolution, stride 2 | $(N, 128, 8, 8)$ |
# | 3rd doubling | $(N, 32, 32, 32)$ | | convolution, stride 2 | $(N, 256, 4, 4)$ |
# | 4th doubling, tanh | $(N, 3, 64, 64)$ | | flattened, linear layer | $(N,)$, the logits |
#
# * **To double**: `nn.ConvTranspose2d(n, m, 4, stride=2, padding=1)`. A kernel of 4 overlaps evenly at stride 2 (the
#   museum shows what a kernel of 3 does). After each but the last: batch norm and ReLU.
# * **To halve**: `nn.Conv2d(n, m, 4, stride=2, padding=1)`, then `nn.LeakyReLU(0.2)`.
# * **How often**: from 4 to `size` the side doubles $\log_2(\text{size}) - 2$ times. `size` is a power of two from 8
#   on.
# * **The ends**: tanh, since real pictures come in $[-1, 1]$. No sigmoid, since the losses take logits. And no batch
#   norm in the discriminator: it would mix the pictures of a batch, and each is to be judged alone.
#
# The check asks what can be seen from outside: shapes, bounds, gradients. Any other way to build such networks is right
# as well.
#
# ### Build

# %% exercise: build_generator · difficulty 3/5 · 15 min
def build_generator(latent=128, size=64, width=32):
    """Noise to pictures, an nn.Module: (N, latent) -> (N, 3, size, size) in [-1, 1].

    width: channels of its largest map.
    """
    ### BEGIN SOLUTION
    doublings = int(math.log2(size)) - 2
    n = width * 2 ** (doublings - 1)
    layers = [nn.Linear(latent, n * 16, bias=False), nn.Unflatten(1, (n, 4, 4)), nn.BatchNorm2d(n), nn.ReLU()]
    for _ in range(doublings - 1):
        layers += [nn.ConvTranspose2d(n, n // 2, 4, stride=2, padding=1, bias=False), nn.BatchNorm2d(n // 2), nn.ReLU()]
        n //= 2
    return nn.Sequential(*layers, nn.ConvTranspose2d(n, 3, 4, stride=2, padding=1), nn.Tanh())
    ### END SOLUTION

# %% tags=["nbval-check-output"]
build_generator = check("build_generator")

# %% tags=["nbval-check-output"]
course.use(build_generator)

# %% exercise: build_discriminator · difficulty 3/5 · 12 min
def build_discriminator(size=64, width=32):
    """Pictures to logits, an nn.Module: (N, 3, size, size) in [-1, 1] -> (N,).

    width: channels of its largest map.
    """
    ### BEGIN SOLUTION
    layers, n = [], 3
    for level in range(int(math.log2(size)) - 2):
        layers += [nn.Conv2d(n, width * 2**level, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
        n = width * 2**level
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(n * 16, 1), nn.Flatten(0))
    ### END SOLUTION

# %% tags=["nbval-check-output"]
build_discriminator = check("build_discriminator")

# %% tags=["nbval-check-output"]
course.use(build_discriminator)

# %% [markdown]
# ### Use
#
# `gan.build_gan` asks your two functions for the players, and `gan.train_gan` moves them with your step: drawn faces
# of 32 pixels, high rates because time is short. It ends after so many *steps*, not seconds, so a slow machine gets
# the same faces, only later. 600 steps take a core that has nothing else to do a quarter of a minute.

# %%
faces = gan.faces_from_formula(128, 32)
quick = gan.Settings(size=32, generator_width=16, discriminator_width=16, generator_rate=2e-3, discriminator_rate=1e-3)
torch.manual_seed(0)
players = gan.build_gan(settings=quick)
config = training.Config(batch=16, logdir="gan", average=0.98, picture_every=10_000, save_every=10_000)
done = 0  # steps


def train_more(steps):
    """So many steps more, from where the last ones ended."""
    global done
    further = dataclasses.replace(config, resume=done > 0)
    with parallel.one_thread_each():  # layers this small are done before a second thread has begun
        trained = gan.train_gan(faces, players, steps=done + steps, config=further)
    done = trained.result.steps
    return trained


# %%
trained = train_more(steps=600)
real = images.from_tensor(gan.grid(faces[:32].float() / 255))
made = images.from_tensor(gan.grid(trained.sample(32)))
plots.show(figures.sheets([real, made], ["drawn by the formula", f"by your generator, {done} steps"]))

# %% [markdown]
# Skin, eyes, a nose, a mouth, and all of it out of noise. They are a beginning. Do you want better ones? Run the last
# cell again: it goes on where it stopped, as often as you like.
#
# What longer runs made, with the shipped settings at 64 pixels, the first 32 noises and none picked out: the drawn
# faces after 1,000 steps, 6 minutes 33 on two shared processor cores; photographs of people who do not exist
# (`course data fetch portraits`, `scenes`) after 1,500 steps, 36 minutes 38.

# %%
longer = [images.load_image(io.data_file(f"pictures/lesson_07_{name}.jpg")) for name in ("formula", "photos")]
plots.show(figures.sheets(longer, ["drawn faces, 1,000 steps", "photographs of nobody, 1,500 steps"]))

# %% [markdown]
# Photographs differ in more ways than drawings, so they take longer, and some of these faces are torn. None of these
# people exists.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The failure museum
#
# Three bugs in a step or a loss, each in the game of the plane, beside the healthy game and a hasty one:

# %%
def upside_down(fake_logits):  # + log D: the generator helps to be found out
    return -generator_loss(fake_logits)


def detached_twice(players, real, noise):  # the generator's pictures are detached in its own turn as well
    players.discriminator_optimizer.zero_grad()
    d_loss = discriminator_loss(players.discriminator(real), players.discriminator(players.generator(noise).detach()))
    (d_loss + gan.smoothness(players, real)).backward()
    players.discriminator_optimizer.step()
    players.steps += 1
    return {"d_loss": d_loss.item(), "g_loss": 0.0}


def both_move(players, real, noise):  # the discriminator moves in the generator's turn, and learns to be fooled
    numbers = gan_step(players, real, noise)
    players.discriminator_optimizer.zero_grad()
    generator_loss(players.discriminator(players.generator(noise))).backward()
    players.discriminator_optimizer.step()
    return numbers

# %%
course.reset()
exhibits = {"upside down": (upside_down, "generator_loss", 200), "detached twice": (detached_twice, "gan_step", 200),
            "both move": (both_move, "gan_step", 700)}
rings = {f"{game}, step 700": torch.from_numpy(ring.films[game].points[-1])  # they ran in the widget already
         for game in ("healthy", "hasty")}
for words, (bug, name, steps) in exhibits.items():
    with course.use(bug, name=name, force=True):
        rings[f"{words}, step {steps}"] = plane.train_ring(steps, pictures=1).samples[-1]
plots.show(figures.rings(rings, "Two games and three bugs"))

# %% [markdown]
# Upside down, the generator flees from the data, ever faster: after 200 steps the arrow is all that still fits into
# the picture. Detached twice, it has never moved: the small heap in the middle is where it began. When both move, $D$
# helps $G$ and neither learns where the data are. The hasty one needs no bug: that is *mode collapse*, all noise in
# one place. Two more failures that need none, each with a number that shows it:

# %%
failures.vanishing_gradients()

# %%
failures.checkerboards()

# %% [markdown]
# * **Mode collapse.** The generator runs after the heap that the discriminator likes best, and all noise becomes the
#   same few points. The cure here: even rates, and a $D$ that is kept smooth (R1). (`failures.collapse()` shows both
#   side by side.)
# * **Vanishing gradients.** The surer the discriminator, the flatter $\log(1 - D)$. The cure: $-\log D$.
# * **Checkerboards.** A kernel of 3 with stride 2 lays one, two or four of its taps on a pixel, by turns. The cure: a
#   kernel that the stride divides, such as 4.
#
# ## What you have now

# %%
course.progress()

# %% [markdown]
# Two losses, two networks, and the step that lets them learn from each other. Lesson 08 gives them a face to move.
#
# **Three questions**
#
# 1. The discriminator's loss stands at $2 \log 2 = 1.386$ for a thousand steps. Has the generator won?
#
# <details><summary>Answer</summary>
#
# Perhaps: then $D$ says one half everywhere because nothing can be told apart. Or $D$ has not begun to learn: that
# looks the same. Look at the pictures.
# </details>
#
# 2. You forget `detach` in the discriminator's turn, but empty the generator's gradients before its own. What changes?
#
# <details><summary>Answer</summary>
#
# The result: nothing. The time: a gradient is worked out for the generator and thrown away.
# </details>
#
# 3. All samples of your GAN are the same good face. Which of the two losses tells you?
#
# <details><summary>Answer</summary>
#
# Neither. Both only ask how real each picture looks. Look at how much samples differ: `gan.diversity`.
# </details>
#
# ## Going further
#
# * I. Goodfellow, J. Pouget-Abadie, M. Mirza, B. Xu, D. Warde-Farley, S. Ozair, A. Courville and Y. Bengio, "Generative
#   adversarial nets", *NeurIPS* 2014.
# * A. Radford, L. Metz and S. Chintala, "Unsupervised representation learning with deep convolutional generative
#   adversarial networks", *ICLR* 2016.
# * A. Odena, V. Dumoulin and C. Olah, "Deconvolution and checkerboard artifacts", *Distill* 2016.
# * J. H. Lim and J. C. Ye, "Geometric GAN", arXiv:1705.02894, 2017.
# * L. Mescheder, A. Geiger and S. Nowozin, "Which training methods for GANs do actually converge?", *ICML* 2018.
#
# Next: **08, Train the animator**.
