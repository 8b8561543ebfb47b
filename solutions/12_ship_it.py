# %% [markdown] slideshow={"slide_type": "slide"}
# # 12 · Ship it
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({{colab}})
#
# A function in a notebook makes a film, and you wait. Now somebody else is to use it: who does not wait, sends nonsense,
# has a slower machine than yours, and brings friends. You take the system from a function to a stream, from the stream to
# a face that is live, from there to a service; and you find out what a faster device and more machines would buy.
#
# **After this lesson you can**
#
# * hand frames on while the next are made, with little memory, in order;
# * keep picture and sound together on a machine that is too slow;
# * say what the first frame waits for, and what it need not wait for;
# * refuse a bad job with all that is wrong with it, before any work;
# * take a network out of torch, and prove that it is still the same.
#
# **Time:** 85 minutes for you, a minute for the machine. **Before this:** lesson 00; 08 helps.

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

import tempfile
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch

import course
from course import io, parallel, plots
from course.exercises import check, hint, places, progress, solution
from course.lessons import actors
from course.lessons.lesson_12 import (costs, exporting, figures, jobs, live_face, on_time, onnx_graph, scaling, service,
                                      widget)
from course.rendering import animator

print("Ready.")

# %% slideshow={"slide_type": "slide"}
plots.show(plots.pipeline(["video"]))

# %% [markdown]
# Here is who will be shipped. Take a photo of your own, if you like: `actors.actor_of("me.jpg", side=256)`.

# %%
actor = actors.actor_of(side=256)
photo = actor.portrait.image
plots.show(plots.faces([photo], titles=["at rest"], side=1.9, columns=1))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## From function to stream
#
# ### Why
#
# The simplest function makes all frames and returns them. How much memory is that, and when does the first one come?

# %%
for seconds, side in ((10, 256), (20, 1280), (300, 1280)):
    print(f"{seconds:3d} s of film, {side:4d} pixels wide, as one list: {seconds * 25 * side * side * 3 / 1e9:6.2f} GB")

# %% [markdown]
# Five minutes do not fit. And whoever looks at the film waits for its last frame before seeing the first.
#
# ### How
#
# A *generator* hands a frame on as soon as it is made, `yield frame`, and goes on when it is asked for the next. Nothing
# is kept. But then one core works and the others watch. So begin the next few frames in other threads, and put what you
# were promised for each, a *future*, into a queue. Wait for the oldest; the rest goes on meanwhile:
#
# $$\text{fetched}(t) - \text{handed on}(t) \le w + 1$$
#
# $w$ is the number of workers, and both sides count frames at any time $t$. In words: however long the film is, no more
# than $w + 1$ frames of it exist. That is also *back pressure*: whoever takes slowly makes the workers wait.
#
# Three promises come with it. **Order:** a quick frame must not overtake a slow one. **An early end:** whoever closes the
# film pays for no more frames. **Errors:** what goes wrong in a thread comes out where its frame would have, not
# nowhere.
#
# ### Build
#
# `pool.submit(function, item)` gives a future, `future.result()` waits for it and raises what was raised there. A
# `deque` is a queue: `append` at the back, `popleft` in front.

# %% exercise: stream_frames · difficulty 3/5 · 15 min
def stream_frames(function, items, workers):
    """A generator: function(item) for each item, in order, `workers` at a time, at most workers + 1 ahead."""
    ### BEGIN SOLUTION
    waiting = deque()
    with ThreadPoolExecutor(workers) as pool:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    ### END SOLUTION

# %% tags=["nbval-check-output"]
stream_frames = check("stream_frames")

# %% tags=["nbval-check-output"]
course.use(stream_frames)

# %% [markdown]
# ### Use
#
# Every film of the system is made by this function now (where there is more than one core).

# %%
clip = course.animate(photo, text="One frame after the other.", fps=12.5)
frames, arrivals, begin = [], [], time.perf_counter()
with places.counted("parallel.stream_frames") as seen:
    for frame in clip:
        frames.append(frame)
        arrivals.append(time.perf_counter() - begin)
