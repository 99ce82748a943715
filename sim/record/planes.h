/* planes.h - packs a shuffled column as a zlib stream (RFC 1950, 1951), one block per byte plane.
 *
 * After the shuffle filter a column of numbers is a few planes of noise (low bytes) and many that
 * are constant or nearly so (high bytes). A general compressor looks for matches everywhere; here a
 * plane only gets what suits it: runs at one distance (1, or 256 for counters) and a Huffman code
 * of its own. Measured on recorded runs this takes a third of the time of libdeflate's fastest
 * level, for about the same size. Every inflate reads the result. */
#ifndef SIM_RECORD_PLANES_H
#define SIM_RECORD_PLANES_H

#include <stddef.h>
#include <stdint.h>

#define PLANES_ROWS_MAX 65536u

struct planes; /* Working memory. */
struct planes *planes_create(void);
void planes_destroy(struct planes *p); /* NULL is allowed. */
/* Bytes that planes_pack may write. */
size_t planes_bound(size_t width, size_t rows);
/* `bytes`: width planes of `rows` bytes each, 0 < rows <= PLANES_ROWS_MAX. Returns the packed
 * length. */
size_t planes_pack(struct planes *p, const uint8_t *bytes, size_t width, size_t rows, uint8_t *out);
#endif
