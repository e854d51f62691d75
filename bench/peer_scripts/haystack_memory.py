# packages: haystack-ai sentence-transformers-haystack
"""Haystack as it comes: split by words, embedding retriever over its in-memory store."""

import json
import sys
import time
from pathlib import Path

from haystack import Document
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

job = json.load(sys.stdin)
ask = SentenceTransformersTextEmbedder(model=job["model"], progress_bar=False)
embed = SentenceTransformersDocumentEmbedder(model=job["model"], progress_bar=False)
splitter = DocumentSplitter(split_by="word", split_length=200, split_overlap=0)
for part in (ask, embed, splitter):
    part.warm_up()
ask.run("warm")
store = InMemoryDocumentStore(embedding_similarity_function="cosine")
start = time.perf_counter()
pages = [Document(content=Path(file).read_text(encoding="utf-8")) for file in job["files"]]
store.write_documents(embed.run(splitter.run(pages)["documents"])["documents"])
index_seconds = time.perf_counter() - start
retriever = InMemoryEmbeddingRetriever(store, top_k=job["k"])
found, seconds = [], []
for question in job["questions"]:
    start = time.perf_counter()
    hits = retriever.run(query_embedding=ask.run(question)["embedding"])["documents"]
    seconds.append(time.perf_counter() - start)
    found.append([hit.content for hit in hits])
print(json.dumps({"index_seconds": index_seconds, "found": found, "seconds": seconds}))
