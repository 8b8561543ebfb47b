"""The motion models' recipe: tracks of heads, training. `course train motion`."""
