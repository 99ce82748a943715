/* tables.c - what the columns of every recorded table are called, count in, and mean.
 *
 * The list of a table is one macro that is expanded three times: for the description that all
 * sinks, loaders and exporters work from, for the check that a column's type is as wide as its
 * member, and for the check that columns and named padding cover the whole struct. The last one
 * matters because digests hash the bytes of rows: a hole that the compiler left would be hashed
 * with whatever is in it.
 */
#include <simctl/record.h>
#include <simctl/trace.h>

#include "base/check.h"
#include "record/columns.h"

/*   member, name, type, unit, enum names, meaning */
#define DECISION_COLUMNS(XX)                                                                       \
    XX(t_us, t_us, I64, "us", NULL, "Simulated time of the decision.")                             \
    XX(task, task, I32, "", NULL, "Task that the decision is about.")                              \
    XX(machine, machine, I32, "", NULL, "Chosen machine; -1 when the task waits.")                 \
    XX(runner_up, runner_up, I32, "", NULL,                                                        \
       "Second machine by score, then by tie rule; -1 = none.")                                    \
    XX(subject, subject, I32, "", NULL, "Task that blocks this one; -1 = none.")                   \
    XX(score, score, I64, "", NULL, "Score of the chosen machine, higher is better; 0 when none.") \
    XX(margin, margin, I64, "", NULL, "Score minus the score of the runner-up; 0 = tie or none.")  \
    XX(examined, examined, I32, "machines", NULL, "Machines that were evaluated.")                 \
    XX(feasible, feasible, I32, "machines", NULL, "Evaluated machines that could run the task.")   \
    XX(fm, fm, I32, "", NULL,                                                                      \
       "First row in failmask, -1 = none; with flag 1 how many decisions back the reused answer "  \
       "is.")                                                                                      \
    XX(ties, ties, U16, "machines", NULL, "Machines that share the best score, at most 65535.")    \
    XX(victims, victims, U16, "tasks", NULL, "Evictions that made room.")                          \
    XX(outcome, outcome, ENUM8, "", sim_outcome_name, "What the decision did.")                    \
    XX(reason, reason, ENUM8, "", reason_name, "Binding reason of the outcome.")                   \
    XX(dim, dim, U8, "", NULL,                                                                     \
       "Dimension of reason capacity; bit set of dimensions of reason fragmented; else 0.")        \
    XX(tie_rule, tie_rule, ENUM8, "", sim_tie_name, "Rule that orders machines of equal score.")   \
    XX(attempt, attempt, U8, "", NULL, "Wait episode of the task, from 1, at most 255.")           \
    XX(flags, flags, U8, "", NULL,                                                                 \
       "Bit 0: answer of an equal task reused; bit 1: from the cache.")                            \
    XX(machines, machines, U16, "machines", NULL, "Low 16 bits of how many machines were known.")

#define FAILMASK_COLUMNS(XX)                                                                       \
    XX(decision, decision, I64, "", NULL, "Row number of the decision.")                           \
    XX(mask, mask, U32, "", NULL, "All predicates that fail, one bit each; see /meta/fail_bits.")  \
    XX(count, count, I32, "machines", NULL, "Machines with exactly this mask.")                    \
    XX(example, example, I32, "", NULL, "Lowest machine id with this mask.")                       \
    XX(deficit[SIM_CPU], deficit_cpu, I64, "milli-cores", NULL, "Least cpu that is missing.")      \
    XX(deficit[SIM_MEMORY], deficit_memory, I64, "bytes", NULL, "Least memory that is missing.")   \
    XX(deficit[SIM_GPU], deficit_gpu, I64, "milli-devices", NULL, "Least gpu that is missing.")    \
    XX(deficit[SIM_DISK], deficit_disk, I64, "bytes", NULL, "Least disk that is missing.")         \
    XX(deficit[4], deficit_ext4, I64, "steps", NULL, "Least of extended dimension 4 missing.")     \
    XX(deficit[5], deficit_ext5, I64, "steps", NULL, "Least of extended dimension 5 missing.")     \
    XX(deficit[6], deficit_ext6, I64, "steps", NULL, "Least of extended dimension 6 missing.")     \
    XX(deficit[7], deficit_ext7, I64, "steps", NULL, "Least of extended dimension 7 missing.")

