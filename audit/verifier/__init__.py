"""The check of a log without the platform. Outsiders run this folder as one file (audit.bundle), the platform too."""
