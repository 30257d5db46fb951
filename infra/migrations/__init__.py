"""Schema steps (数据库迁移): one module each in `versions/`, in one line, for SQLite and the MySQL family."""
