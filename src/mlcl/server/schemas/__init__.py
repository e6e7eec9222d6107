"""What the API answers with, typed all the way down: the page's client is generated from these."""
