/* swf_job.c - the cleaning rules of the SWF reader.
 *
 * Sources: the standard's field descriptions; for trace.cleaning=pyss the rules of pyss's workload
 * parser (code.google.com/archive/p/pyss), which the published backfilling results rest on. */
#include "workloads/lib/swf_job.h"

#include "workloads/lib/swf_kinds.h"

static void count_if(bool yes, struct tally *t, uint32_t kind, const struct lines *l)
{
    if (yes)
        tally_add(t, kind, l);
}

static bool never_started(const struct swf_row *row)
{
    return row->v[SWF_STATUS] == SWF_STATUS_CANCELLED && row->v[SWF_RUN] <= 0;
}

void swf_row_count(const struct swf_row *row, struct tally *t, const struct lines *l)
{
    const int64_t *v = row->v;
    count_if(v[SWF_SUBMIT] < 0, t, SWF_SUBMIT_MISSING, l);
    count_if(v[SWF_WAIT] < 0, t, SWF_WAIT_MISSING, l);
    count_if(v[SWF_RUN] < 0, t, SWF_RUN_MISSING, l);
    count_if(v[SWF_RUN] == 0, t, SWF_RUN_ZERO, l);
    count_if(v[SWF_LIMIT] > 0 && v[SWF_RUN] > v[SWF_LIMIT], t, SWF_RUN_OVER_REQUEST, l);
    count_if(v[SWF_ALLOCATED] <= 0, t, SWF_ALLOCATED_MISSING, l);
    count_if(v[SWF_ALLOCATED] > 0 && v[SWF_REQUESTED] > 0 && v[SWF_ALLOCATED] != v[SWF_REQUESTED],
             t, SWF_SIZE_DIFFERS, l);
    count_if(v[SWF_LIMIT] <= 0, t, SWF_ESTIMATE_MISSING, l);
    count_if(v[SWF_STATUS] < 0, t, SWF_STATUS_UNKNOWN, l);
    count_if(never_started(row), t, SWF_NEVER_STARTED, l);
    count_if(row->cpu_decimals, t, SWF_CPU_DECIMALS, l);
    count_if(v[SWF_MEMORY] > 0, t, SWF_MEMORY_REQUESTED, l);
    count_if(v[SWF_PRECEDING] > 0, t, SWF_DEPENDENCY, l);
}

static enum sim_end end_of(const struct swf_row *row)
{
    switch (row->v[SWF_STATUS]) {
    case SWF_STATUS_FAILED:
    case SWF_STATUS_LAST_FAILED:
        return SIM_END_FAILED;
    case SWF_STATUS_CANCELLED:
        return SIM_END_KILLED;
    default:
        return SIM_END_FINISHED;
    }
}

static void fill_recorded(struct swf_job *job, const struct swf_row *row)
{
    const int64_t *v = row->v;
    if (v[SWF_SUBMIT] < 0 || v[SWF_WAIT] < 0 || never_started(row))
        return;
    job->recorded_start_us = v[SWF_SUBMIT] + v[SWF_WAIT];
    if (v[SWF_RUN] >= 0)
        job->recorded_end_us = job->recorded_start_us + v[SWF_RUN];
}

/* Rule by rule as in pyss: no record is dropped, broken ones become 1 s of work. */
static void make_pyss(struct swf_job *job, const struct swf_row *row, struct tally *t,
                      const struct lines *l)
{
    const sim_time second = SIM_SECONDS(1);
    const int64_t run = row->v[SWF_RUN], limit = row->v[SWF_LIMIT];
    const int64_t procs = row->v[SWF_ALLOCATED];
    job->procs = (uint32_t)(procs < 1 ? 1 : procs);
    if (run <= 0 || procs <= 0 || row->v[SWF_SUBMIT] < 0) {
        job->run_us = job->limit_us = second;
        job->submit_us = job->submit_us < second ? second : job->submit_us;
        tally_add(t, SWF_BROKEN_TO_ONE_SECOND, l);
        return;
    }
    const sim_time shorter = run < limit ? run : limit, longer = run < limit ? limit : run;
    job->run_us = shorter < second ? second : shorter;
    job->limit_us = longer < second ? second : longer;
    count_if(job->run_us < run, t, SWF_RUN_CUT, l);
    count_if(limit > 0 && limit < run, t, SWF_REQUEST_RAISED, l);
    count_if(limit <= 0, t, SWF_ESTIMATE_FROM_RUN, l);
}

/* False: neither field has a size. */
static bool pick_procs(struct swf_job *job, const struct swf_row *row,
                       const struct swf_rules *rules, struct tally *t, const struct lines *l)
{
    const bool requested = rules->procs == SWF_PROCS_REQUESTED;
    int64_t procs = row->v[requested ? SWF_REQUESTED : SWF_ALLOCATED];
    if (procs <= 0) {
        procs = row->v[requested ? SWF_ALLOCATED : SWF_REQUESTED];
        tally_add(t, procs <= 0 ? SWF_DROPPED_NO_SIZE : SWF_SIZE_FALLBACK, l);
    }
    job->procs = (uint32_t)(procs <= 0 ? 0 : procs);
    return procs > 0;
}

