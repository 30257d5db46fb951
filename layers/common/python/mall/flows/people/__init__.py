"""Who comes and who works here (人): sign-in, member pages, accounts that become one, levels that grow."""
