# exit 2: what is wrong is a setting and not the data.
simctl validate synth: --set 'trace.duration=nope(3)'
