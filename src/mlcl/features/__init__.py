"""Features: from the columns of a table, or the keys of a JSON row, to the float32 matrix that a learner sees."""
