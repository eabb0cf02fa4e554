"""Who a person is: users, sign-in, sessions, and how views are guarded."""
