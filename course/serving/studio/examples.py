"""Texts to begin with, and how they are said."""

from dataclasses import dataclass, field

from ... import demo


@dataclass(frozen=True)
class Example:
    """name: for the menu; text: to be said; settings: of `course.animate`, {name: value}, what differs from the
    usual."""

    name: str
    text: str
    settings: dict = field(default_factory=dict)


EXAMPLES = (
    Example("hello", demo.TEXT),
    Example("good news", "We did it! All the tests are green, and I am so happy!", {"expression": "happy"}),
    Example("a surprise", "What? You built all of this in one afternoon?", {"expression": "surprised"}),
    Example("look around", "Over there [look left] is the past. [look camera] And *you* make what comes next. [nod]",
            {"head": 1.5}),
    Example("quietly", "Come closer. I will tell you a secret about pixels.", {"strength": 0.7, "lips_open": 0.7}),
    Example("auf Deutsch", "Guten Tag! Ich bin ein Foto, und heute habe ich sprechen gelernt.", {"voice": "de"}),
)
