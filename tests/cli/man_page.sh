# exit 0: the man page is roff without complaints and names every command.
simctl help --man >simctl.1
head -n 3 simctl.1
for c in run explain validate policies formats reasons config; do
    grep -q "^.SS simctl $c" simctl.1 || echo "no $c"
done
grep -q 'slowdown_tau' simctl.1 || echo "no options"
if command -v groff >/dev/null; then groff -man -ww -z simctl.1; fi
