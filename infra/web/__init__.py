"""The faces of the mall in `web/`: what is drawn for them from the code, and the Node that builds them."""
