# %% [markdown] slideshow={"slide_type": "slide"}
# # 13 · Use it responsibly
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({{colab}})
#
# You can make anybody say anything. One photo is enough, and nobody has to be asked. This lesson is about what you owe
# the person in the photo and everybody who sees the film: to make it known as made, to sign what you say about it, to
# know how far a detector can be trusted, and to know whom your system fails.
#
# **After this lesson you can**
#
# * put a mark into a film that nobody sees, read it again, and say what it outlives and what it does not;
# * sign a statement so that one changed byte is noticed, and say what a signature does not prove;
# * draw the line between photo and fake by what an accusation costs;
# * count mistakes by group, with intervals, and not be fooled by what comes out;
# * tell a viewer, and a court, what your film is.
#
# **Time:** 75 minutes for you, a minute for the machine. **Before this:** lesson 00.

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

import hashlib
import json
import tempfile
from pathlib import Path

import cv2
import numpy as np

import course
from course import evaluation, io, plots, provenance
from course.exercises import check, hint, places, progress, solution
from course.lessons import actors
from course.lessons.lesson_13 import attacks, figures, limits, measured, signatures, widget
from course.provenance import chips, codewords, verify

print("Ready.")

# %% slideshow={"slide_type": "slide"}
plots.show(plots.pipeline(["video"]))

# %% [markdown]
# ## Two seconds that never happened
#
# Grace Hopper died in 1992. Whom would you have asked? Here her photo is in the public domain, and she says nothing but
# what is true. Even so the question comes first, before the film: `consent` is written into it, and whoever has none
# says so with `consent=False`.

# %%
photo = actors.actor_of(side=384).portrait.image
made = course.animate(photo, text="I never said this. It only looks so.",
                      consent="A photo of the US Navy, in the public domain. Made for a lesson.")
frames = list(made)
film = io.Clip(frames, made.fps, made.audio, made.sample_rate, stamp=made.stamp)
small = [cv2.resize(frame, (256, 256), interpolation=cv2.INTER_AREA) for frame in frames]
io.Clip(small, made.fps, made.audio, made.sample_rate)

# %%
plots.show(plots.film_strip(frames, count=3, side=1.8, title="Nobody was asked, nobody spoke"))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A mark that nobody sees
#
# ### Why
#
# You could write "made" into the file. The first platform that compresses the film again throws it away. What stays is
# the picture, so the mark has to be in the pixels: too faint for an eye, too tough for a codec, and in every frame.
#
# ### How
#
# Do not write it once and clearly. Write it a thousand times, faintly: that is *spread spectrum*, which hid radio from
# jammers before it hid marks in pictures (Cox and colleagues, 1997). The frame is laid out in spots of 16 pixels. Each
# gets a sign, 1 or -1, and becomes a little bluer or a little yellower, by about two levels. Which sign belongs where
# follows from a key and from the number that the mark says.
#
# $$x'_t = \operatorname{clip}(x_t + w_t\, c,\; 0,\; 255), \qquad
# w_t = \begin{cases} 1 & \text{in the first half of each second} \\ -1 & \text{in the second} \end{cases}$$
#
# $x_t$ is frame $t$, $c$ the change, the spots as levels of red, green and blue; $w_t$ turns it over. In words: blue and
# yellow trade places every half second. Whoever subtracts one half from the other is rid of everything that stands
# still, which is most of a talking head, and left with the mark.
#
# ### Build
#
# Frame `number` is shown `number / fps` seconds after the beginning. `uint8` knows nothing above 255: calculate in a
# larger type.

# %% exercise: embed_watermark · difficulty 2/5 · 10 min
def embed_watermark(frame, change, number, fps):
    """A marked copy of frame `number`: frame uint8 (H, W, C), change int16 (H, W, C) in levels -> uint8 (H, W, C)."""
    ### BEGIN SOLUTION
    way = 1 if number / fps % 1 < 0.5 else -1
    return np.clip(frame.astype(np.int16) + way * change, 0, 255).astype(np.uint8)
    ### END SOLUTION

