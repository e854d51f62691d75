"""Owner of both indexes: writes them in one generation and reads both.

`write_generation` is the only way in, `open_index` the only way out.
"""

from ragbot.store.catalogue import Contents
from ragbot.store.generations import (
    IndexManifest,
    ingested_paths,
    read_manifest,
    rebuild_command,
    verified_manifest,
)
from ragbot.store.index import Found, Index, open_index, write_generation

__all__ = [
    "Contents",
    "Found",
    "Index",
    "IndexManifest",
    "ingested_paths",
    "open_index",
    "read_manifest",
    "rebuild_command",
    "verified_manifest",
    "write_generation",
]
