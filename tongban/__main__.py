"""`python -m tongban`: the command, also where its script is not on the path."""

from tongban.main import main

main()
