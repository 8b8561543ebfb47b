# %% [markdown] slideshow={"slide_type": "slide"}
# # 00 · Bring a photo to life
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({{colab}})
#
# A photograph and a sentence go in. A film comes out in which the person in the photograph says it. You will build
# that system, one part a lesson, and this is where you see it whole for the first time.
#
# **After this lesson you can**
#
# * make a photo speak with one line of Python, and say what happens inside that line;
# * read and cut a picture as an array, without mixing up x and y;
# * lay one picture over another so that nobody sees the seam;
# * make a film out of a few faces and the way between them;
# * put a function of your own into a running system in place of ours, and watch it work.
#
# **Time:** 40 minutes for you, about a minute for the machine. **Before this:** some Python and NumPy; nothing else.

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
from course import demo, detection, images, io, keypoints, motion, plots, speech
from course.exercises import check, hint, places, progress, solution
from course.lessons.lesson_00 import widget

print("Ready.")

# %% [markdown]
# ## The finished system
#
# Press play, with sound. It takes some seconds to make.

# %% slideshow={"slide_type": "slide"}
sentence = "Hello! I am a photograph, and I have learned to talk."
clip = course.animate(demo.photo_path(), text=sentence, size=384)
clip

# %% [markdown]
# The woman in the picture is Grace Hopper (1906-1992), who wrote one of the first compilers. The US Navy took her
# portrait in 1984; it is in the public domain. The voice is synthetic, and these words were never hers: the film says
# so of itself, in its metadata, and on the player if you rest the pointer on it. One rule goes with this course: **move
# your own face, or one whose owner said yes.**
#
# ## The map
#
# That one line did this:

# %% slideshow={"slide_type": "slide"}
plots.show(plots.pipeline(["photo", "paste", "video"]))

# %% [markdown]
# Two streams meet. The upper one asks *what is in the photo*: where is the face, where are its eyes and lips, how is
# the head held? The lower one asks *what should move*: it turns words, a recording or another film into curves over
# time. Where they meet, pixels are moved. A number in a box is the lesson that builds it; the lit ones are in this one.
#
# Let us walk through it. First the photo, the box that the detector finds, and the keypoints inside:

# %%
photo = images.load_image(demo.photo_path())
boxes = detection.detect_faces(photo)  # (N, 5): x1, y1, x2, y2, score
points = keypoints.find_points(photo, boxes)[0]  # (78, 2): x, y in pixels
plots.show(plots.faces([photo, photo, photo], [None, None, points], [[], boxes, []],
                       ["the photo", f"one box, score {boxes[0, 4]:.2f}", "78 keypoints"],
                       columns=3, side=2.7))

# %% [markdown]
# Now the words. A speech synthesiser turns text into sound *and* says when each sound begins and ends. From that come
# curves: how far the jaw is open, how round the lips are, at each moment. Anything that moves a face in this course
# is such a bundle of named curves, a `Motion`.

# %%
spoken = speech.synthesize("Hello! I am a photograph.")
lips = motion.from_speech(spoken)
plots.show(plots.motion_curves(lips, ["jawOpen", "mouthFunnel", "mouthPucker", "mouthStretchLeft"],
                               title='The lips of "Hello! I am a photograph."'))

# %% [markdown]
# Each curve has one value for each frame. So a `Motion` is a row of sliders that somebody moves 25 times a second.
# Move some yourself. (Without a running kernel, look at the still strip below.)

# %%
mixer = widget.FaceMixer()
mixer

# %%
plots.show(mixer.stills({"jaw open": 0.7}, {"smile": 0.9, "turn (degrees)": 10},
                        {"eyes shut": 1, "brows up": 0.8}, title="Three settings of the sliders"))

# %% [markdown]
# The face that a row of sliders makes is one frame. Many rows are a film:

# %%
plots.show(plots.film_strip(clip, count=6, title="Six of the film's frames"))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A picture is an array
#
# ### Why
#
# The network that finds the keypoints has never seen a whole photo. It looks at small squares, 128 pixels a side, with
# one face in the middle. Somebody has to cut those squares out: this is the first function that you build.
#
# ### How
#
# A picture of height $H$ and width $W$ is an array of shape $(H, W, 3)$: rows, columns, colours (red, green, blue),
# each from 0 to 255. Three conventions cause half of all bugs in image code:
#
# * **A point is $(x, y)$, but an array is indexed `[row, column]`, and that is `[y, x]`.**
# * $y$ grows *downwards*: row 0 is at the top.
# * The numbers are `uint8`. They wrap around: 250 + 10 is 4.

