"""Answers that students give in lesson 08: right ones in styles unlike ours, wrong ones without a bug card."""

ANSWERS = {
    "make_pair": {
        "right": [
            '''
from course import rendering

def make_pair(actor, elsewhere, spoil, jitter):
    there = actor.render(elsewhere)
    source = spoil(there)
    wanted = jitter(actor.points)
    seen = jitter(elsewhere)
    back = rendering.Portrait(source, seen)
    return [back.render(wanted), actor.image.copy(), source, wanted, seen]
''',
            '''
import numpy as np
from course.rendering import Portrait

def make_pair(actor, elsewhere, spoil, jitter):
    photo, own = actor.image, np.array(actor.points)
    source = spoil(Portrait(photo, own).render(np.array(elsewhere)))
    points = [jitter(p) for p in (elsewhere, own)]
    return Portrait(source, points[0]).render(points[1]), photo, source, points[1], points[0]
''',
        ],
        "wrong": [
            '''
import numpy as np
from course import rendering

def make_pair(actor, elsewhere, spoil, jitter):
    source = spoil(actor.render(elsewhere))
    seen, wanted = jitter(elsewhere), jitter(actor.points)
    actor.image[:] = np.clip(actor.image * 1.1, 0, 255)  # the photo that was given is another one now
    return rendering.Portrait(source, seen).render(wanted), actor.image, source, wanted, seen
''',
            '''
def make_pair(actor, elsewhere, spoil, jitter):
    source = spoil(actor.render(elsewhere))
    return source, actor.image, source, jitter(actor.points), jitter(actor.points)
''',
            '''
def make_pair(actor, elsewhere, spoil, jitter):
    return actor.render(elsewhere), actor.image
''',
        ],
    },
    "train_step": {
        "right": [
            '''
import torch

def train_step(net, optimizer, inputs, target, window, losses_of, weights):
    net.zero_grad(set_to_none=True)
    made = torch.clamp(inputs[:, 0:3] + window[None, None] * net(inputs), min=0.0, max=1.0)
    losses = losses_of(made, target)
    total = 0.0
    for name in losses:
        total = total + losses[name] * weights[name]
    total.backward()
    length = torch.sqrt(sum((p.grad ** 2).sum() for p in net.parameters()))
    if length > 1:
        for p in net.parameters():
            p.grad /= length
    optimizer.step()
    return made.detach(), {name: losses[name].item() for name in losses}
''',
            '''
import torch
from course import rendering

def train_step(net, optimizer, inputs, target, window, losses_of, weights):
    made = rendering.repaint(net, inputs, window)
    losses = losses_of(made, target)
    optimizer.zero_grad()
    torch.stack([weights[k] * v for k, v in losses.items()]).sum().backward()
    torch.nn.utils.clip_grad_norm_(list(net.parameters()), max_norm=1.0)
    optimizer.step()
    return made.data, {k: v.detach() for k, v in losses.items()}
''',
        ],
        "wrong": [
            '''
import torch
from course import rendering

def train_step(net, optimizer, inputs, target, window, losses_of, weights):
    made = rendering.repaint(net, inputs, window)
    losses = losses_of(target, made)
    optimizer.zero_grad()
    sum(weights[k] * v for k, v in losses.items()).backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimizer.step()
    return made.detach(), {k: float(v) for k, v in losses.items()}
''',
            '''
import torch
from course import rendering

def train_step(net, optimizer, inputs, target, window, losses_of, weights):
    made = rendering.repaint(net, inputs, window)
    losses = losses_of(made, target)
    optimizer.zero_grad()
    (-sum(weights[k] * v for k, v in losses.items())).backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimizer.step()
    return made.detach(), {k: float(v) for k, v in losses.items()}
''',
        ],
    },
    "equivariance_loss": {
        "right": [
            '''
import torch
import torch.nn.functional as F

def equivariance_loss(detector, image, found, bend):
    n, _, h, w = image.shape
    ys, xs = torch.meshgrid(torch.linspace(-1, 1, h), torch.linspace(-1, 1, w), indexing="ij")
    grid = torch.stack([xs, ys], -1)[None].repeat(n, 1, 1, 1)
    other = detector(F.grid_sample(image, bend(grid), mode="bilinear", padding_mode="reflection", align_corners=True))
    p = torch.mean(torch.abs(bend(other.points) - found.points))
    m = torch.linalg.inv(found.jacobians).matmul(bend.jacobian(other.points)).matmul(other.jacobians)
    return p, torch.mean(torch.abs(m - torch.eye(2)))
''',
            '''
import torch
from torch.nn import functional
from course import flow

def equivariance_loss(detector, image, found, bend):
    grid = flow.identity_grid(image.shape[2], image.shape[3]).expand(len(image), -1, -1, -1)
    y = detector(functional.grid_sample(image, bend(grid), padding_mode="reflection", align_corners=True))
    carried = torch.linalg.solve(found.jacobians, bend.jacobian(y.points) @ y.jacobians)
    return [(found.points - bend(y.points)).abs().mean(), (carried - torch.eye(2)).abs().mean()]
''',
        ],
        "wrong": [
            '''
import torch

def equivariance_loss(detector, image, found, bend):
    return torch.tensor(0.0), torch.tensor(0.0)
''',
            '''
import torch
from torch.nn import functional
from course import flow

def equivariance_loss(detector, image, found, bend):
    grid = flow.identity_grid(image.shape[2], image.shape[3]).expand(len(image), -1, -1, -1)
    y = detector(functional.grid_sample(image, bend(grid), padding_mode="reflection", align_corners=True))
    carried = flow.inverse(found.jacobians) @ bend.jacobian(y.points) @ y.jacobians
    return (found.points - bend(y.points)).square().mean(), (carried - torch.eye(2)).square().mean()
''',
        ],
    },
    "feature_matching": {
        "right": [
            '''
def feature_matching(fake_features, real_features):
    total = 0
    for fake, real in zip(fake_features, real_features):
        total = total + abs(fake - real.detach()).mean()
    return total / len(fake_features)
''',
            '''
import torch.nn.functional as F

def feature_matching(fake_features, real_features):
    n = len(real_features)
    return sum(F.l1_loss(fake_features[k], real_features[k].clone().detach()) / n for k in range(n))
''',
        ],
        "wrong": [
            '''
def feature_matching(fake_features, real_features):
    return (fake_features[0] - real_features[0].detach()).abs().mean()
''',
            '''
import torch

def feature_matching(fake_features, real_features):
    return torch.stack([(f - r.detach()).mean().abs() for f, r in zip(fake_features, real_features)]).mean()
''',
        ],
    },
    "overfit_one_batch": {
        "right": [
            '''
import copy
import torch
from course.recipes import animator

def overfit_one_batch(net, inputs, target, window, steps=60, rate=1e-3):
    student = copy.deepcopy(net)
    adam = torch.optim.Adam(student.parameters(), lr=rate)
    step = animator.train_step
    return [step(student, adam, inputs, target, window, lambda a, b: {"l1": (a - b).abs().mean()}, {"l1": 1})[1]["l1"]
            for _ in range(steps)]
''',
            '''
import copy
import torch

def overfit_one_batch(net, inputs, target, window, steps=60, rate=1e-3):
    trial, losses = copy.deepcopy(net), []
    optimizer = torch.optim.Adam(trial.parameters(), rate)
    for _ in range(steps):
        made = (inputs[:, :3] + window * trial(inputs)).clamp(0, 1)
        loss = torch.nn.functional.l1_loss(made, target)
        losses.append(loss.item())
        trial.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trial.parameters(), 1)
        optimizer.step()
    return losses
''',
            '''
import copy
import torch
from course import rendering

def overfit_one_batch(net, inputs, target, window, steps=60, rate=1e-3):
    before, losses = copy.deepcopy(net.state_dict()), []
    adam = torch.optim.Adam(net.parameters(), lr=rate)
    for _ in range(steps):
        loss = (rendering.repaint(net, inputs, window) - target).abs().mean()
        losses.append(float(loss))
        adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        adam.step()
    net.load_state_dict(before)  # as it was: nobody has seen it learn
    return losses
''',
        ],
        "wrong": [
            '''
def overfit_one_batch(net, inputs, target, window, steps=60, rate=1e-3):
    return 0.0
''',
            '''
import copy
import torch

def overfit_one_batch(net, inputs, target, window, steps=60, rate=1e-3):
    trial, losses = copy.deepcopy(net), []
    optimizer = torch.optim.RMSprop(trial.parameters(), rate)
    for _ in range(steps):
        made = (inputs[:, :3] + window * trial(inputs)).clamp(0, 1)
        loss = (made - target).abs().mean()
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses
''',
        ],
    },
    "save_and_resume": {
        "right": [
            '''
import torch

def save_and_resume(path, parts, numbers=None):
    if numbers is None:
        state = torch.load(path)
        torch.set_rng_state(state.pop("random state"))
        for name in parts:
            parts[name].load_state_dict(state[name])
        return state["numbers"]
    state = {name: parts[name].state_dict() for name in parts}
    state["numbers"], state["random state"] = numbers, torch.random.get_rng_state()
    torch.save(state, path)
    return numbers
''',
            '''
import json
import torch
from course import checkpoints

def save_and_resume(path, parts, numbers=None):
    if numbers is not None:
        checkpoints.save(path, {**{k: v.state_dict() for k, v in parts.items()}, "said": json.dumps(numbers),
                                "dice": torch.get_rng_state()})
        return dict(numbers)
    found = checkpoints.load(path)
    torch.set_rng_state(found["dice"])
    [part.load_state_dict(found[k]) for k, part in parts.items()]
    return json.loads(found["said"])
''',
        ],
        "wrong": [
            '''
import torch

def save_and_resume(path, parts, numbers=None):
    if numbers is not None:
        torch.save(numbers, path)
        return numbers
    return torch.load(path)
''',
            '''
def save_and_resume(path, parts, numbers=None):
    return {"step": 0}
''',
        ],
    },
    "ema_update": {
        "right": [
            '''
import torch

@torch.no_grad()
def ema_update(mean, network, decay):
    for a, b in zip(mean.parameters(), network.parameters()):
        a.copy_(decay * a + (1 - decay) * b)
    for a, b in zip(mean.buffers(), network.buffers()):
        a.copy_(decay * a + (1 - decay) * b if a.is_floating_point() else b)
''',
            '''
def ema_update(mean, network, decay):
    new = network.state_dict()
    mean.load_state_dict({k: (v * decay + new[k] * (1 - decay)) if v.dtype.is_floating_point else new[k].clone()
                          for k, v in mean.state_dict().items()})
''',
        ],
        "wrong": [
            '''
import torch

def ema_update(mean, network, decay):
    with torch.no_grad():
        for a, b in zip(mean.state_dict().values(), network.state_dict().values()):
            a += b
''',
            '''
import torch

def ema_update(mean, network, decay):
    with torch.no_grad():
        for a, b in zip(mean.parameters(), network.parameters()):
            a.mul_(decay).add_(b)
''',
        ],
    },
}
