"""The examples in each command's help run as they stand, on the files that ``striate demo --files`` gives."""

import shlex

import pytest
import typer

from striate.cli import app

# These serve until somebody stops them; the studio's own tests start them.
SERVE = ("striate demo", "striate open ", "striate net.onnx")
COMMANDS = typer.main.get_group(app).commands


def all_commands():
    for name, command in sorted(COMMANDS.items()):
        yield name, command
        for inner_name, inner in getattr(command, "commands", {}).items():
            yield f"{name} {inner_name}", inner


def examples(epilog):
    """The commands in "Example: striate a; striate b"; a semicolon in quotes belongs to its command."""
    _, _, text = epilog.partition("Example: ")
    lexer = shlex.shlex(text, posix=False, punctuation_chars=";")
    lexer.whitespace_split = True
    found = [[]]
    for word in lexer:
        if word == ";":
            found.append([])
        else:
            found[-1].append(word)
    return [" ".join(words) for words in found]


EXAMPLES = [
    (name, line)
    for name, command in all_commands()
    for line in examples(command.epilog or "")
    if not (line.startswith(SERVE) and "--text" not in line and "--files" not in line)
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    from striate.cli import main

    found = tmp_path_factory.mktemp("examples")
    assert main(["demo", "--files", str(found)]) == 0
    return found


@pytest.mark.parametrize(("name", "line"), EXAMPLES, ids=[line for _, line in EXAMPLES])
def test_an_example_runs(name, line, folder, striate, monkeypatch):
    monkeypatch.chdir(folder)
    if name == "engine cache":  # others' kernels stay
        monkeypatch.setenv("STRIATE_CACHE", str(folder / "kernels"))
    program, *arguments = shlex.split(line)
    assert program == "striate"
    assert arguments[: len(name.split())] == name.split()
    status, out, err = striate(*arguments)
    assert status == 0, err
    assert "Traceback" not in err
    if "-o" in arguments:
        assert (folder / arguments[arguments.index("-o") + 1]).exists()
    assert out.strip()


def test_every_command_has_an_example():
    for name, command in all_commands():
        if name != "engine cache" or command.epilog:
            lines = examples(command.epilog or "")
            assert lines
            assert lines[0].startswith(f"striate {name}"), name


def test_the_example_files_do_not_replace_others(striate, tmp_path):
    (tmp_path / "house.png").write_bytes(b"another house")
    status, _, err = striate("demo", "--files", tmp_path)
    assert (status, err.count("\n")) == (2, 1)
    assert "another one is there" in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["house.png"]
    again = tmp_path / "new" / "folder"
    assert striate("demo", "--files", again)[0] == striate("demo", "--files", again)[0] == 0
    assert sorted(path.name for path in again.iterdir()) == ["house.png", "labels.txt", "net.onnx"]
