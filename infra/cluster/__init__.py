"""A cluster of databases on one machine (数据库集群)."""
