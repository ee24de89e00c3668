"""How good the orders are: on real consultations, and in a simulation whose truth is known."""