/* False: the job cannot be replayed without its run time. */
static bool pick_run(struct swf_job *job, const struct swf_row *row, const struct swf_rules *rules,
                     struct tally *t, const struct lines *l)
{
    if (job->run_us == 0 && rules->zero_run == SWF_ZERO_DROP) {
        tally_add(t, SWF_DROPPED_ZERO_RUN, l);
        return false;
    }
    if (job->run_us == 0 && rules->zero_run == SWF_ZERO_ONE_SECOND) {
        job->run_us = SIM_SECONDS(1);
        tally_add(t, SWF_RUN_ONE_SECOND, l);
    }
    if (job->run_us >= 0)
        return true;
    /* Status 2 without run time: it had started and the log has no end of it. Its limit is the best
     * bound there is; running for ever would take its processors from everyone after it. */
    if (row->v[SWF_STATUS] == SWF_STATUS_TO_BE_CONTINUED && row->v[SWF_LIMIT] > 0) {
        job->run_us = row->v[SWF_LIMIT];
        job->end = SIM_END_LOST;
        tally_add(t, SWF_RUN_FROM_REQUEST, l);
        return true;
    }
    tally_add(t, SWF_DROPPED_NO_RUN, l);
    return false;
}

static void pick_limit(struct swf_job *job, const struct swf_row *row,
                       const struct swf_rules *rules, struct tally *t, const struct lines *l)
{
    const int64_t limit = row->v[SWF_LIMIT];
    job->limit_us = limit > 0 ? limit : SIM_NEVER;
    if (limit <= 0 && rules->no_estimate == SWF_ESTIMATE_RUN) {
        job->limit_us = job->run_us;
        tally_add(t, SWF_ESTIMATE_FROM_RUN, l);
    } else if (limit > 0 && job->run_us > limit && rules->overrun == SWF_OVERRUN_CUT) {
        job->run_us = limit;
        tally_add(t, SWF_RUN_CUT, l);
    } else if (limit > 0 && job->run_us > limit && rules->overrun == SWF_OVERRUN_RAISE) {
        job->limit_us = job->run_us;
        tally_add(t, SWF_REQUEST_RAISED, l);
    }
}

/* A job that was cancelled in the queue needs no processors for any time: it waits until then. */
static bool make_cancelled(struct swf_job *job, const struct swf_row *row,
                           const struct swf_rules *rules, struct tally *t, const struct lines *l)
{
    if (rules->cancelled == SWF_CANCELLED_DROP) {
        tally_add(t, SWF_DROPPED_CANCELLED, l);
        return false;
    }
    job->run_us = 0;
    job->limit_us = row->v[SWF_LIMIT] > 0 ? row->v[SWF_LIMIT] : SIM_NEVER;
    if (row->v[SWF_WAIT] >= 0)
        job->cancel_us = job->submit_us + row->v[SWF_WAIT];
    return pick_procs(job, row, rules, t, l);
}

static bool make_plain(struct swf_job *job, const struct swf_row *row,
                       const struct swf_rules *rules, struct tally *t, const struct lines *l)
{
    if (row->v[SWF_SUBMIT] < 0) {
        tally_add(t, SWF_DROPPED_SUBMIT, l);
        return false;
    }
    if (never_started(row))
        return make_cancelled(job, row, rules, t, l);
    job->run_us = row->v[SWF_RUN];
    if (!pick_procs(job, row, rules, t, l) || !pick_run(job, row, rules, t, l))
        return false;
    pick_limit(job, row, rules, t, l);
    return true;
}

static bool fit_machine(struct swf_job *job, const struct swf_rules *rules, struct tally *t,
                        const struct lines *l)
{
    if (rules->machine == 0 || job->procs <= rules->machine)
        return true;
    if (rules->cleaning == SWF_CLEANING_NONE && rules->wide == SWF_WIDE_DROP) {
        tally_add(t, SWF_DROPPED_WIDE, l);
        return false;
    }
    job->procs = (uint32_t)rules->machine;
    tally_add(t, SWF_WIDE_CUT, l);
    return true;
}

bool swf_job_make(struct swf_job *job, const struct swf_row *row, const struct swf_rules *rules,
                  struct tally *t, const struct lines *l)
{
    *job = (struct swf_job){.id = row->job,
                            .submit_us = row->v[SWF_SUBMIT],
                            .cancel_us = SIM_NEVER,
                            .recorded_start_us = SIM_NEVER,
                            .recorded_end_us = SIM_NEVER,
                            .memory = row->v[SWF_MEMORY] > 0 ? row->v[SWF_MEMORY] * 1024 : 0,
                            .user = row->v[SWF_USER],
                            .queue = row->v[SWF_QUEUE],
                            .end = end_of(row)};
    fill_recorded(job, row);
    if (rules->cleaning == SWF_CLEANING_PYSS)
        make_pyss(job, row, t, l);
    else if (!make_plain(job, row, rules, t, l))
        return false;
    return fit_machine(job, rules, t, l);
}
