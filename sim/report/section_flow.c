/* section_flow.c - what a decision of a flow cost, and what stood in the way of a cheaper one. */
#include <inttypes.h>

#include "report/explain.h"

static const char *flow_help(unsigned kind)
{
    switch (kind) {
#define XX(code, number, name, help)                                                               \
    case number:                                                                                   \
        return help;
        SIM_FLOW_MAP(XX)
#undef XX
    default:
        return "a kind of row that this version does not know";
    }
}

/* "through the rack": how a task gets to a machine. */
static const char *way_text(unsigned way)
{
    switch (way) {
    case SIM_FLOW_WAY_MACHINE:
        return "straight to it";
    case SIM_FLOW_WAY_RACK:
        return "through its rack, at the worst that can happen there";
    case SIM_FLOW_WAY_CLUSTER:
        return "through the cluster, at the worst that can happen at all";
    case SIM_FLOW_WAY_GROUP:
        return "as one of those that request the same";
    default:
        return "outside the flow";
    }
}

static void taken_text(const struct sim_flow_row *row, const struct page *p)
{
    char name[NAME_BUF];
    if (row->way == SIM_FLOW_WAY_WAIT) {
        (void)fprintf(p->out, "  waiting costs %" PRId64 "\n", row->cost);
        return;
    }
    (void)fprintf(p->out, "  on %s it costs %" PRId64, machine_name(p->book, row->machine, name),
                  row->cost);
    if (row->slot != 0 || row->continuation != 0) {
        (void)fprintf(p->out,
                      ": way %" PRId64 ", tasks there before %" PRId64
                      ", what it would lose elsewhere %" PRId64,
                      row->place, row->slot, row->continuation);
    }
    (void)fprintf(p->out, "; %s\n", way_text(row->way));
}

static void passed_text(const struct sim_flow_row *row, const struct page *p)
{
    char name[NAME_BUF];
    machine_name(p->book, row->machine, name);
    if (row->margin == SIM_NEVER) {
        (void)fprintf(p->out, "    %-22s costs %" PRId64 ", and would not do at any price\n", name,
                      row->cost);
    } else if (row->margin == 0) {
        (void)fprintf(p->out, "    %-22s costs %" PRId64 ", as good in sum\n", name, row->cost);
    } else {
        (void)fprintf(p->out, "    %-22s costs %" PRId64 ", %" PRId64 " too dear in sum\n", name,
                      row->cost, row->margin);
    }
}

static void limit_text(const struct sim_flow_row *row, const struct page *p)
{
    char name[NAME_BUF];
    (void)fprintf(p->out, "    one more would save up to %" PRId64 ": %s%s%s\n", row->margin,
                  flow_help(row->kind), row->machine != SIM_NONE ? ", " : "",
                  row->machine != SIM_NONE ? machine_name(p->book, row->machine, name) : "");
}

void flow_text(int64_t decision, const struct page *p)
{
    uint64_t n;
    const struct sim_flow_row *rows = book_flows(p->book, decision, &n);
    unsigned last = SIM_FLOW_TAKEN;
    for (uint64_t i = 0; i < n; i++) {
        const unsigned kind = rows[i].kind;
        if (kind == SIM_FLOW_TAKEN) {
            taken_text(&rows[i], p);
        } else if (kind == SIM_FLOW_PASSED) {
            if (last == SIM_FLOW_TAKEN) {
                (void)fputs("  other machines, those that came closest:\n", p->out);
            }
            passed_text(&rows[i], p);
        } else {
            if (last <= SIM_FLOW_PASSED) {
                (void)fputs("  what is full, and what it is worth:\n", p->out);
            }
            limit_text(&rows[i], p);
        }
        last = kind;
    }
}

void flow_json(int64_t decision, const struct book *b, struct json *j)
{
    uint64_t n;
    const struct sim_flow_row *rows = book_flows(b, decision, &n);
    if (n == 0) {
        return;
    }
    jw_array(j, "flow");
    for (uint64_t i = 0; i < n; i++) {
        const struct sim_flow_row *row = &rows[i];
        jw_object(j, NULL);
        jw_text(j, "kind", sim_flow_name(row->kind));
        jw_machine(j, "machine", b, row->machine);
        if (row->kind <= SIM_FLOW_PASSED) {
            jw_text(j, "way", sim_flow_way_name(row->way));
            jw_int(j, "cost", row->cost);
        }
        if (row->kind == SIM_FLOW_TAKEN) {
            jw_int(j, "place", row->place);
            jw_int(j, "slot", row->slot);
            jw_int(j, "continuation", row->continuation);
            jw_int(j, "wait", row->wait);
        }
        if (row->margin != SIM_NEVER) {
            jw_int(j, "margin", row->margin);
        } else {
            jw_null(j, "margin");
        }
        jw_end(j);
    }
    jw_end(j);
}
