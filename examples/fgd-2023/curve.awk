# curve.awk - GPU allocation by arrived load, from the table "tasks" of one run.
#
#   simctl export RUN --table tasks --format csv |
#       awk -v policy=NAME -v capacity=GPU_MILLI -f curve.awk
#
# As the paper's program counts: after every pod, in order of arrival, one row with arrived = GPU
# milli of all pods so far and used = GPU milli of those that were placed. Allocation of a row is
# used / capacity in %, rounded to 2 digits, half up. The value at load k is the mean over the rows
# whose arrived / capacity in %, rounded to an integer, half to even, is k. Whole numbers up to the
# mean; they stay below 2^53, so doubles are exact. Prints: policy, load, mean.
BEGIN { FS = "," }

NR == 1 {
    for (i = 1; i <= NF; i++)
        column[$i] = i
    task = column["task"]
    gpu = column["gpu"]
    start = column["first_start_us"]
    next
}

# The table is in order of end; tasks are numbered in order of arrival.
{
    asked[$task] = $gpu
    placed[$task] = $start != ""
    tasks++
}

function percent_half_even(amount, quotient, twice_rest) {
    quotient = int(100 * amount / capacity)
    twice_rest = 2 * (100 * amount - quotient * capacity)
    return quotient + (twice_rest > capacity || (twice_rest == capacity && quotient % 2 == 1))
}

function hundredths_half_up(amount) {
    return int((20000 * amount + capacity) / (2 * capacity))
}

END {
    for (t = 0; t < tasks; t++) {
        arrived += asked[t]
        if (placed[t])
            used += asked[t]
        load = percent_half_even(arrived)
        sum[load] += hundredths_half_up(used)
        rows[load]++
        last = load
    }
    for (load = 0; load <= last; load++)
        if (rows[load])
            printf "%s,%d,%.6f\n", policy, load, sum[load] / rows[load] / 100
}
