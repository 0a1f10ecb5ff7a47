"""The stand-in for the AWS provider: a table of API calls, a catalogue of types, and no cloud."""