# %% tags=["nbval-check-output"]
print("shape", photo.shape, "· type", photo.dtype)
print("the pixel at x = 100, y = 30, red, green, blue:", photo[30, 100])
print("uint8 wraps around: 250 + 10 =", np.array([250], np.uint8) + np.array([10], np.uint8))

# %% [markdown]
# The square of side $s$ around $(x, y)$ starts at
#
# $$\text{left} = \operatorname{round}(x - s/2), \qquad \text{top} = \operatorname{round}(y - s/2)$$
#
# and its pixel in row $i$ and column $j$, both counted from 0 to $s - 1$, is the picture's pixel
#
# $$\text{square}_{ij} = \text{image}\bigl[\operatorname{clip}(\text{top} + i,\ 0,\ H - 1),\
# \operatorname{clip}(\text{left} + j,\ 0,\ W - 1)\bigr].$$
#
# In words: go half a side to the left and up, then read $s$ rows and $s$ columns. $\operatorname{clip}(v, a, b)$
# pushes $v$ back between $a$ and $b$, so that a square which reaches over the edge repeats the pixels of the border.
# Black would do too, you may think; but a network reads a hard dark edge as the edge of *something*.
#
# ### Build

# %% exercise: crop_square · difficulty 2/5 · 10 min
def crop_square(image, x, y, side):
    """The square of `side` pixels around (x, y): uint8 (H, W, 3) -> uint8 (side, side, 3).

    Its first column is round(x - side / 2), its first row round(y - side / 2). What lies outside
    the picture repeats the nearest pixel of its border.
    """
    ### BEGIN SOLUTION
    height, width = image.shape[:2]
    columns = np.clip(round(x - side / 2) + np.arange(side), 0, width - 1)
    rows = np.clip(round(y - side / 2) + np.arange(side), 0, height - 1)
    return image[rows[:, None], columns]
    ### END SOLUTION

# %% [markdown]
# The next cell judges your function. Three things can happen: ✓ it is right; ✗ it is not, and you see the smallest
# case that fails; ○ you have not written it yet, and the picture shows what it should do. In the last two you get
# *our* `crop_square` back, so the notebook always runs on. Stuck? `hint(1)`, `hint(2)`, `hint(3)`, `solution()`.

# %% tags=["nbval-check-output"]
crop_square = check("crop_square")

# %% [markdown]
# ### Use
#
# Now the point of this course. The system has a place for this function, `images.crop_square`. `course.use` puts yours
# there, and everything that runs from now on runs through it:

# %% tags=["nbval-check-output"]
course.use(crop_square)

# %%
with places.counted("images.crop_square") as seen:
    points = keypoints.find_points(photo, boxes)[0]

x, y = points.mean(axis=0)
squares = [crop_square(photo, x, y, 240), crop_square(photo, *points[36:42].mean(axis=0), 70),
           crop_square(photo, *points[48:68].mean(axis=0), 90)]
plots.show(plots.faces([photo, *squares], [points, None, None, None], None,
                       ["found through crop_square", "face", "right eye", "mouth"], columns=4))
print(f"The keypoint finder called crop_square {seen.calls} times.")

# %% [markdown]
# Once for a rough look at the detector's box, and once more for the same face set upright and centred. Both squares
# were cut by the function above.
#
# ## Lay one picture over another
#
# ### Why
#
# A moved face has to go back into its photo. Here everything was shifted by some pixels, and only the part around the
# face is taken from the shifted picture. Cut with scissors, the seam jumps into the eye. Faded in softly, it is gone.

# %%
moved = np.roll(photo, (3, 10), axis=(0, 1))  # down by 3, to the right by 10 pixels
x1, y1, x2, y2 = boxes[0, :4].astype(int)
scissors = np.zeros(photo.shape[:2], np.float32)
scissors[y1:y2, x1:x2] = 1
soft = cv2.GaussianBlur(scissors, (0, 0), 22)  # the same mask, blurred
pictures = [scissors, images.alpha_blend(moved, photo, scissors),
            soft, images.alpha_blend(moved, photo, soft)]
plots.show(plots.faces([crop_square(picture, x, y, 320) for picture in pictures],
                       titles=["a hard mask", "cut with scissors", "a soft mask", "faded in"], columns=4))

