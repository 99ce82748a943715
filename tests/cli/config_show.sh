# exit 0: every key says who set it: default, preset, file, environment, flag.
cp $DATA/small.swf .
printf 'trace: small.swf\npolicy: fcfs\nseed: 2\n' >study.yaml
SIMCTL_TIE=random simctl config show study.yaml --origin --set slowdown_tau=1m
simctl config show study.yaml --json --seed 7 | grep -A6 '"key": "seed"'
