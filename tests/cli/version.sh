# exit 0: version is known and machine-readable.
simctl --version | sed -n 's/^\(simctl [0-9.]*\).*/\1/p'
simctl version --json | python3 -c 'import json,sys; d=json.load(sys.stdin); print(sorted(d), sorted(d["libraries"]))'
