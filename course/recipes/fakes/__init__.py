"""The recipe of the network that tells frames of our films from photos. `course train fakes`."""