plots.show(figures.first_frames({"a list": np.full(len(arrivals), arrivals[-1]), "your stream": np.array(arrivals)}))
print("stream_frames was called." if seen.calls else "stream_frames was not called.")

# %%
io.Clip(frames, clip.fps, clip.audio, clip.sample_rate)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A clock that waits for nobody
#
# ### Why
#
# A file may take as long as it likes. A face that you talk to may not: sound plays at its own pace, and a picture that
# comes too late belongs to a word that is over. What is shown then?
#
# ### How
#
# Frame $j$ is made for one moment, $j / f$. At each moment show the newest frame that is ready and whose turn has come:
#
# $$s_k = \max \bigl\{\, j \le k \ :\ r_j \le k / f \,\bigr\}$$
#
# $s_k$ is the number of the frame that is shown at moment $k$, $r_j$ the second at which frame $j$ was ready, and $f$
# the frames a second. In words: late frames are dropped, the last one stays a little longer, and nothing is made up for.
# The film gets jerky, and stays in time. And a frame for which no worker is free when it should be begun is not begun at
# all: to drop one that is finished saves nothing.
#
# ### Build
#
# Workers overtake each other: $r_j$ need not grow. Where no frame is ready yet, the answer is -1.

# %% exercise: drop_late_frames · difficulty 2/5 · 8 min
def drop_late_frames(ready, fps):
    """Which frame is shown when each is due: ready (T,) seconds from the beginning on -> int (T,), -1 for none."""
    ### BEGIN SOLUTION
    shown = []
    for k in range(len(ready)):
        in_time = [j for j in range(k + 1) if ready[j] <= k / fps]
        shown.append(max(in_time, default=-1))
    return np.array(shown, int)
    ### END SOLUTION

# %% tags=["nbval-check-output"]
drop_late_frames = check("drop_late_frames")

# %% [markdown]
# ### Use
#
# A machine as slow as you like. Blue is a new frame, orange the last one once more. At what pace do you start to mind?

# %%
slow = widget.SlowMachine(drop_late_frames)
slow

# %%
plots.show(slow.stills({"ms": 30}, {"ms": 90}, {"ms": 90, "workers": 4}, title="Quick enough; too slow; four workers"))

# %% [markdown]
# Now a real one: yours. `course.Live` keeps the sound in time by the same rule. Where too many frames are late it paints
# smaller, and at last without the networks, and it says so.

# %%
watched = live_face.record(photo, "Hello. I am not a film. I am here.", seconds=3, size=160)
plots.show(figures.clock(watched.shown, 25.0, watched.words))
print(f"{watched.share_fresh():.0%} of the moments had a new frame; painted at {watched.quality}")
watched.clip()

# %% [markdown]
# And here it waits for you. A notebook cannot play sound as it comes, so this one is mute; `course serve` has a page,
# `/live`, where you hear it and it hears you.

# %%
yours = live_face.LiveFace(photo, size=160)
yours

# %%
plots.show(plots.film_strip(list(watched.frames), count=6, title="Six moments of a live face"))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A budget for the first frame
#
# ### Why
#
# How long is it silent after you have asked? People who talk leave gaps of a fifth of a second (Stivers and colleagues,
# 2009); after a whole one they wonder. Somebody suggests a faster painter. Would it help?
#
# ### How
#
# Write down each stage, how long it takes and what it needs. A stage begins when the last of these has ended:
#
# $$b_i = \max_{j \in N_i} e_j, \qquad e_i = b_i + d_i$$
#
# $b_i$ and $e_i$ are when stage $i$ begins and ends, $d_i$ is how long it takes, $N_i$ the stages whose answers it needs;
# without any it begins at 0. In words: what does not need each other runs at the same time, and only the longest way
# through counts. Whoever shortens a stage beside that way gains nothing.
#
# ### Build

