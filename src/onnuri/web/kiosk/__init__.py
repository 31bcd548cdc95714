"""A shared tablet: one voice after another."""
