"""A vertical line detector, as a Keras tutorial writes it; only the import lines are striate's."""

from numpy import array, zeros

from striate import Sequential
from striate.layers import Conv2D

# an image with a vertical line, two columns wide
data = zeros((1, 8, 8, 1))
data[:, :, 3:5, :] = 1

# one filter of 3 x 3 weights, the middle column 1
detector = [
    [[[0]], [[1]], [[0]]],
    [[[0]], [[1]], [[0]]],
    [[[0]], [[1]], [[0]]],
]
model = Sequential()
model.add(Conv2D(1, (3, 3), input_shape=(8, 8, 1)))
model.set_weights([array(detector), array([0.0])])

# the feature map, row by row
feature_map = model.predict(data)
for row in feature_map[0]:
    print([float(cell[0]) for cell in row])
