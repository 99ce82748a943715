# exit 0: a generated workload on a cluster written on the command line; the same seed, the same digest.
for seed in 1 1 2; do
    simctl run --trace synth: --cluster 4x16,64GiB --policy best-fit --seed $seed --out R -q --json |
        grep '"digest"'
done | uniq -c | wc -l