# %% [markdown] slideshow={"slide_type": "slide"}
# ### How
#
# Give every pixel a number $\alpha$ between 0 and 1: how much of the front picture is seen there. Then mix:
#
# $$M = \alpha\,F + (1 - \alpha)\,B$$
#
# $F$ is the front picture, $B$ the back, $M$ the mixture, and $\alpha$ has one value for each pixel and the same one
# for its red, green and blue. In words: a weighted mean, pixel by pixel. Where $\alpha = 1$ you see only the front,
# where $\alpha = 0$ only the back, in between a bit of both. Thomas Porter and Tom Duff wrote the rules of such mixing
# down in 1984, the year of our photo; this one is their *over*, for a back that is opaque.
#
# Two things to look out for. The shapes: $\alpha$ is $(H, W)$, a picture $(H, W, 3)$. And the type: the mixture is a
# number with decimals, and a picture wants whole ones, *rounded*.
#
# ### Build

# %% exercise: alpha_blend · difficulty 1/5 · 8 min
def alpha_blend(front, back, alpha):
    """One picture laid over another, rounded: uint8 (H, W, 3).

    front, back: uint8 (H, W, 3); alpha: float32 (H, W), 1 where only the front is seen, 0 for the back.
    """
    ### BEGIN SOLUTION
    a = alpha[..., None]  # (H, W, 1): one weight for red, green and blue
    return np.rint(a * front + (1 - a) * back).astype(np.uint8)
    ### END SOLUTION

# %% tags=["nbval-check-output"]
alpha_blend = check("alpha_blend")

# %% [markdown]
# ### Use
#
# In the system, this function lays every frame's moved face back into the photo, with a mask that fades out around
# the head. Put yours there, and make a film:

# %% tags=["nbval-check-output"]
course.use(alpha_blend)

# %%
with places.counted("images.alpha_blend") as seen:
    clip = course.animate(photo, text="Two parts of me are yours now.", size=320)
    frames = list(clip)
print(f"{len(frames)} frames, and alpha_blend was called {seen.calls} times.")
io.Clip(frames, clip.fps, clip.audio, clip.sample_rate)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Make it move
#
# ### Why
#
# Twenty-five frames a second, and a row of sliders for each: nobody sets those by hand. In a cartoon studio the best
# artist drew the *key* frames only, the start of a smile and its end. Everything between them was somebody else's work,
# and was called just that: in-betweening.
#
# ### How
#
# It is the formula you have just built, over time instead of over the picture:
#
# $$v(t) = a + t\,(b - a)$$
#
# $a$ is the row of slider values at the start, $b$ the row at the end, and $t$ is the share of the way that is done,
# from 0 to 1. In words: begin at $a$, and go so much of the way to $b$. You are given many shares at once, one for each
# frame, and each of them makes a row of its own. So `share` has to become a column, `share[:, None]`, before it meets a
# row.
#
# ### Build

# %% exercise: in_between · difficulty 1/5 · 6 min
def in_between(start, end, share):
    """The rows on the straight way from one row of sliders to another: (C,), (C,), (N,) -> (N, C).

    share: 0 at the start, 1 at the end. start and end may also be (N, C), a row for each share.
    """
    ### BEGIN SOLUTION
    return start + share[:, None] * (end - start)
    ### END SOLUTION

# %% tags=["nbval-check-output"]
in_between = check("in_between")

# %% [markdown]
# ### Use
#
# Whenever a `Motion` is played at another speed than it was made for, the system asks this function for the frames that
# are missing. So five rows, one a second, are enough for a film. Change some numbers and run it again.

# %% tags=["nbval-check-output"]
course.use(in_between)

# %%
names = ("jawOpen", "mouthSmileLeft", "mouthSmileRight", "browInnerUp", "eyeBlinkLeft", "headYaw", "headRoll")
keys = course.Motion([[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],  # as in the photo
                      [0.3, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0],  # oh!
                      [0.0, 0.7, 0.7, 0.0, 0.0, 10.0, 0.0],  # a smile to the right
                      [0.0, 0.7, 0.7, 0.0, 1.0, -8.0, -6.0],  # and a wink to the left
                      [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]], names, fps=1)
zoom = 384 / max(photo.shape)
with places.counted("motion.in_between") as seen:
    film = [crop_square(frame, zoom * x, zoom * y, 220)
            for frame in course.animate(photo, motion=keys, fps=25, size=384)]
print(f"{len(keys)} rows became {len(film)} frames.")
print("in_between was called." if seen.calls else "in_between was not called.")
io.Clip(film, 25)

# %%
plots.show(plots.film_strip(film, fps=25, times=(0.5, 1.5, 2, 2.5, 3, 3.5), title="From key to key"))

