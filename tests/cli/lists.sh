# exit 0: the tables of names, as text and as JSON.
simctl reasons fragmented
simctl reasons --json | python3 -c 'import json,sys; d=json.load(sys.stdin); print(sorted(d))'
simctl policies show fcfs
simctl policies --json | python3 -c 'import json,sys; d=json.load(sys.stdin); print(sorted(d))'
simctl formats --json | python3 -c 'import json,sys; print([f["name"] for f in json.load(sys.stdin)["formats"]])'
simctl formats swf | head -n 3