#define ROOM_COLUMNS(XX)                                                                           \
    XX(decision, decision, I64, "", NULL, "Row number of the decision.")                           \
    XX(requested, requested, I64, "of dim", NULL, "Amount that the task asks for.")                \
    XX(largest_free, largest_free, I64, "of dim", NULL, "Most free on one eligible machine.")      \
    XX(sum_free, sum_free, I64, "of dim", NULL, "Free on all eligible machines together.")         \
    XX(sum_capacity, sum_capacity, I64, "of dim", NULL, "Capacity of all eligible machines.")      \
    XX(eligible, eligible, I32, "machines", NULL, "Machines that pass all static predicates.")     \
    XX(dim, dim, ENUM8, "", sim_dim_name, "Dimension that the row is about.")

#define AHEAD_COLUMNS(XX)                                                                          \
    XX(decision, decision, I64, "", NULL, "Row number of the decision.")                           \
    XX(cpu, cpu, I64, "milli-cores", NULL, "Cpu that the tasks ahead ask for.")                    \
    XX(memory, memory, I64, "bytes", NULL, "Memory that the tasks ahead ask for.")                 \
    XX(gpu, gpu, I64, "milli-devices", NULL, "Gpu that the tasks ahead ask for.")                  \
    XX(ahead, ahead, I32, "tasks", NULL, "Waiting tasks that come first in the queue.")            \
    XX(head, head, I32, "", NULL, "Task at the head of the queue.")                                \
    XX(head_priority, head_priority, I32, "", NULL, "Priority of the head.")                       \
    XX(priority, priority, I32, "", NULL, "Priority of the task that waits.")

#define CONFLICT_COLUMNS(XX)                                                                       \
    XX(decision, decision, I64, "", NULL, "Row number of the decision.")                           \
    XX(taken_us, taken_us, I64, "us", NULL, "When room was last taken on the machine; " NEVER)     \
    XX(machine, machine, I32, "", NULL, "Machine that the scheduler had chosen.")                  \
    XX(by_task, by_task, I32, "", NULL, "Task that took room on it last; -1 = none.")              \
    XX(by_scheduler, by_scheduler, I32, "", NULL, "Name id of its scheduler; -1 = none.")          \
    XX(kind, kind, ENUM8, "", sim_conflict_name, "What the commit found.")

#define ATTEMPT_COLUMNS(XX)                                                                        \
    XX(began_us, began_us, I64, "us", NULL, "The scheduler took the job up.")                      \
    XX(ended_us, ended_us, I64, "us", NULL, "It had decided, and committed.")                      \
    XX(queued_us, queued_us, I64, "us", NULL, "Time in the scheduler's queue before.")             \
    XX(examined, examined, I64, "machines", NULL,                                                  \
       "Machines that were looked at and could not run a task.")                                   \
    XX(scheduler, scheduler, I32, "", NULL, "Name id of kind scheduler.")                          \
    XX(job, job, I32, "", NULL, "Name id of kind job.")                                            \
    XX(number, number, I32, "", NULL,                                                              \
       "Of the attempts at the job since it had nothing waiting, from 1.")                         \
    XX(tasks, tasks, I32, "tasks", NULL, "Tasks that waited when it began.")                       \
    XX(placed, placed, I32, "tasks", NULL, "Tasks that were started.")                             \
    XX(conflicts, conflicts, I32, "tasks", NULL, "Placements that the commit refused.")            \
    XX(undone, undone, I32, "tasks", NULL,                                                         \
       "Placements taken back for a conflict of another task of the job.")                         \
    XX(outcome, outcome, ENUM8, "", sim_attempt_name, "What became of the time.")

