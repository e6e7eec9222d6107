"""The parts of the page: each a function from the facts to a section's content, or None where it does not apply."""
