"""Private keys at rest: under a PIN that only their holder knows, and a pepper that no database holds."""
