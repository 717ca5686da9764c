"""Times as a player shows them."""


def clock(seconds: float) -> str:
    """0:07, 12:40, 1:02:03."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def clock_title(number: int, start: float, end: float) -> str:
    """A title for a step of which nothing better is known: "Step 2, 0:12 to 1:05"."""
    return f"Step {number}, {clock(start)} to {clock(end)}"
