"""The purchase itself (交易): price, order, payment, close, refund, and what its pages say."""
