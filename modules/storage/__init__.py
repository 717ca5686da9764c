"""STORAGE SEAM: files in the store (a folder or an object store), files that no row owns, and time limits of calls."""
