# metrics.awk - the columns of the Omega paper's lightweight simulator, from a run of simctl.
#
# Reads the job file, the attempts and the tasks of a run, in this order. That simulator handles one
# event beyond the run time, whose time is the end; everything after it is left out, and of several
# at that time (the tasks of a job end together) all but one. An attempt is
# useful when nothing of it was refused and something placed, wasted when the commit met a conflict.

function ceil(x) { return x == int(x) ? x : int(x) + (x > 0) }

# The k-th smallest of v[1..n], k from 1. Quickselect; v is reordered.
function nth(v, n, k,    lo, hi, i, j, pivot, t) {
    lo = 1; hi = n
    while (lo < hi) {
        pivot = v[int((lo + hi) / 2)]
        i = lo; j = hi
        while (i <= j) {
            while (v[i] < pivot) i++
            while (v[j] > pivot) j--
            if (i <= j) { t = v[i]; v[i] = v[j]; v[j] = t; i++; j-- }
        }
        if (k <= j) hi = j
        else if (k >= i) lo = i
        else return v[k]
    }
    return v[k]
}

BEGIN { RUN_TIME = 86400e6; SECOND = 1e6 }

FNR == 1 { part++; split("", at); for (i = 1; i <= NF; i++) at[$i] = i; next }

# ---- jobs: id, workload, submit, ntasks
part == 1 {
    class[$1] = $2
    if ($2 == "Prefill") next
    ids[++jobs] = $1
    submit[$1] = int($3 * SECOND + 0.5)
    tasks[$1] = $4
    count[$2]++
    soonest(submit[$1])
    next
}

# One more event at t, if that is not too late.
function happens(t) {
    if (t <= RUN_TIME) events++
    else if (t <= end) beyond = 1
}
function soonest(t) { if (t > RUN_TIME && t < end) end = t }
BEGIN { end = RUN_TIME + SECOND } # The next sample, unless something comes before it.

# ---- attempts, in order of their ends
part == 2 {
    job = $at["job_name"]
    if (class[job] == "Prefill") next
    n = ++attempts
    a_job[n] = job
    a_began[n] = $at["began_us"] + 0
    a_ended[n] = $at["ended_us"] + 0
    a_queued[n] = $at["queued_us"] + 0
    a_examined[n] = $at["examined"]
    a_scheduler[n] = $at["scheduler_name"]
    a_number[n] = $at["number"]
    a_tasks[n] = $at["tasks"]
    a_placed[n] = $at["placed"]
    a_refused[n] = $at["conflicts"] + $at["undone"]
    a_outcome[n] = $at["outcome"]
    soonest(a_ended[n])
    unplaced[job] = (a_number[n] == 1 ? tasks[job] : unplaced[job]) - a_placed[n]
    a_left[n] = unplaced[job]
    if (unplaced[job] > 0) soonest(a_ended[n] + SECOND)
    next
}

# ---- tasks: when they ended, what they took
part == 3 {
    started = $at["start_us"] == "" ? -1 : $at["start_us"] + 0
    state = $at["state"]
    job = $at["job_name"]
    if (state == "abandoned") given_up[job] = $at["end_us"] + 0
    if (started < 0) next
    n = ++runs
    prefill = class[job] == "Prefill"
    r_from[n] = prefill ? -1 : started
    r_to[n] = state == "running" ? 1e18 : $at["end_us"] + 0
    r_cpu[n] = $at["cpu"] / 1000
    r_memory[n] = $at["memory"] / 1073741824
    if (!prefill) soonest(r_to[n])
}

# ---- sums up to the end
function group_of(n) { return arch == "monolithic" || class[a_job[n]] == "Batch" ? "batch" : "service" }

