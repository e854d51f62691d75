"""Trains the model that reads a note and a sentence together.

First on sheets written for the purpose (`sheets`), which speak of other products and other fields
than the project's corpus, so that it learns to read; then on what other authors asked and said of
the corpus (`own_notes`), where it matters most. None of the questions and claims of `eval/` is
among it, nor a question that asks the same as one there; claims that have a near twin among it
are left out by the benches that score them.
"""