# %% exercise: latency_budget · difficulty 2/5 · 8 min
def latency_budget(stages):
    """{name: (seconds, names of what it needs)} -> {name: (begin, end)} in seconds; what is needed is listed before."""
    ### BEGIN SOLUTION
    times = {}
    for name, (seconds, needs) in stages.items():
        begin = max((times[other][1] for other in needs), default=0.0)
        times[name] = begin, begin + seconds
    return times
    ### END SOLUTION

# %% tags=["nbval-check-output"]
latency_budget = check("latency_budget")

# %% [markdown]
# ### Use
#
# Every stage on this machine, measured once, and three ways to a film of ten seconds.

# %%
told = costs.measured(photo, "I speak as soon as I can.")
print("\n".join(f"{name:<22} {1000 * seconds:7.0f} ms" for name, seconds in told.items()))
plots.show(figures.budgets({words: latency_budget(stages) for words, stages in costs.plans(told, 10).items()}))

# %% [markdown]
# Three ways through the same work. The first paints everything before it shows anything. The second says one sentence,
# paints one frame, and begins; a faster voice would not help it, since the photo takes longer. In the third the photo and
# the voice were ready before you asked. None of that is a faster computer.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## At the door of a service
#
# ### Why
#
# Others send jobs now, and not all of them can be done. A job that fails after a minute has cost a minute, and its sender
# learns of one mistake at a time. And some are no mistakes: "tell me at `http://192.168.0.1/` when you are done" asks
# *your* machine to knock at a door in *your* network, where nobody expects strangers. That is called *server-side request
# forgery*.
#
# ### How
#
# Look at everything before anything is done, and say all that is wrong at once. A table says what there may be:

# %%
for name, (kind, needed, least, most) in jobs.FIELDS.items():
    print(f"{name:<10} {kind:<8} {'needed' if needed else '':<7} {'' if least is None else f'{least} to {most}'}")

# %% [markdown]
# Each field gets at most one problem, the first of: `"missing"`; `"wrong type"`; `"out of range"`, for a number itself,
# for a text and an address the letters without spaces around; `"private address"`. A name that the table does not have is
# `"unknown"`: who writes `strenght` wants to hear of it. To the type `number` whole ones belong, too. `True` is neither a
# number nor whole, though Python thinks so.
#
# ### Build
#
# `jobs.leads_inside(address)` says whether an address leads to your own network, however it is written.

# %% exercise: validate_job · difficulty 3/5 · 15 min
def validate_job(job, fields):
    """What is wrong: {name: value}, {name: (kind, needed, least, most)} -> {name: problem}, {} where nothing is."""
    ### BEGIN SOLUTION
    types = {"text": str, "address": str, "number": (int, float), "whole": int, "switch": bool}
    problems = {name: "unknown" for name in job if name not in fields}
    for name, (kind, needed, least, most) in fields.items():
        if name not in job:
            if needed:
                problems[name] = "missing"
            continue
        value = job[name]
        size = len(value.strip()) if isinstance(value, str) else value
        if not isinstance(value, types[kind]) or isinstance(value, bool) != (kind == "switch"):
            problems[name] = "wrong type"
        elif kind != "switch" and not least <= size <= most:
            problems[name] = "out of range"
        elif kind == "address" and jobs.leads_inside(value):
            problems[name] = "private address"
    return problems
    ### END SOLUTION

# %% tags=["nbval-check-output"]
validate_job = check("validate_job")

# %% [markdown]
# ### Use
#
# The service of `course serve`, on this machine alone, for as long as this cell runs. It gets the same jobs as you. Who
# lets which one in?

# %%
sent = [{"text": "Hi."}, {"text": "Hi.", "strength": 1.5, "face": 0}, {}, {"text": "  "}, {"text": 7},
        {"text": "Hi.", "strength": 9}, {"text": "Hi.", "strength": "2"}, {"text": "Hi.", "face": True},
        {"text": "Hi.", "mood": "happy"}, {"text": "Hi.", "webhook": "http://192.168.0.1/"},
        {"text": "Hi.", "webhook": "http://[::ffff:10.0.0.1]/"}, {"text": 7, "strength": 9, "mood": "happy"}]
