"""Results as pieces of static HTML for notebooks: no script, no style of the page touched, light and dark alike.

Nothing here knows the page's theme: ink is inherited, hairlines are half transparent, and colours of signed numbers are
laid over the page with an opacity that grows with the magnitude, so that zero is the page, whatever its colour.
"""

from __future__ import annotations
