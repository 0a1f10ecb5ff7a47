"""What an image must be before it is pushed, and what it is called (playbook IMG-01, IMG-04).

Pure but for reading a Dockerfile and asking git. `platform image lint` holds a Dockerfile to what
the cluster relies on; whatever concerns the shell in it is the matter of hadolint.
"""
