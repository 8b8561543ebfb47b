"""The landmarker's recipe: tiles of faces, losses, training. `course train keypoints`."""
