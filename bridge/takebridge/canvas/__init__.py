"""The generation canvas: pure values and functions (nodes, wires, takes, pins, recipes, states).

``model`` values · ``graph`` walks over the wires · ``fingerprint`` recipes and their names · ``state`` what
is fresh and what is not · ``ops`` every edit and its inverse · ``pins`` what may be pinned without asking.
"""
