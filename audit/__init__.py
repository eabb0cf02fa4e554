"""What happened. `append` writes inside the caller's transaction; nothing rewrites an entry."""
