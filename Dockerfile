# The page in a container. This file was written where no image can be built: not built, not run.
#   docker build -t ragbot . && docker run --rm -p 8501:8501 ragbot
FROM python:3.11-slim

# llama.cpp needs the OpenMP runtime, which the slim image leaves out.
RUN apt-get update && apt-get install --yes --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home ragbot && install --directory --owner=ragbot /app
WORKDIR /app

# The dependencies first: they change less often than the code.
COPY pyproject.toml constraints.txt README.md ./
RUN pip install --no-cache-dir --constraint constraints.txt --editable .

COPY --chown=ragbot . .
USER ragbot
RUN ragbot models pull || echo "no weights: answers are verbatim quotes"
RUN python -m ingest --quiet

EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD \
    ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=3)"]
CMD ["streamlit", "run", "app.py", "--server.address=0.0.0.0", "--server.headless=true"]
