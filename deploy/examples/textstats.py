"""A program without tensors: strings, lists and dicts only."""
from typing import Dict, List, Tuple

import torch
from torch import nn


def split_words(text: str) -> List[str]:
    """Lower-case runs of letters, digits and apostrophes."""
    words: List[str] = []
    word = ""
    for position in range(len(text)):
        letter = text[position]
        if letter.isalnum() or (letter == "'" and len(word) > 0):
            word += letter.lower()
        elif len(word) > 0:
            words.append(word)
            word = ""
    if len(word) > 0:
        words.append(word)
    return words


def count_words(words: List[str]) -> Dict[str, int]:
    counts: Dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return counts


class TextStats(nn.Module):
    stop_words: List[str]

    def __init__(self) -> None:
        super().__init__()
        self.stop_words = ["a", "an", "and", "as", "at", "for", "in", "is", "it", "of", "on", "the",
                           "to", "was", "with"]

    @torch.jit.export
    def counts(self, text: str) -> Dict[str, int]:
        return count_words(split_words(text))

    @torch.jit.export
    def top(self, text: str, limit: int = 5) -> List[str]:
        """The most frequent words, ties by alphabet, without the stop words."""
        ranked: List[Tuple[int, str]] = []
        for word, count in self.counts(text).items():
            if word not in self.stop_words:
                ranked.append((-count, word))
        ranked.sort()
        return [word for _, word in ranked[:limit]]

    @torch.jit.export
    def summary(self, text: str) -> str:
        words = split_words(text)
        if len(words) == 0:
            return "no words"
        letters = 0
        longest = words[0]
        for word in words:
            letters += len(word)
            if len(word) > len(longest):
                longest = word
        return "{} words, {} different, longest '{}', {} letters a word; about: {}".format(
            len(words), len(count_words(words)), longest, letters // len(words),
            ", ".join(self.top(text, 5)))

    def forward(self, texts: List[str]) -> List[str]:
        return [self.summary(text) for text in texts]
