# exit 2: a file that is not there.
simctl run nothing.yaml
