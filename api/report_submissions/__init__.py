"""The reporting line: hamlet to commune, commune to district."""
