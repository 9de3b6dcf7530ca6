"""Reads pasted layer lines, such as ``nn.Conv1d(17, 64, kernel_size=3, padding=1)``, without running them.

Example:
    >>> from striate.importers.declaration import parse_declaration
    >>> parse_declaration("self.conv1 = nn.Conv2d(3, 64, kernel_size=7, stride=2)").kind
    'Conv2d'
"""

from striate.importers.declaration.parse import Argument, Declaration, parse_declaration, parse_declarations

__all__ = ["Argument", "Declaration", "parse_declaration", "parse_declarations"]
