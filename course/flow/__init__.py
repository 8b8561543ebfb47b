"""Which place of the source does each pixel look at?

    points that move -> positions (N, H, W, 2) in [-1, 1]; picture (N, C, H, W) and positions -> picture (N, C, H, W)

All of it in PyTorch, with gradients; `rendering.warping` is its twin in NumPy, for frames that only have to be quick.
Lesson 06 builds it.
"""

from .. import doors

doors.open_door(__name__, {
    "sampling": (
        "RandomBend affine_flow bilinear_sample gaussian_maps identity_grid inverse occlude sample "
        "soft_argmax soft_masks spline_kernel thin_plate_spline"),
    "point_motion": (
        "METHODS TEN Moved first_order_flow flow_errors local_matrices nails render spline_flow "
        "to_pixels to_unit"),
    "optical_flow": "find_flow grey lucas_kanade window_sum",
    "equivariance": "equivariance_loss",
})