#define PRIORITY_COLUMNS(XX)                                                                       \
    XX(t_us, t_us, I64, "us", NULL, "Simulated time.")                                             \
    XX(total, total, I64, "", NULL, "Priority in the queue: the sum of its parts.")                \
    XX(site, site, I64, "", NULL, "The priority that the task came with.")                         \
    XX(age, age, I64, "", NULL, "For how long it has waited.")                                     \
    XX(fairshare, fairshare, I64, "", NULL, "For how little its user has used.")                   \
    XX(size, size, I64, "", NULL, "For the size of its job.")                                      \
    XX(tier, tier, I64, "", NULL, "For its service tier.")                                         \
    XX(task, task, I32, "", NULL, "Task that waits.")                                              \
    XX(head, head, I32, "", NULL, "Task at the head then; -1 = this one.")

#define PROBE_COLUMNS(XX)                                                                          \
    XX(sent_us, sent_us, I64, "us", NULL, "The scheduler sent it.")                                \
    XX(arrived_us, arrived_us, I64, "us", NULL, "It reached the machine; " NEVER)                  \
    XX(asked_us, asked_us, I64, "us", NULL,                                                        \
       "Its turn came, and the machine held room from then on; " NEVER)                            \
    XX(ended_us, ended_us, I64, "us", NULL, "What became of it was known at the machine; " NEVER)  \
    XX(scheduler, scheduler, I32, "", NULL, "Name id of kind scheduler: who sent it.")             \
    XX(batch, batch, I32, "", NULL, "Probes that were sent together have one number.")             \
    XX(job, job, I32, "", NULL, "Name id of kind job.")                                            \
    XX(task, task, I32, "", NULL, "Task that it was for or that won; -1 = any of the batch.")      \
    XX(machine, machine, I32, "", NULL, "Machine that was probed.")                                \
    XX(seen, seen, I32, "tasks", NULL, "Tasks running and queued there when it arrived.")          \
    XX(outcome, outcome, ENUM8, "", sim_probe_name, "What became of it.")

#define OFFER_COLUMNS(XX)                                                                          \
    XX(made_us, made_us, I64, "us", NULL, "The allocator made the offer.")                         \
    XX(answered_us, answered_us, I64, "us", NULL, "The answer reached it.")                        \
    XX(cpu, cpu, I64, "milli-cores", NULL, "Offered.")                                             \
    XX(memory, memory, I64, "bytes", NULL, "Offered.")                                             \
    XX(gpu, gpu, I64, "milli-devices", NULL, "Offered.")                                           \
    XX(disk, disk, I64, "bytes", NULL, "Offered.")                                                 \
    XX(used_cpu, used_cpu, I64, "milli-cores", NULL, "Used by tasks that were started.")           \
    XX(used_memory, used_memory, I64, "bytes", NULL, "Used by tasks that were started.")           \
    XX(used_gpu, used_gpu, I64, "milli-devices", NULL, "Used by tasks that were started.")         \
    XX(used_disk, used_disk, I64, "bytes", NULL, "Used by tasks that were started.")               \
    XX(until_us, until_us, I64, "us", NULL,                                                        \
       "As much is not offered again before; 9223372036854775807 = no such filter.")               \
    XX(share, share, I64, "of share_dim", NULL, "Held by the role in its dominant dimension.")     \
    XX(share_of, share_of, I64, "of share_dim", NULL, "Held by the cell; 0 = the role had none.")  \
    XX(missing, missing, I64, "of dim", NULL, "Less than the nearest task asks for, by so much.")  \
    XX(scheduler, scheduler, I32, "", NULL, "Framework: name id of kind scheduler.")               \
    XX(role, role, I32, "", NULL, "Name id of kind role.")                                         \
    XX(machine, machine, I32, "", NULL, "Machine whose resources were offered.")                   \
    XX(task, task, I32, "", NULL, "The task that was nearest to fit; -1 = none.")                  \
    XX(repeats, repeats, I32, "offers", NULL,                                                      \
       "Equal offers with the same answer, not written, since the last row about these two.")      \
    XX(answer, answer, ENUM8, "", sim_answer_name, "What became of it.")                           \
    XX(unused, unused, ENUM8, "", sim_unused_name, "Why it was left unused, or a part of it.")     \
    XX(dim, dim, ENUM8, "", sim_dim_name, "Dimension of missing.")                                 \
    XX(share_dim, share_dim, ENUM8, "", sim_dim_name, "Dimension of share.")

