"""What is sold (货): its page, its saving and its files, what may be bought of it, what is short."""
