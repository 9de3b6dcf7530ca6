"""Finds the edges of a picture with a Sobel filter and writes them as a picture.

python examples/edges_of_a_photo.py [PICTURE [OUT]]
"""

import sys

import numpy as np
from PIL import Image

import striate as st


def main(source: str, out: str) -> None:
    grey = np.asarray(Image.open(source).convert("L"))
    length = st.filter(grey, "sobel")  # of the gradient, in grey levels
    print(f"{source}: {grey.shape[0]} x {grey.shape[1]}, strongest edge {length.max():.0f}")
    strong = length > 200
    print(f"{strong.mean():.1%} of the pixels lie on a strong edge")
    Image.fromarray((255 - 255 * length / length.max()).astype(np.uint8)).save(out)
    print(f"{out}: black is the strongest edge")


if __name__ == "__main__":
    given = sys.argv[1:]
    main(given[0] if given else str(st.bundled.picture_path()), given[1] if len(given) > 1 else "edges.png")
