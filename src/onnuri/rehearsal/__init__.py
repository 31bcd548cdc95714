"""A rehearsal: simulated phones in the hall and online play a sitting over HTTP, on a copy of the conversation."""
