"""For all tests: what the developer's shell sets for the product must not steer them, nor may a
test write into the index that it names."""

from __future__ import annotations

import os

for variable in [name for name in os.environ if name.upper().startswith("RAGBOT_")]:
    del os.environ[variable]
