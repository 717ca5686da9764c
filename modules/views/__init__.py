"""What a person or a program sees of a module: library, processing page, training page, files, and the status as JSON.

A view reads and changes rows by their verbs and tells the workers by `modules.jobs`. It never decodes media, calls an
AI or waits for a worker.
"""