function count_attempts(    n, j, g, t, m) {
    for (n = 1; n <= attempts; n++) {
        j = a_job[n]
        if (a_began[n] <= end) { # Its wait ends when it is taken up.
            full[j] += a_queued[n]
            taken_up[j] = a_began[n]
            if (a_number[n] == 1) first[j] = a_queued[n]
        }
        happens(a_ended[n])
        if (a_ended[n] > end) continue
        g = group_of(n); t = a_ended[n] - a_began[n]; m = a_scheduler[n]
        if (!(m in seen)) { seen[m] = g; members[g]++ }
        tries[j]++
        asked[j] += a_tasks[n]
        placed[j] += a_placed[n]
        probes[g] += a_examined[n]
        ok_tasks[g] += a_placed[n]
        refused[g] += a_refused[n]
        last_end[j] = a_ended[n]
        retried[g] += a_outcome[n] != "fruitless" && a_number[n] > 1
        if (a_outcome[n] == "fruitless") {
            fruitless[g]++
        } else if (a_outcome[n] == "useful") {
            useful[g] += t; j_useful[j] += t; ok[g]++; m_ok[m]++
            if (a_number[n] == 1) first_useful[g] += t
        } else {
            wasted[g] += t; j_wasted[j] += t; bad[g]++; m_bad[m]++
            if (a_number[n] == 1) first_wasted[g] += t
        }
        if (a_left[n] > 0 && !(j in given_up && given_up[j] == a_ended[n])) {
            happens(a_ended[n] + SECOND)
            if (a_ended[n] + SECOND <= end) returned[j] = a_ended[n] + SECOND
        }
    }
}

function in_queue(j) {
    if (submit[j] > end) return 0
    if (!(j in taken_up)) return 1
    return j in returned && returned[j] > taken_up[j]
}

function utilise(    n, k, from, to, samples) {
    samples = int(RUN_TIME / SECOND) + 1 + (end == RUN_TIME + SECOND)
    for (n = 1; n <= runs; n++) {
        from = r_from[n] < 0 ? 0 : int(r_from[n] / SECOND) + 1
        to = r_to[n] > 1e17 ? samples - 1 : ceil(r_to[n] / SECOND) - 1
        if (to > samples - 1) to = samples - 1
        if (to >= from) { cpu_sum += r_cpu[n] * (to - from + 1); memory_sum += r_memory[n] * (to - from + 1) }
        if (r_from[n] >= 0) happens(r_to[n])
    }
    events += int(RUN_TIME / SECOND) + 1 + 1 # Samples, and one that does nothing.
    happens(RUN_TIME + SECOND)
    cpu_share = cpu_sum / samples / (machines * cpu)
    memory_share = memory_sum / samples / (machines * memory)
}

function num(x) { return sprintf("%.17g", x) }
function mean_of_members(g, bad_of, ok_of,    m, s) {
    for (m in seen) if (seen[m] == g && ok_of[m] > 0) s += bad_of[m] / ok_of[m]
    return s / members[g]
}

function class_columns(w, g,    i, j, n, k, v, u, sum1, sum2, sum3, most, all, out, whole, done) {
    for (i = 1; i <= jobs; i++) {
        j = ids[i]
        if (class[j] != w) continue
        done += placed[j]
        whole += placed[j] == tasks[j]
        all += asked[j]
        if (tries[j] == 0) continue
        n++
        v[n] = first[j]; u[n] = full[j]
        sum1 += first[j]; sum2 += full[j]; sum3 += tries[j]
        if (tries[j] > most) most = tries[j]
    }
    if (n == 0) return (count[w] + 0) ",0,0,0,0,0,0,0,0,0,0,0,0"
    out = (count[w] + 0) "," n "," (whole + 0) "," (done + 0) "," num(sum1 / n / SECOND) "," num(sum2 / n / SECOND)
    out = out "," num(nth(v, n, int((n - 1) * 0.5) + 1) / SECOND)
    out = out "," num(nth(v, n, int((n - 1) * 0.9) + 1) / SECOND)
    out = out "," num(nth(u, n, int((n - 1) * 0.9) + 1) / SECOND)
    out = out "," num(nth(u, n, int((n - 1) * 0.99) + 1) / SECOND)
    return out "," num(sum3 / n) "," most "," (all + 0)
}

