"""Pictures that look like screens."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

COLOURS = [(236, 240, 245), (40, 60, 90), (250, 214, 165), (30, 110, 80), (120, 40, 90), (210, 225, 120), (70, 70, 70)]

Draw = Callable[[float], np.ndarray]
"""The RGB picture (height, width, 3) for a time in seconds."""


def scene_pictures(size: tuple[int, int], scenes: Sequence[float]) -> Draw:
    """A picture for each stretch between scenes, with a small pointer that wanders over it."""
    width, height = size
    bases = [scene_picture(size, number) for number in range(len(scenes) + 1)]

    def draw(time: float) -> np.ndarray:
        image = bases[sum(time >= change - 1e-6 for change in scenes)].copy()
        x, y = int(width * (0.1 + 0.8 * (time * 0.13 % 1))), int(height * (0.2 + 0.6 * (time * 0.07 % 1)))
        image[y : y + 12, x : x + 8] = (255, 0, 80)
        return image

    return draw


def scene_picture(size: tuple[int, int], number: int) -> np.ndarray:
    """One still picture like a screen: a background, a window, and lines that look like text."""
    width, height = size
    image = np.empty((height, width, 3), np.uint8)
    image[:] = COLOURS[number % len(COLOURS)]
    chance = np.random.default_rng(number)
    left, top = int(width * chance.uniform(0.05, 0.35)), int(height * chance.uniform(0.05, 0.3))
    image[top : top + height // 2, left : left + width // 2] = 255 - np.array(COLOURS[number % len(COLOURS)])
    ink = chance.integers(0, 2, (height // 4, width // 4, 1), np.uint8).repeat(2, 0).repeat(2, 1)
    area = image[top + 8 : top + 8 + height // 3, left + 8 : left + 8 + width // 3]
    shade = ink[: area.shape[0], : area.shape[1]] * 90
    shade[(np.arange(area.shape[0]) // 8) % 2 == 0] = 0
    area[:] = np.where(area > 127, area - shade, area + shade)
    return image
