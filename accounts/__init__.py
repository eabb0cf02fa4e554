"""Who a person is: users, sign-in, access policies."""
