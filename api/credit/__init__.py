"""Loans of the policy bank, and the list 03/TD of borrowers."""
