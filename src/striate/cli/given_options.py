"""Arguments and options that several commands share, so that they are called and explained alike."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Model = Annotated[str, typer.Argument(help="An ONNX file.")]
Inputs = Annotated[
    list[str],
    typer.Argument(help="An image, .npy, .csv or .wav; name=FILE for each where the network has several inputs."),
]
Address = Annotated[str, typer.Argument(help="layer:channel@position, such as conv1:3@10,12.")]
Preprocess = Annotated[
    str | None,
    typer.Option(help="How images are scaled: imagenet (default for 3 channels), unit (0 to 1), signed, none (0-255)."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the facts as JSON.")]
Labels = Annotated[Path | None, typer.Option(help="File with the name of each class, one a line.")]
Folder = Annotated[Path, typer.Option("--out", "-o", help="Folder for the pictures; made if it is not there.")]
Picture = Annotated[Path | None, typer.Option("--out", "-o", help="Also draw it, into this picture file (.png).")]
Host = Annotated[str, typer.Option(help="Address to listen on; of this machine alone.")]
Port = Annotated[int, typer.Option(help="Port to listen on; a free one if 0.")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Print the address and open no browser.")]
Data = Annotated[
    Path | None,
    typer.Option(
        help="Folder with NASA's C-MAPSS data (train_FD001.txt), to slide kernels over in the workbench; where it is "
        "missing or broken nothing is opened."
    ),
]
