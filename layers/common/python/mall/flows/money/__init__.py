"""What an order is worth and where its money goes (钱): points, refund plans, shares, bills, statements."""