function group_columns(g,    i, j, waiting, gone, out, shared) {
    shared = arch != "monolithic"
    if (g == "service" && !shared) return ",,,,,,,,,,,,,,"
    for (i = 1; i <= jobs; i++) {
        j = ids[i]
        if (shared && class[j] != (g == "batch" ? "Batch" : "Service")) continue
        waiting += in_queue(j)
        gone += j in given_up && given_up[j] <= end
    }
    out = num((useful[g] + wasted[g]) / members[g] / end) "," num(useful[g] / SECOND) "," num(wasted[g] / SECOND)
    out = out "," num(first_useful[g] / SECOND) "," num(first_wasted[g] / SECOND) "," (ok[g] + 0)
    if (shared) {
        out = out "," (bad[g] + 0) "," num(mean_of_members(g, m_bad, m_ok)) "," (retried[g] + 0) "," (fruitless[g] + 0)
        out = out "," (ok_tasks[g] + 0) "," (refused[g] + 0)
    } else {
        out = out ",,,,,,"
    }
    return out "," (gone + 0) "," (waiting + 0) "," sprintf("%.0f", probes[g])
}

function columns(prefix, list,    i, n, names, out) {
    n = split(list, names, " ")
    for (i = 1; i <= n; i++) out = out "," prefix names[i]
    return out
}

END {
    if (end > RUN_TIME + SECOND) end = RUN_TIME + SECOND
    for (i = 1; i <= jobs; i++) happens(submit[ids[i]])
    count_attempts()
    utilise()
    events += beyond
    if (per_job != "") {
        print "id,unscheduled,wait_first,wait_full,attempts,task_attempts,useful,wasted"
        for (w = 1; w <= 2; w++)
            for (i = 1; i <= jobs; i++) {
                j = ids[i]
                if (class[j] != (w == 1 ? "Batch" : "Service")) continue
                print j "," tasks[j] - placed[j] "," num(first[j] / SECOND) "," num(full[j] / SECOND) "," (tries[j] + 0) "," (asked[j] + 0) "," num(j_useful[j] / SECOND) "," num(j_wasted[j] / SECOND)
            }
        exit
    }
    if (header + 0) {
        printf "config,architecture,conflict_mode,transaction_mode,n_batch_schedulers,n_service_schedulers"
        printf ",t_job_batch,t_job_service,t_task,seed,model_confirmed,events,end_time,cpu_utilisation,mem_utilisation,cpu_locked"
        jc = "jobs jobs_attempted jobs_full tasks_placed wait_first_avg wait_full_avg wait_first_p50 wait_first_p90 wait_full_p90 wait_full_p99 attempts_avg attempts_max task_attempts"
        gc = "busy useful_s wasted_s first_useful_s first_wasted_s txn_ok txn_fail conflict_fraction retried no_resources task_ok task_fail abandoned left_in_queue probes_failed"
        print columns("batch_", jc) columns("service_", jc) columns("batch_sched_", gc) columns("service_sched_", gc)
    }
    long["rf"] = "resource-fit"; long["seq"] = "sequence-numbers"; long["inc"] = "incremental"; long["aon"] = "all-or-nothing"
    shared = arch != "monolithic"
    printf "%s,%s,%s,%s,%s,%s,%s,%s,0.005,%s,%s,", name, arch, long[conflict], long[transaction], shared ? schedulers : "", shared ? 1 : "", t_batch, t_service, seed, arch == "mesos" ? "no" : "yes"
    printf "%d,%s,%s,%s,%s,", events, num(end / SECOND), num(cpu_share), num(memory_share), arch == "mesos" ? "" : "0"
    print class_columns("Batch", "batch") "," class_columns("Service", "service") "," group_columns("batch") "," group_columns("service")
}