#define FLOW_COLUMNS(XX)                                                                           \
    XX(decision, decision, I64, "", NULL, "Row number of the decision.")                           \
    XX(cost, cost, I64, "", NULL, "Cost of the task there, in units of the cost model.")           \
    XX(place, place, I64, "", NULL,                                                                \
       "Kind taken: for the way to the machine, such as moving data.")                             \
    XX(slot, slot, I64, "", NULL, "Kind taken: for the tasks that the machine has already.")       \
    XX(continuation, continuation, I64, "", NULL,                                                  \
       "Kind taken: less, for what the task would lose elsewhere.")                                \
    XX(wait, wait, I64, "", NULL, "Kind taken: for not running.")                                  \
    XX(margin, margin, I64, "", NULL,                                                              \
       "Kind passed: it was too dear by this much. Kind taken: the least of these. Others: the "   \
       "most that one place more would save. 9223372036854775807 = no price would do.")            \
    XX(machine, machine, I32, "", NULL,                                                            \
       "Machine; -1 = the task waits, or the row is about its job.")                               \
    XX(kind, kind, ENUM8, "", sim_flow_name, "What the row says.")                                 \
    XX(way, way, ENUM8, "", sim_flow_way_name, "How the task gets to the machine.")

#define ROUND_COLUMNS(XX)                                                                          \
    XX(began_us, began_us, I64, "us", NULL, "The scheduler looked at the cell.")                   \
    XX(ended_us, ended_us, I64, "us", NULL, "It had decided, and committed.")                      \
    XX(cost, cost, I64, "", NULL, "Least total cost, in units of the cost model.")                 \
    XX(scheduler, scheduler, I32, "", NULL, "Name id of kind scheduler.")                          \
    XX(number, number, I32, "", NULL, "Of its rounds, from 1.")                                    \
    XX(running, running, I32, "tasks", NULL, "Tasks that ran when it began.")                      \
    XX(waiting, waiting, I32, "tasks", NULL, "Tasks that waited when it began.")                   \
    XX(placed, placed, I32, "tasks", NULL, "Tasks that were started; those that move, too.")       \
    XX(moved, moved, I32, "tasks", NULL, "Running tasks that moved to another machine.")           \
    XX(evicted, evicted, I32, "tasks", NULL,                                                       \
       "Running tasks that were stopped; those that move "                                         \
       "not.")                                                                                     \
    XX(refused, refused, I32, "tasks", NULL,                                                       \
       "Tasks that were sent to a machine that could not take them; some found another one.")

#define SPAN_COLUMNS(XX)                                                                           \
    XX(from_us, from_us, I64, "us", NULL, "Start of the span.")                                    \
    XX(to_us, to_us, I64, "us", NULL, "End of the span, exclusive.")                               \
    XX(opened_by, opened_by, I64, "", NULL, "Decision that gave the cause.")                       \
    XX(closed_by, closed_by, I64, "", NULL,                                                        \
       "Decision that ended the span; -1 = cancelled, or the run ended.")                          \
    XX(task, task, I32, "", NULL, "Task that waits.")                                              \
    XX(subject, subject, I32, "", NULL, "Task that blocks it; -1 = none.")                         \
    XX(episode, episode, U16, "", NULL, "Wait episode of the task, from 1.")                       \
    XX(reason, reason, ENUM8, "", reason_name, "Why the task waited.")                             \
    XX(dim, dim, U8, "", NULL,                                                                     \
       "Dimension of reason capacity; bit set of dimensions of reason fragmented; else 0.")

