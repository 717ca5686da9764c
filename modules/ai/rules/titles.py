"""Titles: the clause that says what to do, cut down to the verb and what it is done to. No word is added.

German puts parts of a verb at both ends of a clause, so there the clause stays as it was said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from .language import Language, plain
from .noises import without_noises

MAX_WORDS, MAX_CLAUSE = 8, 10
"""Words of a title; of one that is a clause as it was said."""
DENIED = 4
"""Words before a verb among which a "not" speaks of what is not to be done."""
REACH = 6
"""Sentences of a step among which its title is looked for."""
FIRST, LATER, SECOND = 0.6, 0.16, 0.5
"""What a title gains in the first sentence of its step, loses with each later one and as the second thing to do in
its sentence."""
POINTING, MEANS, WEAK = 0.8, 1.3, 1.0
"""What it loses when it names its thing by a pronoun, or only a key to press, or has a verb that tells little."""
SPACELESS_LETTERS = 24
"""Letters of a title in a script that writes no spaces."""


@dataclass(frozen=True)
class Action:
    """Something to do, as found in one unit. score: how surely it is an instruction; title: not yet capitalised."""

    score: float
    title: str


@dataclass(frozen=True)
class _Token:
    text: str
    plain: str
    stops: bool
    """Whether a mark follows it that ends a clause."""


def title_of(texts: Sequence[str], language: Language, announces: bool = False) -> str:
    """A title of up to MAX_WORDS for the step that says these texts, '' when they have no words.

    announces: the step tells what is to come or was done (intro, wrap-up), so that its verbs are not instructions.
    """
    found = []
    for at, text in enumerate([] if announces else texts[:REACH]):
        for place, action in enumerate(actions_of(text, language)):
            score = action.score + FIRST * (at == 0) - LATER * at - SECOND * place
            found.append((score, -at, action.title))
    announced = (_how_to(text, language) for text in texts if announces)
    title = max(found)[2] if found else next(filter(None, announced), "")
    return capitalised(spelled(title or _first_words(texts, language), language))


@lru_cache(maxsize=4096)
def actions_of(text: str, language: Language) -> tuple[Action, ...]:
    """All that is to be done in a unit, in the order in which it is said."""
    tokens = _tokens(without_noises(text, language))
    return tuple(action for at in range(len(tokens)) if (action := _action_at(tokens, at, language)))


def action_of(text: str, language: Language) -> Action | None:
    """The clearest thing to do in a unit, or None."""
    return max(actions_of(text, language), key=lambda action: action.score, default=None)


def capitalised(title: str) -> str:
    """With a capital at the beginning; the rest as it is."""
    return title[:1].upper() + title[1:]


def spelled(text: str, language: Language) -> str:
    """With the capitals that bare recognised words lack ("I"); other texts stay as they are."""
    if text == text.lower():
        for pattern, instead in language.spelling:
            text = re.sub(pattern, instead, text)
    return text


_QUOTED_ENDS = tuple(mark + quote for mark in ".!?" for quote in '"”’»)')


def _tokens(text: str) -> list[_Token]:
    found = []
    for word in text.split():
        bare = word.strip('.,;:!?…"“”«»()[]„–—¿¡')
        said = plain(bare)
        if said:
            found.append(_Token(bare, said, word[-1] in ".,;:!?…" or word[-2:] in _QUOTED_ENDS))
        elif found:
            found[-1] = _Token(found[-1].text, found[-1].plain, True)
    return found


def _action_at(tokens: Sequence[_Token], at: int, language: Language) -> Action | None:
    """What is to be done by the verb at this place, or None when no instruction is there."""
    before = [token.plain for token in tokens[max(0, at - 9) : at]]
    verb = language.verbs.get(tokens[at].plain) or _unlisted(tokens, at, before, language)
    if not verb or (before and before[-1] in language.determiners) or _announces(tokens, at, language):
        return None
    # A German clause keeps its "not", since it is shown whole.
    if not language.verb_last and language.negations.intersection(before[-DENIED:]):
        return None
    lead = _lead(tokens, at, before, language)
    if not lead:
        return None
    title = _title(tokens, at, verb, language)
    rest = [word for word in plain(title).split() if word not in language.stopwords and word != verb]
    if len(title.split()) < 2:
        return None
    vague = -1.3 if not _named(plain(title).split(), verb, language) else -0.3
    score = lead + (0.6 if rest else vague) - (WEAK if verb in language.weak_verbs else 0.0)
    score -= MEANS if rest and all(word in language.means or len(word) == 1 for word in rest) else 0.0
    score -= POINTING if _points(plain(title).split()[0 if language.verb_last else 1 :], language) else 0.0
    return Action(score, title)


def _unlisted(tokens: Sequence[_Token], at: int, before: Sequence[str], language: Language) -> str | None:
    """A verb that no table has: it begins the clause and takes an article ("Squeeze the …"), as commands do."""
    said = tokens[at].plain
    starts = tokens[at - 1].stops or all(word in language.openers for word in before)
    takes = at + 1 < len(tokens) and not tokens[at].stops and tokens[at + 1].plain in language.articles
    looks = not language.verb_last and said.endswith(language.command_endings or "")
    known = said in language.stopwords or said in language.not_verbs or not said.isalpha()
    # "Now audio: your desktop audio is …": what is a thing in the same breath is no verb.
    known = known or any(token.plain == said for token in tokens[at + 1 :])
    return said if starts and takes and looks and not known else None


def _named(words: Sequence[str], verb: str, language: Language) -> bool:
    """Whether a title has any word that could name a thing, be it one as common as "people"."""
    small = (language.pronouns, language.dangling, language.determiners, language.particles, language.not_verbs)
    return any(word != verb and not any(word in some for some in small) for word in words)


def _announces(tokens: Sequence[_Token], at: int, language: Language) -> bool:
    """Whether the verb only leads to another one: the "going" of "going to click"."""
    after = [token.plain for token in tokens[at + 1 : at + 3]]
    return (tokens[at].plain, *after[:1]) in language.auxiliary and not language.determiners.intersection(after[1:])


def _points(thing: Sequence[str], language: Language) -> bool:
    """Whether the thing is named by a pronoun only ("it", "that"), so that the title would not say what."""
    after = thing[1] if len(thing) > 1 else ""
    named = after in language.determiners or (
        thing[0] in language.determiners and after and after not in language.dangling | language.particles
    )
    return thing[0] in language.pronouns and not named


def _lead(tokens: Sequence[_Token], at: int, before: Sequence[str], language: Language) -> float:
    """How much the words before the verb make it an instruction; 0: not at all."""
    since = next((back for back in range(1, at + 1) if tokens[at - back].stops), at + 1) - 1
    clause = " ".join(before[len(before) - min(since, len(before)) :])
    if all(word in language.openers for word in clause.split()):
        return 2.1 if since == at or at <= 2 else 1.8
    weights = [weight for pattern, weight in language.compiled_leads if pattern.search(clause)]
    if weights:
        return max(weights)
    # A verb at the end of a German clause has its lead far in front of it.
    if at + 1 < len(tokens) and tokens[at + 1].plain in language.subjects:
        return 1.7
    if language.verb_last and _closes(tokens, at, language):
        return 1.5
    if before[-1] in language.openers:
        return 1.2
    return 1.0 if _commands(tokens, at, language) else 0.0


def _joins(token: _Token, language: Language) -> bool:
    """Whether an article may follow this word in one phrase: "into the", "all the", but not "tool the"."""
    return any(token.plain in some for some in (language.dangling, language.stopwords, language.verbs))


def _closes(tokens: Sequence[_Token], at: int, language: Language) -> bool:
    """Whether a clause ends with this word."""
    return at + 1 == len(tokens) or tokens[at].stops or _ends(tokens[at + 1], language)


def _commands(tokens: Sequence[_Token], at: int, language: Language) -> bool:
    """Whether a verb without any lead begins a clause that no mark sets apart: "… is set sprinkle the cheese"."""
    if language.verb_last or at + 1 >= len(tokens) or tokens[at].stops:
        return False
    said = tokens[at].plain
    base = language.verbs.get(said) == said or (said in language.verbs and said.endswith(language.command_endings))
    before = tokens[at - 1].plain if at else ""
    free = before in language.particles or before not in language.dangling
    takes = tokens[at + 1].plain in language.determiners or tokens[at + 1].plain in language.pronouns
    return base and free and takes


def _ends(token: _Token, language: Language) -> bool:
    return token.plain in language.clause_ends


def _title(tokens: Sequence[_Token], at: int, verb: str, language: Language) -> str:
    """The verb's title form and its object; in German the whole clause."""
    if language.verb_last:
        return _clause(tokens, at, language)
    thing: list[str] = []
    if not tokens[at].stops:
        for place in range(at + 1, min(len(tokens), at + 2 + MAX_WORDS)):
            token = tokens[place]
            if _ends(token, language) and token.text.islower():
                break
            if len(thing) > 1 and (_commands(tokens, place, language) or _starts_anew(tokens, place, language)):
                break
            if thing and token.plain in language.articles and not _joins(tokens[place - 1], language):
                break
            thing.append(token.text)
            if token.stops:
                break
    return _cut([verb, *thing], language)


