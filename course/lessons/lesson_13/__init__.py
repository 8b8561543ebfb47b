"""Lesson 13, Use it responsibly: its exercises, pictures, figures, widget, attacks, signatures, and who models fail."""