#define EVICTION_COLUMNS(XX)                                                                       \
    XX(t_us, t_us, I64, "us", NULL, "Simulated time of the eviction.")                             \
    XX(by_decision, by_decision, I64, "", NULL, "Decision that evicted; -1 = not by a decision.")  \
    XX(lost_us, lost_us, I64, "us", NULL, "Work that must be done again.")                         \
    XX(task, task, I32, "", NULL, "Task that was evicted.")                                        \
    XX(machine, machine, I32, "", NULL, "Machine that it left.")                                   \
    XX(by_task, by_task, I32, "", NULL, "Task that room was made for; -1 = none.")                 \
    XX(cause, cause, ENUM8, "", sim_evict_name, "Why it was evicted.")

#define TASK_COLUMNS(XX)                                                                           \
    XX(submit_us, submit_us, I64, "us", NULL, "Submission.")                                       \
    XX(first_start_us, first_start_us, I64, "us", NULL, "First start; " NEVER)                     \
    XX(start_us, start_us, I64, "us", NULL, "Last start; " NEVER)                                  \
    XX(end_us, end_us, I64, "us", NULL, "End; " NEVER)                                             \
    XX(wait_us, wait_us, I64, "us", NULL, "Time spent waiting, over all episodes.")                \
    XX(run_us, run_us, I64, "us", NULL, "Length of the last run.")                                 \
    XX(lost_us, lost_us, I64, "us", NULL, "Runs that evictions cut short.")                        \
    XX(cpu, cpu, I64, "milli-cores", NULL, "Request.")                                             \
    XX(memory, memory, I64, "bytes", NULL, "Request.")                                             \
    XX(gpu, gpu, I64, "milli-devices", NULL, "Request, over all devices.")                         \
    XX(disk, disk, I64, "bytes", NULL, "Request.")                                                 \
    XX(time_limit_us, time_limit_us, I64, "us", NULL, "Run time that the user announced; " NEVER)  \
    XX(task, task, I32, "", NULL, "Dense id in order of submission.")                              \
    XX(job, job, I32, "", NULL, "Name id of kind job.")                                            \
    XX(index, index, I32, "", NULL, "Position inside the job, from 0.")                            \
    XX(user, user, I32, "", NULL, "Name id of kind user; -1 = not given.")                         \
    XX(queue, queue, I32, "", NULL, "Name id of kind queue; -1 = not given.")                      \
    XX(scheduler, scheduler, I32, "", NULL, "Name id of kind scheduler: whose task it is.")        \
    XX(machine, machine, I32, "", NULL, "Machine of the last run; -1 = never ran.")                \
    XX(priority, priority, I32, "", NULL, "Higher is more important.")                             \
    XX(cls, class, I32, "", NULL,                                                                  \
       "Tasks of one class ask for the same while any of them is alive.")                          \
    XX(constraints, constraints, I32, "", NULL, "Name id of kind constraints; -1 = none.")         \
    XX(gpu_count, gpu_count, U16, "devices", NULL, "Devices asked for.")                           \
    XX(gpu_milli, gpu_milli, U16, "milli-devices", NULL, "Asked for on each device.")              \
    XX(episodes, episodes, U16, "", NULL, "Wait episodes.")                                        \
    XX(evictions, evictions, U16, "", NULL, "Runs that evictions cut short.")                      \
    XX(tier, tier, ENUM8, "", sim_tier_name, "Service tier.")                                      \
    XX(state, state, ENUM8, "", sim_state_name, "How the task stands.")                            \
    XX(reason, reason, ENUM8, "", reason_name, "Reason of the last refusal; none = never refused.")

