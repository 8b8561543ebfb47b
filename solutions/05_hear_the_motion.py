# %% [markdown] slideshow={"slide_type": "slide"}
# # 05 · Hear the motion
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({{colab}})
#
# A portrait needs to be told what to do, 25 times a second. Here words tell it: you go from a sentence to a mouth that
# says it, a face that means it, and a head that moves as heads do. At the end the portrait says *your* name.
#
# **After this lesson you can**
#
# * turn sound into the picture that ears and networks read, equal to a well-known library's;
# * say which sounds look alike, and make a mouth glide from one to the next;
# * let words show on a face without spoiling the lips;
# * train two models of how heads move, and say what each is good and bad at.
#
# **Time:** 80 minutes for you, about a minute for the machine. **Before this:** lesson 00; lesson 03 helps.

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
from course import io, motion, plots, speech
from course.exercises import check, hint, places, progress, solution
from course.lessons import actors
from course.lessons.lesson_05 import figures, minute_motion, speaking, widget

print("Ready.")

# %% slideshow={"slide_type": "slide"}
plots.show(plots.pipeline(["speech", "motion"]))

# %% [markdown]
# ## First, listen
#
# Play this once with sound, and once without.

# %%
actor = actors.actor_of(side=160)
sentence = "We won, how wonderful! Why are you so angry?"
said = speaking.say(sentence)
speaking.film(actor, said)

# %% [markdown]
# Without the sound: when were her lips shut? What did brows and head do, and when? All of it was made from that one
# line of text. Keep your answers; by the end you will have built each part.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A picture of sound
#
# ### Why
#
# A recording is 16,000 numbers a second, and hardly any of them means something alone. An *s* and an *a* differ in
# which *frequencies* they hold. Ears work that way: along the inner ear each place answers to its own frequency,
# finely below a kilohertz, coarsely above.
#
# ### How
#
# $$P_k[b] = \Bigl\lvert \sum_{n=0}^{N-1} w[n]\; x[k h + n - \tfrac N2]\; e^{-2\pi i\, b n / N} \Bigr\rvert^2, \qquad
# w[n] = \tfrac12 - \tfrac12 \cos \tfrac{2 \pi n}{N}, \qquad M[m, k] = \sum_b F[m, b]\, P_k[b]$$
#
# $x$ are the samples, 0 beyond both ends; $N$ is how many a frame holds (`n_fft`) and $h$ the step from frame to frame
# (`hop`); $w$ is Hann's window; $P_k[b]$ is the power of frame $k$ at frequency $b$ of $N/2 + 1$; $F$ are the mel
# filters and $M$ is what we want. In words: cut out a short piece around each moment, fade its ends, ask how much of
# each frequency is in it, and sum those into bands as wide as an ear's.

# %%
plots.show(figures.filters())

# %% [markdown]
# ### Build
#
# `speech.mel_filters(sample_rate, n_fft, n_mels, low, high)` gives $F$. Frame $k$ is centred on sample $k h$, so half
# a frame of zeros goes before the sound, and half after. No logarithm yet.

