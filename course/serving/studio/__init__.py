"""The studio: a photo, a few words and some sliders become a film, in a notebook or on a page of its own.

    photo, words, manner -> a preview that follows every slider -> a film that plays in place, to be kept

`course.studio()` in a cell of JupyterLab, VS Code or Colab shows it, `course studio` opens it. It is made of ipywidgets
(7.7 or 8); where anywidget is installed as well, photos can be dropped and taken and sounds recorded.
"""

from ... import doors

doors.open_door(__name__, {"app": "Studio studio"})
