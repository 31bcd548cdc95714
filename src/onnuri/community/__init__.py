"""What people say around the flow: comments under talks and records, reports, requests of rights, appeals."""
