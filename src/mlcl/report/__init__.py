"""Rendering: the documents of a run as an HTML page, as terminal tables, as a model card, as a notebook snippet.

Facts are computed by the steps and arrive as plain JSON documents (see mlcl.runs.documents); nothing is computed here
but words, sizes and positions. Only the standard library is imported (rich lazily, for the terminal).
"""
