"""Small parts of the studio's page, as ipywidgets 7.7 and 8 both have them."""

import functools
import html
import logging

import ipywidgets

from ... import errors

log = logging.getLogger("course")

WIDE = {"width": "auto"}  # of a child in a column: all of it, without its margins
NAMES = "92px"  # of what stands before a control

# Colours by the names that JupyterLab and Voilà give them, with what they are elsewhere
CSS = """<style>
.lp-studio{--lp-line:var(--jp-border-color2,#d8dde3);--lp-soft:var(--jp-ui-font-color2,#5b6570);
  --lp-ground:var(--jp-layout-color1,#fff);--lp-blue:#1769c2;max-width:1080px;padding:4px 2px 10px;overflow:visible}
.lp-title{font-size:21px;font-weight:650;line-height:1.3}
.lp-title small{font-size:13px;font-weight:400;color:var(--lp-soft);margin-left:8px}
.lp-card{border:1px solid var(--lp-line);border-radius:8px;padding:8px 10px 10px;margin:0 0 8px;
  background:var(--lp-ground);overflow:visible}
.lp-card .lp-head{font-size:14px;font-weight:650;line-height:1.6}
.lp-card .lp-head b{display:inline-block;min-width:19px;height:19px;line-height:19px;margin-right:7px;text-align:center;
  border-radius:50%;background:var(--lp-blue);color:#fff;font-size:12px}
.lp-note{font-size:12px;line-height:1.45;color:var(--lp-soft)}
.lp-note .widget-html-content,.lp-card .lp-note{white-space:normal}
.lp-studio .widget-html-content,.lp-studio .widget-html-content *{overflow-wrap:anywhere}
.lp-studio .widget-image,.lp-studio img.widget-image{border-radius:8px}
.lp-face{align-self:center}
.lp-studio video{border-radius:8px;background:#000}
.lp-line{font-size:13px;line-height:1.45;padding:6px 10px;margin:4px 0;border-radius:6px;border-left:4px solid #8a949e;
  background:rgba(128,140,152,.12)}
.lp-line.lp-bad{border-color:#c62828;background:rgba(198,40,40,.12)}
.lp-line.lp-good{border-color:#2e7d32;background:rgba(46,125,50,.12)}
.lp-files a{display:inline-block;margin:2px 6px 2px 0;padding:3px 11px;border:1px solid var(--lp-blue);
  border-radius:6px;color:var(--lp-blue)!important;text-decoration:none;font-size:13px}
.lp-files a:hover{background:var(--lp-blue);color:#fff!important}
.lp-studio .widget-checkbox label,.lp-studio .widget-label-basic{white-space:normal;height:auto;line-height:1.4}
.lp-studio textarea{min-height:72px;line-height:1.4}
</style>"""


def card(number: int, title: str, *children) -> ipywidgets.VBox:
    """A numbered part of the page."""
    head = ipywidgets.HTML(f'<div class="lp-head"><b>{number}</b>{html.escape(title)}</div>')
    box = ipywidgets.VBox([head, *children], layout={"width": "auto", "overflow": "visible"})
    box.add_class("lp-card")
    return box


def note(words: str) -> ipywidgets.HTML:
    """A small line that explains."""
    return ipywidgets.HTML(f'<div class="lp-note">{html.escape(words)}</div>', layout=WIDE)


def slider(name: str, value: float, low: float, high: float) -> ipywidgets.FloatSlider:
    """A slider with its name before it, heard while it is dragged."""
    return ipywidgets.FloatSlider(value=value, min=low, max=high, step=0.05, description=name, readout_format=".2f",
                                  style={"description_width": NAMES}, layout=WIDE)


def dropdown(name: str, options, value) -> ipywidgets.Dropdown:
    """A menu with its name before it; options: (words, value) pairs."""
    return ipywidgets.Dropdown(options=options, value=value, description=name, style={"description_width": NAMES},
                               layout=WIDE)


def uploaded(value) -> tuple | None:
    """The last file of a `FileUpload`: (name, bytes), or None. ipywidgets 7 has {name: file}, 8 has a tuple."""
    if isinstance(value, dict):
        files = [(name, one["content"]) for name, one in value.items()]
    else:
        files = [(one["name"], one["content"]) for one in value]
    return (files[-1][0], bytes(files[-1][1])) if files else None


class Line:
    """One line of news, and what goes wrong. box: the widget."""

    def __init__(self):
        self.words, self.box = "", ipywidgets.HTML(layout=WIDE)

    def say(self, words: str, kind: str = "") -> None:
        """kind: "", "good" or "bad"."""
        self.words = " ".join(words.split())
        line = f'<div class="lp-line lp-{kind}" role="status">{html.escape(self.words)}</div>'
        self.box.value = line if words else ""

    def tell(self, problem: BaseException) -> None:
        """What went wrong, as the command would say it."""
        if isinstance(problem, errors.CourseError):
            self.say(str(problem), "bad")
        else:
            self.say(f"something broke here ({type(problem).__name__}: {problem}); all you have chosen is still there",
                     "bad")


def guarded(line: Line, act):
    """`act` as a handler of a widget: what it raises is told in the line, for a notebook shows no traceback of it."""

    @functools.wraps(act)
    def handler(*given):
        try:
            return act(*given)
        except Exception as problem:
            if not isinstance(problem, errors.CourseError):
                log.exception("the studio failed")
            line.tell(problem)

    return handler
