"""Edits made ahead: nothing is left of them but that the next ones find everything ready."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import striate as st
from striate import bundled
from striate.engine.arenas import IDLE_KEPT
from striate.studio import rehearsal
from striate.studio.answers.library import open_sample
from striate.studio.answers.session import Session
from striate.studio.limits import Limits
from striate.studio.rehearsal import rehearse
from striate.studio.store import COMMAND_LINE, Store
from striate.studio.work import StoppedError, Work


def opened(folder: Path, network: st.Network) -> tuple[Store, str, str]:
    store = Store(Limits(), folder)
    entry = store.add_network(network, "net.onnx", COMMAND_LINE)
    given = open_sample(store, entry, COMMAND_LINE)
    assert given is not None
    return store, entry.id, given


def networks() -> list[st.Network]:
    layers = st.layers
    signal = [layers.Conv1D(4, 3, input_shape=(32, 2), name="c"), layers.GlobalAveragePooling1D(name="mean")]
    volume = [layers.Conv3D(2, 3, input_shape=(6, 6, 6, 1), name="c"), layers.Flatten(), layers.Dense(2, name="d")]
    plain = [layers.Dense(3, input_shape=(5,), name="d")]
    return [st.load(bundled.model_path()), *(st.load(st.Sequential(each, seed=0)) for each in (signal, volume, plain))]


@pytest.mark.parametrize("place", range(4))
def test_nothing_is_left_of_it(tmp_path: Path, place: int) -> None:
    network = networks()[place]
    store, name, given = opened(tmp_path, network)
    before = Session(store, "tab").original(name, given, Work()).output
    rehearse(store, name, given, Work())
    assert store.runs == 1
    assert store.networks[name].holders == {COMMAND_LINE, "tab"}
    assert store.inputs[given].holders == {COMMAND_LINE, "tab"}
    np.testing.assert_array_equal(Session(store, "tab").original(name, given, Work()).output, before)


def test_memory_waits_for_the_edits_to_come(tmp_path: Path) -> None:
    network = st.load(bundled.model_path())
    store, name, given = opened(tmp_path, network)
    rehearse(store, name, given, Work())
    assert network._executor._arenas.idle >= IDLE_KEPT


def test_it_stops_and_lets_go(tmp_path: Path) -> None:
    store, name, given = opened(tmp_path, st.load(bundled.model_path()))
    work = Work()
    work.stop()
    with pytest.raises(StoppedError):
        rehearse(store, name, given, work)
    assert store.networks[name].holders == {COMMAND_LINE}


def test_large_runs_are_not_made_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsal, "LARGEST_RUN", 1000)
    network = st.load(bundled.model_path())
    store, name, given = opened(tmp_path, network)
    rehearse(store, name, given, Work())
    assert store.runs == 1
    assert network._executor._arenas.idle == 0
