"""The account, region and clients of AWS, for all that asks it: models, embeddings, retrieval."""
