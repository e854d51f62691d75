"""Model weights that are fetched once: what there is, where it lies, how it is had.

find(name, models_dir) -> folder with verified files, or None
pull(name, models_dir) -> the folder, after fetching what is missing
"""

from ragbot.weights.catalogue import CATALOGUE, Weights
from ragbot.weights.download import fetch_hub_file, pull
from ragbot.weights.shelf import Progress, damage, find

__all__ = ["CATALOGUE", "Progress", "Weights", "damage", "fetch_hub_file", "find", "pull"]
