"""Lesson 11 by hand: eight pairs of films, of which one is to be preferred each time, before any number is known."""

import ipywidgets
import numpy as np

from course import plots

from . import films, scores


class Vote(ipywidgets.VBox):
    """A pair of films beside each other, with sound, and two buttons; after the eighth pair it says so.

    `chosen()` are the films that were preferred; the course's own choice where a pair has not been voted on.
    """

    def __init__(self, take: films.Take):
        self.take, self.votes, self.at = take, [None] * len(scores.PAIRS), 0
        self.says = ipywidgets.HTML()
        self.film = ipywidgets.Video(format="mp4", autoplay=False, loop=False, controls=True,
                                     layout={"width": "100%", "max_width": "640px", "height": "auto"})
        self.buttons = {side: ipywidgets.Button(description=words) for side, words in
                        (("left", "left is better"), ("right", "right is better"), ("back", "one pair back"))}
        for side, button in self.buttons.items():
            button.on_click(lambda _, side=side: self.press(side))
        row = ipywidgets.HBox(list(self.buttons.values()), layout={"flex_flow": "row wrap"})
        super().__init__([self.says, self.film, row])
        self.refresh()

    def press(self, button: str) -> None:
        """What a click on "left", "right" or "back" does."""
        if button == "back":
            self.at = max(self.at - 1, 0)
        elif self.at < len(self.votes):
            self.votes[self.at] = scores.PAIRS[self.at][("left", "right").index(button)]
            self.at += 1
        self.refresh()

    def refresh(self) -> None:
        """Show the pair that is asked for."""
        over = self.at >= len(self.votes)
        if over:
            self.says.value = "<b>That was the last pair.</b> Go on in the notebook: your vote is kept until the end."
        else:
            self.says.value = (f"<b>Pair {self.at + 1} of {len(self.votes)}.</b> Which of the two looks more like "
                               "somebody who says this?")
            self.film.value = films.as_mp4(self.pair(self.at, sound=True))
        self.film.layout.display = "none" if over else ""
        for side in ("left", "right"):
            self.buttons[side].disabled = over

    def pair(self, number: int, sound: bool = False):
        """Both films of a pair as one `Clip`."""
        left, right = (self.take.films[name] for name in scores.PAIRS[number])
        return films.side_by_side(left, right, self.take.said if sound else None)

    def complete(self) -> bool:
        """Whether all eight pairs were voted on."""
        return None not in self.votes

    def chosen(self) -> tuple:
        """The preferred film of each pair: the student's eight, or, as long as some are missing, the course's own."""
        return tuple(self.votes) if self.complete() else scores.OURS

    def whose(self) -> str:
        """Whose votes `chosen` gives, in words."""
        return "your vote" if self.complete() else "our vote"

    def stills(self, title: str = "The eight pairs, in the frame in which the true mouth is widest open"):
        """One frame of every pair, without names."""
        number = films.loudest(self.take)
        shown = [np.asarray(list(self.pair(pair))[number]) for pair in range(len(scores.PAIRS))]
        return plots.faces(shown, titles=[f"pair {pair + 1}" for pair in range(len(shown))], title=title, columns=4,
                           side=2.4)
