"""Stand-in until kernels/native.py exists."""

import os

import torch

from elman.kernels import native as native

if not hasattr(native, "backward") or os.environ.get("ELMAN_STUB"):
    from elman.kernels import reference

    class native:  # type: ignore
        @staticmethod
        def available():
            return (True, "") if os.environ.get("ELMAN_STUB") else (False, "no native core")

        @staticmethod
        def forward(scan, projected, weight, bias, h_0, c_0=None, keep=True):
            with torch.no_grad():
                return reference.forward(scan, projected, weight, bias, h_0, c_0)

        backward = staticmethod(reference.backward)
