"""A character-level text generator whose sampling loop is part of the program."""
from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor, nn

TEXT = """\
The lighthouse keeper rose before the sun and climbed the narrow stairs. He counted the steps \
as he had counted them every morning: one hundred and twelve. At the top he trimmed the lamp, \
wiped the glass, and looked out over the grey water. The sea was quiet. A small boat with a red \
sail was coming home, and the gulls followed it in a long white line.

"Good morning," said the keeper to the sea. The sea did not answer, but it sent a little wave \
to the rocks, and the keeper took that for a greeting. He had lived with the sea for thirty \
years, and he knew that it spoke slowly.

When the boat came to the shore, the keeper went down the stairs, one hundred and twelve steps, \
and helped the fisher to pull it up on the sand. There were baskets of silver fish, and ropes, \
and a letter. The letter had travelled a long way. It had been carried by a train over the \
mountains, by a cart along the river, and by the boat with the red sail across the bay.

The keeper opened the letter with care. "Dear friend," it said, "the snow has melted here and \
the apple trees are white again. Come and see them before the wind takes the flowers. Bring \
your warm coat, for the nights are cold, and bring a story, for the nights are long."

So the keeper packed his warm coat and thought about a story. He thought about the storm that \
had blown for seven days, and about the whale that had slept below the rocks. He thought about \
the night when the lamp had failed and he had rung the bell until the morning, so that the ships \
would know where the land was. That was the story he would bring.

He asked the fisher to keep the lamp while he was away. "It is easy," he said. "Rise before the \
sun. Count the steps. Trim the lamp, wipe the glass, and say good morning to the sea." The \
fisher promised to do all of it, and the keeper went across the bay, along the river, and over \
the mountains, to the place where the apple trees were white.
"""


class CharGen(nn.Module):
    vocabulary: Dict[str, int]
    letters: List[str]

    def __init__(self, letters: List[str], width: int = 96) -> None:
        super().__init__()
        self.letters = letters
        self.vocabulary = {letter: index for index, letter in enumerate(letters)}
        self.embed = nn.Embedding(len(letters), 32)
        self.gru = nn.GRU(32, width, batch_first=True)
        self.out = nn.Linear(width, len(letters))

    @torch.jit.export
    def step(self, codes: Tensor, state: Optional[Tensor]) -> Tuple[Tensor, Tensor]:
        """Codes [N, T] to logits [N, T, letters] and the state after them."""
        hidden, after = self.gru(self.embed(codes), state)
        return self.out(hidden), after

    @torch.jit.export
    def encode(self, text: str) -> List[int]:
        """Letters that the training text does not have are left out."""
        codes: List[int] = []
        for position in range(len(text)):
            letter = text[position]
            if letter in self.vocabulary:
                codes.append(self.vocabulary[letter])
        return codes

    @torch.jit.export
    def choose(self, logits: Tensor, temperature: float, chance: float) -> int:
        """The best letter at temperature 0, else a draw at `chance` of the distribution."""
        if temperature <= 0.0:
            return int(torch.argmax(logits))
        weights: List[float] = torch.softmax(logits / temperature, dim=0).tolist()
        reached = 0.0
        for code, weight in enumerate(weights):
            reached += weight
            if chance < reached:
                return code
        return len(weights) - 1

    def forward(self, prompt: str, length: int, temperature: float, seed: int = 1) -> str:
        codes = self.encode(prompt)
        assert len(codes) > 0, "the prompt has no letter that the model knows"
        assert length >= 0 and length <= 10000, "length must be between 0 and 10000"
        with torch.no_grad():
            logits, state = self.step(torch.tensor([codes]), None)
            pieces = [prompt]
            dice = seed
            while len(pieces) <= length:
                # An own generator: the same seed gives the same text on every machine.
                dice = (dice * 1103515245 + 12345) % 2147483648
                code = self.choose(logits[0, -1], temperature, float(dice) / 2147483648.0)
                pieces.append(self.letters[code])
                logits, state = self.step(torch.tensor([[code]]), state)
        return "".join(pieces)


def train(steps: int = 900, window: int = 64, batch: int = 24) -> CharGen:
    torch.manual_seed(11)
    letters = sorted(set(TEXT))
    model = CharGen(letters)
    codes = torch.tensor(model.encode(TEXT))
    windows = codes.unfold(0, window + 1, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=4e-3)
    for _ in range(steps):
        rows = windows[torch.randint(len(windows), (batch,))]
        logits, _ = model.step(rows[:, :-1], None)
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), rows[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model.eval()
