import socket

import pytest

from elman.errors import AddressError, ConfigError
from elman.web.address import LOOPBACK, listen, loopback_only, url_host


def test_without_a_port_the_next_free_one_is_taken():
    with listen("elman lab", LOOPBACK, 0, first=1) as taken:
        first = taken.getsockname()[1]
        with listen("elman lab", LOOPBACK, None, first=first) as found:
            assert first < found.getsockname()[1] <= first + 99


def test_a_busy_port_is_named():
    with listen("elman lab", LOOPBACK, 0, first=1) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AddressError, match=f"must be free, got {port}, which another program"):
            listen("elman lab", LOOPBACK, port, first=1)


def test_a_foreign_host_is_named():
    with pytest.raises(AddressError, match="`--host` must be a name or address of this machine"):
        listen("elman lab", "192.0.2.1", 0, first=1)  # a documentation address, no machine's
    with pytest.raises(AddressError, match=r"got 'no\.such\.host\.invalid'"):
        listen("elman lab", "no.such.host.invalid", 0, first=1)


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_out_of_range_is_refused(port):
    with pytest.raises(ConfigError, match=f"`--port` must .*, got {port}"):
        listen("elman lab", LOOPBACK, port, first=1)


def test_a_listening_socket_lets_connections_wait():
    with (
        listen("elman lab", LOOPBACK, 0, first=1) as taken,
        socket.create_connection(taken.getsockname()) as visitor,
    ):
        assert visitor.getpeername() == taken.getsockname()


def test_addresses_are_told_apart_and_written():
    assert loopback_only("127.8.0.1")
    assert loopback_only("::1")
    assert not loopback_only("192.0.2.1")
    assert url_host("::1") == "[::1]"
    assert url_host("0.0.0.0") == socket.gethostname()
