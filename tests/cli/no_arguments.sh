# exit 2: a bare call shows the help, on standard error.
simctl
