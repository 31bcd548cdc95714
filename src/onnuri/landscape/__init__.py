"""③ What the votes say: space, groups, common ground, divides. Pure numbers."""

from onnuri.landscape.fit import Landscape, fit
from onnuri.landscape.votes import Votes

__all__ = ["Landscape", "Votes", "fit"]
