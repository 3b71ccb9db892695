"""The `elman` command: finds the verb, hands it its words, and turns errors into one message."""

import importlib
import io
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from elman.checks import suggest
from elman.errors import ChoiceError, ConfigError, ElmanError

__all__ = ["main"]

DONE, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130


class Command(Protocol):
    """What a verb's file offers: a keyword-only dataclass whose fields are the options."""

    def run(self) -> int:
        """Do it, and return the exit code."""
        ...


@dataclass(frozen=True)
class Verb:
    """Where a verb lives, as module:class, and what it does in one line."""

    place: str
    summary: str


VERBS: dict[str, Verb] = {
    "demo": Verb("elman.cli.demo:Demo", "train on built-in sentences and show what was learned"),
    "train language": Verb(
        "elman.cli.train_language:TrainLanguage", "train a language model on text"
    ),
    "train tagging": Verb("elman.cli.train_tagging:TrainTagging", "train a tagger of words"),
    "train classification": Verb(
        "elman.cli.train_classification:TrainClassification",
        "train a classifier on labelled texts or series",
    ),
    "evaluate": Verb("elman.cli.evaluate:Evaluate", "score a model beside its baseline"),
    "predict": Verb(
        "elman.cli.predict:Predict", "say what a model takes words, texts or series for"
    ),
    "next": Verb("elman.cli.next:Next", "after each word: what comes next, what is kept"),
    "inspect": Verb("elman.cli.inspect:Inspect", "say how far back a model looks and learns"),
    "generate": Verb("elman.cli.generate:Generate", "write text"),
    "datasets fetch": Verb("elman.cli.datasets:FetchDatasets", "fetch data sets"),
    "datasets": Verb("elman.cli.datasets:ListDatasets", "list the data sets there are"),
    "lab": Verb("elman.cli.lab:Lab", "open a page on which a network unfolds and learns"),
    "bench": Verb("elman.cli.bench:Bench", "time the recurrent layers on this machine"),
    "doctor": Verb("elman.cli.doctor:Doctor", "say what this installation can do"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: the words after `elman`; None takes those of the process.

    Returns:
        0 done, 1 failed, 2 misuse, 130 interrupted.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    _prepare_streams()
    _prepare_threads()
    try:
        return _dispatch(words)
    except (ChoiceError, ConfigError) as error:
        return _say(str(error), MISUSED)
    except ElmanError as error:
        return _say(str(error), FAILED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has gone
        return FAILED
    except OSError as error:
        return _say(f"{error.filename or 'system'}: {error.strerror or error}", FAILED)
    except KeyboardInterrupt as interrupt:
        code: int = getattr(interrupt, "exit_code", INTERRUPTED)
        return _say(str(interrupt) or "interrupted.", code)


class _Warnings(logging.Handler):
    """Prints what the library logs like the command's own messages."""

    def emit(self, record: logging.LogRecord) -> None:
        print(f"elman: {self.format(record)}", file=sys.stderr)


def _prepare_streams() -> None:
    """Let warnings and the fetching of data be seen, and odd characters pass on any terminal."""
    logger = logging.getLogger("elman")
    if not logger.handlers:
        logger.addHandler(_Warnings())
        logging.getLogger("elman.data.datasets").setLevel(logging.INFO)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _prepare_threads() -> None:
    """Where processors are busy, let torch's threads sleep while they wait, and not spin.

    It must be said before torch loads. A thread that spins holds up the very ones it waits for.
    """
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    if load >= (os.cpu_count() or 1):
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def _dispatch(words: list[str]) -> int:
    """Find the verb that `words` begin with and run it on the rest."""
    match words:
        case [] | ["-h" | "--help" | "help"]:
            print(_overview(VERBS))
            return DONE
        case ["--version" | "version"]:
            from elman.version import VERSION

            print(f"elman {VERSION}")
            return DONE
    for name, verb in VERBS.items():
        parts = name.split()
        if words[: len(parts)] == parts:
            return _run(name, _command(name, verb, words[len(parts) :]))
    group = {name: verb for name, verb in VERBS.items() if name.split()[0] == words[0]}
    if group and words[1:] in ([], ["-h"], ["--help"]):
        print(_overview(group))
        return DONE if words[1:] else MISUSED
    raise ChoiceError(_unknown(words, [name.removeprefix(f"{words[0]} ") for name in group]))


def _command(name: str, verb: Verb, words: list[str]) -> Command:
    """Read `words` into the verb's dataclass; prints help or misuse and exits where that is due."""
    import tyro

    from elman.cli.order import words_first

    module, attribute = verb.place.split(":")
    kind: type[Command] = getattr(importlib.import_module(module), attribute)
    config = (tyro.conf.FlagCreatePairsOff, tyro.conf.OmitArgPrefixes)
    return tyro.cli(kind, prog=f"elman {name}", args=words_first(words, kind), config=config)


def _run(name: str, command: Command) -> int:
    """Run a verb; its errors name flags."""
    from elman.cli.flags import in_flags

    try:
        return command.run()
    except ElmanError as error:
        error.args = (in_flags(str(error), name, command),)
        raise


def _overview(verbs: dict[str, Verb]) -> str:
    """The list of verbs."""
    width = max(map(len, verbs)) + 2
    lines = [f"  {name:<{width}}{verb.summary}" for name, verb in verbs.items()]
    return "\n".join(
        [
            "elman: recurrent networks",
            "",
            *lines,
            "",
            "`elman VERB --help` lists a verb's options. Try: elman demo",
        ]
    )


def _unknown(words: list[str], tasks: list[str]) -> str:
    """The message for a verb, or a task of a verb, that does not exist."""
    if tasks:
        known = ", ".join(f"'{task}'" for task in tasks)
        got = words[1]
        return (
            f"elman {words[0]}: the task must be one of {known}; got '{got}'.{suggest(got, tasks)}"
        )
    known = ", ".join(f"'{name}'" for name in VERBS)
    return f"the verb must be one of {known}; got '{words[0]}'.{suggest(words[0], VERBS)}"


def _say(message: str, code: int) -> int:
    print(
        message if message.startswith(("elman ", "elman:")) else f"elman: {message}",
        file=sys.stderr,
    )
    return code


if __name__ == "__main__":
    sys.exit(main())
