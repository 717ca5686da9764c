"""Training modules: their rows, the work that turns a video into one, and the pages that show it."""