#define MACHINE_COLUMNS(XX)                                                                        \
    XX(t_us, t_us, I64, "us", NULL, "Simulated time of the event.")                                \
    XX(cpu, cpu, I64, "milli-cores", NULL, "Capacity after the event, with overcommit.")           \
    XX(memory, memory, I64, "bytes", NULL, "Capacity after the event, with overcommit.")           \
    XX(gpu, gpu, I64, "milli-devices", NULL, "Capacity after the event.")                          \
    XX(disk, disk, I64, "bytes", NULL, "Capacity after the event, with overcommit.")               \
    XX(machine, machine, I32, "", NULL, "Dense id in order of first appearance.")                  \
    XX(name, name, I32, "", NULL, "Name id of kind machine.")                                      \
    XX(labels, labels, I32, "", NULL, "Name id of kind labels; -1 = none.")                        \
    XX(gpu_count, gpu_count, U16, "devices", NULL, "Devices.")                                     \
    XX(kind, kind, ENUM8, "", machine_event_name, "What happened to the machine.")

#define PROMISE_COLUMNS(XX)                                                                        \
    XX(t_us, t_us, I64, "us", NULL, "Simulated time of the event.")                                \
    XX(start_us, start_us, I64, "us", NULL, "Start that is promised from now on.")                 \
    XX(first_us, first_us, I64, "us", NULL,                                                        \
       "Start that was promised first in this wait; a later one breaks the promise.")              \
    XX(decision, decision, I64, "", NULL,                                                          \
       "Decision that made the task wait, -1 = none yet; of kept and broken ones that placed it.") \
    XX(task, task, I32, "", NULL, "Task that waits; of a gang the first one.")                     \
    XX(because, because, I32, "", NULL,                                                            \
       "Task whose estimated end makes the room, the last one counted on; -1 = none.")             \
    XX(ends, ends, I32, "jobs", NULL, "Running jobs that will have ended, by their estimates.")    \
    XX(tasks, tasks, I32, "tasks", NULL, "Tasks that start together.")                             \
    XX(episode, episode, U16, "", NULL, "Wait episode of the task, from 1.")                       \
    XX(event, event, ENUM8, "", sim_promise_name, "What happened to the promise.")                 \
    XX(cause, cause, ENUM8, "", sim_doubt_name, "Why it moved later or was broken.")

#define NEVER "9223372036854775807 = did not happen."

/*   list, struct, bytes of named padding, table, name, meaning */
#define TABLES(XX)                                                                                 \
    XX(DECISION, sim_decision_row, 0, DECISIONS, "decisions",                                      \
       "One row per decision about one task; the row number is the id of the decision.")           \
    XX(FAILMASK, sim_failmask_row, 4, FAILMASK, "failmask",                                        \
       "Refused decisions: how many machines failed which set of predicates, and by how little.")  \
    XX(ROOM, sim_room_row, 3, ROOM, "room",                                                        \
       "Refused decisions: requested, free and total of each dimension that was short.")           \
    XX(AHEAD, sim_ahead_row, 0, AHEAD, "ahead",                                                    \
       "Refused decisions of stage order: which tasks came first.")                                \
    XX(CONFLICT, sim_conflict_row, 3, CONFLICTS, "conflicts",                                      \
       "Decisions that met a conflict: who had taken room on the machine.")                        \
    XX(SPAN, sim_span_row, 4, SPANS, "spans",                                                      \
       "Every wait cut into contiguous spans of one cause; they sum to the wait.")                 \
    XX(EVICTION, sim_eviction_row, 3, EVICTIONS, "evictions",                                      \
       "Tasks that left their machine before their end.")                                          \
    XX(TASK, sim_task_row, 5, TASKS, "tasks",                                                      \
       "One row per task, written when it left or when the run ended.")                            \
    XX(MACHINE, sim_machine_row, 1, MACHINES, "machines", "One row per machine event.")            \
    XX(ATTEMPT, sim_attempt_row, 3, ATTEMPTS, "attempts",                                          \
       "One row per time that a scheduler thought about a job.")                                   \
    XX(PRIORITY, sim_priority_row, 0, PRIORITIES, "priorities",                                    \
       "What the place of a task in the queue was made of, when its turn had not come.")           \
    XX(PROMISE, sim_promise_row, 4, PROMISES, "promises",                                          \
       "Starts that were promised to waiting tasks, when they moved, and whether they were kept.") \
    XX(PROBE, sim_probe_row, 7, PROBES, "probes",                                                  \
       "One row per probe of a machine's queue, written when it was over.")                        \
    XX(OFFER, sim_offer_row, 0, OFFERS, "offers",                                                  \
       "One row per offer of resources to a framework, but for repeated refusals.")                \
    XX(FLOW, sim_flow_row, 2, FLOWS, "flows",                                                      \
       "Decisions of a scheduler that places tasks as a flow: costs, and what stood in the way.")  \
    XX(ROUND, sim_round_row, 0, ROUNDS, "rounds",                                                  \
       "One row per round of a scheduler that decides about all tasks at once.")

