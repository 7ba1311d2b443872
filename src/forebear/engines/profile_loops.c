/* The inner loops of a profile: numbers of one column in a single pass, and hashes of texts.
 *
 * Everything here is in `profile_numbers.py` and `profile_texts.py` too, by NumPy, which takes over
 * where no compiler was; both give the same profile, bit for bit (tests/engines/test_profile_loops.py).
 * The constants are those of `forebear.core.sketches`, the struct is `Counts` of `profile_loops.py`.
 */
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
#define EXPONENTS 2047
#define IMPLIED ((uint64_t)1 << 52)

/* Sums of the significands of numbers that have one exponent, and of their squares: as 128 and as
 * 192 bits, which 2^64 numbers don't fill. */
typedef struct {
    uint64_t total[2], squares[3];
} Sums;

typedef struct {
    uint64_t below; /* no hash beyond this can raise a register */
    int64_t zeros, shift, used;
    int64_t places[SLOTS], counts[SLOTS]; /* buckets by open addressing; a slot of count 0 is free */
    Sums sums[EXPONENTS];
    uint8_t ranks[REGISTERS];
} Counts;

/* What the Python side compares with its own idea of the struct. */
int64_t size_of_counts(void) { return sizeof(Counts); }

static inline int64_t slot_of(const Counts *known, int64_t place) {
    int64_t slot = (int64_t)(((uint64_t)place * THIRD) >> 32) % SLOTS;
    while (known->counts[slot] && known->places[slot] != place)
        slot = (slot + 1) % SLOTS;
    return slot;
}

/* Join neighbouring buckets until there are few enough, or they are as coarse as they may be. */
static void coarsen(Counts *known) {
    int64_t places[SLOTS], counts[SLOTS];
    while (known->used > BUCKETS && known->shift < COARSEST) {
        memcpy(places, known->places, sizeof places);
        memcpy(counts, known->counts, sizeof counts);
        memset(known->counts, 0, sizeof counts);
        known->used = 0;
        known->shift++;
        for (int64_t old = 0; old < SLOTS; old++) {
            if (!counts[old])
                continue;
            int64_t slot = slot_of(known, places[old] >> 1);
            known->used += !known->counts[slot];
            known->places[slot] = places[old] >> 1;
            known->counts[slot] += counts[old];
        }
    }
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
    return least ? ((uint64_t)1 << (64 - least)) - 1 : UINT64_MAX;
}

static inline void add_sums(Sums *sums, int64_t significand) {
    __int128 total = (__int128)(((unsigned __int128)sums->total[1] << 64) | sums->total[0]);
    total += significand;
    sums->total[0] = (uint64_t)total;
    sums->total[1] = (uint64_t)(total >> 64);
    unsigned __int128 squares = ((unsigned __int128)sums->squares[1] << 64) | sums->squares[0];
    unsigned __int128 square = (unsigned __int128)((__int128)significand * significand);
    squares += square;
    sums->squares[0] = (uint64_t)squares;
    sums->squares[1] = (uint64_t)(squares >> 64);
    sums->squares[2] += squares < square;
}

/* Count finite numbers. Returns how many found all buckets taken, at the coarsest that there may
 * be; their keys are in `left`. */
int64_t count_numbers(Counts *known, const double *values, int64_t size, int64_t *left) {
    int64_t none = 0;
    for (int64_t row = 0; row < size; row++) {
        int64_t bits;
        memcpy(&bits, values + row, sizeof bits);
        if ((bits & INT64_MAX) == 0) {
            known->zeros++;
            bits = 0; /* zero has one key, whatever its sign */
        }
        int64_t sign = bits >> 63, key = bits ^ (sign & INT64_MAX), place = key >> known->shift;

        int64_t slot = slot_of(known, place);
        if (__builtin_expect(known->counts[slot] != 0, 1)) {
            known->counts[slot]++;
        } else if (known->used > BUCKETS) {
            left[none++] = key;
        } else {
            known->places[slot] = place;
            known->counts[slot] = 1;
            if (++known->used > BUCKETS)
                coarsen(known);
        }

        uint64_t hash = mixed((uint64_t)key);
        if (hash <= known->below)
            reach(known->ranks, hash);

        int64_t exponent = (bits >> 52) & 2047;
        int64_t significand = (int64_t)((uint64_t)bits & (IMPLIED - 1));
        if (exponent)
            significand |= IMPLIED;
        else
            exponent = 1; /* the smallest numbers have the exponent of the next ones */
        add_sums(known->sums + exponent - 1, (significand ^ sign) - sign);
    }
    known->below = limit_of(known->ranks);
    return none;
}

/* Hash the texts that lie between the `size` + 1 places `ends` of `data`. */
void hash_texts(const uint8_t *data, const int64_t *ends, int64_t size, uint64_t *hashes) {
    for (int64_t row = 0; row < size; row++) {
        int64_t place = ends[row], rest = ends[row + 1] - place;
        uint64_t state = (uint64_t)rest * THIRD;
        for (; rest > 0; rest -= 8, place += 8) {
            uint64_t word = 0;
            if (rest >= 8 || place + 8 <= ends[size]) {
                memcpy(&word, data + place, sizeof word);
                if (rest < 8)
                    word &= ((uint64_t)1 << (8 * rest)) - 1;
            } else {
                memcpy(&word, data + place, (size_t)rest);
            }
            state = (state ^ word) * FIRST;
            state ^= state >> 32;
        }
        hashes[row] = mixed(state);
    }
}
