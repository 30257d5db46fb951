"""What keeps the mall true (运维): audit, relay, trace, keys."""
