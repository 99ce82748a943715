# exit 0: colours only where asked for.
esc=$(printf '\033')
coloured() {
    if grep -q "$esc"; then echo "coloured: $1"; else echo "plain: $1"; fi
}
(simctl rnu 2>&1 || true) | coloured "an error into a pipe"
(simctl rnu --color=always 2>&1 || true) | coloured "an error, --color=always"
simctl help | coloured "help into a pipe"
simctl help --color=always | coloured "help, --color=always"
simctl help --color never | coloured "help, --color never"
