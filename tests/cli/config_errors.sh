# exit 2: every mistake of a configuration file is told with its place and a caret.
cat >study.yaml <<'YAML'
schema: simctl/1
name: mistakes
seed: minus one
trace: {format: swf, path: small.swf, departurs: false}
cluster: 2x8,16GiB
policy:
  name: e-pwm
chekc: every-event
tie: loudest
tie: random
YAML
cp $DATA/small.swf .
simctl run study.yaml
