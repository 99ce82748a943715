/* decay.c - see decay.h. 2^x for 0 <= x < 1 is the product of 2^(2^-k) over the binary digits of x,
 * the table; libm's exp2 differs in the last bit between processors. */
#include "sched/lib/decay.h"

#include "base/check.h"
#include "base/wide.h"

#define ONE (INT64_C(1) << DECAY_BITS)
enum { DIGITS = 32 };

/* floor(2^(2^-k) * 2^62), k = 1..32. */
static const int64_t root[DIGITS] = {
    0x5a827999fcef3242, 0x4c1bf828c6dc54b7, 0x45cae0f1f545eb73, 0x42d561b3e6243d8a,
    0x4166c34c5615d0eb, 0x40b268f9de0183b9, 0x4058f6a7ecccd5b6, 0x402c6be96af2fb58,
    0x4016321b687027a8, 0x400b18178ba33b14, 0x40058bce410147e8, 0x4002c5d7bff71dae,
    0x400162e807ee7e5b, 0x4000b1730df6a524, 0x400058b9497b8151, 0x40002c5c955dd701,
    0x4000162e46d6f26b, 0x40000b1722757b1b, 0x4000058b90fd3e0c, 0x400002c5c86f3f26,
    0x40000162e433c79b, 0x400000b17218edcf, 0x40000058b90c3968, 0x4000002c5c860d54,
    0x400000162e4302d2, 0x4000000b17218073, 0x400000058b90bffc, 0x40000002c5c85fee,
    0x4000000162e42ff3, 0x40000000b17217f8, 0x4000000058b90bfc, 0x400000002c5c85fe};

int64_t decay_growth(sim_time age_us, sim_time half_life_us)
{
    CHECK(age_us >= 0 && age_us < half_life_us);
    if (half_life_us == SIM_NEVER) {
        return ONE;
    }
    const int64_t digits = sim_muldiv(age_us, INT64_C(1) << DIGITS, half_life_us);
    int64_t growth = ONE;
    for (int k = 0; k < DIGITS; k++) {
        if (digits >> (DIGITS - 1 - k) & 1) {
            growth = sim_muldiv(growth, root[k], ONE);
        }
    }
    return growth;
}

int64_t decay_keep(int64_t amount, int64_t growth)
{
    return sim_muldiv_up(amount, growth, ONE);
}

int64_t decay_see(int64_t kept, int64_t growth)
{
    return sim_muldiv(kept, ONE, growth);
}
