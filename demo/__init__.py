"""Made-up institutions, people and agreements for a demo site. May import every app; no app imports it."""
