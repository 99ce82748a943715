/* swf_read.c - passes over an SWF log. */
#include "workloads/lib/swf_read.h"

#include "base/mem.h"
#include "workloads/lib/parts_open.h"
#include "workloads/lib/swf_kinds.h"
#include "workloads/lib/swf_peak.h"

#include <inttypes.h>

struct swf_reader {
    struct sim_open_args args;
    struct swf_rules rules;
    struct lines *lines;
    struct swf_header header;
    struct tally tally;
    uint64_t rows;
    /* Survey. */
    struct map_text *seen; /* Job ids. */
    uint64_t *repeated;    /* Rows whose id was seen before, ascending. */
    size_t repeated_count, repeated_cap;
    struct map_u64 *partitions;
    struct swf_peak peak;
    sim_time latest_us, end_us;
    bool sorted;
    /* Later reading. */
    const struct swf_reader *survey; /* NULL in the survey itself. */
    struct sim_findings *unheard;    /* Bad rows are counted in the survey only. */
    size_t next_repeated;
};

/* The machine's size may stand in the header, which is known when the first row comes. */
static int64_t machine_of(const struct swf_reader *r)
{
    return r->rules.machine > 0 ? r->rules.machine : swf_header_machine(&r->header);
}

static struct swf_reader *reader_open(struct swf_reader *r, struct sim_diag *diag)
{
    swf_header_init(&r->header);
    r->lines = parts_open(&r->args, swf_kinds, ".swf", diag);
    if (r->lines != NULL)
        return r;
    swf_reader_destroy(r);
    return NULL;
}

struct swf_reader *swf_reader_survey(const struct sim_open_args *args,
                                     const struct swf_rules *rules, struct sim_diag *diag)
{
    struct swf_reader *r = MEM_NEW(struct swf_reader, 1);
    r->args = *args;
    r->rules = *rules;
    r->seen = map_text_create();
    r->partitions = map_u64_create();
    r->sorted = true;
    tally_init(&r->tally, args->findings, swf_kinds);
    return reader_open(r, diag);
}

struct swf_reader *swf_reader_again(const struct swf_reader *survey, struct sim_diag *diag)
{
    struct swf_reader *r = MEM_NEW(struct swf_reader, 1);
    r->args = survey->args;
    r->rules = survey->rules;
    r->survey = survey;
    r->unheard = sim_findings_create();
    r->args.findings = r->unheard;
    tally_init(&r->tally, NULL, swf_kinds);
    return reader_open(r, diag);
}

void swf_reader_destroy(struct swf_reader *r)
{
    if (r == NULL)
        return;
    lines_close(r->lines);
    swf_header_fini(&r->header);
    map_text_destroy(r->seen);
    map_u64_destroy(r->partitions);
    mem_free(r->repeated);
    swf_peak_fini(&r->peak);
    sim_findings_destroy(r->unheard);
    mem_free(r);
}

/* ---- a row ---------------------------------------------------------------------------------- */

static enum swf_row_result check_repeated(struct swf_reader *r, const struct swf_row *row,
                                          struct sim_diag *diag)
{
    const struct swf_reader *s = r->survey;
    if (s != NULL) {
        if (r->next_repeated == s->repeated_count || s->repeated[r->next_repeated] != r->rows)
            return SWF_ROW_OK;
        r->next_repeated++;
        return SWF_ROW_DROPPED;
    }
    bool fresh;
    (void)map_text_id(r->seen, row->job, &fresh);
    if (fresh)
        return SWF_ROW_OK;
    MEM_GROW(r->repeated, r->repeated_cap, r->repeated_count + 1);
    r->repeated[r->repeated_count++] = r->rows;
    const enum bad_action action =
        bad_row(&r->args, swf_kinds, SWF_DUPLICATE_JOB, false, lines_at(r->lines, row->job), diag,
                SIM_ERR_FORMAT, "job number %.*s occurs a second time; it must be unique",
                (int)row->job.len, row->job.at);
    return action == BAD_STOP ? SWF_ROW_ERROR : SWF_ROW_DROPPED;
}

static void survey_row(struct swf_reader *r, const struct swf_row *row)
{
    const int64_t *v = row->v;
    (void)map_u64_put(r->partitions, (uint64_t)v[SWF_PARTITION], NULL);
    swf_row_count(row, &r->tally, r->lines);
    if (v[SWF_SUBMIT] >= 0 && v[SWF_WAIT] >= 0 && v[SWF_RUN] > 0 && v[SWF_ALLOCATED] > 0) {
        const sim_time start = v[SWF_SUBMIT] + v[SWF_WAIT];
        swf_peak_add(&r->peak, start, start + v[SWF_RUN], v[SWF_ALLOCATED]);
    }
}

static void survey_job(struct swf_reader *r, const struct swf_job *job)
{
    if (job->submit_us < r->latest_us) {
        r->sorted = false;
        tally_add(&r->tally, SWF_NOT_SORTED, r->lines);
    } else {
        r->latest_us = job->submit_us;
    }
    if (job->submit_us > r->end_us)
        r->end_us = job->submit_us;
    if (job->recorded_end_us != SIM_NEVER && job->recorded_end_us > r->end_us)
        r->end_us = job->recorded_end_us;
}

