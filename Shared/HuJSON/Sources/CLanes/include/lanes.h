/* Thirty-two bytes looked at together: a bit for each that ends a run, the first byte lowest. Swift's SIMD types have no
 * way to make a number of a comparison's outcome, which every processor has an instruction for. */
#ifndef HUJSON_LANES_H
#define HUJSON_LANES_H

#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define HUJSON_LANES 32

#if defined(__SSE2__)

static inline uint32_t hujson_bits(__m128i low, __m128i high) {
    return (uint32_t)_mm_movemask_epi8(low) | (uint32_t)_mm_movemask_epi8(high) << 16;
}

static inline __m128i hujson_string_end_16(__m128i bytes) {
    __m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    __m128i backslashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    /* As signed numbers, what is not ASCII is less than a space too. */
    __m128i others = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
    return _mm_or_si128(_mm_or_si128(quotes, backslashes), others);
}

static inline uint32_t hujson_string_end_32(const uint8_t *bytes) {
    return hujson_bits(hujson_string_end_16(_mm_loadu_si128((const __m128i *)bytes)),
                       hujson_string_end_16(_mm_loadu_si128((const __m128i *)(bytes + 16))));
}

static inline uint32_t hujson_matches_32(const uint8_t *bytes, uint8_t byte) {
    __m128i wanted = _mm_set1_epi8((char)byte);
    return hujson_bits(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)bytes), wanted),
                       _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(bytes + 16)), wanted));
}

static inline uint32_t hujson_non_ascii_32(const uint8_t *bytes) {
    return hujson_bits(_mm_loadu_si128((const __m128i *)bytes), _mm_loadu_si128((const __m128i *)(bytes + 16)));
}

static inline uint32_t hujson_controls_32(const uint8_t *bytes) {
    __m128i low = _mm_loadu_si128((const __m128i *)bytes), high = _mm_loadu_si128((const __m128i *)(bytes + 16));
    __m128i last = _mm_set1_epi8(0x1F);
    return hujson_bits(_mm_cmpeq_epi8(_mm_min_epu8(low, last), low), _mm_cmpeq_epi8(_mm_min_epu8(high, last), high));
}

#else

#if defined(__aarch64__)

static inline uint32_t hujson_bits(uint8x16_t low, uint8x16_t high) {
    static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t weight = vld1q_u8(weights);
    uint8x16_t sums = vpaddq_u8(vandq_u8(low, weight), vandq_u8(high, weight));
    sums = vpaddq_u8(sums, sums);
    sums = vpaddq_u8(sums, sums);
    return vgetq_lane_u32(vreinterpretq_u32_u8(sums), 0);
}

#define HUJSON_COMPARE(name, expression)                                        \
    static inline uint32_t name(const uint8_t *bytes) {                         \
        uint8x16_t halves[2] = {vld1q_u8(bytes), vld1q_u8(bytes + 16)}, hits[2]; \
        for (int half = 0; half < 2; half++) {                                  \
            uint8x16_t lane = halves[half];                                     \
            hits[half] = (expression);                                          \
        }                                                                       \
        return hujson_bits(hits[0], hits[1]);                                   \
    }

HUJSON_COMPARE(hujson_non_ascii_32, vcgeq_u8(lane, vdupq_n_u8(0x80)))
HUJSON_COMPARE(hujson_controls_32, vcltq_u8(lane, vdupq_n_u8(0x20)))

static inline uint32_t hujson_matches_32(const uint8_t *bytes, uint8_t byte) {
    uint8x16_t wanted = vdupq_n_u8(byte);
    return hujson_bits(vceqq_u8(vld1q_u8(bytes), wanted), vceqq_u8(vld1q_u8(bytes + 16), wanted));
}

#else

static inline uint32_t hujson_matches_32(const uint8_t *bytes, uint8_t byte) {
    uint32_t bits = 0;
    for (int i = 0; i < HUJSON_LANES; i++) bits |= (uint32_t)(bytes[i] == byte) << i;
    return bits;
}

static inline uint32_t hujson_non_ascii_32(const uint8_t *bytes) {
    uint32_t bits = 0;
    for (int i = 0; i < HUJSON_LANES; i++) bits |= (uint32_t)(bytes[i] >= 0x80) << i;
    return bits;
}

static inline uint32_t hujson_controls_32(const uint8_t *bytes) {
    uint32_t bits = 0;
    for (int i = 0; i < HUJSON_LANES; i++) bits |= (uint32_t)(bytes[i] < 0x20) << i;
    return bits;
}

#endif

static inline uint32_t hujson_string_end_32(const uint8_t *bytes) {
    return hujson_matches_32(bytes, '"') | hujson_matches_32(bytes, '\\') | hujson_controls_32(bytes) |
           hujson_non_ascii_32(bytes);
}

#endif

#endif
