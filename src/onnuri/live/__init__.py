"""The hot path: joining, decks, votes, ballots, streams, and the process that computes. No Django at request time."""
