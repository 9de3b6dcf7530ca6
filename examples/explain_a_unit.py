"""Opens a network, runs it on a picture, and writes out the sum behind one number.

python examples/explain_a_unit.py [MODEL INPUT UNIT]
"""

import sys

import striate as st


def main(model: str, picture: str, address: str) -> None:
    net = st.load(model)
    free = net.inputs[0].shape is None or None in net.inputs[0].shape[2:]
    run = net.run(st.image(picture, size=None if free else net.inputs[0].shape[2:], preprocess="unit"))
    e = run.unit(address).explain()
    print(e)
    print()
    print("window, what the input holds there:", e.window, sep="\n")
    print("kernel, what it is multiplied by:", e.kernel, sep="\n")
    print("all of it:", e.formula(digits=3))


if __name__ == "__main__":
    given = sys.argv[1:] or [str(st.bundled.model_path()), str(st.bundled.picture_path()), "edges/Conv:0@105,44"]
    main(*given)
