# packages: llama-index-core llama-index-embeddings-huggingface
"""LlamaIndex as it comes: its default splitter, its in-memory vector index."""

import json
import sys
import time
from pathlib import Path

from llama_index.core import Document, Settings, VectorStoreIndex
from llama_index.embeddings.huggingface import HuggingFaceEmbedding

job = json.load(sys.stdin)
Settings.embed_model = HuggingFaceEmbedding(model_name=job["model"])
Settings.llm = None
Settings.embed_model.get_query_embedding("warm")
start = time.perf_counter()
pages = [Document(text=Path(file).read_text(encoding="utf-8")) for file in job["files"]]
index = VectorStoreIndex.from_documents(pages)
index_seconds = time.perf_counter() - start
retriever = index.as_retriever(similarity_top_k=job["k"])
found, seconds = [], []
for question in job["questions"]:
    start = time.perf_counter()
    hits = retriever.retrieve(question)
    seconds.append(time.perf_counter() - start)
    found.append([hit.node.get_content() for hit in hits])
print(json.dumps({"index_seconds": index_seconds, "found": found, "seconds": seconds}))