static const char *reason_name(unsigned number)
{
    const struct sim_reason_info *info = sim_reason_info(number);
    return info == NULL ? NULL : info->name;
}

static const char *machine_event_name(unsigned number)
{
    static const char *const names[] = {
        [SIM_IN_MACHINE_ADD] = "add",         [SIM_IN_MACHINE_REMOVE] = "remove",
        [SIM_IN_MACHINE_UPDATE] = "update",   [SIM_IN_MACHINE_DRAIN] = "drain",
        [SIM_IN_MACHINE_UNDRAIN] = "undrain",
    };
    return number < sizeof names / sizeof names[0] ? names[number] : NULL;
}

const char *sim_name_kind_name(unsigned number)
{
    static const char *const names[SIM_NAME_KINDS] = {
        [SIM_NAME_JOB] = "job",
        [SIM_NAME_MACHINE] = "machine",
        [SIM_NAME_USER] = "user",
        [SIM_NAME_QUEUE] = "queue",
        [SIM_NAME_CONSTRAINTS] = "constraints",
        [SIM_NAME_LABELS] = "labels",
        [SIM_NAME_SCHEDULER] = "scheduler",
        [SIM_NAME_ROLE] = "role",
    };
    return number < SIM_NAME_KINDS ? names[number] : NULL;
}

