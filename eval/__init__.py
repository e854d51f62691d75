"""Measures how accurate the answers are. So far: the question bank under `questions/`."""
