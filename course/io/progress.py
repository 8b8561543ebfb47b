"""Progress: a bar, in a notebook one that goes away, elsewhere on standard error, if there is any; or a function."""

import sys

from .. import stopping, streams


def bar(items, **options):
    """`tqdm` over items, after two seconds, gone when done; where nothing can be written it draws nothing.

    options: as `tqdm.tqdm` takes them. Ctrl-C ends it, see `stopping.going_on`.
    """
    from tqdm.auto import tqdm

    if sys.stderr is None:  # a window without a terminal behind it
        options["disable"] = True
    if options.get("total") is None and hasattr(items, "__len__"):
        options["total"] = len(items)
    shown = {"delay": 2, "leave": False, "file": streams.Tolerant(sys.stderr)}
    return tqdm(stopping.going_on(items), **shown | options)


def told(items, total, tell):
    """The items, with `tell(done, total)` called before each and after the last; what it raises ends them.

    total: how many there are, or None.
    """
    number = 0
    for number, item in enumerate(items, start=1):
        tell(number - 1, total)
        yield item
    tell(number, total)
