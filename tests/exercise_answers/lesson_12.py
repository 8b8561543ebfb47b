"""Answers that students give in lesson 12: right ones in styles unlike ours, wrong ones without a bug card."""

ANSWERS = {
    "stream_frames": {
        "right": [
            '''
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

def stream_frames(function, items, workers):
    items = iter(items)
    pool = ThreadPoolExecutor(max_workers=workers)
    try:
        queue = [pool.submit(function, item) for item in islice(items, workers)]
        while queue:
            oldest = queue.pop(0)
            frame = oldest.result()
            for item in islice(items, 1):
                queue.append(pool.submit(function, item))
            yield frame
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
''',
            '''
import threading

class Promise:
    def __init__(self, function, item):
        self.value = self.problem = None
        self.thread = threading.Thread(target=self.run, args=(function, item))
        self.thread.start()

    def run(self, function, item):
        try:
            self.value = function(item)
        except Exception as problem:
            self.problem = problem

    def result(self):
        self.thread.join()
        if self.problem is not None:
            raise self.problem
        return self.value

def stream_frames(function, items, workers):
    under_way = []
    for item in items:
        if len(under_way) == workers:
            yield under_way.pop(0).result()
        under_way.append(Promise(function, item))
    for promise in under_way:
        yield promise.result()
''',
            '''
from concurrent.futures import ThreadPoolExecutor

def stream_frames(function, items, workers):
    with ThreadPoolExecutor(workers) as pool:
        batch = []
        for item in items:
            batch.append(item)
            if len(batch) == workers:
                yield from pool.map(function, batch)
                batch = []
        yield from pool.map(function, batch)
''',
            '''
from collections import deque
from concurrent.futures import ThreadPoolExecutor

def stream_frames(function, items, workers):
    source, waiting, more = iter(items), deque(), True
    with ThreadPoolExecutor(workers) as pool:
        while more or waiting:
            while more and len(waiting) < workers:
                try:
                    waiting.append(pool.submit(function, next(source)))
                except StopIteration:
                    more = False
            if waiting:
                yield waiting.popleft().result()
''',
        ],
        "wrong": [
            "def stream_frames(function, items, workers):\n    for item in items:\n        yield item\n",
            "def stream_frames(function, items, workers):\n    for item in items:\n        yield function(item)\n"
            "        yield function(item)\n",
            "from concurrent.futures import ThreadPoolExecutor\n\ndef stream_frames(function, items, workers):\n"
            "    with ThreadPoolExecutor(workers) as pool:\n"
            "        for item in list(items)[::-1]:\n            yield pool.submit(function, item).result()\n",
            "from concurrent.futures import ThreadPoolExecutor\n\ndef stream_frames(function, items, workers):\n"
            "    with ThreadPoolExecutor(workers) as pool:\n"
            "        for item in items:\n            yield pool.submit(function, item)\n",
        ],
    },
    "drop_late_frames": {
        "right": [
            '''
import numpy as np

def drop_late_frames(ready, fps):
    number = np.arange(len(ready))
    there = (number[None, :] <= number[:, None]) & (np.asarray(ready)[None, :] <= number[:, None] / fps)
    return np.where(there, number[None, :], -1).max(axis=1, initial=-1)
''',
            '''
def drop_late_frames(ready, fps):
    shown = []
    for k in range(len(ready)):
        j = k
        while j >= 0 and ready[j] > k / fps:
            j -= 1
        shown.append(j)
    return shown
''',
            '''
import torch

def drop_late_frames(ready, fps):
    ready, shown, newest = torch.as_tensor(ready), [], -1
    for k in range(len(ready)):
        for j in range(newest + 1, k + 1):
            if float(ready[j]) <= k / fps:
                newest = j
        shown.append(newest)
    return torch.tensor(shown, dtype=torch.long)
''',
        ],
        "wrong": [
            "import numpy as np\n\ndef drop_late_frames(ready, fps):\n    return np.arange(len(ready))\n",
            "import numpy as np\n\ndef drop_late_frames(ready, fps):\n"
            "    return np.array([sum(r <= k / fps for r in ready[:k + 1]) - 1 for k in range(len(ready))], int)\n",
            "import numpy as np\n\ndef drop_late_frames(ready, fps):\n"
            "    return np.searchsorted(np.sort(ready), np.arange(len(ready)) / fps, side='right') - 1\n",
        ],
    },
    "latency_budget": {
        "right": [
            '''
def latency_budget(stages):
    found = {}

    def end(name):
        return begin(name) + stages[name][0]

    def begin(name):
        if name not in found:
            found[name] = max(map(end, stages[name][1]), default=0.0)
        return found[name]

    return {name: [begin(name), end(name)] for name in stages}
''',
            '''
import numpy as np

def latency_budget(stages):
    names = list(stages)
    begins = np.zeros(len(names))
    seconds = np.array([stages[name][0] for name in names])
    for _ in names:
        for number, name in enumerate(names):
            for other in stages[name][1]:
                at = names.index(other)
                begins[number] = max(begins[number], begins[at] + seconds[at])
    return {name: (begin, begin + long) for name, begin, long in zip(names, begins, seconds)}
''',
            '''
def latency_budget(stages):
    ends, answer = {}, {}
    for name in stages:
        seconds, needs = stages[name]
        start = 0
        for other in needs:
            if ends[other] > start:
                start = ends[other]
        ends[name] = start + seconds
        answer[name] = (start, ends[name])
    return answer
''',
        ],
        "wrong": [
            "def latency_budget(stages):\n    total = sum(seconds for seconds, _ in stages.values())\n"
            "    return {name: (0.0, total) for name in stages}\n",
            "def latency_budget(stages):\n    times, last = {}, 0.0\n"
            "    for name, (seconds, needs) in stages.items():\n        begin = last if needs else 0.0\n"
            "        last = begin + seconds\n        times[name] = begin, last\n    return times\n",
            "def latency_budget(stages):\n    times = {}\n    for name, (seconds, needs) in stages.items():\n"
            "        begin = max((times[other][1] for other in needs), default=0.0)\n"
            "        times[name] = begin, begin + 1000 * seconds\n    return times\n",
        ],
    },
    "validate_job": {
        "right": [
            '''
from course.lessons.lesson_12 import jobs

def validate_job(job, fields):
    def problem(kind, least, most, value):
        if kind == "switch":
            return None if type(value) is bool else "wrong type"
        if kind in ("text", "address"):
            if type(value) is not str:
                return "wrong type"
            if not least <= len(value.strip()) <= most:
                return "out of range"
            return "private address" if kind == "address" and jobs.leads_inside(value) else None
        if type(value) is not int and (kind == "whole" or type(value) is not float):
            return "wrong type"
        return None if least <= value <= most else "out of range"

    found = {}
    for name in list(fields) + [name for name in job if name not in fields]:
        if name not in fields:
            found[name] = "unknown"
        elif name not in job:
            if fields[name][1]:
                found[name] = "missing"
        else:
            kind, _, least, most = fields[name]
            wrong = problem(kind, least, most, job[name])
            if wrong:
                found[name] = wrong
    return found
''',
            '''
from course.lessons.lesson_12.jobs import leads_inside

CHECKS = {"text": lambda v: isinstance(v, str), "address": lambda v: isinstance(v, str),
          "switch": lambda v: v is True or v is False,
          "whole": lambda v: isinstance(v, int) and not isinstance(v, bool),
          "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool)}

def validate_job(job, fields):
    missing = {n: "missing" for n, (_, needed, _, _) in fields.items() if needed and n not in job}
    unknown = {n: "unknown" for n in set(job) - set(fields)}
    known = {n: (job[n], *fields[n]) for n in job if n in fields}
    types = {n: "wrong type" for n, (v, kind, *_) in known.items() if not CHECKS[kind](v)}
    limits, inside = {}, {}
    for n, (v, kind, _, least, most) in known.items():
        if n in types or least is None:
            continue
        size = len(v.strip()) if isinstance(v, str) else v
        if not (size >= least and size <= most):
            limits[n] = "out of range"
        elif kind == "address" and leads_inside(v):
            inside[n] = "private address"
    return missing | unknown | types | limits | inside
''',
            '''
def validate_job(job, fields):
    from course.lessons.lesson_12 import jobs
    problems = {}
    for name in job:
        if name not in fields:
            problems[name] = "unknown"
    for name, field in fields.items():
        kind, needed = field[0], field[1]
        try:
            value = job[name]
        except KeyError:
            if needed:
                problems[name] = "missing"
            continue
        match kind:
            case "switch":
                right = value in (True, False) and isinstance(value, bool)
            case "text" | "address":
                right = isinstance(value, str)
            case "whole":
                right = isinstance(value, int) and value is not True and value is not False
            case _:
                right = isinstance(value, (int, float)) and value is not True and value is not False
        if not right:
            problems[name] = "wrong type"
        elif kind != "switch":
            size = len(value.strip()) if kind in ("text", "address") else value
            if size != size or size < field[2] or size > field[3]:
                problems[name] = "out of range"
            elif kind == "address" and jobs.leads_inside(value):
                problems[name] = "private address"
    return problems
''',
        ],
        "wrong": [
            "def validate_job(job, fields):\n    return {}\n",
            "def validate_job(job, fields):\n"
            "    return {name: 'missing' for name in fields if name not in job}\n",
            "def validate_job(job, fields):\n"
            "    problems = {name: 'unknown' for name in job if name not in fields}\n"
            "    problems.update({name: 'missing' for name, field in fields.items() if field[1] and name not in job})\n"
            "    return problems\n",
        ],
    },
    "export_animator": {
        "right": [
            '''
def export_animator(net, graph):
    add = lambda x, y: graph.node("Add", x, y)
    relu = lambda x: graph.node("LeakyRelu", x, alpha=0.1)
    block = lambda b, x: add(graph.conv(relu(graph.conv(relu(x), b.first)), b.second), x)
    x = graph.unshuffle(graph.input)
    kept = []
    for stage in (net.at_2, net.at_4, net.at_8):
        for layer in stage:
            name = type(layer).__name__
            if name == "Conv2d":
                x = graph.conv(x, layer)
            elif name == "Residual":
                x = block(layer, x)
        kept.append(x)
    for up, join, skip in ((net.up_4, net.join_4, kept[1]), (net.up_2, net.join_2, kept[0])):
        x = block(join, add(graph.twice(graph.conv(x, up)), skip))
    return graph.node("DepthToSpace", graph.conv(relu(x), net.paint[1]), blocksize=2, mode="CRD")
''',
            '''
def export_animator(net, graph):
    def leaky(x):
        positive = graph.node("Relu", x)
        negative = graph.node("Relu", graph.node("Neg", x))
        small = graph.node("LeakyRelu", graph.node("Neg", negative), alpha=0.1)
        return graph.node("Add", positive, small)

    def residual(x, block):
        y = graph.conv(leaky(graph.conv(leaky(x), block.first)), block.second)
        return graph.node("Sum", x, y)

    one = residual(graph.conv(graph.unshuffle(graph.input), net.at_2[1]), net.at_2[2])
    two = residual(graph.conv(one, net.at_4[0]), net.at_4[1])
    three = graph.conv(two, net.at_8[0])
    for number in (1, 2):
        three = residual(three, net.at_8[number])
    up = residual(graph.node("Sum", two, graph.twice(graph.conv(three, net.up_4))), net.join_4)
    up = residual(graph.node("Sum", one, graph.twice(graph.conv(up, net.up_2))), net.join_2)
    return graph.node("DepthToSpace", graph.conv(leaky(up), net.paint[1]), blocksize=2, mode="CRD")
''',
            '''
def export_animator(net, graph):
    def run(x, *layers):
        for layer in layers:
            kind = layer.__class__.__name__
            if kind == "Conv2d":
                x = graph.conv(x, layer)
            elif kind == "LeakyReLU":
                x = graph.node("LeakyRelu", x, alpha=layer.negative_slope)
            elif kind == "PixelUnshuffle":
                x = graph.unshuffle(x)
            elif kind == "PixelShuffle":
                x = graph.node("DepthToSpace", x, blocksize=layer.upscale_factor, mode="CRD")
            else:
                y = graph.conv(graph.node("LeakyRelu", x, alpha=0.1), layer.first)
                y = graph.conv(graph.node("LeakyRelu", y, alpha=0.1), layer.second)
                x = graph.node("Add", y, x)
        return x

    a = run(graph.input, *net.at_2)
    b = run(a, *net.at_4)
    c = run(b, *net.at_8)
    y = run(graph.node("Add", b, graph.twice(run(c, net.up_4))), net.join_4)
    y = run(graph.node("Add", a, graph.twice(run(y, net.up_2))), net.join_2)
    return run(y, *net.paint)
''',
        ],
        "wrong": [
            "def export_animator(net, graph):\n    return graph.input\n",
            "def export_animator(net, graph):\n"
            "    x = graph.conv(graph.unshuffle(graph.input), net.at_2[1])\n"
            "    return graph.node('DepthToSpace', graph.conv(x, net.paint[1]), blocksize=2, mode='CRD')\n",
            "def export_animator(net, graph):\n"
            "    x = graph.node('LeakyRelu', graph.input, alpha=0.1)\n    return None\n",
        ],
    },
}
