"""python -m eval run | batch | compare | gate | leakage | retrieval | report | fit"""

from __future__ import annotations

import sys

from eval.commands import main

if __name__ == "__main__":
    sys.exit(main())
