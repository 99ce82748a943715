# table.awk - mean and sample standard deviation over the runs, beside the published ones.
#
#   awk -v json=0|1 -v tolerance=POINTS -f table.awk published.csv CURVES
#
# CURVES has one line per run and load: policy, load, allocation. Exit status 1 when the mean at the
# last load of some policy is more than tolerance away from the published one.
BEGIN { FS = "," }

/^#/ || $1 == "policy" { next }

FILENAME ~ /published.csv$/ {
    if (!($1 in known)) {
        known[$1] = 1
        policy[++policies] = $1
    }
    if (!($2 in known)) {
        known[$2] = 1
        load[++loads] = $2
    }
    published[$1, $2] = $3
    published_sd[$1, $2] = $4
    next
}

{ value[$1, $2, ++runs[$1, $2]] = $3 }

function statistics(p, k, n, i, sum, square) {
    n = runs[p, k]
    most = n > most ? n : most
    for (i = 1; i <= n; i++)
        sum += value[p, k, i]
    mean[p, k] = n ? sum / n : ""
    for (i = 1; i <= n; i++)
        square += (value[p, k, i] - mean[p, k]) ^ 2
    sd[p, k] = n > 1 ? sqrt(square / (n - 1)) : ""
    difference[p, k] = n ? mean[p, k] - published[p, k] : ""
}

function is_within(p) {
    return difference[p, load[loads]] != "" && difference[p, load[loads]] <= tolerance &&
        difference[p, load[loads]] >= -tolerance
}

function signed(x, text) {
    text = sprintf("%+.2f", x)
    return text == "-0.00" ? "+0.00" : text
}

function row(label, what, cell, p, is_difference, i, x) {
    printf "%-14s %-13s", label, what
    for (i = 1; i <= loads; i++) {
        x = cell[p, load[i]]
        printf " %6s", x == "" ? "-" : is_difference ? signed(x) : sprintf("%.2f", x)
    }
}

function print_text(i, p) {
    printf "GPU allocation in %% of capacity, mean of %d run%s, ", most, (most == 1 ? "" : "s")
    printf "when that much had been asked for\n\n"
    printf "%-14s %-13s", "policy", ""
    for (i = 1; i <= loads; i++)
        printf " %6s", load[i] "%"
    for (i = 1; i <= policies; i++) {
        p = policy[i]
        printf "\n"
        row(p, "simctl", mean, p)
        printf "\n"
        row("", "published", published, p)
        printf "\n"
        row("", "difference", difference, p, 1)
        printf "   %s\n", is_within(p) ? "ok" : "differs"
        row("", "sd", sd, p)
        printf "\n"
        row("", "published sd", published_sd, p)
        printf "\n"
    }
    printf "\nwithin %s points of the published mean at %s %%: %d of %d policies\n",
        tolerance, load[loads], policies - failed, policies
}

function number(x) { return x == "" ? "null" : sprintf("%.4f", x) }

function print_json(i, j, p, k) {
    printf "{\n  \"tolerance_points\": %s,\n  \"policies\": [", tolerance
    for (i = 1; i <= policies; i++) {
        p = policy[i]
        printf "%s\n    {\n      \"policy\": \"%s\",\n      \"within\": %s,\n",
            (i > 1 ? "," : ""), p, is_within(p) ? "true" : "false"
        printf "      \"allocation_pct\": ["
        for (j = 1; j <= loads; j++) {
            k = load[j]
            printf "%s\n        {\"load_pct\": %d, \"runs\": %d, \"mean\": %s, \"sd\": %s, ",
                (j > 1 ? "," : ""), k, runs[p, k], number(mean[p, k]), number(sd[p, k])
            printf "\"published_mean\": %s, \"published_sd\": %s, \"difference\": %s}",
                number(published[p, k]), number(published_sd[p, k]), number(difference[p, k])
        }
        printf "\n      ]\n    }"
    }
    printf "\n  ]\n}\n"
}

END {
    for (i = 1; i <= policies; i++) {
        for (j = 1; j <= loads; j++)
            statistics(policy[i], load[j])
        failed += !is_within(policy[i])
    }
    if (json)
        print_json()
    else
        print_text()
    exit failed > 0
}
