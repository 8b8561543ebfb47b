"""The layers' recipe: squares of people and moved people, a teacher, training. `course train layers`."""
