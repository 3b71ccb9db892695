"""Networks as people write them, none of which knows Elman."""

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class TimeMajorLM(nn.Module):
    """Embedding, LSTM and linear, time first, outputs flattened: torch's word_language_model."""

    def __init__(self, V=11, E=5, H=6, layers=2, dropout=0.5):
        super().__init__()
        self.drop = nn.Dropout(dropout)
        self.encoder = nn.Embedding(V, E)
        self.rnn = nn.LSTM(E, H, layers, dropout=dropout)
        self.decoder = nn.Linear(H, V)

    def forward(self, ids: Tensor, hidden=None):
        output, hidden = self.rnn(self.drop(self.encoder(ids)), hidden)
        logits = self.decoder(self.drop(output))
        return torch.log_softmax(logits.view(-1, logits.shape[-1]), 1), hidden


class Turning(nn.Module):
    """Takes batches first and turns them itself for a GRU that walks time first."""

    def __init__(self, V=9, H=4):
        super().__init__()
        self.embed = nn.Embedding(V, 3)
        self.gru = nn.GRU(3, H)
        self.head = nn.Linear(H, V)

    def forward(self, ids):
        output, _ = self.gru(self.embed(ids).permute(1, 0, 2))
        return {"hidden": output.permute(1, 0, 2), "logits": self.head(output).permute(1, 2, 0)}


class PackedClassifier(nn.Module):
    """Packs what it reads; speaks once a sequence, from both directions' last states."""

    def __init__(self, I=3, H=4, K=5):
        super().__init__()
        self.lstm = nn.LSTM(I, H, bidirectional=True, batch_first=True)
        self.head = nn.Linear(2 * H, K)

    def forward(self, x, lengths):
        packed = pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
        _, (h, _) = self.lstm(packed)
        return self.head(torch.cat([h[0], h[1]], 1))


class PackedTagger(nn.Module):
    """Embedding, packed time-major LSTM, linear: an output for each step, padding dropped."""

    def __init__(self, V=7, I=3, H=4, K=5, layers=1):
        super().__init__()
        self.embed = nn.Embedding(V, I)
        self.lstm = nn.LSTM(I, H, layers)
        self.head = nn.Linear(H, K)

    def forward(self, ids, lengths):
        packed = pack_padded_sequence(self.embed(ids), lengths.cpu(), enforce_sorted=False)
        output, _ = pad_packed_sequence(self.lstm(packed)[0])
        return (self.head(output),)


class Looping(nn.Module):
    """An LSTMCell in a loop of its own."""

    def __init__(self, I=3, H=4, O=2):
        super().__init__()
        self.cell = nn.LSTMCell(I, H)
        self.head = nn.Linear(H, O)

    def forward(self, x):
        h = c = x.new_zeros(x.shape[0], self.cell.hidden_size)
        outputs = []
        for t in range(x.shape[1]):
            h, c = self.cell(x[:, t], (h, c))
            outputs.append(self.head(h))
        return torch.stack(outputs, 1)


class FixedState(nn.Module):
    """Makes its first state once, for so many sequences."""

    def __init__(self, rows, H=4):
        super().__init__()
        self.gru = nn.GRU(2, H, batch_first=True)
        self.register_buffer("hidden", torch.zeros(1, rows, H))

    def forward(self, x):
        return self.gru(x, self.hidden)[0]


class Carrying(nn.Module):
    """Goes on from where the last call ended."""

    def __init__(self, H=4):
        super().__init__()
        self.gru = nn.GRU(2, H, batch_first=True)
        self.last = None

    def forward(self, x):
        if self.last is None or self.last.shape[1] != len(x):
            self.last = x.new_zeros(1, len(x), self.gru.hidden_size)
        output, self.last = self.gru(x, self.last)
        return output
