"""The figures of lesson 13: a mark made visible, spots that add up, where a mark breaks, limits, groups."""

import numpy as np

from course import plots
from course.provenance import chips, codewords

from . import limits


def strong(frame: np.ndarray, marked: np.ndarray, times: float = 10) -> np.ndarray:
    """The difference of two frames, so many times, on grey: uint8 (H, W, 3)."""
    return np.clip(128 + times * (marked.astype(float) - frame), 0, 255).astype(np.uint8)


def adds_up(reading, title: str = "How faint spots become a certainty"):
    """How sure everybody's signs are after 1, 2, 3, ... spots, in an order by chance: a `Reading` and its own signs."""
    known = chips.public_plane(reading.payload)[reading.places]
    products = (reading.values * known)[known != 0]
    rng = np.random.default_rng(0)
    figure, grid = plots.new(7.0, 2.6, title=title)
    axes, counts = grid[0, 0], np.arange(1, len(products) + 1)
    for row in range(3):
        own = rng.permutation(products)
        wrong = own * rng.choice([-1, 1], len(own))
        for values, look in ((own, {"color": plots.GREEN, "label": "the right signs"}),
                             (wrong, {"color": plots.GREY, "linestyle": "--", "label": "signs by chance"})):
            sure = np.cumsum(values) / np.sqrt(np.cumsum(values**2))
            axes.plot(counts, sure, linewidth=1.5, **look | ({} if row == 0 else {"label": None}))
    axes.set(xlabel="spots taken together", ylabel="standard deviations")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    plots.describe(figure, f"{title}: with the right signs the sum climbs to {sure_of(products):.0f} standard "
                           f"deviations over {len(products)} spots; with signs by chance it stays near 0.")
    return figure


def sure_of(products: np.ndarray) -> float:
    """A sum of products in units of how far it strays by chance."""
    return float(products.sum() / np.sqrt((products**2).sum()))


def codeword(soft: np.ndarray, payload: int, title: str = "168 sums, and the signs they should have"):
    """What was gathered, turned so that a right sign points up: (168,)."""
    turned = np.asarray(soft) * codewords.encode(payload)
    wrong = turned < 0
    figure, grid = plots.new(8.2, 2.4, title=title)
    axes, places = grid[0, 0], np.arange(len(turned))
    axes.bar(places[~wrong], turned[~wrong], 1.0, color=plots.SKY, label="on the right side")
    axes.bar(places[wrong], turned[wrong], 1.0, color=plots.VERMILION, hatch="//", label="on the wrong side")
    axes.axhline(0, color=plots.BLACK, linewidth=0.8)
    axes.set(xlabel="sign of the codeword", ylabel="sum")
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    plots.describe(figure, f"{title}: {int(wrong.sum())} of {len(turned)} point to the wrong side.")
    return figure


def breaking(table: dict, least: float, title: str = "How much it takes"):
    """Outcomes of attacks, {attack: [Outcome, ...]}, a panel each; least: what counts as the maker's own."""
    figure, grid = plots.new(9.6, 2.7, 1, len(table), title)
    for axes, (words, outcomes) in zip(grid[0], table.items()):
        places = np.arange(len(outcomes))
        for place, one in zip(places, outcomes):
            if one.read:
                axes.plot(place, one.proof, "o", color=plots.GREEN)
            else:
                axes.plot(place, 0, "X", color=plots.VERMILION, markersize=9)
        axes.axhline(least, color=plots.GREY, linestyle="--", linewidth=1)
        axes.set(xticks=places, ylim=(-1, 10), xlim=(-0.5, len(outcomes) - 0.5))
        axes.set_xticklabels([f"{one.strength:g}" for one in outcomes], fontsize=8)
        axes.set_title(words.replace(", ", ",\n"), fontsize=8)
        axes.set_yticks([0, 5, 10] if axes is grid[0, 0] else [])
        axes.grid(alpha=0.3)
    grid[0, 0].set_ylabel("private signs, deviations", fontsize=8)
    told = "; ".join(f"{words}: " + ", ".join(f"{one.strength:g} {'read' if one.read else 'not read'}"
                                              for one in outcomes) for words, outcomes in table.items())
    plots.describe(figure, f"{title}. Circles: read; crosses: not; dashed: proved from here on. {told}.")
    return figure


def limit(photos, films, share: float, title: str = ""):
    """Scores of photos and of film frames, and the limit above which a share of the photos lies."""
    drawn = next(one for one in sorted(photos) if np.mean(np.asarray(photos) > one) <= share)
    title = title or f"Where {share:.0%} of the photos may be accused"
    figure, grid = plots.new(7.4, 2.6, title=title)
    axes, bins = grid[0, 0], np.linspace(0, 1, 41)
    axes.hist(photos, bins, color=plots.BLUE, alpha=0.6, label="photos")
    axes.hist(films, bins, color=plots.ORANGE, alpha=0.6, hatch="//", edgecolor="white", label="frames of films")
    axes.axvline(drawn, color=plots.BLACK, linestyle="--", label="the limit")
    axes.set(xlabel="score of the detector", ylabel="how many")
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    plots.describe(figure, f"{title}: the limit is {drawn:.2f}; above it lie {np.mean(np.asarray(films) > drawn):.0%} "
                           "of the film frames.")
    return figure


def worth(ways: dict, title: str = "Of those who are accused, how many are fakes?"):
    """The worth of an accusation over the share of fakes among all pictures; {words: (caught, accused)}."""
    figure, grid = plots.new(7.0, 2.7, title=title)
    axes, shares = grid[0, 0], np.geomspace(0.0005, 0.5, 60)
    for number, (words, (caught, accused)) in enumerate(ways.items()):
        axes.plot(shares, [limits.worth(caught, accused, one) for one in shares], plots.LINES[number % 4],
                  color=plots.CYCLE[number % 7], label=words)
    axes.set(xscale="log", ylim=(0, 1.02), xlabel="share of fakes among all pictures that are looked at",
             ylabel="share of the accused")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    ends = "; ".join(f"{words}: {limits.worth(*way, 0.01):.0%} where one in a hundred is a fake"
                     for words, way in ways.items())
    plots.describe(figure, f"{title} {ends}.")
    return figure


def groups(panels: dict, title: str = ""):
    """Rates with intervals, a panel for each kind of groups: {words: ({group: (rate, low, high)}, {group: count})}."""
    figure, grid = plots.new(9.6, 2.8, 1, len(panels), title)
    for axes, (words, (rates, counts)) in zip(grid[0], panels.items()):
        for number, (rate, low, high) in enumerate(rates.values()):
            axes.plot([100 * low, 100 * high], [number, number], color=plots.BLUE, linewidth=3, alpha=0.5)
            axes.plot(100 * rate, number, "o", color=plots.BLUE)
        axes.set(yticks=range(len(rates)), ylim=(-0.6, len(rates) - 0.4), xlim=(-3, 83))
        axes.set_yticklabels([f"{name} ({counts[name]})" for name in rates], fontsize=8)
        axes.set_xlabel("% wrong", fontsize=8)
        axes.set_title(words, fontsize=9)
        axes.invert_yaxis()
        axes.grid(alpha=0.3)
    told = "; ".join(f"{name}: {100 * rate:.0f} %, {100 * low:.0f} to {100 * high:.0f} % of {counts[name]}"
                     for rates, counts in panels.values() for name, (rate, low, high) in rates.items())
    plots.describe(figure, f"{title}: {told}.")
    return figure
