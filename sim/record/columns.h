/* columns.h - a value of a row by its column, small enough to vanish into the loops of the sinks.
 */
#ifndef SIM_RECORD_COLUMNS_H
#define SIM_RECORD_COLUMNS_H

#include <string.h>

#include <simctl/record.h>

static inline size_t column_bytes(enum sim_column_type type)
{
    static const uint8_t bytes[] = {
        [SIM_COL_I64] = 8, [SIM_COL_I32] = 4,   [SIM_COL_U16] = 2,
        [SIM_COL_U8] = 1,  [SIM_COL_ENUM8] = 1, [SIM_COL_U32] = 4,
    };
    return bytes[type];
}

static inline int64_t column_get(const struct sim_column *column, const void *row)
{
    const unsigned char *at = (const unsigned char *)row + column->offset;
    int64_t wide;
    int32_t signed_word;
    uint32_t word;
    uint16_t half;
    switch (column->type) {
    case SIM_COL_I64:
        memcpy(&wide, at, sizeof wide);
        return wide;
    case SIM_COL_I32:
        memcpy(&signed_word, at, sizeof signed_word);
        return signed_word;
    case SIM_COL_U32:
        memcpy(&word, at, sizeof word);
        return word;
    case SIM_COL_U16:
        memcpy(&half, at, sizeof half);
        return half;
    case SIM_COL_U8:
    case SIM_COL_ENUM8:
        return *at;
    }
    return 0;
}

/* The reverse: the low bytes of `value`, as wide as the column is. */
static inline void column_set(const struct sim_column *column, void *row, int64_t value)
{
    unsigned char *at = (unsigned char *)row + column->offset;
    const uint64_t bits = (uint64_t)value;
    for (size_t i = 0; i < column_bytes(column->type); i++)
        at[i] = (unsigned char)(bits >> (8 * i));
}
#endif
