"""People who sign in: accounts, roles in areas, tablets, sessions."""
