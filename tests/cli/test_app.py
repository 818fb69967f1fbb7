"""The command as a whole: what is misspelt is said in a sentence, and nothing is loaded that is not needed."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest
import typer
from typer.main import get_command

from jobs.cli import app, invoke


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["statu"], "No such command 'statu'. Did you mean 'status'?"),
        (["run", "--bogus"], "No such option: --bogus"),
        (["simulate", "--people", "many"], "Invalid value for '--people'"),
        (["where"], "Missing argument"),
    ],
)
def test_what_is_misspelt_ends_with_2_and_a_sentence(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(arguments) == 2
    assert said in capsys.readouterr().err


def test_an_interrupted_command_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("jobs.cli.facts.settings", interrupt)
    assert invoke(["doctor"]) == 130
    assert "run the same command again" in capsys.readouterr().err


def test_every_module_registers_the_commands_it_is_asked_for() -> None:
    """A command that a module has and the root does not name could not be called."""
    found: dict[str, str] = {}
    for module in dict.fromkeys(app.MODULES.values()):
        part = typer.Typer()
        part.callback()(lambda: None)
        import_module(f"jobs.cli.{module}").register(part)
        group = get_command(part)
        found |= dict.fromkeys(group.commands, module)
    assert found == app.MODULES


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["--help"]) == 0
    shown = [line.split()[0] for line in capsys.readouterr().out.split("Commands:\n")[1].splitlines()]
    assert shown == list(app.MODULES)


def test_a_city_is_simulated_without_loading_the_pipeline() -> None:
    """It takes a second to load, which whoever waits for the city would wait as well."""
    code = "import sys, jobs.cli.simulate; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pyspark", "pandas", "sqlalchemy", "duckdb", "deltalake", "great_expectations"} & set(loaded)