/* SWF_ROW_DROPPED also for comments and blank lines. */
static enum swf_row_result read_line(struct swf_reader *r, struct sim_text line,
                                     struct swf_job *job, struct sim_diag *diag)
{
    if (swf_header_line(&r->header, line) || text_trim(line).len == 0)
        return SWF_ROW_DROPPED;
    struct swf_row row;
    r->rows++;
    enum swf_row_result got = swf_row_parse(&row, line, r->lines, &r->args, diag);
    if (got == SWF_ROW_OK)
        got = check_repeated(r, &row, diag);
    if (got != SWF_ROW_OK)
        return got;
    if (r->survey == NULL)
        survey_row(r, &row);
    struct swf_rules rules = r->rules;
    rules.machine = machine_of(r);
    if (!swf_job_make(job, &row, &rules, &r->tally, r->lines))
        return SWF_ROW_DROPPED;
    if (r->survey == NULL)
        survey_job(r, job);
    return SWF_ROW_OK;
}

/* Cleaned logs say how many jobs their filters took out; what does not add up is worth knowing. */
static void check_declared(struct swf_reader *r)
{
    const struct swf_header *h = &r->header;
    if (h->jobs < 0)
        return;
    const int64_t expected = h->jobs - h->removed, rows = (int64_t)r->rows;
    const uint64_t difference = (uint64_t)(expected > rows ? expected - rows : rows - expected);
    if (difference != 0)
        tally_say(&r->tally, SWF_DECLARED_ROWS, (struct sim_where){r->args.path, 0, 0},
                  "MaxJobs %" PRId64 " - %" PRId64 " removed = %" PRId64 ", but there are %" PRId64
                  " rows",
                  h->jobs, h->removed, expected, rows);
    tally_add_n(&r->tally, SWF_DECLARED_ROWS, difference == 0 ? 0 : difference - 1);
}

static void check_peak(struct swf_reader *r)
{
    sim_time over_us;
    const int64_t machine = machine_of(r);
    const int64_t peak = swf_peak_find(&r->peak, machine, &over_us);
    if (machine > 0 && peak > machine)
        tally_say(&r->tally, SWF_PEAK, (struct sim_where){r->args.path, 0, 0},
                  "%" PRId64 " of %" PRId64 " processors; above the machine for %" PRId64 " s",
                  peak, machine, over_us / SIM_SECONDS(1));
    swf_peak_fini(&r->peak);
}

static void finish_survey(struct swf_reader *r)
{
    check_declared(r);
    check_peak(r);
    if (r->header.clipped)
        tally_add_n(&r->tally, SWF_HEADER_CLIPPED, 1);
    if (map_u64_count(r->partitions) > 1)
        tally_add_n(&r->tally, SWF_PARTITIONS, map_u64_count(r->partitions));
    tally_flush(&r->tally);
}

int swf_reader_next(struct swf_reader *r, struct swf_job *job, struct sim_diag *diag)
{
    for (;;) {
        struct sim_text line;
        const int got = lines_next(r->lines, &line, diag);
        if (got < 0)
            return -1;
        if (got == 0) {
            if (r->survey == NULL)
                finish_survey(r);
            return 0;
        }
        const enum swf_row_result result = read_line(r, line, job, diag);
        if (result != SWF_ROW_DROPPED)
            return result == SWF_ROW_OK ? 1 : -1;
    }
}

/* ---- what was learnt ------------------------------------------------------------------------ */

const struct swf_header *swf_reader_header(const struct swf_reader *r)
{
    return &r->header;
}

uint64_t swf_reader_rows(const struct swf_reader *r)
{
    return r->rows;
}

uint64_t swf_reader_bytes(const struct swf_reader *r)
{
    return lines_bytes_read(r->lines);
}

uint64_t swf_reader_bytes_total(const struct swf_reader *r)
{
    return lines_bytes_total(r->lines);
}

void swf_reader_describe(const struct swf_reader *r, struct sim_trace_info *info)
{
    parts_describe(r->lines, info);
}

bool swf_reader_is_sorted(const struct swf_reader *r)
{
    return r->sorted;
}

sim_time swf_reader_end_us(const struct swf_reader *r)
{
    return r->end_us;
}

uint32_t swf_reader_key(const struct swf_reader *survey, struct sim_text id)
{
    return map_text_find(survey->seen, id);
}

struct sim_text swf_reader_id(const struct swf_reader *survey, uint32_t key)
{
    return map_text_at(survey->seen, key);
}

bool swf_header_read(struct lines *l, struct swf_header *out, struct sim_diag *diag)
{
    swf_header_init(out);
    struct sim_text line;
    int got;
    bool empty = true;
    do {
        got = lines_next(l, &line, diag);
        empty = empty && got == 0;
    } while (got == 1 && (swf_header_line(out, line) || text_trim(line).len == 0));
    if (empty) {
        sim_hint(diag, "an SWF log begins with header comments; see simctl formats swf");
        sim_fail(diag, SIM_ERR_FORMAT, lines_where(l), "the file is empty");
    }
    return got >= 0 && !empty;
}
