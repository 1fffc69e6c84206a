// Carries the precompiled headers that the modules share; there is nothing to compile here.
