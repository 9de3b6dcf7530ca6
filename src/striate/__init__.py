"""striate: see what a convolutional network sees."""
