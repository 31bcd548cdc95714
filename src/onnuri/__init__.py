"""Onnuri: a hall and any number online reach one conclusion that every opinion group can stand behind."""

__version__ = "0.1.0"
