# Written to the same steps as `make run`; it has not been built where the project is developed.
FROM python:3.11-slim
RUN useradd --create-home ragbot
WORKDIR /home/ragbot/app
COPY --chown=ragbot . .
RUN pip install --no-cache-dir -c constraints.txt -e .
USER ragbot
RUN (ragbot models pull || echo "no local model: quotes will answer") && python -m ingest
EXPOSE 8501
HEALTHCHECK CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health')"
CMD ["streamlit", "run", "app.py", "--server.address", "0.0.0.0", "--server.headless", "true"]
