/* hex.h - XXH3-128 digests as the 32 hex digits that people and files see. */
#ifndef SIM_RECORD_HEX_H
#define SIM_RECORD_HEX_H

#include <xxhash.h>

#define HEX_128 33 /* With its terminator. */

static inline void hex_128(XXH128_hash_t hash, char out[HEX_128])
{
    static const char digits[] = "0123456789abcdef";
    XXH128_canonical_t bytes;
    XXH128_canonicalFromHash(&bytes, hash);
    for (unsigned i = 0; i < sizeof bytes.digest; i++) {
        out[2 * i] = digits[bytes.digest[i] >> 4];
        out[2 * i + 1] = digits[bytes.digest[i] & 15];
    }
    out[HEX_128 - 1] = '\0';
}
#endif
