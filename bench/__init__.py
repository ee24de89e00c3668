"""Measure the product against yardsticks of the same run; `README.md` in this folder says how."""
