"""① Who is in the hall and online: programme, registrations, seats, the line, tickets."""
