/* fuzz_rundir.c - any bytes as the decisions.mpk of a killed run: read up to where it is whole, or
 * refused; then asked every question. The checksums of the frames are set right first, else nothing
 * but them would be tested. */
#include "fuzz.h"

#include <xxhash.h>

#include "record/frame.h"
#include "report/explain.h"
#include "report/group.h"
#include "report/show.h"

/* A list says how long it is before its elements come; msgpack asks for the room at once and copes
 * with a refusal. */
SIM_API const char *__asan_default_options(void);
SIM_API const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static uint32_t word(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void set_checksums(uint8_t *data, size_t size)
{
    size_t at = 0;
    while (at + FRAME_HEAD <= size) {
        const uint32_t len = word(data + at);
        if (len > size - at - FRAME_HEAD) {
            break;
        }
        const uint32_t sum = (uint32_t)XXH3_64bits(data + at + FRAME_HEAD, len);
        for (int i = 0; i < 4; i++) {
            data[at + 4 + (size_t)i] = (uint8_t)(sum >> (8 * i));
        }
        at += FRAME_HEAD + len;
    }
}

static void ask(const struct book *book, FILE *out, sim_task task, sim_machine machine)
{
    const struct page page = {out, false, book};
    const struct question q = {.task = task, .machine = machine, .timeline = true};
    struct sim_diag diag = {0};
    struct answer a;
    struct json j;
    if (answer_find(&a, book, &q, &diag)) {
        answer_text(&a, &page);
        jw_begin(&j, out, true);
        answer_json(&a, &j);
        answer_fini(&a);
    } else {
        CHECK(diag.err != SIM_ERR_OK);
    }
}

static void ask_everything(struct rundir *run, FILE *out)
{
    struct sim_diag diag = {0};
    struct book book;
    struct group_keys keys;
    if (!book_open(&book, run, &diag)) {
        CHECK(diag.err != SIM_ERR_OK);
        return;
    }
    const struct page page = {out, false, &book};
    (void)!overview_text(&page, &diag);
    if (group_keys_parse(&keys, "reason,tier", &diag)) {
        (void)!group_text(&keys, &page, &diag);
    }
    for (sim_task task = 0; task < 3; task++) {
        ask(&book, out, task, task % 2 == 0 ? SIM_NONE : 0);
    }
    for (uint64_t d = 0; d < book.count[SIM_TABLE_DECISIONS] && d < 3; d++) {
        (void)!decision_text(&page, (int64_t)d, NULL, &diag);
    }
    for (sim_machine m = 0; m < 2; m++) {
        machine_text(&page, m, SIM_NEVER);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *fixed = mem_alloc(size + 1, 1);
    if (size > 0) {
        memcpy(fixed, data, size);
    }
    set_checksums(fixed, size);
    fuzz_write("decisions.mpk", fixed, size);
    mem_free(fixed);
    struct sim_diag diag = {0};
    struct rundir *run = rundir_open(fuzz_root, &diag);
    CHECK((run == NULL) == (diag.err != SIM_ERR_OK));
    if (run != NULL) {
        FILE *out = fopen("/dev/null", "w");
        CHECK(out != NULL);
        ask_everything(run, out);
        (void)!show_text(run, out, false, &diag);
        fclose(out);
        rundir_close(run);
    }
    return 0;
}