# %% [markdown]
# Look at the moment when the head turns back: it changes its mind at once, as no neck can. A straight way has no
# beginning and no end. How people really start and stop is in lesson 03.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The failure museum
#
# Bugs in image code seldom crash. They make a picture, only a wrong one, and it pays to know them by sight.
# `course.use(f, force=True)` puts a function into the system although its check says no. Here is the same frame, the
# mouth open and the head turned, with three bugs that people really write.

# %%
def centre_as_corner(image, x, y, side):  # forgets to go back by half a side
    return crop_square(image, x + side / 2, y + side / 2, side)


def weights_swapped(front, back, alpha):  # alpha and 1 - alpha have changed places
    return alpha_blend(back, front, alpha)


def wraps_around(front, back, alpha):  # front - back in uint8: 20 - 30 is 246
    return np.rint(back + alpha[..., None] * (front - back)).astype(np.int64).astype(np.uint8)


# %%
gesture = course.Motion([[0.7, 10.0]], ("jawOpen", "headYaw"))
healthy = list(course.animate(photo, motion=gesture))[0]
exhibits = [healthy]
for name, bug in (("crop_square", centre_as_corner), ("alpha_blend", weights_swapped),
                  ("alpha_blend", wraps_around)):
    with course.use(bug, name=name, force=True):
        exhibits.append(list(course.animate(photo, motion=gesture))[0])

shown = [crop_square(image, x, y + 20, 330) for image in exhibits[:3]]
shown.append(crop_square(exhibits[3], x, y + 260, 120))  # the last bug is seen on the chest
plots.show(plots.faces(shown, columns=4, titles=["healthy", "centre as corner", "weights swapped",
                                                 "bytes wrap around"]))

# %% [markdown]
# * **Centre as corner.** The crop shows too little of the face, the keypoints land beside it, and so the wrong things
#   move. The error was made in the first box of the map and is seen in the last: when a face looks dragged, look at
#   the keypoints first.
# * **Weights swapped.** The face stands still: where the moved picture should be seen, the photo is. Nothing is wrong
#   with the motion, and an hour spent in the motion code would be lost.
# * **Bytes wrap around.** Specks along the mask's rim, where $\alpha$ is between 0 and 1 and the front is darker than
#   the back. They are few, they flicker, and they are easy to take for noise.
#
# ## Your own photo
#
# Name a file and it speaks. (On Colab, first drag it into the folder on the left.)

# %%
my_photo = None  # for example "me.jpg"

if my_photo:
    my_clip = course.animate(my_photo, text="Hello, this is me.", size=384)
    my_clip.save("hello_from_me.mp4")

# %% [markdown]
# ## What you have now

# %%
course.progress()

# %% [markdown]
# Your parts are kept in your own folder; `course.use("mine")` brings them back in any later lesson. And you know the
# map: what a photo is turned into, what words are turned into, and where the two meet.
#
# **Three questions**
#
# 1. The detector says that a face's box is `x1, y1, x2, y2 = 150, 120, 350, 340`. Which slice of `photo` holds it?
#
# <details><summary>Answer</summary>
#
# `photo[120:340, 150:350]`: rows first, so y first.
# </details>
#
# 2. In the film, the flag behind the face never moves by a single bit. Why not?
#
# <details><summary>Answer</summary>
#
# There the mask is exactly 0, so M = 0·F + 1·B = B. The photo's own pixels go through untouched, whatever the moved
# picture shows.
# </details>
#
# 3. You cut the decimals off instead of rounding, in every frame, and each frame is laid over the last one. What
# happens to the brightness as the film goes on?
#
# <details><summary>Answer</summary>
#
# It sinks. Cutting off loses about half a step of brightness a time wherever the two are mixed, always in the same
# direction, so it adds up. Rounding errs up as often as down. (Our system goes back to the photo for every frame, so
# that nothing can add up.)
# </details>
#
# ## Going further
#
# * T. Porter and T. Duff, "Compositing digital images", *Computer Graphics (SIGGRAPH '84)* 18(3), 253-259, 1984: the
#   algebra of laying pictures over each other.
# * A. Siarohin, S. Lathuilière, S. Tulyakov, E. Ricci and N. Sebe, "First order motion model for image animation",
#   *NeurIPS* 2019: the work that made one photo and one driving film enough. Lessons 06 to 09 build what it is made of.
# * P. Pérez, M. Gangnet and A. Blake, "Poisson image editing", *ACM Transactions on Graphics* 22(3), 313-318, 2003:
#   what to do when a soft edge is not enough, since the two pictures differ in light.
#
# Next: **01, Find the face**. How does a program know that there is a face, and where?
