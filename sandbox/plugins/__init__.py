"""How the engine gets its providers in the sandbox.

It finds executables of the names it looks for; each is answered by a fork of one warm process that
has imported everything already.

`install` writes the executables; `launcher` is what they run; `zygote` is the warm process;
`serving` is a provider instance's life; `servicer` is the protocol between it and the engine;
`registry` knows which provider answers to which name.
"""
