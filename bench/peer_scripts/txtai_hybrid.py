# packages: txtai sentence-transformers
"""txtai with its hybrid search (vectors and BM25), over paragraphs."""

import json
import sys
import time
from pathlib import Path

from txtai import Embeddings

job = json.load(sys.stdin)
embeddings = Embeddings(path=job["model"], content=True, hybrid=True)
start = time.perf_counter()
pages = [Path(file).read_text(encoding="utf-8") for file in job["files"]]
paragraphs = [part.strip() for page in pages for part in page.split("\n\n") if part.strip()]
embeddings.index(paragraphs)
index_seconds = time.perf_counter() - start
embeddings.search("warm", 1)
found, seconds = [], []
for question in job["questions"]:
    start = time.perf_counter()
    hits = embeddings.search(question, job["k"])
    seconds.append(time.perf_counter() - start)
    found.append([hit["text"] for hit in hits])
print(json.dumps({"index_seconds": index_seconds, "found": found, "seconds": seconds}))
