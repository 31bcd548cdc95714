"""⑤ The published account: the document, its digests, its signature, and `verify`. Pure."""
