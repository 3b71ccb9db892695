"""Eyes on the gradients of every layer while a network learns: whether they die or explode."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields

from elman.errors import CheckpointError
from elman.fields import TrainingFields
from elman.records import Record
from elman.training.clipping import ClipReport

__all__ = ["GradientWatch", "Pulse", "told"]

MEMORY_STEPS = 50  # about so many steps make what is usual, and so many in a row a death
KNOWN_STEPS = 2  # from so many on a step can be called unusual
FIRST_STEPS = 10  # so many are read before the network as it was begun is judged
LEAP = 10.0  # so many times the usual norm is an explosion, as in the autopsy
HELD_LEAP = 100.0  # the same where clipping holds the step, so that it does no harm
FADED = 0.01  # so small a share of a layer's own height is dead, as 1 % is in gradient flow
TELLABLE = 2.0**-12  # its square, float32's last bit, is a layer's part in the descent
_LEAST, _MOST = 1e-300, 1e300  # bounds within which a logarithm can be undone

_DYING, _EXPLODING = "dying", "exploding"


@dataclass
class Pulse:
    """What is remembered of one norm from step to step.

    Attributes:
        steps: how many were counted.
        usual: logarithm of the norm, as a moving mean; one step pulls it as if `LEAP` bound it.
        height: the highest `usual` so far.
        loss: the usual loss at that height.
        quiet: how many steps in a row were dead.
    """

    steps: int = 0
    usual: float = 0.0
    height: float = 0.0
    loss: float = 0.0
    quiet: int = 0

    def add(self, norm: float, loss: float) -> None:
        """Count one step in, beside the usual loss."""
        value = math.log(min(max(norm, _LEAST), _MOST))
        self.steps += 1
        if self.steps == 1:
            self.usual = value
        bound = math.log(LEAP)
        pull = max(-bound, min(bound, value - self.usual))
        self.usual += pull / min(self.steps, MEMORY_STEPS)
        if self.steps <= FIRST_STEPS or self.usual > self.height:
            self.height, self.loss = self.usual, loss


class GradientWatch:
    r"""Notices when the gradient of a layer dies away and when gradients explode.

    With g_l the gradient norm of layer l before clipping, g that of all layers together, ℓ the
    loss, and bars for what has been usual over some 50 steps (geometric means for norms):

        exploding   g ≥ k · ḡ · max(1, ℓ / ℓ̄), g ≥ max ḡ, g > clip_norm   against its own past
                    ḡ · ‖w‖ ≥ 2^12 · |ℓ̄|          after the first ten steps    against the loss
        dying       g_l < 0.01 · max ḡ_l · min(1, ℓ / ℓ̄ at that maximum)   against its own past
                    g_l < 2^-12 · g                                      against the other layers

    with k = 10, or 100 where `clip_norm` holds the step. Dying must hold for 50 steps in a row.

    What is learned well has small gradients, and a surprising batch has large ones: so norms may
    fall and rise as far as the loss does (up to that of the first step: what is worse is damage).
    A gradient step lowers the loss by η · Σ g_l² to first order; below 2^-12 of g a layer's part
    in that is below 2^-24, the last bit that float32 can tell. Where ḡ · ‖w‖ reaches 2^12 · |ℓ̄|, a
    change of the weights by 1/4096 of their length would double the loss: the same ratio, turned
    over.

    Args:
        clip_norm: longest gradient allowed; 0 for any.

    Attributes:
        pulses: by layer; "" stands for all layers together.

    Source: Hochreiter, Diplomarbeit, TU München 1991, and Bengio, Simard and Frasconi, IEEE
    Transactions on Neural Networks 5 (1994), for what dies and explodes; Pascanu, Mikolov and
    Bengio, ICML 2013, for clipping. The thresholds are ours: docs/runs.md.

    >>> watch = GradientWatch()
    >>> for step in range(60):
    ...     norm = 1.0 if step < 59 else 30.0
    ...     found = watch.look(ClipReport(norm, {"rnn": norm}, 1.0, 0.0), 2.0, lambda: 1.0)
    >>> [(one["what"], one["layer"], one["norm"], round(one["bound"])) for one in found]
    [('exploding', 'rnn', 30.0, 10)]
    """

    def __init__(self, clip_norm: float = 0.0) -> None:
        self._leap = HELD_LEAP if clip_norm else LEAP
        self._clip_norm = clip_norm
        self.pulses: dict[str, Pulse] = {"": Pulse()}
        self._loss = self._first = 0.0
        self._steep = False
        self._since = MEMORY_STEPS  # steps since an explosion was told

    def look(self, clip: ClipReport, loss: float, weight_norm: Callable[[], float]) -> list[Record]:
        """Count one step in; returns what is worth a warning, mostly nothing.

        Args:
            clip: the gradients of the step, all finite.
            loss: of the step.
            weight_norm: length of all weights together; asked once.

        Returns:
            Of each warning `what`, `layer` (the worst), `layers` (all concerned), `norm`, the
            `bound` that it crossed, and `against` which measure.
        """
        whole = self.pulses[""]
        self._since += 1
        exploded = self._explosion(clip, loss)
        self._first = self._first if whole.steps else loss
        self._loss += (loss - self._loss) / min(whole.steps + 1, MEMORY_STEPS)
        for layer, norm in {**clip.norm_by_layer, "": clip.norm_before}.items():
            self.pulses.setdefault(layer, Pulse()).add(norm, self._loss)
        if exploded:  # beside such a step nothing can be called dead
            told_lately, self._since = self._since <= MEMORY_STEPS, 0
            return [] if told_lately else exploded
        if whole.steps == FIRST_STEPS:
            exploded = self._steepness(clip, weight_norm())
            self._since = 0 if exploded else self._since
        return exploded + self._deaths(clip, loss)

    def _explosion(self, clip: ClipReport, loss: float) -> list[Record]:
        """The whole gradient against what was usual before this step."""
        whole = self.pulses[""]
        risen = max(1.0, min(loss, self._first) / self._loss) if self._loss > 0 else 1.0
        usual, height = math.exp(whole.usual), math.exp(whole.height)
        bound = max(self._leap * usual * risen, height, self._clip_norm)
        if whole.steps < KNOWN_STEPS or clip.norm_before < bound:
            return []
        return [_warning(_EXPLODING, _strongest(clip), clip.norm_before, bound, "own past")]

    def _steepness(self, clip: ClipReport, weight_norm: float) -> list[Record]:
        """The gradients of the first steps against loss and weights."""
        usual = math.exp(self.pulses[""].usual)
        bound = abs(self._loss) / TELLABLE / weight_norm if weight_norm else math.inf
        self._steep = 0 < bound <= usual
        if not self._steep:
            return []
        return [_warning(_EXPLODING, _strongest(clip), usual, bound, "loss")]

    def _deaths(self, clip: ClipReport, loss: float) -> list[Record]:
        """The layers that have now been dead for long enough, one warning for each measure."""
        dead: dict[str, dict[str, float]] = {"own past": {}, "other layers": {}}
        for layer, norm in clip.norm_by_layer.items():
            pulse = self.pulses[layer]
            bound, against = self._bound(pulse, clip.norm_before, loss)
            pulse.quiet = pulse.quiet + 1 if norm < bound else 0
            if pulse.quiet == MEMORY_STEPS:
                dead[against][layer] = bound
        found = []
        for against, bounds in dead.items():
            layers = sorted(bounds, key=lambda layer: clip.norm_by_layer[layer] / bounds[layer])
            if layers:
                norm = clip.norm_by_layer[layers[0]]
                found.append(_warning(_DYING, layers, norm, bounds[layers[0]], against))
        return found

    def _bound(self, pulse: Pulse, whole: float, loss: float) -> tuple[float, str]:
        """Below what a layer counts as dead, and against which measure."""
        fallen = loss / pulse.loss if pulse.loss > 0 else float(loss != 0)
        past = FADED * math.exp(pulse.height) * min(1.0, fallen)
        others = 0.0 if self._steep else TELLABLE * whole
        return (past, "own past") if past >= others else (others, "other layers")

    def state_dict(self) -> dict[str, dict[str, float]]:
        """What is remembered, as objects of numbers."""
        whole = {
            "loss": self._loss,
            "first": self._first,
            "steep": int(self._steep),
            "since": self._since,
        }
        layers = {f"gradients/{layer}": asdict(pulse) for layer, pulse in self.pulses.items()}
        return {"gradients": whole, **layers}

    def load_state_dict(self, state: Mapping[str, Mapping[str, float]], where: str) -> None:
        """Take up what `state_dict` gave; runs from before it was kept begin to watch anew.

        Raises:
            CheckpointError: it is anything else.
        """
        own = {key: value for key, value in state.items() if key.split("/")[0] == "gradients"}
        if not own:
            return
        whole = own.pop("gradients", {})
        names = {each.name for each in fields(Pulse)}
        sound = whole.keys() == {"loss", "first", "steep", "since"} and "gradients/" in own
        if not sound or any(numbers.keys() != names for numbers in own.values()):
            raise CheckpointError(
                f"{where}: `meters` must hold what is known of gradients, got {own!r:.60}."
            )
        self._loss, self._first = whole["loss"], whole["first"]
        self._steep, self._since = bool(whole["steep"]), int(whole["since"])
        self.pulses = {
            key.removeprefix("gradients/"): Pulse(**numbers)  # type: ignore[arg-type]  # counts come back whole from JSON
            for key, numbers in own.items()
        }


def told(warning: Record, step: int, epoch: int, options: TrainingFields) -> str:
    """A warning of `GradientWatch` as a sentence, with what to try.

    >>> told(
    ...     {"what": "exploding", "layer": "rnn", "layers": ["rnn"], "norm": 30.0, "bound": 10.0,
    ...      "against": "own past"}, 60, 1, TrainingFields(clip_norm=1.0))
    'gradients explode at step 60 (epoch 1), most of all in layer `rnn`: norm 30, where at most 10
    was to be expected. Clipping cut it to 1; if that comes often, try --learning-rate 0.0005.'
    """
    place = f"at step {step:,} (epoch {epoch})"
    norm, bound = warning["norm"], warning["bound"]
    slower = f"--learning-rate {options.learning_rate / 4:g}"
    if warning["what"] == _EXPLODING:
        beside = (
            f"at most {bound:.3g} was to be expected"
            if warning["against"] == "own past"
            else f"from {bound:.3g} on a change of the weights by 1/4096 would double the loss"
        )
        cure = (
            f"Clipping cut it to {options.clip_norm:g}; if that comes often, try {slower}."
            if options.clip_norm
            else f"Nothing bounds the step: try --clip-norm 1 or {slower}."
        )
        return (
            f"gradients explode {place}, most of all in layer `{warning['layer']}`: "
            f"norm {norm:.3g}, where {beside}. {cure}"
        )
    beside = (
        f"1 % of what it once was, and the loss did not fall alike (norm {norm:.2g})"
        if warning["against"] == "own past"
        else f"1/4096 of the whole gradient, too little for the loss to tell (norm {norm:.2g})"
    )
    cure = (
        f"Try {slower}: units that were thrown too far get stuck."
        if warning["against"] == "own past"
        else "Fewer layers let more of it through, and so do gates (GRU, LSTM)."
    )
    return (
        f"the gradient of {_listed(warning['layers'])} died away {place}: for {MEMORY_STEPS} steps "
        f"below {beside}. {cure}"
    )


def _listed(layers: Sequence[str]) -> str:
    """Layers in words: up to three by name.

    >>> _listed(["l0"]), _listed(["l0", "l1"]), _listed(["l0", "l1", "l2", "l3"])
    ('layer `l0`', 'layers `l0` and `l1`', 'layers `l0`, `l1` and 2 others')
    """
    if len(layers) == 1:
        return f"layer `{layers[0]}`"
    *names, last = [f"`{layer}`" for layer in layers]
    if len(layers) > 3:
        names, last = names[:2], f"{len(layers) - 2} others"
    return f"layers {', '.join(names)} and {last}"


def _strongest(clip: ClipReport) -> list[str]:
    """The layer with the longest gradient."""
    return [max(clip.norm_by_layer, key=clip.norm_by_layer.__getitem__)]


def _warning(what: str, layers: list[str], norm: float, bound: float, against: str) -> Record:
    """A warning as a record."""
    return {
        "what": what,
        "layer": layers[0],
        "layers": layers,
        "norm": norm,
        "bound": bound,
        "against": against,
    }
