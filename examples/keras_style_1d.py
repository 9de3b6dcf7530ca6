"""A 1-D convolution with hand-made weights, as a Keras tutorial writes it; only the import lines are striate's."""

from numpy import array

from striate import Sequential
from striate.layers import Conv1D

# a signal with a bump in the middle
data = array([0, 0, 0, 1, 1, 0, 0, 0])
data = data.reshape(1, 8, 1)

# one filter of three weights
model = Sequential()
model.add(Conv1D(1, 3, input_shape=(8, 1)))

# the filter answers to a 1 under its centre
weights = [array([[[0]], [[1]], [[0]]]), array([0.0])]
model.set_weights(weights)
print(model.get_weights())

# slide it over the signal
print(model.predict(data))