#define WIDTH_I64 8
#define WIDTH_I32 4
#define WIDTH_U32 4
#define WIDTH_U16 2
#define WIDTH_U8 1
#define WIDTH_ENUM8 1
#define BYTES(member, name, type, unit, names, meaning) +WIDTH_##type
#define TABLE_IS_COVERED(list, row, padding, table, name, meaning)                                 \
    _Static_assert(sizeof(struct row) == 0 list##_COLUMNS(BYTES) + (padding), #row " has a hole");
TABLES(TABLE_IS_COVERED)
_Static_assert(sizeof(struct sim_decision_row) == 64, "a decision is one cache line");

/* ROW names the struct of the list that is being expanded. */
#define WIDTH_FITS(member, name, type, unit, names, meaning)                                       \
    _Static_assert(sizeof((struct ROW *)0)->member == WIDTH_##type, "width of " #name);
#define COLUMN(member, name, type, unit, names, meaning)                                           \
    {#name, SIM_COL_##type, (uint16_t)offsetof(struct ROW, member), unit, meaning, names},

#define ROW sim_decision_row
DECISION_COLUMNS(WIDTH_FITS)
static const struct sim_column columns_of_DECISION[] = {DECISION_COLUMNS(COLUMN)};
#undef ROW
#define ROW sim_failmask_row
FAILMASK_COLUMNS(WIDTH_FITS)
static const struct sim_column columns_of_FAILMASK[] = {FAILMASK_COLUMNS(COLUMN)};
#undef ROW
#define ROW sim_room_row
ROOM_COLUMNS(WIDTH_FITS)
static const struct sim_column columns_of_ROOM[] = {ROOM_COLUMNS(COLUMN)};
#undef ROW
#define ROW sim_ahead_row
AHEAD_COLUMNS(WIDTH_FITS)
static const struct sim_column columns_of_AHEAD[] = {AHEAD_COLUMNS(COLUMN)};
#undef ROW
#define ROW sim_conflict_row
CONFLICT_COLUMNS(WIDTH_FITS)
static const struct sim_column columns_of_CONFLICT[] = {CONFLICT_COLUMNS(COLUMN)};
#undef ROW
#define ROW sim_priority_row
PRIORITY_COLUMNS(WIDTH_FITS)
static const struct sim_column columns_of_PRIORITY[] = {PRIORITY_COLUMNS(COLUMN)};
#undef ROW
#define ROW sim_attempt_row
ATTEMPT_COLUMNS(WIDTH_FITS)
static const struct sim_column columns_of_ATTEMPT[] = {ATTEMPT_COLUMNS(COLUMN)};
#undef ROW
#define ROW sim_probe_row
PROBE_COLUMNS(WIDTH_FITS)
static const struct sim_column columns_of_PROBE[] = {PROBE_COLUMNS(COLUMN)};
#undef ROW
#define ROW sim_offer_row
OFFER_COLUMNS(WIDTH_FITS)
static const struct sim_column columns_of_OFFER[] = {OFFER_COLUMNS(COLUMN)};
#undef ROW
#define ROW sim_span_row
SPAN_COLUMNS(WIDTH_FITS)
static const struct sim_column columns_of_SPAN[] = {SPAN_COLUMNS(COLUMN)};
#undef ROW
#define ROW sim_eviction_row
EVICTION_COLUMNS(WIDTH_FITS)
static const struct sim_column columns_of_EVICTION[] = {EVICTION_COLUMNS(COLUMN)};
#undef ROW
#define ROW sim_task_row
TASK_COLUMNS(WIDTH_FITS)
static const struct sim_column columns_of_TASK[] = {TASK_COLUMNS(COLUMN)};
#undef ROW
#define ROW sim_machine_row
MACHINE_COLUMNS(WIDTH_FITS)
static const struct sim_column columns_of_MACHINE[] = {MACHINE_COLUMNS(COLUMN)};
#undef ROW
#define ROW sim_promise_row
PROMISE_COLUMNS(WIDTH_FITS)
static const struct sim_column columns_of_PROMISE[] = {PROMISE_COLUMNS(COLUMN)};
#undef ROW
#define ROW sim_flow_row
FLOW_COLUMNS(WIDTH_FITS)
static const struct sim_column columns_of_FLOW[] = {FLOW_COLUMNS(COLUMN)};
#undef ROW
#define ROW sim_round_row
ROUND_COLUMNS(WIDTH_FITS)
static const struct sim_column columns_of_ROUND[] = {ROUND_COLUMNS(COLUMN)};
#undef ROW

const struct sim_table_info *sim_table_info(enum sim_table table)
{
#define INFO(list, row, padding, number, text, about)                                              \
    [SIM_TABLE_##number] = {                                                                       \
        .name = (text),                                                                            \
        .meaning = (about),                                                                        \
        .row_bytes = sizeof(struct row),                                                           \
        .columns = columns_of_##list,                                                              \
        .column_count = sizeof columns_of_##list / sizeof columns_of_##list[0],                    \
    },
    static const struct sim_table_info info[SIM_TABLE_COUNT] = {TABLES(INFO)};
#undef INFO
    CHECK((unsigned)table < SIM_TABLE_COUNT);
    return &info[table];
}

int64_t sim_column_get(const struct sim_column *column, const void *row)
{
    return column_get(column, row);
}
