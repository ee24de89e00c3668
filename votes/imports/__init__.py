"""Ideas and votes from other systems: reading their files is pure; `votes.services.imports` writes."""
