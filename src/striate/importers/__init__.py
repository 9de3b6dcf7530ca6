"""Files and pasted declarations of networks, read into striate."""
