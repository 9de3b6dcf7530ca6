"""Writes the window at work as GIFs: the textbook's Sobel kernel, and a layer of a network.

python examples/animate_a_window.py
"""

import striate as st


def main() -> None:
    rows = [[int(digit) for digit in row] for row in "12012 01210 20101 12021 01210".split()]
    shown = st.animate(rows, "sobel")
    print(shown.save("sobel.gif", size=(640, 360)), "ends with", shown.steps[-1].formula)

    net = st.load(st.bundled.model_path())
    run = net.run(st.image(st.bundled.picture_path(), size=None, preprocess="unit"))
    shown = run.animate("edges/Conv:0", steps=10)
    print(shown.save("edges.gif", theme="dark", size=(640, 360)), "shows", shown.omitted)


if __name__ == "__main__":
    main()
