# exit 3: a full disk behind standard output is an error.
simctl reasons >/dev/full
