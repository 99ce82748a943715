# exit 2: a workload that does not describe machines says how to give some.
simctl run --trace synth: --policy best-fit
