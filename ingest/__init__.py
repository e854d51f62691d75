"""Text -> documents -> sections -> passages -> a new index generation.

python -m ingest [PATH ...] [--index DIR]

reading   bytes -> text               markdown, pasted   text -> outline
passages  outline -> passages         coverage           was every line taken?
"""
