"""What a frame costs with and without the animator: `python benchmarks/animator.py`.

One frame alone, in as many threads as PyTorch takes (one with OMP_NUM_THREADS=1), and frames of a film side by side.
The embedded photo cut to 256x256, a mouth that opens and eyes that blink; wall and processor time of a frame, and for
comparison a network of the size that First Order Motion Model published for the same pictures (Siarohin et al., 2019):
hourglasses of five blocks, 64 to 256 channels, six residual blocks; built here by the paper's sizes, with random
weights, since only its time is asked for.
"""

import functools
import resource
import time

import torch
import torch.nn.functional as F
from torch import nn


def median_ms(function, repeats: int = 15) -> tuple:
    """(wall, processor) milliseconds, medians."""
    function()
    wall, processor = [], []
    for _ in range(repeats):
        a, b = time.perf_counter(), time.process_time()
        function()
        wall.append(time.perf_counter() - a)
        processor.append(time.process_time() - b)
    middle = repeats // 2
    return 1000 * sorted(wall)[middle], 1000 * sorted(processor)[middle]


def times(function, repeats: int = 15) -> str:
    wall, processor = median_ms(function, repeats)
    return f"{wall:9.1f} {processor:12.1f}"


def same(a: int, b: int, size: int = 3) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(a, b, size, padding=size // 2), nn.BatchNorm2d(b), nn.ReLU())


class Hourglass(nn.Module):
    """Five blocks down and up: channels 64, 128, ... 1024 at 32, 16, ... 2 pixels, skips joined."""

    def __init__(self, channels: int, width: int = 32, most: int = 1024, blocks: int = 5):
        super().__init__()
        wide = [channels] + [min(most, width * 2 ** (k + 1)) for k in range(blocks)]
        self.down = nn.ModuleList([same(a, b) for a, b in zip(wide, wide[1:])])
        self.up = nn.ModuleList()
        for k in reversed(range(blocks)):
            entering = wide[k + 1] if k == blocks - 1 else 2 * min(most, width * 2 ** (k + 1))
            self.up.append(same(entering, min(most, width * 2**k)))
        self.width = width + channels

    def forward(self, x):
        skips = [x]
        for block in self.down:
            skips.append(F.avg_pool2d(block(skips[-1]), 2))
        x = skips.pop()
        for block in self.up:
            x = torch.cat([block(F.interpolate(x, scale_factor=2)), skips.pop()], 1)
        return x


class FirstOrderSize(nn.Module):
    """Keypoint detector and dense motion at 64 px, generator at 256 px, as large as the published ones."""

    def __init__(self, points: int = 10):
        super().__init__()
        self.points = points
        self.detector = Hourglass(3)
        self.heatmaps = nn.Conv2d(self.detector.width, points, 7)
        self.jacobians = nn.Conv2d(self.detector.width, 4 * points, 7)
        self.motion = Hourglass(4 * (points + 1), width=64)
        self.masks = nn.Conv2d(self.motion.width, points + 2, 7, padding=3)
        self.enter = nn.Sequential(same(3, 64, 7), same(64, 128), nn.AvgPool2d(2), same(128, 256), nn.AvgPool2d(2))
        self.middle = nn.Sequential(*(same(256, 256) for _ in range(12)))  # six residual blocks of two
        self.leave = nn.ModuleList([same(256, 128), same(128, 64)])
        self.paint = nn.Conv2d(64, 3, 7, padding=3)

    def forward(self, source, driving):
        small = F.interpolate(driving, scale_factor=0.25)
        seen = self.detector(small)
        self.heatmaps(seen), self.jacobians(seen)
        masks = self.masks(self.motion(small.repeat(1, 15, 1, 1)[:, : 4 * (self.points + 1)]))
        grid = F.affine_grid(torch.eye(2, 3)[None], (1, 1, 64, 64), align_corners=False)
        x = F.grid_sample(self.enter(source), grid, align_corners=False) * masks[:, -1:].sigmoid()
        x = self.middle(x)
        for block in self.leave:
            x = block(F.interpolate(x, scale_factor=2))
        return self.paint(x).sigmoid()


FRAMES = 40


def film(actor, values) -> None:
    """Frames as `course animate` makes them: one a core, each in one thread."""
    from course import parallel

    for _ in parallel.ordered_map(actor.frame, [values] * FRAMES):
        pass


def main() -> None:
    from course import animation, demo, detection, face, images, keypoints

    photo = images.load_image(demo.photo_path())
    points = keypoints.find_points(photo, detection.detect_faces(photo)[:1])[0]
    side = int(2.2 * (points[:, 1].max() - points[:, 1].min()))
    x0, y0 = (points.mean(0) - side / 2).clip(0).astype(int)
    import cv2

    small = cv2.resize(photo[y0 : y0 + side, x0 : x0 + side], (256, 256), interpolation=cv2.INTER_AREA)
    points = keypoints.find_points(small, detection.detect_faces(small)[:1])[0]
    print(f"{torch.get_num_threads()} threads, 256x256, medians                     wall ms  processor ms")
    for generator in ("warp", "gan"):
        actor = animation.make_actor(small, points, generator)
        values = actor.face.rest.copy()
        for name, value in (("jawOpen", 0.4), ("eyeBlinkLeft", 0.5), ("eyeBlinkRight", 0.5), ("headYaw", 4)):
            values[face.INDEX[name]] += value
        print(f"  a frame, --generator {generator:5s}             {times(functools.partial(actor.frame, values))}")
        wall, processor = median_ms(functools.partial(film, actor, values), 3)
        print(f"  the same in a film, side by side        {wall / FRAMES:9.1f} {processor / FRAMES:12.1f}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(200):
        actor.frame(values)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory  # KiB
    print(f"  200 frames more: memory grew by {grown / 1024:.1f} MiB")
    net = FirstOrderSize().eval().to(memory_format=torch.channels_last)
    numbers = sum(p.numel() for p in net.parameters()) / 1e6
    picture = torch.rand(1, 3, 256, 256).contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        print(f"  a network of first-order-motion's size ({numbers:.0f} M) {times(lambda: net(picture, picture), 5)}")


if __name__ == "__main__":
    main()