got = None
if service.missing():
    print(service.missing())
else:
    with service.running(size=160) as serving:
        me = serving.upload(photo)
        for job in sent:
            status, answer = serving.ask(jobs.as_request({"photo": "me", **job}, me))
            mine = validate_job({"photo": "me", **job}, jobs.FIELDS)
            print(f"{status} {'in ' if status == 201 else 'out'}  you: {'; '.join(jobs.lines(mine)) or 'in':<60} {job}")
            if status == 201:
                serving.forget(answer["id"])
        status, answer = serving.ask(jobs.as_request({"photo": "me", "text": "I came over the wire."}, me))
        print("in the queue:", serving.told(answer["id"])["status"])
        serving.work()  # in `course serve` other processes do this, one a core
        done = serving.told(answer["id"])
        print("afterwards:  ", done["status"], done["metadata"]["num_frames"], "frames")
        got = serving.fetch(done["result_url"], Path(tempfile.mkdtemp()) / "film.mp4")

# %% [markdown]
# You differ in one: the service reads the text `"2"` as the number 2. That is friendlier. It is also how `"1e3"` became
# a thousand somewhere. Strict or friendly: what matters is that it is written down.
#
# Note what happened between *in the queue* and *afterwards*: nothing, until a worker came. The answer 201 says "I have
# it", not "it is done"; the job lies on disk, and if the worker's machine burns, another takes it. What came over the wire:

# %%
arrived = list(io.load_video(got)) if got else frames
plots.show(plots.film_strip(arrived, count=5, title="A film that a service made" if got else "No service: your stream"))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Out of torch
#
# ### Why
#
# Where it is to run there may be no torch: a phone, a browser, a server that starts ten times a day. What has to travel is
# not the program but the network: which numbers are multiplied with which. *ONNX* is a file format for that, and many
# programs run such files. Torch can write them itself (`torch.onnx.export`, with two more packages). You write one by
# hand once, and then you know what is in it.
#
# ### How
#
# A *graph* is a list of nodes: an operation, the names of what goes in, the name of what comes out. Running it must give
# what torch gives, for every input; you try some and look at the worst number of all:
#
# $$\max_{x,\, i} \bigl\lvert\, \text{torch}(x)_i - \text{onnx}(x)_i \,\bigr\rvert \le 10^{-5}$$
#
# $x$ are the inputs that you try, and $i$ counts the numbers that come out. In words: the largest difference, over all,
# not the mean, since one wrong pixel is seen. Not 0, for sums are added up in another order.
#
# Here is what you export, the network that repaints mouth and eyes (`animator_networks.py`):
#
# ```python
# class Residual(nn.Module):
#     def forward(self, x):
#         return x + self.second(F.leaky_relu(self.first(F.leaky_relu(x, 0.1)), 0.1))
#
# class AnimatorNetwork(nn.Module):
#     # at_2:  PixelUnshuffle(2), Conv2d, Residual           at_4: Conv2d, Residual
#     # at_8:  Conv2d, Residual, Residual                    paint: LeakyReLU(0.1), Conv2d, PixelShuffle(2)
#     def forward(self, squares):
#         at_2 = self.at_2(squares)
#         at_4 = self.at_4(at_2)
#         at_8 = self.at_8(at_4)
#         y = self.join_4(at_4 + _twice(self.up_4(at_8)))    # join_4, join_2: Residual, up_4, up_2: Conv2d
#         y = self.join_2(at_2 + _twice(self.up_2(y)))
#         return self.paint(y)
# ```
#
# ### Build
#
# `graph.input` is the name of what goes in. Each of these adds to the graph and gives the name of what comes out:
# `graph.conv(x, layer)`, `graph.unshuffle(x)`, `graph.twice(x)`, and `graph.node(operation, *inputs, **attributes)` for
# ONNX's own: `"Add"`; `"LeakyRelu"` with `alpha`; `"DepthToSpace"` with `blocksize` and `mode`, torch's PixelShuffle if
# its mode is `"CRD"`. A layer of a `Sequential` is had by its number: `net.at_8[1]`.

