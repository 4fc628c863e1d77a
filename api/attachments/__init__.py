"""Photos, signatures and scans: declared by the record they belong to, sent on their own, kept beside the database."""
