"""The demo: an invented maker of e-bikes, its boards, and a season of what its customers asked for."""
