# exit 0: the bash script is valid and completes commands, flags, policies and formats.
simctl completion bash >script
cat >try.bash <<'BASH'
source ./script
try() {
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    compopt() { :; }
    _simctl
    echo "$*: ${COMPREPLY[*]}"
}
try simctl va
try simctl run --pol
try simctl run --policy best
try simctl run --trace sw
try simctl completion ''
try simctl --bad-rows=x run --col
BASH
bash try.bash
simctl completion zsh | grep -c '^  run) '
simctl completion fish | grep -c 'from run. -l policy'
