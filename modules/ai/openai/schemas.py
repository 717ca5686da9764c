"""What the model is asked to answer with. Strict JSON schemas are made of these; no times are in them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

Kind = Literal["intro", "step", "tip", "warning", "wrap-up"]


class Step(BaseModel):
    title: str = Field(description="What to do, as a command of 2 to 8 words, in the language of the cues.")
    text: str = Field(description="What is done and how, in full sentences. Every number and name that the cues give.")
    kind: Kind
    first_cue: int = Field(description="Number of the first cue of this step.")
    last_cue: int = Field(description="Number of the last cue of this step.")


class Steps(BaseModel):
    steps: list[Step]


class SeenStep(BaseModel):
    title: str = Field(description="What to do, as a command of 2 to 8 words.")
    text: str = Field(description="What the pictures show being done, in one to three sentences.")
    kind: Kind
    first_picture: int = Field(description="Number of the first picture of this step.")
    last_picture: int = Field(description="Number of the last picture of this step.")


class SeenSteps(BaseModel):
    steps: list[SeenStep]


class Said(BaseModel):
    text: str = Field(description="One sentence.")
    cues: list[int] = Field(description="Numbers of the cues that say it.")


class BetterStep(BaseModel):
    id: str = Field(description="The id of the step, as given.")
    title: str
    text: str
    tips: list[Said]
    warnings: list[Said]


class QuizQuestion(BaseModel):
    steps: list[str] = Field(description="Ids of the steps it asks about.")
    question: str
    options: list[str] = Field(description="Four different answers, of which one is right.")
    right: int = Field(description="Position of the right answer: 0, 1, 2 or 3.")
    explanation: str = Field(description="Why it is right, in one or two sentences.")
    cues: list[int] = Field(description="Numbers of the cues that prove the right answer.")


class Section(BaseModel):
    steps: list[BetterStep]
    questions: list[QuizQuestion]


class Overview(BaseModel):
    summary: str = Field(description="Two or three sentences on what the whole video shows.")
    tags: list[str] = Field(description="Up to eight words that one would search for.")
    goals: list[str] = Field(description="Up to five things a learner can do afterwards, each beginning with a verb.")


class Whole(Section, Overview):
    """A section that is the whole video."""
