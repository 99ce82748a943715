# exit 2: the echoed line of a file does not steer the terminal.
printf 'trace: "synth:"\npolcy: fcfs # \033[31mred\007\n' >study.yaml
simctl run study.yaml
