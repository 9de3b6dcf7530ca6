"""How far a unit sees, layer by layer, and what it sees of the input at the edge."""

import striate as st
from striate.layers import Conv2D, Input, MaxPooling2D


def main() -> None:
    model = st.Sequential([Input((64, 64, 3))], seed=0)
    for number, filters in enumerate((8, 16, 32), 1):
        model.add(Conv2D(filters, 3, padding="same", activation="relu", name=f"conv{number}"))
        model.add(MaxPooling2D(2, name=f"pool{number}"))
    net = st.load(model)
    for row in net.summary().rows:
        print(f"{row.name}: sees {row.receptive_field}, output {row.output_shape}")
    print()
    for address in ("conv3:0@8,8", "conv3:0@0,0"):
        print(net.receptive_field(address))


if __name__ == "__main__":
    main()
