# packages: langchain-chroma langchain-huggingface[full] langchain-text-splitters
"""Plain LangChain and Chroma: split by characters, embed, search by similarity."""

import json
import sys
import time
from pathlib import Path

from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

job = json.load(sys.stdin)
embeddings = HuggingFaceEmbeddings(model_name=job["model"])
embeddings.embed_query("warm")
start = time.perf_counter()
pages = [Document(Path(file).read_text(encoding="utf-8")) for file in job["files"]]
splits = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(pages)
store = Chroma.from_documents(splits, embeddings)
index_seconds = time.perf_counter() - start
found, seconds = [], []
for question in job["questions"]:
    start = time.perf_counter()
    hits = store.similarity_search(question, k=job["k"])
    seconds.append(time.perf_counter() - start)
    found.append([hit.page_content for hit in hits])
print(json.dumps({"index_seconds": index_seconds, "found": found, "seconds": seconds}))
