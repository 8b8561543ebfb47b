"""Lesson 11, Measure it: its exercises, pictures, figures, the vote, and seven films of one sentence."""