# %% exercise: export_animator · difficulty 4/5 · 20 min
def export_animator(net, graph):
    """Write an AnimatorNetwork into an empty graph, node by node -> the name of what the last node gives."""
    ### BEGIN SOLUTION
    def leaky(x):
        return graph.node("LeakyRelu", x, alpha=0.1)

    def residual(x, block):
        y = graph.conv(leaky(x), block.first)
        return graph.node("Add", x, graph.conv(leaky(y), block.second))

    at_2 = residual(graph.conv(graph.unshuffle(graph.input), net.at_2[1]), net.at_2[2])
    at_4 = residual(graph.conv(at_2, net.at_4[0]), net.at_4[1])
    at_8 = residual(residual(graph.conv(at_4, net.at_8[0]), net.at_8[1]), net.at_8[2])
    y = residual(graph.node("Add", at_4, graph.twice(graph.conv(at_8, net.up_4))), net.join_4)
    y = residual(graph.node("Add", at_2, graph.twice(graph.conv(y, net.up_2))), net.join_2)
    return graph.node("DepthToSpace", graph.conv(leaky(y), net.paint[1]), blocksize=2, mode="CRD")
    ### END SOLUTION

# %% tags=["nbval-check-output"]
export_animator = check("export_animator")

# %% [markdown]
# ### Use
#
# The networks that ship, exported by you, in the system's own animator. Torch paints one frame, your file the other.

# %%
painters = exporting.painters(export_animator)
networks = animator.load_networks()
for name, side in (("mouth", 96), ("eye", 64)):
    worst = max(exporting.largest_difference(networks[name], painters[name], squares)
                for squares in (torch.rand(1, 9, side, side), torch.zeros(1, 9, side, side), torch.rand(3, 9, side, side)))
    print(f"{name:<6} {len(painters[name].file) / 1e6:.1f} MB; largest difference {worst:.0e}")
posed = costs.open_mouth()
by_torch, by_file = actor.frame(posed), exporting.painted_by(actor, painters, posed)
plots.show(plots.faces([by_torch, by_file], titles=["painted by torch", "painted by your file"], side=2.1, columns=2))
print("largest difference in the frame:", np.abs(by_torch.astype(int) - by_file).max(), "of 255")

# %%
squares = torch.rand(1, 9, 96, 96)
for words, network in (("torch", networks["mouth"]), ("your file, in onnxruntime", painters["mouth"])):
    with torch.inference_mode(), parallel.one_thread_each():
        laps = [time.perf_counter()]
        for _ in range(8):
            network(squares)
            laps.append(time.perf_counter())
    print(f"{words:<26} {1000 * np.diff(laps).min():5.1f} ms a mouth, on one thread")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What a GPU buys
#
# Say your networks are done in no time at all. How much quicker is a frame? Not as much as one hopes, said Gene Amdahl
# (1967):
#
# $$\text{speed-up} = \frac{1}{(1 - p) + p / s}$$
#
# $p$ is the share of the time that is made faster, $s$ how many times. In words: what is not made faster stays, and soon
# it is all that is left. Both seconds are measured here; the bars follow by this formula and by nothing else.

# %%
frame, inside = costs.of_a_frame(actor)
plots.show(figures.gain(frame, inside))
print(f"{inside / frame:.0%} of a frame are the networks: with free ones it is {frame / (frame - inside):.1f} times as "
      "quick, at most")
if torch.cuda.is_available():
    there = costs.on_device(networks["mouth"], 96, "cuda")
    print(f"a mouth on {torch.cuda.get_device_name()}: {1000 * there:.1f} ms, the way there and back included")
