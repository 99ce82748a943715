/* swf_header.c - header comments of the Standard Workload Format.
 *
 * Real headers indent keys by any number of blanks, continue values on lines without a key, put
 * text after a number, and draw pictures. So only known keys are read, and of a number only its
 * digits. Source: https://www.cs.huji.ac.il/labs/parallel/workload/swf.html */
#include "workloads/lib/swf_header.h"

#include "base/lines.h"
#include "base/mem.h"

#include <string.h>

/* Far above any machine; sums of such numbers stay exact. */
#define NUMBER_MAX (INT64_C(1) << 40)
/* Names beyond are not kept: their jobs show the number. */
#define QUEUES_MAX 1024

void swf_header_init(struct swf_header *h)
{
    *h = (struct swf_header){.jobs = -1};
}

void swf_header_fini(struct swf_header *h)
{
    for (size_t i = 0; i < h->queue_count; i++)
        mem_free(h->queues[i].name);
    mem_free(h->queues);
    swf_header_init(h);
}

/* The digits that `text` begins with; advances it past them. -1 when there are none, NUMBER_MAX + 1
 * when they are more than that. */
static int64_t leading_number(struct sim_text *text)
{
    int64_t n = -1;
    while (text->len > 0 && text->at[0] >= '0' && text->at[0] <= '9') {
        n = (n < 0 ? 0 : n * 10) + (text->at[0] - '0');
        n = n > NUMBER_MAX ? NUMBER_MAX + 1 : n;
        text->at++;
        text->len--;
    }
    return n;
}

/* Position of `what` in text, or text.len. */
static uint32_t text_find(struct sim_text text, const char *what)
{
    const uint32_t n = (uint32_t)strlen(what);
    for (uint32_t i = 0; i + n <= text.len; i++) {
        if (memcmp(text.at + i, what, n) == 0)
            return i;
    }
    return text.len;
}

/* "1  [fque:1]" and "1 - Normal jobs queue - normal priority - ..." name a queue; what follows a
 * second dash describes it. */
static void add_queue(struct swf_header *h, struct sim_text value)
{
    const int64_t number = leading_number(&value);
    value = text_trim(value);
    if (number < 0 || h->queue_count == QUEUES_MAX)
        return;
    if (value.len > 0 && value.at[0] == '-')
        value = text_trim((struct sim_text){value.at + 1, value.len - 1});
    value.len = text_find(value, " - ");
    value.len = value.len > SIM_NAME_MAX ? SIM_NAME_MAX : value.len;
    if (value.len == 0)
        return;
    MEM_GROW(h->queues, h->queue_cap, h->queue_count + 1);
    h->queues[h->queue_count++] = (struct swf_queue){number, mem_text(value.at, value.len)};
}

/* "user=2 (305178 jobs removed)": how a cleaned log accounts for what is not in it. */
static void add_removed(struct swf_header *h, struct sim_text line)
{
    const uint32_t end = text_find(line, " jobs removed)");
    if (end == line.len)
        return;
    uint32_t at = end;
    while (at > 0 && line.at[at - 1] >= '0' && line.at[at - 1] <= '9')
        at--;
    struct sim_text digits = {line.at + at, end - at};
    const int64_t n = leading_number(&digits);
    if (n > 0 && h->removed < NUMBER_MAX)
        h->removed += n;
}

/* A key may be stated once; the first number wins over what a later remark says. */
static void set_number(struct swf_header *h, int64_t *to, int64_t unset, struct sim_text value)
{
    const int64_t n = leading_number(&value);
    if (n < 0 || *to != unset)
        return;
    h->clipped = h->clipped || n > NUMBER_MAX;
    *to = n > NUMBER_MAX ? NUMBER_MAX : n;
}

bool swf_header_line(struct swf_header *h, struct sim_text line)
{
    line = text_trim(line);
    if (line.len == 0 || line.at[0] != ';')
        return false;
    while (line.len > 0 && line.at[0] == ';') {
        line.at++;
        line.len--;
    }
    line = text_trim(line);
    add_removed(h, line);
    const uint32_t colon = text_find(line, ":");
    if (colon == line.len)
        return true;
    const struct sim_text key = text_trim((struct sim_text){line.at, colon});
    const struct sim_text value =
        text_trim((struct sim_text){line.at + colon + 1, line.len - colon - 1});
    if (text_is(key, "MaxProcs"))
        set_number(h, &h->procs, 0, value);
    else if (text_is(key, "MaxNodes"))
        set_number(h, &h->nodes, 0, value);
    else if (text_is(key, "MaxJobs"))
        set_number(h, &h->jobs, -1, value);
    else if (text_is(key, "Queue"))
        add_queue(h, value);
    return true;
}

int64_t swf_header_machine(const struct swf_header *h)
{
    return h->procs > 0 ? h->procs : h->nodes;
}

const char *swf_header_queue(const struct swf_header *h, int64_t number)
{
    for (size_t i = 0; i < h->queue_count; i++) {
        if (h->queues[i].number == number)
            return h->queues[i].name;
    }
    return NULL;
}
