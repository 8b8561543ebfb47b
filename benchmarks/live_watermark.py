"""Does the watermark of a live face outlive WebRTC?

    python benchmarks/live_watermark.py [--sizes 160 256 384 512] [--seconds 24] [--photos DIR] [--videos 3]

A face that speaks is sent as VP8 by aiortc, as on the page /live, to another connection on this machine. Of the frames
that arrive: how many were sent, kbit/s, and in how many pieces of two and of four seconds, and in how many single
frames, the mark is read and proved by the maker's key.
"""

import argparse
import asyncio
import itertools
import os
import tempfile
from pathlib import Path

import aiortc
import numpy as np
from aiortc.codecs import vpx

import course
from course import demo
from course.provenance import maker, watermark_reader
from course.serving.live import streams

TEXT = "Good morning, and welcome. I am a photo that learned to talk, and I hope that you are well today. "
FPS = 25


async def received(photo, size: int, seconds: float) -> tuple:
    """Frames as they arrive, one each 40 ms (the last once more where one is missing), how many came, and kbit/s."""
    live = await asyncio.to_thread(lambda: course.Live(photo, size=size, generator="warp", tell=lambda line: None))
    sender, receiver = aiortc.RTCPeerConnection(), aiortc.RTCPeerConnection()
    player, tracks = streams.Player(live, lambda moment: None), []
    receiver.on("track", tracks.append)
    sender.addTrack(player.video)
    await sender.setLocalDescription(await sender.createOffer())
    await receiver.setRemoteDescription(sender.localDescription)
    await receiver.setLocalDescription(await receiver.createAnswer())
    await sender.setRemoteDescription(receiver.localDescription)
    player.start()
    live.say(TEXT * 4)
    found, came = [], 0
    while len(found) < (seconds + 4) * FPS:
        frame = await asyncio.wait_for(tracks[0].recv(), 20)
        number = round(float(frame.pts * frame.time_base) * FPS)
        first = number if not came else first  # noqa: F821 - of the first frame
        picture = frame.to_ndarray(format="rgb24")
        found += [picture] * max(0, number - first + 1 - len(found))
        came += 1
    stats = await sender.getStats()
    sent = sum(one.bytesSent for one in stats.values() if one.type == "outbound-rtp")
    await asyncio.to_thread(player.stop)
    await asyncio.gather(sender.close(), receiver.close())
    live.close()
    return found[4 * FPS :], came / len(found), sent * 8 / 1000 / (len(found) / FPS)


def read(frames: list, key: bytes) -> tuple:
    """Whether a mark is read, and whether the key proves it."""
    found = watermark_reader.read_watermark(frames, FPS)
    return found is not None, found is not None and found.made_with(key)


def share(pieces: list, key: bytes) -> str:
    """"read and proved of all"."""
    results = [read(piece, key) for piece in pieces]
    return f"{sum(one for one, _ in results):3d} {sum(two for _, two in results):3d} of {len(results):3d}"


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[160, 256, 384, 512])
    parser.add_argument("--seconds", type=float, default=24)
    parser.add_argument("--photos", type=Path, help="more faces than the embedded one")
    parser.add_argument("--videos", type=int, default=3, help="faces for each size")
    parser.add_argument("--kbits", type=int, help="a second that are sent, instead of what the page sends")
    options = parser.parse_args()
    if options.kbits:
        vpx.DEFAULT_BITRATE = vpx.MAX_BITRATE = vpx.MIN_BITRATE = 1000 * options.kbits
    photos = [demo.photo_path(), *(sorted(options.photos.glob("*.jpg")) if options.photos else [])]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["COURSE_MAKER"] = folder
        key = maker.watermark_key()
        print("size  frames that came  kbit/s  of 2 s: read, proved  of 4 s  single frames")
        for size in options.sizes:
            two, four, one, came, rates = [], [], [], [], []
            for photo in itertools.islice(photos, options.videos):
                frames, part, rate = asyncio.run(received(photo, size, options.seconds))
                came.append(part)
                rates.append(rate)
                two += [frames[at : at + 2 * FPS] for at in range(0, len(frames) - 2 * FPS + 1, 2 * FPS)]
                four += [frames[at : at + 4 * FPS] for at in range(0, len(frames) - 4 * FPS + 1, 4 * FPS)]
                one += [[frame] for frame in frames[:: 2 * FPS]]
            print(f"{size:4d}  {100 * np.mean(came):14.0f} %  {np.mean(rates):6.0f}  {share(two, key):>21s}  "
                  f"{share(four, key)}  {share(one, key)}", flush=True)


if __name__ == "__main__":
    main()