else:
    print("There is no GPU here, so no number of one. On Colab: Runtime, Change runtime type, and this cell again.")

# %% [markdown]
# So a GPU for the networks alone does not make these frames much quicker: the rest is pixels that are moved, on the
# processor, and bringing *that* over is the work. `course animate --device cuda` brings over the networks and the reading
# of the photo, several frames at once; `python benchmarks/devices.py` tells what is left. In training it is the other way
# round, nearly all is network: an hour and a quarter on one thread for the shipped animator
# ([its card](../data/animator.md)), and there a GPU buys what it promises. Measure $p$ before you pay for $s$.
#
# ## Scaling out
#
# A faster frame is one thing, a thousand films another. They do not need each other, so anybody who has a worker can take
# one. *Dask* hands them out: a *scheduler* knows what there is to do, *workers* ask for it. Here two workers live in this
# kernel, and the films have no words, so that it costs little.

# %%
little = photo[::2, ::2].copy()
made = {"one by one": scaling.one_by_one(little)}
if scaling.is_there():
    made["by Dask"] = scaling.by_dask(little)
else:
    print("Dask is not installed: pip install 'living-portraits[dask]', and run this cell again.")
plots.show(figures.by_workers(made))
print(f"{scaling.cores()} cores here")

# %%
films = [one.clip for one in made.get("by Dask", made["one by one"])]
plots.show(plots.faces([list(film)[scaling.FRAMES // 2] for film in films], columns=4, side=1.7,
                       title="Four films, in the middle of each"))

# %% [markdown]
# Two workers, and hardly anything is won? One film already keeps all cores busy: you built the stream that does so. Two
# films at once share the same cores, and each takes longer. More workers help where there is more machine:
#
# ```
# dask scheduler                                          # on one machine
# dask worker tcp://THAT-MACHINE:8786                     # on each of the others
# course animate-many films.csv --dask tcp://THAT-MACHINE:8786
# ```
#
# There a photo is looked at once for the whole cluster, a film whose worker dies is made by another, and what was made
# already is not made again. A worker process takes some seconds to start: worth it for a hundred films, and not for four.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## The failure museum
#
# Each exhibit worked on its author's machine.

# %%
course.reset()


def a_stack(function, items, workers):
    waiting = deque()
    with ThreadPoolExecutor(workers) as pool:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > workers:
                yield waiting.pop().result()  # the newest, not the oldest
        while waiting:
            yield waiting.pop().result()


def onnx_usual(net, graph):
    return export_animator(net, Usual(graph))


class Usual:
    """A graph that leaves out what ONNX has a usual value for."""

    def __init__(self, graph):
        self.graph = graph

    def __getattr__(self, name):
        return getattr(self.graph, name)

    def node(self, operation, *inputs, **attributes):
        return self.graph.node(operation, *inputs, **{k: v for k, v in attributes.items() if k == "blocksize"})


# %%
with course.use(a_stack, name="stream_frames", force=True):
    stacked = list(course.animate(photo, motion=course.motion.Motion(
        np.linspace(0, 0.8, 8)[:, None], ("jawOpen",), 12.5), fps=12.5))
plots.show(plots.film_strip(stacked, count=8, fps=12.5, side=1.2, title="A stack for a queue: a mouth that only opens"))

# %%
every = 0.09 * np.arange(1, 101) / 2  # two workers, 90 ms a frame, and every single frame is painted: 22 a second
for words, ready in (("every frame painted", every), ("those that somebody is free for", on_time.ready_times(100, 90, 2))):
    late = 40 * (np.arange(100) - drop_late_frames(ready, 25.0))
    print(f"{words:<32} behind the sound: {late[25]:4d} ms after a second, {late[99]:4d} ms after four")
usual = exporting.painted_by(actor, exporting.painters(onnx_usual), posed)
off = np.abs(by_torch.astype(float) - usual)
x, y = actor.points[48:68].mean(axis=0).astype(int)
mouth = np.s_[max(y - 36, 0) : y + 44, max(x - 44, 0) : x + 44]
plots.show(plots.faces([by_torch[mouth], usual[mouth], np.clip(255 - 3 * off, 0, 255).astype(np.uint8)[mouth]], columns=3,
                       titles=["torch", "the file, all left as usual", "difference x 3"], side=2.1))
print(f"mean difference {off.mean():.2f} of 255, largest {off.max():.0f}")

# %%
for job in ({"photo": "me", "text": "Hi.", "strenght": 0.2}, {"photo": "me", "text": "Hi.", "strength": float("nan")}):
    careless = {name: job[name] for name in jobs.FIELDS if name in job}
    print(f"a careless door takes {careless}\n    yours says: {'; '.join(jobs.lines(validate_job(job, jobs.FIELDS)))}")

# %% [markdown]
# * **A stack for a queue.** One call, `pop` for `popleft`. The first frames come last, and the mouth that only opens
#   snaps shut at the end.
# * **Every frame painted.** Three frames a second too slow, and nobody notices in the first second. It never gets better
#   again, only worse. The other one loses frames, and forgets it.
# * **All left as usual.** The file loads, runs, and gives a picture of the right size. Its mean difference looks harmless;
#   look at the mouth. That is why the largest counts.
# * **A careless door.** No error, and a film: not the one that was asked for.
#
# ## What you have now

# %%
course.progress()

# %% [markdown]
# | from | to | what it took |
# |---|---|---|
# | a list | a stream | a queue of promises, `workers + 1` long |
# | a stream | a live face | a clock, and the courage to drop frames |
# | slow | quick | to know what waits for what |
# | a function | a service | a door, a queue on disk, workers |
# | torch | anywhere | a list of nodes, and the largest difference |
#
# **Three questions**
#
# 1. Your stream gets 8 workers on 2 cores. What changes?
#
# <details><summary>Answer</summary>
#
# Nine frames exist instead of three, and no frame comes sooner: two are worked on, the others only wait, in memory. Each
# one takes longer, so the first comes later.
# </details>
#
# 2. The first frame of a live face takes 0.5 s: 0.35 s for the voice, 0.1 s for the lips, 0.05 s to paint. You may halve
#    one. Which, and what is better than all of them?
#
# <details><summary>Answer</summary>
#
# The voice, which saves 0.175 s; the painter would save 0.025 s. Better: let the voice say a shorter piece first. Half a
# sentence is spoken in half the time, and the rest while that is heard.
# </details>
#
# 3. You check that a webhook's name leads to a public address, and call it when the film is done. Why may it be private
#    by then?
#
# <details><summary>Answer</summary>
#
# Whoever owns the name decides where it leads, and can change that within seconds: *DNS rebinding*. Look it up again
# when you call, and connect to the very address that you checked, not to the name.
# </details>
#
# ## Going further
#
# * M. Welsh, D. Culler and E. Brewer, "SEDA: an architecture for well-conditioned, scalable Internet services", *SOSP*
#   2001: queues between stages, and what to do when they are full.
# * J. Dean and L. A. Barroso, "The tail at scale", *Communications of the ACM* 2013: why the slowest of a hundred answers
#   is the one that counts.
# * G. M. Amdahl, "Validity of the single processor approach to achieving large scale computing capabilities", *AFIPS
#   Spring Joint Computer Conference* 1967.
# * M. Rocklin, "Dask: parallel computation with blocked algorithms and task scheduling", *SciPy* 2015.
# * T. Stivers and colleagues, "Universals and cultural variation in turn-taking in conversation", *PNAS* 2009.
# * OWASP, *Server Side Request Forgery Prevention Cheat Sheet*; the ONNX *operators* page, for what is usual there.
#
# `course serve` is what you built here, whole; `course.studio()` is a page of its own. Put a face on it, and talk to it.
# Next, and last: **13, Use it responsibly**, before anybody else gets the address.
