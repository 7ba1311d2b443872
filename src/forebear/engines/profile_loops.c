/* The inner loops of a profile: numbers of one column in a single pass, and hashes of texts.
 *
 * Everything here is in `profile_numbers.py` and `profile_texts.py` too, by NumPy, which takes over
 * where no compiler was; both give the same profile, bit for bit (tests/engines/test_profile_loops.py).
 * The constants are those of `forebear.core.sketches`, the struct is `Counts` of `profile_loops.py`.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define BUCKETS 2048
#define COARSEST 45
#define REGISTERS 4096
#define RANKS 53
#define FIRST 0xFF51AFD7ED558CCDu
#define SECOND 0xC4CEB9FE1A85EC53u
#define THIRD 0x9E3779B97F4A7C15u

#define SLOTS (2 * BUCKETS)
#define FULL (3 * SLOTS / 4)
#define IMPLIED ((uint64_t)1 << 52)
#define SIGN ((uint64_t)1 << 63)

/* A bucket, in a table by open addressing. Its place is the order of its numbers among all, from
 * the most negative one on, without the low bits; no number has place 0, which marks a free slot. */
typedef struct {
    uint64_t place;
    int64_t count;
} Bucket;

/* Sums of the significands of numbers of one exponent, and of their squares, of which 2^22 fit. */
typedef struct __attribute__((packed, aligned(8))) {
    __int128 total;
    unsigned __int128 squares;
} Sums;

typedef struct {
    uint64_t below; /* no hash beyond this can raise a register */
    int64_t zeros, shift, used;
    Bucket buckets[SLOTS];
    uint8_t ranks[REGISTERS];
} Counts;

/* The CRC-32 of this file, by which it is known whether the library was built from it. */
uint32_t source(void) { return SOURCE; }

static inline Bucket *bucket_of(Bucket *buckets, uint64_t place) {
    uint64_t slot = place * THIRD >> 52;
    while (buckets[slot].place != place && buckets[slot].place)
        slot = (slot + 1) % SLOTS;
    return buckets + slot;
}

/* Fill `buckets` with those of `before`, without `bits` more low bits; return how many there are. */
static int64_t fill(Bucket *buckets, const Bucket *before, int64_t bits) {
    int64_t used = 0;
    memset(buckets, 0, SLOTS * sizeof *buckets);
    for (int64_t slot = 0; slot < SLOTS; slot++) {
        if (!before[slot].place)
            continue;
        Bucket *bucket = bucket_of(buckets, before[slot].place >> bits);
        used += !bucket->place;
        bucket->place = before[slot].place >> bits;
        bucket->count += before[slot].count;
    }
    return used;
}

/* Join neighbouring buckets until there are few enough, or they are as coarse as they may be. */
static void coarsen(Counts *known) {
    Bucket before[SLOTS];
    memcpy(before, known->buckets, sizeof before);
    /* `few` bits are too few and `many` are enough; usually one is, for the first numbers many. */
    int64_t few = 0, many = COARSEST - known->shift, filled = 0;
    for (int64_t step = 1; few + step < many; step *= 2) {
        filled = few + step;
        known->used = fill(known->buckets, before, filled);
        if (known->used <= BUCKETS)
            many = filled;
        else
            few = filled;
    }
    while (many - few > 1) {
        filled = (few + many) / 2;
        known->used = fill(known->buckets, before, filled);
        if (known->used <= BUCKETS)
            many = filled;
        else
            few = filled;
    }
    if (filled != many)
        known->used = fill(known->buckets, before, many);
    known->shift += many;
}

static inline uint64_t mixed(uint64_t word) {
    word = (word ^ (word >> 32)) * FIRST;
    return (word ^ (word >> 32)) * SECOND;
}

static inline void reach(uint8_t *ranks, uint64_t hash) {
    uint64_t place = (hash ^ (hash >> 32)) % REGISTERS, high = hash >> 12;
    uint8_t rank = high ? __builtin_clzll(high) - 11 : RANKS;
    if (rank > ranks[place])
        ranks[place] = rank;
}

static uint64_t limit_of(const uint8_t *ranks) {
    uint8_t least = RANKS;
    for (int64_t place = 0; place < REGISTERS; place++)
        if (ranks[place] < least)
            least = ranks[place];
    /* A limit that one in ten hashes is below costs more in wrong guesses than it saves. */
    return least > 4 ? ((uint64_t)1 << (64 - least)) - 1 : UINT64_MAX;
}

/* Raise the registers that hashes reach. Returns beyond which no hash can any more. */
uint64_t reach_hashes(const uint64_t *hashes, int64_t size, uint8_t *ranks, uint64_t below) {
    for (int64_t row = 0; row < size; row++)
        if (hashes[row] <= below)
            reach(ranks, hashes[row]);
    return limit_of(ranks);
}

