"""A chat model in 8 bits by ONNX Runtime, made once of its GGUF file.

build(gguf) -> the folder beside it, which built_folder(gguf) finds from then on
Decoder(folder).encode(turns) -> token ids; .tokens(ids) -> one token after the other
"""

from ragbot.decoding.building import build, built_folder
from ragbot.decoding.decoder import CONTEXT, Decoder

__all__ = ["CONTEXT", "Decoder", "build", "built_folder"]