# %% exercise: mel_spectrogram · difficulty 3/5 · 12 min
def mel_spectrogram(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    """Power in mel bands over time: samples (N,) -> (n_mels, 1 + N // hop)."""
    ### BEGIN SOLUTION
    padded = np.pad(np.asarray(samples, np.float32), n_fft // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    power = np.abs(np.fft.rfft(frames * window, axis=1)) ** 2
    return speech.mel_filters(sample_rate, n_fft, n_mels, low, high) @ power.T
    ### END SOLUTION

# %% tags=["nbval-check-output"]
mel_spectrogram = check("mel_spectrogram")

# %% [markdown]
# ### Use

# %% tags=["nbval-check-output"]
course.use(mel_spectrogram)

# %%
moon = speech.synthesize("A new moon is rising.", "en-us")
samples = io.resample(moon.samples, moon.sample_rate, 16000)
bands = np.asarray(mel_spectrogram(samples))
plots.show(figures.sound_and_bands(moon, bands))

# %% [markdown]
# Find the two *z*: noise from top to bottom, nothing bright. Find *r-i*: the bright ridges, called formants, climb as
# the mouth changes its shape. Whoever knows the ridges can read the mouth. That is what our network does with a
# recording: it sees nothing but this picture, through your function.

# %%
with places.counted("speech.mel_spectrogram") as seen:
    heard = motion.from_audio(moon.samples, moon.sample_rate)
print("mel_spectrogram was called." if seen.calls else "mel_spectrogram was not called.")
if importlib.util.find_spec("librosa"):
    import librosa

    theirs = librosa.feature.melspectrogram(y=samples, sr=16000, n_fft=512, hop_length=160, n_mels=80, fmin=55.0,
                                            fmax=7600.0, pad_mode="constant")
    print(f"librosa's differs from yours by {np.abs(theirs - bands).max() / theirs.max():.0e} of the largest.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Sounds that look alike
#
# ### Why
#
# With text we need not listen: the synthesiser knows which sound it makes when. A *phoneme* is a sound that tells
# words apart, and English has about 40. How many mouths do you need for them? Say *pat*, *bat*, *mat* into a mirror.
#
# ### How
#
# Three words, one mouth. What a class of sounds looks like is a *viseme* (Fisher, 1968), and 17 do for all the
# languages that the system speaks. Here are eight.

# %%
names = ["sil", "PP", "FF", "SS", "aa", "ih", "oh", "ou"]
words = ["silence", "p b m", "f v", "s z", "father", "see", "more", "you"]
plots.show(plots.faces(speaking.mouths(actor, names), titles=[f"{n}: {w}" for n, w in zip(names, words)], side=1.4,
                       title="Eight of the seventeen visemes"))

# %% [markdown]
# Three things make it more than a table. Some sounds are two visemes one after the other, as in *my*: they share its
# time evenly. In a *pause* the mouth comes to rest. And *stress* opens vowels further.
#
# ### Build
#
# A phoneme has `symbol`, `start` and `end` (seconds) and `stress` (0, 1 or 2). `speech.visemes_of(symbol)` gives
# `[(name, strength), ...]`, and nothing for a pause, which becomes `"sil"` with strength 1. The strength of a vowel,
# one of `speech.VOWELS`, is multiplied with `speech.STRESS_GAIN[stress]`.

# %% exercise: phonemes_to_visemes · difficulty 2/5 · 8 min
def phonemes_to_visemes(phonemes):
    """Timed phonemes as timed visemes, in order: [(viseme, start, end, strength), ...]."""
    ### BEGIN SOLUTION
    found = []
    for phoneme in phonemes:
        shapes = speech.visemes_of(phoneme.symbol) or [("sil", 1.0)]
        share = (phoneme.end - phoneme.start) / len(shapes)
        for i, (viseme, strength) in enumerate(shapes):
            if viseme in speech.VOWELS:
                strength *= speech.STRESS_GAIN[phoneme.stress]
            start = phoneme.start + i * share
            found.append((viseme, start, start + share, strength))
    return found
    ### END SOLUTION

# %% tags=["nbval-check-output"]
phonemes_to_visemes = check("phonemes_to_visemes")

# %% [markdown]
# ### Use

# %% tags=["nbval-check-output"]
course.use(phonemes_to_visemes)

# %%
plots.show(figures.timeline(phonemes_to_visemes(moon.phonemes), title='"A new moon is rising." as visemes'))
with places.counted("speech.phonemes_to_visemes") as seen:
    lips = motion.from_speech(moon)
print("phonemes_to_visemes was called." if seen.calls else "phonemes_to_visemes was not called.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Between two sounds
#
# ### Why
#
# Say *new*, slowly, and stop at the *n*. Where are your lips? They are round already: they go for the *oo* that is
# still to come. Sounds share the mouth, and each reaches beyond its own time. That is *coarticulation*. Show each
# viseme in its own time instead, and the mouth snaps like a puppet's.
#
# Move the sliders. The moment is that *n*. (Without a running kernel: the strip below.)

# %%
blending = widget.Coarticulation()
blending

# %%
plots.show(blending.stills({"lead": 0.005, "lag": 0.005, "round": 0.005}, {},
                           {"lead": 0.15, "lag": 0.12, "round": 0.25}))

# %% [markdown]
# Short: a puppet, whose lips know nothing of what comes. Long: a mumble, in which the jaw hardly moves. In between,
# somebody speaks.
#
# ### How
#
# Michael Cohen and Dominic Massaro gave each sound a *dominance* over the mouth (1993):
#
# $$D_s(t) = \alpha_s\, e^{-d_s(t)}, \qquad d_s(t) = \frac{\max(a_s - t,\, 0)}{\text{lead}} +
# \frac{\max(t - b_s,\, 0)}{\text{lag}}, \qquad F(t) = \frac{\sum_s D_s(t)\, T_s}{\sum_s D_s(t)}$$
#
# $T_s$ are the channels that sound $s$ wants, its target; $\alpha_s$ is how strongly it insists; $a_s$ and $b_s$ are
# where its middle half begins and ends, a quarter of its length after its start and before its end; $F$ is the mouth.
# In words: each sound rules in its middle and fades away from it, and the mouth is the mean of what all want, weighted
# by who rules how much.

# %%
plots.show(figures.dominances())

# %% [markdown]
# The *m* is short and weak, so the jaw never gets where it wants. (For lips that would not do: an *m* with open lips
# is no *m*. So the system shuts them on top of this, at every p, b and m.)
#
# ### Build

# %% exercise: coarticulate · difficulty 3/5 · 12 min
def coarticulate(times, spans, alphas, targets, lead, lag):
    """The mouth at times (T,), of S sounds: spans (S, 2) start and end, alphas (S,), targets (S, C) -> (T, C).

    All in seconds. Without any sound the mouth is at rest, 0.
    """
    ### BEGIN SOLUTION
    t = np.asarray(times)[:, None]
    quarter = (spans[:, 1] - spans[:, 0]) / 4
    before = np.maximum(spans[:, 0] + quarter - t, 0) / lead
    after = np.maximum(t - (spans[:, 1] - quarter), 0) / lag
    dominance = alphas * np.exp(-(before + after))
    return dominance @ targets / (dominance.sum(axis=1, keepdims=True) + 1e-9)
    ### END SOLUTION

# %% tags=["nbval-check-output"]
coarticulate = check("coarticulate")

# %% [markdown]
# ### Use

# %% tags=["nbval-check-output"]
course.use(coarticulate)

# %%
times = np.arange(0, moon.duration, 0.01)
with places.counted("speech.coarticulate") as seen:
    curves = speech.curves(moon.phonemes, times)
shown = {name: curves[:, speech.LIP_CHANNELS.index(name)] for name in ("jawOpen", "mouthPucker", "mouthPressLeft")}
plots.show(figures.timeline(phonemes_to_visemes(moon.phonemes), times, shown, 'The lips of "A new moon is rising."'))
print(f"coarticulate was called {seen.calls} times: for opening, rounding and width.")

# %% [markdown]
# Rounding has a lead of its own, twice as long. See how early the pucker starts, and how the lips press for the *m*
# between two round vowels.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A face that means it
#
# ### Why
#
# A perfect mouth in a still face is uncanny. What should the rest do? Some of it stands in the words: *We won!* is no
# sad sentence. The system gives each sentence a *mood* with a strength, by lists of words and by VADER's rules (Hutto
# and Gilbert, 2014).

# %%
for phrase in motion.delivery(sentence, said.speech).phrases:
    print(f"{phrase.start:4.1f} to {phrase.end:3.1f} s  {phrase.mood:<8} {phrase.strength:.2f}"
          f"{'  a question' if phrase.question else ''}")

# %% [markdown]
# ### How
#
# $$E(t) = \sum_m \Bigl( \max_{p \,\in\, m} \bigl(0.35 + 0.45\, s_p\bigr)\, e_p(t) \Bigr) X_m, \qquad
# E_c(t) \leftarrow r(t)\, E_c(t) \ \text{ for the channels } c \text{ of the mouth}$$
#
# $X_m$ is what a face does in mood $m$, all 57 channels; $s_p$ is the strength of phrase $p$, and $e_p(t)$ rises from
# 0 to 1 around its start and falls again after its end; $r(t)$ is the room that the lips leave, 1 at rest, a tenth
# where they are shut. In words: a face comes and goes with its sentence, two happy sentences do not make it twice as
# happy, and where the lips have work to do, they come first. Brows and eyes need not wait.
#
# ### Build
#
# `motion.envelope(times, start, end)` is $e_p$, `motion.expression(name)` is $X_m$, `motion.mouth_room(lips)` is $r$,
# and `motion.MOUTH` says which of the columns are the mouth's. A phrase whose strength is 0 shows nothing.

# %% exercise: expression_from_speech · difficulty 3/5 · 12 min
def expression_from_speech(phrases, times, lips):
    """What moods add to spoken lips: phrases, times (T,) in seconds, lips (T, 57) -> (T, 57).

    A phrase has `start` and `end` in seconds, `mood`, a name, and `strength`, 0 to 1.
    """
    ### BEGIN SOLUTION
    values = np.zeros((len(times), 57))
    felt = [phrase for phrase in phrases if phrase.strength]
    for mood in {phrase.mood for phrase in felt}:
        share = np.max([(0.35 + 0.45 * phrase.strength) * motion.envelope(times, phrase.start, phrase.end)
                        for phrase in felt if phrase.mood == mood], axis=0)
        values += share[:, None] * motion.expression(mood)
    values[:, motion.MOUTH] *= motion.mouth_room(lips)[:, None]
    return values
    ### END SOLUTION

# %% tags=["nbval-check-output"]
expression_from_speech = check("expression_from_speech")

# %% [markdown]
# ### Use

# %% tags=["nbval-check-output"]
course.use(expression_from_speech)

# %%
with places.counted("motion.expression_from_speech") as seen:
    said = speaking.say(sentence)
ends = [phrase.end - 0.05 for phrase in motion.delivery(sentence, said.speech).phrases]
plain = motion.Motion(said.lips.full(), fps=said.lips.fps)
pictures = [*speaking.frames_at(actor, plain, ends), *speaking.frames_at(actor, said.whole, ends)]
titles = [f"{words}, {second:.1f} s" for words in ("lips alone", "with mood and head") for second in ends]
plots.show(plots.faces(pictures, titles=titles, columns=len(pictures), side=2.0,
                       title=f"{sentence} At the end of each sentence"))
print("expression_from_speech was called." if seen.calls else "expression_from_speech was not called.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## How does a head move?
#
# ### Why
#
# For this there is no table. Words hardly say how a head moves, and nobody moves it twice alike. There is no right
# answer: a network that learns the best guess learns to stand still. What can be learned is a *distribution*, to draw
# from.
#
# The course ships what a tracker measured in films of seven people, 104 seconds of numbers
# ([their card](../data/tracks.md)). Here are ten seconds of three of them:

# %%
people = minute_motion.tracks()
plots.show(figures.paths({track.name: track.values[:250] for track in people if track.name in ("d6", "d9", "d13")},
                         "Three people and how their heads turn", channel=1))

# %% [markdown]
# ### How
#
# A *variational autoencoder* (Kingma and Welling, 2014) squeezes each two seconds of movement through 16 numbers $z$
# and tries to make the movement again. And it asks that those numbers look like plain noise. Then noise makes new
# movement:
#
# $$L = \frac1N \sum_{i=1}^{N} \Bigl( \underbrace{\tfrac12 \lVert x_i - \hat x_i \rVert^2}_{\text{reconstruction}} +
# \beta\, \underbrace{\bigl( -\tfrac12 \bigr) \sum_j \bigl( 1 + \log \sigma_{ij}^2 - \mu_{ij}^2 -
# \sigma_{ij}^2 \bigr)}_{\mathrm{KL}} \Bigr)$$
#
# $x_i$ is window $i$ of $N$, and $\hat x_i$ what was made of it; the encoder says $z_{ij}$ is about $\mu_{ij}$, give
# or take $\sigma_{ij}$; KL, the Kullback-Leibler divergence, is what that tells beyond noise, in *nats*; $\beta$ is
# its price. In words: be true to the movement, but say it with as little as you can.
#
# ### Build
#
# `logvar` is $\log \sigma^2$. Both terms are sums for each window, then means over the windows.

# %% exercise: vae_loss · difficulty 2/5 · 8 min
def vae_loss(target, reconstruction, mean, logvar, beta=1.0):
    """target, reconstruction (N, ...), mean, logvar (N, Z) -> loss, reconstruction term, KL term (without beta)."""
    ### BEGIN SOLUTION
    error = 0.5 * (target - reconstruction).square().flatten(1).sum(dim=1)
    divergence = -0.5 * (1 + logvar - mean.square() - logvar.exp()).sum(dim=1)
    return (error + beta * divergence).mean(), error.mean(), divergence.mean()
    ### END SOLUTION

# %% tags=["nbval-check-output"]
vae_loss = check("vae_loss")

# %% [markdown]
# ### Use
#
# Train it, on six of the seven. Measured is how much of a head's path the latents leave unexplained; 100 is what
# standing still would leave.

# %% tags=["nbval-check-output"]
course.use(vae_loss)

# %%
vae = minute_motion.Run("vae")
curve = plots.LiveCurve(vae.steps, "A VAE in half a minute", "path left unexplained, percent", logarithmic=False)
with places.counted("motion.vae_loss") as seen:
    vae.train(curve, every=30)
print(f"vae_loss was called {seen.calls} times. A window takes {vae.divergence():.0f} nats to tell.")

# %%
plots.show(figures.paths({"four draws": vae.draws(4), "one person, for real": people[0].values[:150]},
                         "Four draws of the VAE for one mouth, and somebody else for real"))

# %% [markdown]
# Read the curves honestly. Of the people it learns from it can tell most of the path. Of the seventh it can tell next
# to nothing: 100 is standing still. Under two minutes of six people are known by heart long before *people* are
# known. Its draws differ from each other, and are too calm; look for the bends at 2 and 4 seconds, where one window
# ends and the next begins.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## One frame after the other
#
# ### Why
#
# A VAE must guess two seconds at once, so it likes what is smooth. Ask for less: only the *next frame*, given all
# before it. Then do it again, with what you have just made.
#
# ### How
#
# $$v_t = \ell \tanh \frac{\mu_t + \sigma_t\, \varepsilon_t}{\ell}, \qquad x_t = x_{t-1} + v_t, \qquad
# (\mu_t, \sigma_t, h_t) = f(x_{t-1}, v_{t-1}, c_t, h_{t-1})$$
#
# $x_t$ is how the head is held in frame $t$ and $v_t$ how fast it moves, a step a frame; the network $f$ says that
# the next speed is about $\mu_t$, give or take $\sigma_t$; $\varepsilon_t$ is drawn by chance; $c_t$ is what the
# mouth does; $h_t$ is what the network remembers; $\ell$ is a limit that no speed passes. In words: guess the next
# step, roll the dice, take it, look where you are, again.
#
# While it trains it sees true frames, later its own: an error feeds the next. So one also lets it go along a true path
# and looks at what it expects. That is *teacher forcing* (Williams and Zipser, 1989).
#
# ### Build
#
# `predict(value, speed, told, state)` gives `mean, deviation, state`. Everything starts at 0, the state at `None`.
# Where `forced` is given, $x_t$ is its row $t$ and $v_t$ the step to it.

# %% exercise: autoregressive_rollout · difficulty 3/5 · 12 min
def autoregressive_rollout(predict, told, noise, limit=2.0, forced=None):
    """told (T, K), noise (T, C), forced (T, C) or None -> values (T, C), and the means (T, C) that predict gave."""
    ### BEGIN SOLUTION
    value, speed, state = torch.zeros(noise.shape[1]), torch.zeros(noise.shape[1]), None
    values, means = [], []
    for t in range(len(told)):
        mean, deviation, state = predict(value, speed, told[t], state)
        if forced is None:
            speed = limit * torch.tanh((mean + deviation * noise[t]) / limit)
            value = value + speed
        else:
            speed, value = forced[t] - value, forced[t]
        values.append(value)
        means.append(mean)
    return (torch.stack(values), torch.stack(means)) if values else (torch.zeros_like(noise), torch.zeros_like(noise))
    ### END SOLUTION

# %% tags=["nbval-check-output"]
autoregressive_rollout = check("autoregressive_rollout")

# %% [markdown]
# ### Use

# %% tags=["nbval-check-output"]
course.use(autoregressive_rollout)

# %%
frames = minute_motion.Run("autoregressive")
curve = plots.LiveCurve(frames.steps, "A frame-by-frame model, in a quarter of a minute", "-log p of the next frame",
                        logarithmic=False)
frames.train(curve, every=30)
with places.counted("motion.autoregressive_rollout") as seen:
    draws = frames.draws(4)
plots.show(figures.paths({"four draws": draws, "one person, for real": people[0].values[:150]},
                         "Four draws frame by frame for the same mouth, and somebody else for real"))
print(f"autoregressive_rollout was called {seen.calls} times.")

# %% [markdown]
# Livelier: chance comes in with every frame. But nothing ever pulls it back, and some of its heads drift away; the
# system takes slow drift out again, and makes calm draws larger. And why does it do *better* on the person that it
# never saw? Because d13 hardly moves, and who stands still is easily foreseen. A number without its data says little.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Your portrait says your name
#
# Put your name between the quotes. Lips and face come from your functions, and the head from the model that you have
# just trained.

# %%
name = "Ada"

# %%
mine = speaking.say(f"Hello! My name is {name}!", frames.networks(), seed=2)
speaking.film(actor, mine)

# %%
shown = {channel: mine.whole[channel] for channel in ("jawOpen", "mouthPucker", "mouthSmileLeft", "browInnerUp")}
plots.show(figures.curves_of(shown, np.arange(len(mine.whole)) / mine.whole.fps,
                             f"{name}'s portrait, as four of its 57 curves", "0 at rest, 1 full"))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The failure museum
#
# Each exhibit is one line of yours, changed. **First, ears.** The network hears the moon again, through broken bands:

# %%
course.reset()


def hears_without_window(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    padded = np.pad(np.asarray(samples, np.float32), n_fft // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop]
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    return speech.mel_filters(sample_rate, n_fft, n_mels, low, high) @ power.T


def hears_magnitude(samples, sample_rate=16000, n_fft=512, hop=160, n_mels=80, low=55.0, high=7600.0):
    return np.sqrt(np.asarray(mel_spectrogram(samples, sample_rate, n_fft, hop, n_mels, low, high)))


pictures, jaws = {"right": speech.mel_spectrogram(samples)}, {"right": heard["jawOpen"]}
for words, bug in (("no window", hears_without_window), ("no square", hears_magnitude)):
    with course.use(bug, name="mel_spectrogram", force=True):
        pictures[words] = speech.mel_spectrogram(samples)
        jaws[words] = motion.from_audio(moon.samples, moon.sample_rate)["jawOpen"]
plots.show(figures.pictures_of_sound(pictures, "What the network is shown"))
plots.show(figures.curves_of(jaws, np.arange(len(heard)) / heard.fps, "What it makes of that: the jaw", "jaw open"))

# %% [markdown]
# * **No window.** Cut off hard, every tone splashes over all bands, and streaks fill what was dark.
# * **No square.** Half the decibels everywhere: the right ridges, only paler.
#
# And the jaw? Mostly near enough that nobody would notice. Nothing crashes, and a network trained on noisy voices
# forgives much. That is what makes such bugs live long: compare numbers with a library, not films with your memory.
#
# **Then, lips**, at four moments of *a new moon*:

# %%
def takes_all(times, spans, alphas, targets, lead, lag):  # the strongest sound alone
    off = np.abs(np.asarray(times)[:, None] - spans.mean(axis=1))
    return targets[off.argmin(axis=1)]


def undivided(times, spans, alphas, targets, lead, lag):  # a sum, not a mean
    middle = spans.mean(axis=1)
    return (alphas * np.exp(-np.abs(np.asarray(times)[:, None] - middle) / 0.1)) @ targets


moments = [0.18, 0.26, 0.34, 0.42]
exhibits, jaws = [], {}
for words, bug in (("right", coarticulate), ("winner", takes_all), ("undivided", undivided)):
    with course.use(bug, name="coarticulate", force=True):
        lips = motion.from_speech(moon)
    exhibits += [speaking.close(actor, frame) for frame in speaking.frames_at(actor, lips, moments)]
    jaws[words] = lips["mouthPucker"]
titles = [f"{words if t == moments[0] else ''} {t:.2f} s" for words in jaws for t in moments]
plots.show(plots.faces(exhibits, titles=titles, columns=4, side=1.15, title="A new m..., three ways"))
plots.show(figures.curves_of(jaws, np.arange(len(lips)) / lips.fps, "The pucker of the same words", "pucker"))

# %% [markdown]
# * **The winner takes all.** Each frame alone looks fine. In a film the lips jump, which a still picture cannot
#   show: look at the corners of the curve.
# * **Undivided.** Where many short sounds crowd together their sum grows, and the mouth does what none of them asked
#   for.
#
# **A smile that does not wait.** Mouth and mood at the *b* of *Bob*:

# %%
def never_waits(phrases, times, lips):
    return expression_from_speech(phrases, times, 0 * lips)  # as if the lips had nothing to do


waits = speaking.say("Bob is happy!", voice="en-us")
with course.use(never_waits, name="expression_from_speech", force=True):
    smiles = speaking.say("Bob is happy!", voice="en-us")
shut = [row for row in speech.phonemes_to_visemes(waits.speech.phonemes) if row[0] == "PP"][1]
at = [(shut[1] + shut[2]) / 2 - 0.02]
pictures = speaking.frames_at(actor, waits.whole, at) + speaking.frames_at(actor, smiles.whole, at)
frame = round(at[0] * waits.whole.fps)
titles = [f"{words}: smile {each.whole['mouthSmileLeft'][frame]:.2f}"
          for words, each in (("waits", waits), ("does not wait", smiles))]
plots.show(plots.faces([speaking.close(actor, picture) for picture in pictures], titles=titles, side=2.4,
                       title="The second b of Bob, said happily"))

# %% [markdown]
# **A minus.** The KL term with the wrong sign, in 40 steps of the same VAE, at a price of 300 so that it shows at once:

# %%
def minus(target, reconstruction, mean, logvar, beta=1.0):
    _, error, divergence = vae_loss(target, reconstruction, mean, logvar, beta)
    return error - beta * divergence, error, divergence


told = {}
for words, bug in (("right", vae_loss), ("wrong sign", minus)):
    with course.use(bug, name="vae_loss", force=True):
        run, nats = minute_motion.Run("vae", steps=40, beta=300.0), []
        steps = range(40)
        for number in steps:
            run.one_step(number)
            nats.append(run.divergence())
    told[words] = nats
plots.show(figures.curves_of(told, steps, "What a window tells about itself, with the right and the wrong sign", "nats",
                             xlabel="training step"))

# %% [markdown]
# With the wrong sign the network is *paid* for latents unlike noise. The loss falls beautifully, to minus infinity if
# you let it. And new movement is drawn from noise, which such a decoder has never met.
#
# **No dice, and no memory**, with the model that you trained:

# %%
def no_dice(predict, told, noise, limit=2.0, forced=None):
    return autoregressive_rollout(predict, told, 0 * noise, limit, forced)


def no_memory(predict, told, noise, limit=2.0, forced=None):
    def forgets(value, speed, now, state):
        return predict(value, speed, now, None)

    return autoregressive_rollout(forgets, told, noise, limit, forced)


films = {"right": frames.draws(4)}
for words, bug in (("no dice", no_dice), ("no memory", no_memory)):
    with course.use(bug, name="autoregressive_rollout", force=True):
        films[words] = frames.draws(4)
plots.show(figures.paths(films, "Four draws with a part missing"))

# %% [markdown]
# * **No dice.** Four times the same film, and in it hardly anything: the best guess is to stand still.
# * **No memory.** Each step is the first one to it. It never learns that it has been turning for a while,
#   and heads wander off several times as far.
#
# ## What you have now

# %%
course.progress()

# %% [markdown]
# Text becomes sounds, sounds become mouths, words become a face, and chance, schooled by seven people, moves the head.
# All of it ends in one table: 57 channels, 25 times a second. What makes pixels of it is the next lesson.
#
# **Three questions**
#
# 1. A friend's mel spectrogram is right, but in their films the lips are 16 ms early. Which line is it?
#
# <details><summary>Answer</summary>
#
# The padding. Without half a frame of zeros in front, frame $k$ *begins* at sample $kh$, and its middle is 256 samples
# later: 16 ms at 16 kHz. The frame shows what is heard 16 ms after the moment that it is taken for.
# </details>
#
# 2. Why does every *m* get shut lips by force, when coarticulation is such a good rule?
#
# <details><summary>Answer</summary>
#
# Because a mean never reaches its targets. For a tongue behind teeth nobody sees it. But lips that do not touch make
# no
# *m*, and everybody sees that.
# </details>
#
# 3. You set $\beta$ to 1000. What do you expect of the KL term, of the reconstructions, and of the draws?
#
# <details><summary>Answer</summary>
#
# Telling costs too much, so the encoder says nothing: KL goes to 0, every $z$ is plain noise and the decoder learns to
# ignore it (*posterior collapse*). Reconstructions and draws all become the one mean movement, which is hardly any.
# </details>
#
# ## Going further
#
# * M. M. Cohen and D. W. Massaro, "Modeling coarticulation in synthetic visual speech", *Models and Techniques in
#   Computer Animation* 1993.
# * C. G. Fisher, "Confusions among visually perceived consonants", *Journal of Speech and Hearing Research* 1968: the
#   word viseme.
# * S. S. Stevens, J. Volkmann and E. B. Newman, "A scale for the measurement of the psychological magnitude pitch",
#   *Journal of the Acoustical Society of America* 1937: the mel.
# * C. J. Hutto and E. Gilbert, "VADER: a parsimonious rule-based model for sentiment analysis of social media text",
#   *ICWSM* 2014.
# * D. P. Kingma and M. Welling, "Auto-encoding variational Bayes", *ICLR* 2014.
# * A. Graves, "Generating sequences with recurrent neural networks", 2013, arXiv:1308.0850.
# * R. J. Williams and D. Zipser, "A learning algorithm for continually running fully recurrent neural networks",
#   *Neural Computation* 1989.
#
# Next: **06, Move the pixels**. How a photo follows a few points.
