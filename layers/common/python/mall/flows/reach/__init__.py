"""What people are told (触达): messages composed, sent and pushed to us."""
