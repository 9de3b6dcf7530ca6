"""Why convolution: how many weights a dense layer needs on an image, and how many a convolution."""

from striate.arithmetic import convolution_parameters, dense_parameters


def main() -> None:
    convolution = convolution_parameters((3, 3), in_channels=3, filters=64)
    print(f"64 filters of 3 x 3 on RGB, for an image of any size: {convolution:,} parameters")
    for side in (32, 64, 128, 224):
        dense = dense_parameters(side * side * 3, 1000)
        print(f"1,000 dense units on {side} x {side} x 3: {dense:,} parameters, {dense // convolution:,} times as many")


if __name__ == "__main__":
    main()
