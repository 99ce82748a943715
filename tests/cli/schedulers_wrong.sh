# exit 2: groups of schedulers that cannot be.
try() { simctl run --trace synth: --cluster 2x4,8GiB "$@" || echo "$?"; }
try --policy best-fit --set schedulers.a.tier=free
try --policy easy --set schedulers.a.count=3
try --policy best-fit --set schedulers.a.tiers=free
try --policy best-fit --set schedulers.a.tiers=fre
try --policy best-fit --set schedulers.a.count=0
try --policy best-fit --set schedulers.a.think.job=1s
exit 2
