"""The yearly plan of a hamlet (section VI.6 of the commune's plan)."""
