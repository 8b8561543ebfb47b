"""The recipe of the network that sees whether a mouth is covered. `course train covered`."""