/* Count at most 2^22 finite numbers, and add them to `sums`, which has one place for each exponent.
 * Returns how many found all buckets taken, at the coarsest that there may be; their keys are in
 * `left`. */
int64_t count_numbers(Counts *known, Sums *sums, const double *values, int64_t size,
                      int64_t *left) {
    int64_t none = 0, shift = known->shift;
    const uint64_t below = known->below;
    for (int64_t row = 0; row < size; row++) {
        uint64_t bits;
        memcpy(&bits, values + row, sizeof bits);
        if ((bits & ~SIGN) == 0) {
            known->zeros++;
            bits = 0; /* zero has one key, whatever its sign */
        }
        int64_t sign = (int64_t)bits >> 63;
        uint64_t order = bits ^ ((uint64_t)sign | SIGN), key = order ^ SIGN;

        Bucket *bucket = bucket_of(known->buckets, order >> shift);
        if (__builtin_expect(bucket->place != 0, 1)) {
            bucket->count++;
        } else if (known->used >= FULL) {
            left[none++] = (int64_t)key;
        } else {
            bucket->place = order >> shift;
            bucket->count = 1;
            if (++known->used > BUCKETS && shift < COARSEST) {
                coarsen(known);
                shift = known->shift;
            }
        }

        uint64_t hash = mixed(key);
        if (hash <= below)
            reach(known->ranks, hash);

        uint64_t exponent = bits >> 52 & 2047, significand = bits & (IMPLIED - 1);
        if (exponent)
            significand |= IMPLIED;
        else
            exponent = 1; /* the smallest numbers have the exponent of the next ones */
        sums[exponent - 1].total += ((int64_t)significand ^ sign) - sign;
        sums[exponent - 1].squares += (unsigned __int128)significand * significand;
    }
    known->below = limit_of(known->ranks);
    return none;
}

/* Count whole numbers of `width` bytes by how far they are above `base`. */
void count_whole(const void *values, int64_t width, bool is_signed, int64_t size, int64_t base,
                 int64_t *counts) {
#define COUNT(type)                                                                                \
    for (int64_t row = 0; row < size; row++)                                                       \
    counts[(int64_t)((const type *)values)[row] - base]++
    switch (is_signed ? -width : width) {
    case -1: COUNT(int8_t); break;
    case -2: COUNT(int16_t); break;
    case -4: COUNT(int32_t); break;
    case -8: COUNT(int64_t); break;
    case 1: COUNT(uint8_t); break;
    case 2: COUNT(uint16_t); break;
    case 4: COUNT(uint32_t); break;
    case 8: COUNT(uint64_t); break;
    }
#undef COUNT
}

/* Copy the values of `width` bytes whose bit, from `offset` on, is set; return how many. */
int64_t copy_present(const void *values, int64_t width, const uint8_t *bits, int64_t offset,
                     int64_t size, void *found) {
    int64_t count = 0;
#define PRESENT(row) (bits[(row + offset) >> 3] >> ((row + offset) & 7) & 1)
#define COPY(type)                                                                                 \
    for (int64_t row = 0; row < size; row++) {                                                     \
        ((type *)found)[count] = ((const type *)values)[row];                                      \
        count += PRESENT(row);                                                                     \
    }
    if (width == 8) {
        COPY(uint64_t)
    } else {
        COPY(uint32_t)
    }
#undef COPY
#undef PRESENT
    return count;
}

/* Write length and hash of each text that lies between the `size` + 1 places `ends` of `data`, which
 * are of 32 bits unless they are `wide`. Returns the greatest length. */
int64_t hash_texts(const uint8_t *data, const void *ends, bool wide, int64_t size, int64_t *lengths,
                   uint64_t *hashes) {
#define END(row) (wide ? ((const int64_t *)ends)[row] : ((const int32_t *)ends)[row])
    int64_t last = END(size), longest = 0;
    for (int64_t row = 0; row < size; row++) {
        int64_t place = END(row), length = END(row + 1) - place;
        uint64_t state = (uint64_t)length * THIRD;
        for (int64_t rest = length; rest > 0; rest -= 8, place += 8) {
            uint64_t word = 0;
            if (place + 8 <= last) {
                memcpy(&word, data + place, sizeof word);
                if (rest < 8)
                    word &= ((uint64_t)1 << (8 * rest)) - 1;
            } else {
                memcpy(&word, data + place, (size_t)rest);
            }
            state = (state ^ word) * FIRST;
            state ^= state >> 32;
        }
        lengths[row] = length;
        hashes[row] = mixed(state);
        if (length > longest)
            longest = length;
    }
    return longest;
#undef END
}
