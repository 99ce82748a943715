# exit 2: the nearest name is offered.
simctl run --trace swf:$DATA/small.swf --policy wurst-fit
