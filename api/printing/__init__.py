"""The papers of the procedure, printed from what is stored: records into the dataclasses of api/papers, out as PDF."""
