"""The survey (摸底): what an institution has, wants or offers, in dated editions; the rounds that ask for it."""
