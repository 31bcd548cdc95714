"""④ What everyone can stand behind: shortlist, slate, ratification, certificate. Pure."""
