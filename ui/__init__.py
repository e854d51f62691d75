"""The pages: they draw, nothing else. No text of a note, a model or a person becomes markup."""
