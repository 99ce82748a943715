# exit 2: a file that is not YAML is refused where it breaks.
printf 'name: x\nseed: "open\n' >study.yaml
simctl validate study.yaml