def _clause(tokens: Sequence[_Token], at: int, language: Language) -> str:
    """The clause around a verb as it was said, without small words at its beginning."""
    start, end = at, at + 1
    while start > 0 and not tokens[start - 1].stops and not _parts(tokens, start, language):
        start -= 1
    while end < len(tokens) and not tokens[end - 1].stops and not _parts(tokens, end, language):
        end += 1
    while start + 2 < end and _leaves(tokens, start, language):
        start += 1
    said = tokens[start if end - start <= MAX_CLAUSE else at : end]
    return _cut([token.text for token in said], language, MAX_CLAUSE)


def _parts(tokens: Sequence[_Token], at: int, language: Language) -> bool:
    """Whether a new clause begins at this place, or the one before ends there."""
    before = tokens[at - 1]
    if _ends(tokens[at], language):
        return True
    # "Gießt nun …" and "müsst ihr …" go on; "… der Schalter nun nehmt ihr" does not.
    begins = language.starter.match(tokens[at].plain) or tokens[at].plain in language.subjects
    return bool(begins) and not _is_verb(before, language) and before.plain not in language.subjects


def _leaves(tokens: Sequence[_Token], at: int, language: Language) -> bool:
    """Whether a clause can do without this first word: "dann müsst ihr" without it would be a question."""
    small = tokens[at].plain in language.openers or _ends(tokens[at], language)
    idle = language.openers.get(tokens[at].plain, 1.0) <= 0
    return idle or (small and not _is_verb(tokens[at + 1], language))


