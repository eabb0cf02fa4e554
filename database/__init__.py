"""Two roles of PostgreSQL: the owner, who makes the tables, and the application, who may do in them what it needs and
owns nothing. What each table allows it is one list (rights.py), granted anew after every migration. Knows no table's
meaning."""
