"""Stand-ins for WeChat's servers, usable with any backend: they import nothing of the mall."""
