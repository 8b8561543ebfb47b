"""The detector's recipe: scenes, losses, training. `course train detector`."""
