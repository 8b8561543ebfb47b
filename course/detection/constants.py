"""The numbers that the network and its anchors share."""

STRIDES = (8, 16, 32, 64)  # pixels of the picture a cell of each level stands for
ANCHORS_PER_CELL = 2
# pixels: a pair for each stride, each about 1.55 times the one before
ANCHOR_SIZES = ((14, 22), (34, 52), (80, 125), (190, 290))
OFFSET_SCALE = (0.1, 0.1, 0.2, 0.2)  # brings the four regression targets to about unit spread, as in SSD

WEIGHTS_FILE = "detector.safetensors"
