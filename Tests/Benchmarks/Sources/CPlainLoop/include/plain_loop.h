#ifndef PLAIN_LOOP_H
#define PLAIN_LOOP_H

#include <stddef.h>
#include <stdint.h>

// What a program in C would do with librdkafka and nothing in between: the measure for our client.

struct plain_outcome {
    // From the first record to the last acknowledgement, or from the first record read to the last.
    double seconds;
    // Of the whole process meanwhile, user and system.
    double cpu_seconds;
    int64_t count;
    int64_t bytes;
    // Why it failed, if it did.
    char error[512];
};

// Properties are lines of name=value. Each returns 0, or -1 with the reason in the outcome.

// First `warm_up` records, untimed, so that connections and memory are there; then `count`, to each partition in turn.
int plain_produce(
    const char *properties, const char *topic, int32_t partitions, int64_t warm_up, int64_t count, size_t size,
    struct plain_outcome *outcome);

// Reads `count` records from the beginning, by number, and adds up what is in them.
int plain_consume(
    const char *properties, const char *topic, int32_t partitions, int64_t count, struct plain_outcome *outcome);

// Sends one record after the other, each after the acknowledgement of the one before; microseconds.
int plain_acknowledgements(
    const char *properties, const char *topic, int64_t count, size_t size, double *microseconds,
    struct plain_outcome *outcome);

// Joins a group, waits until it was assigned partitions, and does nothing for a while.
int plain_idle(const char *properties, const char *topic, double seconds, struct plain_outcome *outcome);

// The ends of each partition.
int plain_watermarks(
    const char *properties, const char *topic, int32_t partitions, int64_t *low, int64_t *high,
    struct plain_outcome *outcome);

double plain_now(void);
double plain_cpu_now(void);

#endif
