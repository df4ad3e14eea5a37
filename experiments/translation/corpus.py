"""Two invented languages, and pairs of sentences that mean the same.

The source has the order of English. The target differs in three ways:

- *Order.* The adverb comes first and the verb last; the object precedes it. Adjectives follow their nouns.
  The place moves before the object, and its preposition becomes a postposition.
- *Agreement.* Nouns have a gender, which the source does not show. Articles and adjectives agree with it and
  with the number; articles show the case too. The verb agrees with the number of the subject.
- *Ambiguity.* A third of the source's nouns have two translations. The verb decides which one is right, and
  it may be several words away.

`python3 corpus.py` prints a few pairs.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

SIZES = {"train": 1500, "validation": 160, "test": 480}
SOURCE_LENGTH, TARGET_LENGTH = 12, 14  # in words; those of the target with two marks
PAD, BEGIN, END = 0, 1, 2  # the first words of both vocabularies

NOUNS, AMBIGUOUS, ADJECTIVES, VERBS = 80, 26, 30, 40
ADVERBS = {"today": "omo", "often": "eki", "slowly": "ushu", "never": "ika", "perhaps": "ala", "again": "oto"}
PREPOSITIONS = {"near": "vem", "under": "dol", "with": "kes", "behind": "gur", "without": "nafkes"}
SUBJECT, OBJECT = 0, 1


class Text(NamedTuple):
    """Pairs of sentences, as words and as numbers."""

    sentences: list[tuple[str, str]]
    source: np.ndarray  # [count, SOURCE_LENGTH], padded with PAD
    target: np.ndarray  # [count, TARGET_LENGTH], from BEGIN to END, padded with PAD


class Corpus(NamedTuple):
    """Everything that is known of the two languages."""

    texts: dict[str, Text]
    source_words: list[str]
    target_words: list[str]


def invent(rng: np.random.Generator, count: int, taken: set[str]) -> list[str]:
    """Words of two syllables that nobody has used yet."""
    words: list[str] = []
    while len(words) < count:
        syllables = rng.choice(list("bdfgklmnprstvz"), 2), rng.choice(list("aeiou"), 2)
        word = "".join(consonant + vowel for consonant, vowel in zip(*syllables, strict=True))
        if word not in taken:
            taken.add(word)
            words.append(word)
    return words


class Languages:
    """The words of both languages, and the rules by which sentences are made of them."""

    def __init__(self, rng: np.random.Generator) -> None:
        """Invent the words."""
        self.rng = rng
        taken = set(ADVERBS) | set(PREPOSITIONS)
        self.nouns, self.adjectives, self.verbs = (invent(rng, n, taken) for n in (NOUNS, ADJECTIVES, VERBS))
        taken = set()
        # Two translations of each noun; only the first AMBIGUOUS nouns use the second.
        self.translations = [invent(rng, NOUNS, taken), invent(rng, NOUNS, taken)]
        self.adjective_stems, self.verb_stems = invent(rng, ADJECTIVES, taken), invent(rng, VERBS, taken)
        self.genders = rng.integers(2, size=(2, NOUNS))
        self.irregular = rng.random((2, NOUNS)) < 0.2  # plurals that must be learned one by one
        self.plurals = [invent(rng, NOUNS, taken), invent(rng, NOUNS, taken)]

    def draw(self, count: int) -> int:
        """A word by its number; frequent ones come first, as Zipf observed."""
        weights = 1 / (np.arange(count) + 3)
        return int(self.rng.choice(count, p=weights / weights.sum()))

    def phrase(self, sense: int, case: int) -> tuple[list[str], list[str], int]:
        """An article, perhaps an adjective, and a noun: in both languages, and whether they are a plural."""
        noun, plural, definite = self.draw(NOUNS), int(self.rng.random() < 0.4), int(self.rng.random() < 0.6)
        sense = sense if noun < AMBIGUOUS else 0
        gender = self.genders[sense, noun]
        article = (("a", "some"), ("the", "the"))[definite][plural]
        source = [article, self.nouns[noun] + "s" * plural]
        stem = self.translations[sense][noun]
        if plural:
            stem = self.plurals[sense][noun] if self.irregular[sense, noun] else stem + "r"
        target = ["jh"[definite] + "aeio"[2 * gender + plural] + "nt"[case], stem]
        if self.rng.random() < 0.5:
            adjective = self.draw(ADJECTIVES)
            source.insert(1, self.adjectives[adjective])
            target.append(self.adjective_stems[adjective] + ("m", "mi", "s", "si")[2 * gender + plural])
        return source, target, plural

    def sentence(self) -> tuple[str, str]:
        """A sentence in both languages."""
        verb, past = self.draw(VERBS), int(self.rng.random() < 0.5)
        sense = verb % 2  # of every ambiguous noun in the sentence
        subject, subject_target, plural = self.phrase(sense, SUBJECT)
        thing, thing_target, _ = self.phrase(sense, OBJECT)
        says = self.verbs[verb] + ("d" if past else "" if plural else "s")
        translated = self.verb_stems[verb] + ("k", "ku", "sh", "shu")[2 * past + plural]
        source, before = [*subject, says, *thing], subject_target
        if self.rng.random() < 0.4:
            preposition = str(self.rng.choice(list(PREPOSITIONS)))
            place, place_target, _ = self.phrase(sense, OBJECT)
            source += [preposition, *place]
            before = [*before, *place_target, PREPOSITIONS[preposition]]
        target = [*before, *thing_target, translated]
        if self.rng.random() < 0.4 and len(source) < SOURCE_LENGTH:
            adverb = str(self.rng.choice(list(ADVERBS)))
            source, target = [*source, adverb], [ADVERBS[adverb], *target]
        return " ".join(source), " ".join(target)


def numbers(sentence: str, words: dict[str, int], length: int, marks: bool) -> list[int]:
    """The words of a sentence by number, padded."""
    known = [words[word] for word in sentence.split()]
    known = [BEGIN, *known, END] if marks else known
    return known + [PAD] * (length - len(known))


@cache
def corpus() -> Corpus:
    """Always the same: no sentence occurs twice, so none of the test can have been learned by heart."""
    languages = Languages(np.random.default_rng(0))
    pairs: dict[str, str] = {}
    while len(pairs) < sum(SIZES.values()):
        pairs.update([languages.sentence()])

    vocabularies = []
    for sentences in (pairs.keys(), pairs.values()):
        words = sorted({word for sentence in sentences for word in sentence.split()})
        vocabularies.append(["<pad>", "<begin>", "<end>", *words])
    source, target = ({word: i for i, word in enumerate(words)} for words in vocabularies)

    texts, start = {}, 0
    for name, size in SIZES.items():
        sentences = list(pairs.items())[start : start + size]
        start += size
        texts[name] = Text(
            sentences,
            np.array([numbers(pair[0], source, SOURCE_LENGTH, False) for pair in sentences]),
            np.array([numbers(pair[1], target, TARGET_LENGTH, True) for pair in sentences]),
        )
    return Corpus(texts, *vocabularies)


def main() -> None:
    """Print the first pairs, and the sizes of the vocabularies."""
    texts, source_words, target_words = corpus()
    for source, target in texts["train"].sentences[:8]:
        print(f"{source}\n    {target}")
    print(f"{len(source_words)} and {len(target_words)} words")


if __name__ == "__main__":
    main()
