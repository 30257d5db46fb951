"""Kinds of orders that live in the tests alone, and what every kind is played through (`flows/kinds`)."""
