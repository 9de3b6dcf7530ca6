from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.studio.live import Live, live


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Generator[Live]:
    with live(tmp_path_factory.mktemp("studio")) as found:
        yield found
