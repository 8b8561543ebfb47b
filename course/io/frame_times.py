"""When each frame of a film is shown: uneven, missing and broken time stamps made into an even rate."""

LONGEST_GAP = 60.0  # seconds between two frames beyond which the time stamps are taken to be broken
STUCK = 8  # frames in a row whose stamps go not on, after which the film is taken to have jumped
ROUNDING = 1e-3  # seconds by which stamps in thousandths (MKV) or 600ths (QuickTime) may be late
STANDSTILL = 1.0  # seconds without a new frame that are worth a word
USUAL_RATES = (5, 120)  # frames a second: what a header says between these is believed
LIMITS = (1, 240)
MEASURED = 300  # packets looked at where it is not


def mean_rate(container, stream) -> tuple:
    """Frames a second of a film, and a list of words where its header could not be believed.

    The packets that the container gives next are looked at where the header says nothing, or what no camera does:
    1000 a second is often the unit of the clock and not the rate.
    """
    told = stream.average_rate or stream.guessed_rate
    if told and USUAL_RATES[0] <= told <= USUAL_RATES[1]:
        return float(told), []
    found = _measured(container, stream) or float(told or 25)
    rate = min(max(found, LIMITS[0]), LIMITS[1])
    if rate != found:
        return rate, [f"{found:.4g} frames a second are taken for {rate}"]
    if rate < USUAL_RATES[0]:
        return rate, [f"its rate is low, {rate:.3g} a second"]
    if told and not 0.5 < rate / told < 2:
        return rate, [f"its header says {float(told):.4g} frames a second, the frames come at {rate:.4g}"]
    return rate, []


def _measured(container, stream):
    """Frames a second by the stamps of the next packets; None where there are fewer than two."""
    import av

    stamps = []
    try:
        for packet in container.demux(stream):
            stamps += [packet.pts] if packet.pts is not None else []
            if len(stamps) >= MEASURED:
                break
    except (av.FFmpegError, OSError):
        pass  # by what was there
    span = (max(stamps) - min(stamps)) * stream.time_base if stamps else 0
    return float((len(stamps) - 1) / span) if span else None


def even(frames, rate: float, fps: float, start: float, words: list):
    """Decoded frames -> frames at 0, 1 / fps, 2 / fps, ...: what a player shows then, the last that has begun.

    Args:
        frames: in order. rate: about how many a second. fps: how many are wanted.
        start: seconds on the file's clock at which the film begins: a first frame that is lost is not made up for.
        words: gets one on each standstill.
    """
    made, shown, end = 0, None, 0.0
    for at, frame in timed(frames, rate, start):
        if shown is None:
            shown = frame  # also before its time: there is no other
        elif at - end > max(STANDSTILL, 10 / rate):
            words.append(f"no picture from {end:.1f} to {at:.1f} s")
        while made / fps < at - ROUNDING:
            yield shown
            made += 1
        shown, end = frame, at + _length(frame, rate)
    while shown is not None and (made / fps < end - ROUNDING or not made):
        yield shown
        made += 1


def timed(frames, rate: float, start: float = 0.0):
    """Decoded frames -> (seconds since the start, frame), always later than the frame before.

    A frame without a stamp, or with one that does not go on or goes on by more than a minute, lies evenly between
    its neighbours. Where that does not end within a few frames the film has jumped, as where two recordings were
    joined: it goes on as if it had not.
    """
    longest, waiting, frames = max(LONGEST_GAP, 3 / rate), [], iter(frames)
    head = _head(frames)
    if not head:
        return
    now, stamp = (len(head) - 1) / rate, head[-1].time
    if len(head) == 1 and stamp is not None and 0 <= stamp - start <= longest:
        now = stamp - start
    yield from zip(_steps(now, rate, len(head)), head)
    shift = 0.0 if stamp is None else stamp - now
    for frame in frames:
        at = None if frame.time is None else frame.time - shift
        if at is None or not now < at <= now + longest:
            waiting.append(frame)
            if len(waiting) > STUCK:
                yield from _spread(waiting, now, now + (len(waiting) + 1) / rate)
                now += len(waiting) / rate
                shift = shift if frame.time is None else frame.time - now
                waiting = []
            continue
        if waiting:
            yield from _spread(waiting, now, at)
            waiting = []
        yield at, frame
        now = at
    if waiting:
        yield from _spread(waiting, now, now + (len(waiting) + 1) / rate)


def _head(frames) -> list:
    """The first frame; where it has no stamp, also those behind it until one has."""
    head = []
    for frame in frames:
        head.append(frame)
        if frame.time is not None or len(head) > STUCK:
            break
    return head


def _steps(last: float, rate: float, count: int) -> list:
    """`count` seconds that end at `last`, 1 / rate apart."""
    return [last - (count - 1 - number) / rate for number in range(count)]


def _spread(frames, begin: float, end: float):
    """(seconds, frame) for frames that lie evenly between two times."""
    for number, frame in enumerate(frames, start=1):
        yield begin + (end - begin) * number / (len(frames) + 1), frame


def _length(frame, rate: float) -> float:
    """How long a frame is shown in seconds; 1 / rate where the file does not say, or says nonsense."""
    length = float(frame.duration * frame.time_base) if frame.duration and frame.time_base else 0.0
    return length if 0.5 / rate < length < LONGEST_GAP else 1 / rate
