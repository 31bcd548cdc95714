"""② Live voices: rounds, statements, lines, votes, ballots."""
