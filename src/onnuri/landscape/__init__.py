"""③ What the votes say: space, groups, common ground, divides. Pure numbers."""

from onnuri.landscape.fit import fit
from onnuri.landscape.landscape import Landscape
from onnuri.landscape.votes import Votes

__all__ = ["Landscape", "Votes", "fit"]
