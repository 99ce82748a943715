# exit 0: a good log, a good cluster and a good configuration are ok.
cp $DATA/small.swf .
simctl validate small.swf
simctl validate small.swf --role cluster --json
printf 'trace: small.swf\npolicy: fcfs\n' >study.yaml
simctl validate study.yaml
simctl validate study.yaml --json
