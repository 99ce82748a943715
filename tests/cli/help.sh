# exit 0: help comes on standard output, examples first.
simctl --help
simctl help run