def _is_verb(token: _Token, language: Language) -> bool:
    return token.plain in language.verbs or token.plain in language.modals


def _starts_anew(tokens: Sequence[_Token], at: int, language: Language) -> bool:
    """Whether something new is begun here in words without marks: "… from the store it is called"."""
    said = " ".join(token.plain for token in tokens[at : at + 3])
    return bool(
        language.starter.match(said) or (language.soft_starter.match(said) and tokens[at].plain not in language.verbs)
    )


def _cut(words: Sequence[str], language: Language, limit: int = MAX_WORDS) -> str:
    """At most `limit` words. What must be cut goes from its last preposition on: half a phrase says nothing."""
    joints = language.dangling - language.articles
    places = [at for at in range(3, limit + 1) if plain(words[at]) in joints] if len(words) > limit else []
    words = list(words[: places[-1] if places else limit])
    # A German clause may end with the particle of its verb: "schalten wir das Gerät ein".
    open_ends = language.dangling - language.particles if language.verb_last else language.dangling
    while len(words) > 1 and plain(words[-1]) in open_ends:
        words.pop()
    return " ".join(words).strip(" ,;:-–…")


def _how_to(text: str, language: Language) -> str:
    found = language.how_to_pattern.search(text)
    return _cut(found[0].split(), language) if found else ""


def _first_words(texts: Sequence[str], language: Language) -> str:
    """The first clause with something in it, without its openers; never empty where there are words."""
    for text in texts:
        tokens = _tokens(without_noises(text, language))
        while len(tokens) > 2 and tokens[0].plain in language.openers:
            tokens = tokens[1:]
        clause: list[str] = []
        for at, token in enumerate(tokens[: MAX_WORDS + 2]):
            if len(clause) > 2 and _starts_anew(tokens, at, language):
                break
            clause.append(token.text)
            if token.stops and len(clause) > 1:
                break
        title = _cut(clause, language)
        if len(title.split()) > 1 or (title and len(title) > SPACELESS_LETTERS // 3):
            return _short(title)
    return _short(" ".join(" ".join(texts).split()[:MAX_WORDS]))


def _short(title: str) -> str:
    """A title without spaces is cut by letters."""
    words = title.split()
    return title[:SPACELESS_LETTERS] if words and max(map(len, words)) > 2 * SPACELESS_LETTERS else title
