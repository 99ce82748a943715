# exit 0: each mistake of usage has its own sentence and exit status 2.
for line in rnu "run --ouut=x" "run --out" "run --json=1" "run a.yaml b.yaml" "completion tcsh" \
    "run --color=red" "config set" "help nothing" "policies fgx" "formats sfw" "reasons fragmanted" \
    "validate --role x swf:y" "run --json --log -"; do
    status=0
    simctl $line || status=$?
    test $status -eq 2 || echo "exit status $status: $line"
done
