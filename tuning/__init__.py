"""Trains the model that reads a note and a sentence together, on sheets written for the purpose.

The sheets (`tuning/sheets`) speak of other products and other fields than the project's corpus, so
that what is learned is to read, not to know. None of the questions and claims of `eval/` is among
what is trained on.
"""
