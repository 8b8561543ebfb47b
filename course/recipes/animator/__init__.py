"""The animator's recipe: pairs of squares, losses, training. `course train animator`.

The four steps that lesson 08 builds have their places here.
"""

from ... import doors

doors.open_door(__name__, {
    "steps": "l1_alone make_pair overfit_one_batch save_and_resume train_step",
})
