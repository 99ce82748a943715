/* frame.h - the framing of decisions.mpk: u32 length, u32 low half of XXH3-64 of the payload,
 * payload; both words little-endian. The length finds the end of a stream that a killed process
 * cut, the checksum tells that cut from damage.
 *
 * Payloads are MessagePack:
 *   first   {"format": "simctl", "version": 1, "tables": [{"name": .., "columns": [..]}, ..]}
 *   rows    [table number, [[column, ..], ..]]           columns as the first frame lists them
 *   names   ["names", [[kind, id, text], ..]]            before the first row that uses them
 *   last    {"end": true, "rows": {table: count, ..}}    only when the run finished
 */
#ifndef SIM_RECORD_FRAME_H
#define SIM_RECORD_FRAME_H

#define FRAME_HEAD 8u
#define FRAME_BYTES_MAX (UINT32_C(1) << 26) /* Checked before anything is allocated. */
#define FRAME_VERSION 1
#endif
