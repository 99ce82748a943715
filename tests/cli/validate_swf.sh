# exit 3: validate reads on after an error and counts all of them.
sed -e 's/^3 20 -1 50/3 20 -1 fifty/' -e 's/^5 40/5 -40/' $DATA/small.swf >bad.swf
simctl validate swf:bad.swf
