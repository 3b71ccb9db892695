import os
import signal
import threading

import pytest

from elman.training.interruption import Interrupted, Signals


def test_the_first_signal_is_heard_and_the_second_raises() -> None:
    with Signals() as signals:
        os.kill(os.getpid(), signal.SIGTERM)
        assert signals.received == signal.SIGTERM
        with pytest.raises(Interrupted, match="stopped at once") as caught:
            os.kill(os.getpid(), signal.SIGINT)
    assert caught.value.exit_code == 130


def test_at_once_means_at_once() -> None:
    with Signals() as signals:
        with pytest.raises(Interrupted), signals.at_once():
            os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(Interrupted), signals.at_once():
            pytest.fail("began although a signal had come")


def test_handlers_come_back_even_after_an_error() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with pytest.raises(ZeroDivisionError), Signals():
        1 / 0  # noqa: B018
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_what_the_process_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Signals() as signals:
            os.kill(os.getpid(), signal.SIGINT)
            assert signals.received == 0
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_other_threads_are_left_alone() -> None:
    heard: list[object] = []

    def enter() -> None:
        with Signals():
            heard.append(signal.getsignal(signal.SIGTERM))

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    assert heard == [before]
