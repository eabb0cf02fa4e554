"""The rules of the chain, in one file that outsiders run without us. The platform reckons by the same file."""
