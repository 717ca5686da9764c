"""STORAGE SEAM: files in the store, local or remote; what is left over there; and how long a call may take."""
