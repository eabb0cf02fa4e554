"""The platform's own certification authority: what a demo and an agreed signature rest on."""
