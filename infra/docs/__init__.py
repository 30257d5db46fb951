"""Pages of docs/ that are drawn from the code: `python -m infra.docs` writes them, a test fails when one is stale."""
