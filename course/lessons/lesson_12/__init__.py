"""Lesson 12, Ship it: its exercises, pictures, figures, a clock by hand, a live face, a service that is asked."""