# %% tags=["nbval-check-output"]
embed_watermark = check("embed_watermark")

# %% tags=["nbval-check-output"]
course.use(embed_watermark)

# %% [markdown]
# ### Use
#
# `Marker` lays out the spots, weaker where nothing hides them, and calls you for each frame. The key here is one for the
# lesson; your own was made when you saved your first film, and nobody else has it.

# %%
KEY, NUMBER = b"the key of this lesson, 32 bytes", 0xC0FFEE42
marker = provenance.Marker(NUMBER, KEY, film.fps)
with places.counted("provenance.embed_watermark") as seen:
    marked = [marker(frame) for frame in frames[:50]]
plots.show(plots.faces([frames[5], marked[5], figures.strong(frames[5], marked[5]), figures.strong(frames[18], marked[18])],
                       titles=["without", "with", "difference x 10", "half a second later"], side=2.0))
print(f"PSNR {evaluation.psnr(np.stack(marked), np.stack(frames[:50])):.1f} dB")
print(f"embed_watermark was called {seen.calls} times.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Read it again
#
# ### Why
#
# No single spot says anything: hair is bluer than cheeks, with or without a mark. How do you hear one voice in a stadium?
# You know what it says, and listen for long enough.
#
# ### How
#
# Multiply what you read at each spot by the sign it should have, and add up. What is there by chance cancels out, what
# was put there adds up:
#
# $$z = \frac{\sum_i s_i\, v_i}{\sqrt{\sum_i v_i^2}}$$
#
# $v_i$ is how blue spot $i$ is against those around it, $s_i$ its sign, and $z$ is counted in standard deviations. In
# words: it grows with the *root* of the number of spots. At 5.3 it happens by chance less than once in a million.

# %%
reading = provenance.read_watermark(attacks.compressed(marked, 23), film.fps)
if reading:
    plots.show(figures.adds_up(reading))
else:
    print("Nothing could be read: is embed_watermark right?")

# %% [markdown]
# That finds a mark. To *read* one, each spot also carries one of the 168 signs of a codeword: the number, 32 bits, with a
# checksum of 24 bits and a code that mends errors. Several spots carry the same sign. So first take each spot's own
# known sign out again, and then let those that say the same speak together:
#
# $$q_k = \sum_{i:\, k_i = k} s_i\, v_i, \qquad k = 0, \dots, n - 1$$
#
# $k_i$ says which sign of the codeword spot $i$ carries; below 0 it carries none, since some spots serve only to find
# the mark, and some only to prove whose it is. $q_k$ is what they say together: its sign is the sign of the codeword as
# it was received, its size how sure that is.
#
# ### Build
#
# Careful with `q[k] += ...` where `k` is an array: of those with the same index only the last is added.

# %% exercise: read_watermark · difficulty 3/5 · 12 min
def read_watermark(values, whose, signs, count):
    """One number for each sign of the codeword: values (n,), whose int (n,), signs (n,) of 1 and -1 -> (count,)."""
    ### BEGIN SOLUTION
    soft = np.zeros(count)
    coded = whose >= 0
    np.add.at(soft, whose[coded], (values * signs)[coded])
    return soft
    ### END SOLUTION

# %% tags=["nbval-check-output"]
read_watermark = check("read_watermark")

# %% [markdown]
# In the system that step is called `read_signs`; `provenance.read_watermark` is the whole way, from frames to the number.

# %% tags=["nbval-check-output"]
course.use(read_watermark)

# %% [markdown]
# ### Use

# %%
with places.counted("provenance.read_signs") as seen:
    reading = provenance.read_watermark(attacks.compressed(marked, 23), film.fps)
    nothing = provenance.read_watermark(frames[:50], film.fps)
if reading:
    spots = chips.owners()[reading.places], chips.scramble()[reading.places]
    soft = read_watermark(reading.values, *spots, codewords.CODED_BITS)
    plots.show(figures.codeword(soft, reading.payload))
    print(f"read {reading.payload:08x}; yours by {reading.proof(KEY):.1f} deviations, by another key "
          f"{reading.proof(b'somebody else'):.1f}")
print("without a mark:", "nothing is read" if nothing is None else "something was read")
print("read_watermark was called." if seen.calls else "read_watermark was not called.")

# %% [markdown]
# Some signs came out wrong. The code (Viterbi, 1967) looks for the codeword that fits *all* numbers best, and a loud one
# counts more than a quiet one: that is why you kept the sizes. If the checksum fits then, a chance of one in 16 million
# stands against it.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Attack your own mark
#
# You will not know what it is worth until you have tried to break it. Others will, and they will not tell you.

# %%
attack = widget.Attack(marked, NUMBER, KEY)
attack

# %%
plots.show(attack.stills({"crop": 0.2}, {"size": 0.2, "CRF": 22}, {"CRF": 34},
                         title="Cropped; made small; compressed until it hurts"))

# %%
outcomes = attacks.table(marked, NUMBER, KEY)
plots.show(figures.breaking(outcomes, 5.3))

# %% [markdown]
# Below the dashed line the number is still read, but nobody can prove any more that it is *yours*. Compression breaks it
# first: it throws away what eyes do not see, and that is what a mark is made of. This film is small, 384 pixels with 576
# spots; with 512 pixels the mark outlives a CRF of 35 ([the card](../data/provenance.md) has the
# table). Blur and size hardly matter, since spots are large, and noise hardly, since there are so many.
#
# Now one of yours. Change the middle line; what breaks the mark and spares the face?

# %%
def my_attack(frame):
    """One frame of the film -> what becomes of it, uint8 (H, W, 3)."""
    return cv2.medianBlur(frame, 9)


attacked = [my_attack(frame) for frame in marked]
plots.show(plots.faces([marked[12], attacked[12]], titles=["before", "after"], side=2.0))
print(attacks.outcome(attacked, 0, NUMBER, KEY))

# %%
grey = [cv2.cvtColor(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB) for frame in marked]
print("without colours:                  ", attacks.outcome(grey, 0, NUMBER, KEY))
print("colours averaged over a second:   ", attacks.outcome(attacks.averaged(marked, 1.0), 0, NUMBER, KEY))

# %% [markdown]
# Both need two lines by somebody who knows how it works, and you do. So a watermark finds films that nobody took pains to
# hide. **That no mark is found says nothing.** And a mark that is found? Anybody can put this one, with any number, into
# a film of a real event, and call it fake. Only the private signs tell your own, and even those can be copied.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Say it, and sign it
#
# ### Why
#
# 32 bits cannot say who was asked and what was changed. A file can, in plain words, and anybody can change them. Unless
# they are bound to the film, and signed.
#
# ### How
#
# Two tools. A *hash* $h(f)$ is a fingerprint: SHA-256 gives 256 bits for any file, and nobody can find another file with
# the same. A *signature* is made with a secret key and checked with a public one: $\operatorname{sign}(m, k)$ fits the
# text $m$ and no other. So the hash goes into the statement, and the statement under the signature:
#
# $$\text{claim} = \text{statement} \cup \{\text{sha256}: h(f)\}, \qquad
# \text{signature} = \operatorname{sign}(\text{text of the claim},\ k)$$
#
# $f$ is the file, $k$ the secret key. In words: change the film, and the hash does not fit; change the hash, and the
# signature does not. Only, "the text of the claim" must be the same on every computer, to the byte: names in order, no
# spaces.
#
# ### Build
#
# `hashlib.sha256(film).hexdigest()`; `json.dumps(claim, sort_keys=True, separators=(",", ":")).encode()`;
# `signatures.sign(text, key)` gives bytes, and `.hex()` their digits.

# %% exercise: sign_manifest · difficulty 2/5 · 10 min
def sign_manifest(statement, film, key):
    """A dict, a file's bytes, 32 secret bytes -> {"claim": statement and "sha256", "signature": hexadecimal digits}."""
    ### BEGIN SOLUTION
    claim = {**statement, "sha256": hashlib.sha256(film).hexdigest()}
    text = json.dumps(claim, sort_keys=True, separators=(",", ":")).encode()
    return {"claim": claim, "signature": signatures.sign(text, key).hex()}
    ### END SOLUTION

# %% tags=["nbval-check-output"]
sign_manifest = check("sign_manifest")

# %% [markdown]
# ### Use
#
# Sign your film, then play the villain: one byte changed, the statement mended, another film under it, another's key.

# %%
folder = Path(tempfile.mkdtemp())
path = film.save(folder / "film.mp4", progress=False)
content, secret = path.read_bytes(), bytes(range(32))
public = signatures.public_key(secret)
manifest = sign_manifest({"made_with": "Living Portraits", "consent": "public domain"}, content, secret)
spoilt = bytearray(content)
spoilt[len(spoilt) // 2] ^= 1  # one bit of one byte
lie = {**manifest, "claim": {**manifest["claim"], "consent": "she agreed"}}
for what, told in {
    "as signed": signatures.verify(manifest, content, public),
    "one bit of the film changed": signatures.verify(manifest, bytes(spoilt), public),
    "the statement changed": signatures.verify(lie, content, public),
    "signed by somebody else": signatures.verify(sign_manifest({}, content, bytes(32)), content, public),
}.items():
    print(f"{what:<30} {told}")

# %% [markdown]
# The last line matters most. A signature says that whoever has *this* key signed. Who that is, somebody else has to vouch
# for, and for the key that was made on your computer nobody does. Nor does it say that the statement is true.
#
# The system does the same by an open standard, *C2PA*, which cameras and editors write too. Your film was signed when
# it was saved. `course verify FILE` asks manifest, mark and words together:

# %%
def shown(path):
    """What is known of a file; long lines are shortened."""
    for line in verify.verify(path).lines():
        line = line.replace(str(folder), "").lstrip("/")
        print(line if len(line) < 116 else line[:112] + " ...")


shown(path)

# %%
broken = folder / "one_bit.mp4"
broken.write_bytes(spoilt)
again = io.Clip(list(io.load_video(path)), film.fps).save(folder / "compressed_again.mp4", progress=False)
for one in (broken, again):
    shown(one)
    print()

# %% [markdown]
# One bit, and the seal is broken, though no eye sees a difference. Compressed again, and the manifest is gone without a
# trace; but the mark is still there, and its number leads back to the film you made. That is why there are both.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Real or made?
#
# ### Why
#
# Most fakes carry no mark at all. So people build detectors: a network that looks at a face and gives a number. The
# system has one, taught with nothing but its own films.

# %%
asked = {"the photo": photo, "a frame of the film": frames[20], "compressed": attacks.compressed(frames, 33)[20]}
for what, picture in asked.items():
    print(f"{what:<22} {provenance.detect_fake(picture):.3f}")

# %% [markdown]
# A number is no verdict. Somebody has to draw a line, and whatever is drawn, some photos lie on the wrong side of it:
# people who would be called liars.
#
# ### How
#
# Begin with them. Say which share $\alpha$ of honest photos may be accused, and take the lowest limit that keeps it:
#
# $$\ell = \min \Bigl\{ r_j \ :\ \tfrac{1}{m} \textstyle\sum_i [\, r_i > r_j\, ] \le \alpha \Bigr\}, \qquad
# \text{fake} \iff s > \ell$$
#
# $r_1, \dots, r_m$ are the scores of photos known to be real, $[\,\cdot\,]$ is 1 where it holds and 0 elsewhere, $s$ is
# the score of the picture in question. In words: of the real photos' own scores, the lowest above which no more than
# $\alpha$ of them lie. What you catch then is what you get.
#
# ### Build

# %% exercise: detect_fake · difficulty 3/5 · 12 min
def detect_fake(scores, of_photos, share):
    """Which are called fake, bool (N,): scores (N,), those of known photos (M,), which share of them may be accused."""
    ### BEGIN SOLUTION
    for limit in np.sort(of_photos):
        if np.mean(of_photos > limit) <= share:
            break
    return np.asarray(scores) > limit
    ### END SOLUTION

# %% tags=["nbval-check-output"]
detect_fake = check("detect_fake")

# %% [markdown]
# ### Use
#
# Photos and films of people whom the detector has never seen. The limit comes from one half of the photos, and is judged
# on the other: a limit always looks good on what it was drawn with.

# %%
photos, films = measured.scores()
known, others = photos[::2], photos[1::2]
plots.show(figures.limit(known, films, 0.05))
for share in (0.01, 0.05, 0.2):
    caught, accused = detect_fake(films, known, share).mean(), detect_fake(others, known, share).mean()
    print(f"{share:.0%} may be accused: {caught:4.0%} of the films are caught, {accused:4.0%} of other photos accused")

# %% [markdown]
# Films of *other* systems were never tried, and there it is likely no better than a coin. But say it were far better,
# and caught 95 of 100 with 1 of 100 accused. A thousand pictures come in, and one of them is a fake. How many of the
# accused are fakes?

# %%
ours = detect_fake(films, known, 0.05).mean(), detect_fake(others, known, 0.05).mean()
plots.show(figures.worth({"ours, limit at 5 %": ours, "95 % caught, 1 % accused": (0.95, 0.01),
                          "99.9 % caught, 0.1 % accused": (0.999, 0.001)}))
print(f"One fake in a thousand: {limits.worth(0.95, 0.01, 0.001):.0%} of the accused are fakes.")

# %% [markdown]
# Bayes' theorem, and the reason why no score alone should ever accuse anybody: where fakes are rare, most of the accused
# are innocent.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Whom does it fail?
#
# ### Why
#
# One error rate for all hides that a system may work for some people and not for others. So you count by group. And then
# somebody reads a difference into six people.
#
# ### How
#
# Where $p$ of $n$ went wrong, the true rate lies with 95 % confidence between
#
# $$\frac{p + \frac{z^2}{2n} \pm z \sqrt{\frac{p (1 - p)}{n} + \frac{z^2}{4 n^2}}}{1 + \frac{z^2}{n}}, \qquad z = 1.96$$
#
# $p$ is a share, $n$ how many were counted, $z$ how many standard deviations hold 95 % of a bell curve. In words: the
# fewer there are, the nearer to one half its middle moves, and the wider it gets. It is Edwin Wilson's interval of 1927.
# The simpler $p \pm z \sqrt{p(1-p)/n}$ says for no mistake among five: never, for sure.
#
# ### Build

# %% exercise: error_by_group · difficulty 3/5 · 12 min
def error_by_group(wrong, groups, z=1.96):
    """{group: (rate, low, high)}: wrong bool (N,), groups N names, z standard errors to each side."""
    ### BEGIN SOLUTION
    groups, found = np.array(groups), {}
    for group in sorted(set(groups.tolist())):
        own = wrong[groups == group]
        n, p = len(own), own.mean()
        middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
        found[group] = p, middle - half, middle + half
    return found
    ### END SOLUTION

# %% tags=["nbval-check-output"]
error_by_group = check("error_by_group")

# %% tags=["nbval-check-output"]
course.use(error_by_group)

# %% [markdown]
# ### Use
#
# The landmarker, on 214 pictures of people who do not exist and whom it has not learned from. Wrong is: points off by
# more than 5 % of the distance between the eyes, which spoils a film. Skin is measured from pixels (the *typology angle*
# of dermatologists), age and glasses are what somebody saw in the picture. In brackets, how many there are.

# %%
faces = measured.faces()
kinds = {"skin": "skin, from pixels", "age": "age, as it looks", "glasses": "glasses"}
with places.counted("evaluation.rates_by_group") as seen:
    panels = {words: (faces.rates(kind), faces.counts(kind)) for kind, words in kinds.items()}
plots.show(figures.groups(panels, "The landmarker, by group"))
print("error_by_group was called." if seen.calls else "error_by_group was not called.")

# %% [markdown]
# There it is: it fails four times as many with dark skin, and the interval leaves little doubt. Where would you look
# first, before you write that down as the reason? Look at one more group.

# %%
ways = {f"skin, {way}": faces.take("seen", way) for way in ("from the front", "from the side")}
panels = {"how the head is held": (faces.rates("seen"), faces.counts("seen"))}
panels |= {words: (own.rates("skin"), own.counts("skin")) for words, own in ways.items()}
plots.show(figures.groups(panels, "The same faces, by how the head is held"))

# %% [markdown]
# Seen from the front, it fails 2 % in the darkest group, and no more in the others than chance explains. It is the heads
# turned aside that it fails, and of those 28 of 38 are in the darkest group: whoever made the pictures turned and darkened
# those more often. So is it fair? Not shown. Among heads turned aside the gap is wide again, with eight people on the
# other side of it. And "dark" is measured in pixels: a white face in a dark room counts too.
#
# What you can say honestly: it is bad at heads turned aside. It may be worse there for dark skin, and the data cannot
# tell. The remedy is not a better formula but more pictures of whoever is missing, and then to measure again.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Before you press the button
#
# * **Ask the person.** For this film, these words, this audience. "It was on the internet" is no answer, and for the dead
#   ask those who loved them. `--consent TEXT` keeps what was said with the film; `--no-consent` keeps that nobody asked.
# * **Say that it is made**, where people look: `--label`. A mark is for machines.
# * **A face is personal data**, and a voice is. Keep photos no longer than the film needs; this package sends nothing
#   anywhere.
# * **The law, in brief.** In the EU, who makes such films professionally has to disclose it, and generated content has to
#   be marked so that machines find it (AI Act, Article 50, since August 2026). In the US there is the TAKE IT DOWN Act on
#   intimate pictures, and state laws on likeness, elections, advertising. China has asked for labels that people and
#   machines see since September 2025. It changes, and there are exceptions: the
#   [page on people](../data/people_first.md) has the articles, dates, sources, and what could not
#   be confirmed.
# * **What no law needs to tell you:** no film that humiliates, threatens, undresses or cheats. If you would not show it to
#   the person in it, do not make it.
#
# ## The failure museum

# %%
course.reset()


def never_turned(frame, change, number, fps):
    return embed_watermark(frame, change, 0, fps)


def wraps(frame, change, number, fps):
    way = 1 if number / fps % 1 < 0.5 else -1
    return (frame + 5 * way * change).astype(np.uint8)  # no clip; five times as strong, so that you see it


def last_one_wins(values, whose, signs, count):
    soft, coded = np.zeros(count), whose >= 0
    soft[whose[coded]] += (values * signs)[coded]
    return soft


def plain_interval(wrong, groups, z=1.96):
    found = error_by_group(wrong, groups, z)
    counts = {group: sum(name == group for name in groups) for group in found}
    half = {group: z * np.sqrt(p * (1 - p) / counts[group]) for group, (p, _, _) in found.items()}
    return {group: (p, p - half[group], p + half[group]) for group, (p, _, _) in found.items()}


def remarked(bug):
    """The film, marked with a bug."""
    again = provenance.Marker(NUMBER, KEY, film.fps)
    with course.use(bug, name="embed_watermark", force=True):
        return [again(frame) for frame in frames[:50]]


bright = np.clip(1.5 * np.stack(frames[:50]), 0, 255).astype(np.uint8)
marked_bright = provenance.Marker(NUMBER, KEY, film.fps)
with course.use(wraps, name="embed_watermark", force=True):
    dots = marked_bright(bright[0])
plots.show(plots.faces([bright[0], dots, figures.strong(frames[18], remarked(never_turned)[18])],
                       titles=["bright", "wraps round", "never turned: still the same"], side=2.1))
sent = attacks.compressed(marked, 28)
print("healthy:       ", attacks.outcome(sent, 0, NUMBER, KEY))
print("never turned:  ", attacks.outcome(remarked(never_turned), 0, NUMBER, KEY))
with course.use(last_one_wins, name="read_watermark", force=True):
    print("last one wins: ", attacks.outcome(sent, 0, NUMBER, KEY))

# %%
with course.use(plain_interval, name="error_by_group", force=True):
    wrong_panels = {"plain interval": (faces.rates("glasses"), faces.counts("glasses"))}
right_panels = {"Wilson's": (faces.rates("glasses"), faces.counts("glasses"))}
plots.show(figures.groups(right_panels | wrong_panels, "No mistake among 42 with glasses"))

# %% [markdown]
# * **Wraps round.** Where the picture is white, a little bluer became black. On a dark test photo nobody would have seen
#   it.
# * **Never turned.** The mark is there, as strong as before, and stands still. So does the face, and subtracting one half
#   second from the other takes both away.
# * **Last one wins.** One spot of three speaks, the others were overwritten. Fresh from the press that may be enough;
#   after a codec it is not.
# * **Plain interval.** "0 %, plus or minus nothing." Forty-two people were looked at, and it speaks for all.
#
# ## What you have now

# %%
course.progress()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Your reel
#
# From lesson 00 to here, as one film: a second for each lesson, made by your parts, as far as you have built them. Where
# the card is blue, ours played. Come back when more of it is yours.

# %%
reel = course.reel()
reel

# %%
pieces = [one for one in reel.chapters if one.frames]
plots.show(plots.faces([one.frames[2 * len(one.frames) // 3] for one in pieces],
                       titles=[f"{one.lesson:02d}: {one.words}" for one in pieces], columns=5, side=1.5,
                       title="Your way through the course"))

# %% [markdown]
# **Three questions**
#
# 1. A politician's film goes round. A detector gives 0.97, no mark is found, no manifest is there. What do you know?
#
# <details><summary>Answer</summary>
#
# Hardly anything. Most real films carry no manifest either, a missing mark says nothing, and what 0.97 is worth hangs on
# how many fakes there are among such films, and on whether the detector ever met this kind. Ask where it was filmed, who
# else was there, where it appeared first.
# </details>
#
# 2. Your enemy takes a marked film of yours, computes the mark, and lays it over a real film of a crime. What will
#    `course verify` say, and what speaks for the truth?
#
# <details><summary>Answer</summary>
#
# It finds your number and your private signs: copied, they fit. But no manifest does, and the number names another film,
# whose photo and settings you know. A mark can be moved to another film; a signature over the file's bytes cannot.
# </details>
#
# 3. Of 40 people in a group none was failed. May you write "works for everybody in this group"?
#
# <details><summary>Answer</summary>
#
# No. Wilson's interval reaches to about 9 %: it may fail one in twelve, and your forty were lucky. Rule of three: of $n$
# without a mistake, up to about $3/n$ can still go wrong.
# </details>
#
# ## Going further
#
# * I. J. Cox, J. Kilian, F. T. Leighton and T. Shamoon, "Secure spread spectrum watermarking for multimedia", *IEEE
#   Transactions on Image Processing* 1997.
# * A. J. Viterbi, "Error bounds for convolutional codes and an asymptotically optimum decoding algorithm", *IEEE
#   Transactions on Information Theory* 1967.
# * Coalition for Content Provenance and Authenticity, *C2PA Technical Specification* 2.2: what your films carry.
# * A. Rössler, D. Cozzolino, L. Verdoliva, C. Riess, J. Thies and M. Nießner, "FaceForensics++: learning to detect
#   manipulated facial images", *ICCV* 2019: good at what it was trained on.
# * J. Buolamwini and T. Gebru, "Gender Shades: intersectional accuracy disparities in commercial gender classification",
#   *FAT\** 2018: why to count by two groups at once.
# * E. B. Wilson, "Probable inference, the law of succession, and statistical inference", *Journal of the American
#   Statistical Association* 1927.
# * B. Chesney and D. Citron, "Deep fakes: a looming challenge for privacy, democracy, and national security",
#   *California Law Review* 2019: also on the *liar's dividend*, the real film that is called a fake.
#
# You began with a photo, and now it talks, and says of itself that it does not. Be good to whoever is in it.
