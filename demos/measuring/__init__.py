"""How good is a model? Metrics, and the protocol around them."""
