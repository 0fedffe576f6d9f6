#include "plain_loop.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

double plain_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

double plain_cpu_now(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static int fail(struct plain_outcome *outcome, const char *reason) {
    snprintf(outcome->error, sizeof outcome->error, "%s", reason);
    return -1;
}

static int64_t delivered;
static int64_t undelivered;

static void report(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque) {
    if (message->err)
        undelivered++;
    else
        delivered++;
}

static rd_kafka_t *make(const char *properties, rd_kafka_type_t type, struct plain_outcome *outcome) {
    memset(outcome, 0, sizeof *outcome);
    rd_kafka_conf_t *configuration = rd_kafka_conf_new();
    char *lines = strdup(properties), *rest = lines, *line;
    while ((line = strsep(&rest, "\n"))) {
        char *value = strchr(line, '=');
        if (!value)
            continue;
        *value++ = 0;
        if (rd_kafka_conf_set(configuration, line, value, outcome->error, sizeof outcome->error)) {
            rd_kafka_conf_destroy(configuration);
            free(lines);
            return NULL;
        }
    }
    free(lines);
    if (type == RD_KAFKA_PRODUCER)
        rd_kafka_conf_set_dr_msg_cb(configuration, report);
    rd_kafka_t *client = rd_kafka_new(type, configuration, outcome->error, sizeof outcome->error);
    if (!client)
        rd_kafka_conf_destroy(configuration);
    return client;
}

static int send_one(
    rd_kafka_t *client, rd_kafka_topic_t *topic, int32_t partition, char *payload, size_t size,
    struct plain_outcome *outcome) {
    while (rd_kafka_produce(topic, partition, RD_KAFKA_MSG_F_COPY, payload, size, NULL, 0, NULL)) {
        if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL)
            return fail(outcome, rd_kafka_err2str(rd_kafka_last_error()));
        rd_kafka_poll(client, 10);
    }
    return 0;
}

static int produce_all(
    rd_kafka_t *client, rd_kafka_topic_t *topic, int32_t partitions, int64_t count, char *payload, size_t size,
    struct plain_outcome *outcome) {
    delivered = undelivered = 0;
    for (int64_t index = 0; index < count; index++) {
        if (send_one(client, topic, (int32_t)(index % partitions), payload, size, outcome))
            return -1;
        rd_kafka_poll(client, 0);
    }
    while (delivered + undelivered < count)
        rd_kafka_poll(client, 100);
    return undelivered ? fail(outcome, "a record was not acknowledged") : 0;
}

int plain_produce(
    const char *properties, const char *topic_name, int32_t partitions, int64_t warm_up, int64_t count, size_t size,
    struct plain_outcome *outcome) {
    rd_kafka_t *client = make(properties, RD_KAFKA_PRODUCER, outcome);
    if (!client)
        return -1;
    rd_kafka_topic_t *topic = rd_kafka_topic_new(client, topic_name, NULL);
    char *payload = malloc(size);
    memset(payload, 'x', size);
    int failure = produce_all(client, topic, partitions, warm_up, payload, size, outcome);
    if (!failure) {
        double start = plain_now(), cpu = plain_cpu_now();
        failure = produce_all(client, topic, partitions, count, payload, size, outcome);
        outcome->seconds = plain_now() - start;
        outcome->cpu_seconds = plain_cpu_now() - cpu;
        outcome->count = delivered;
        outcome->bytes = delivered * (int64_t)size;
    }
    free(payload);
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(client);
    return failure;
}

int plain_consume(
    const char *properties, const char *topic, int32_t partitions, int64_t count, struct plain_outcome *outcome) {
    rd_kafka_t *client = make(properties, RD_KAFKA_CONSUMER, outcome);
    if (!client)
        return -1;
    rd_kafka_poll_set_consumer(client);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partitions);
    for (int32_t partition = 0; partition < partitions; partition++)
        rd_kafka_topic_partition_list_add(list, topic, partition)->offset = RD_KAFKA_OFFSET_BEGINNING;
    int failure = rd_kafka_assign(client, list) ? fail(outcome, "the partitions could not be assigned") : 0;
    rd_kafka_topic_partition_list_destroy(list);
    double start = 0, cpu = 0, deadline = plain_now() + 60;
    while (!failure && outcome->count < count) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(client, 100);
        if (!message) {
            if (plain_now() > deadline)
                failure = fail(outcome, "not all records arrived within a minute");
            continue;
        }
        if (!message->err) {
            if (outcome->count++ == 0) {
                start = plain_now();
                cpu = plain_cpu_now();
            }
            const unsigned char *payload = message->payload;
            for (size_t index = 0; index < message->len; index++)
                outcome->bytes += payload[index];
        } else if (message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF)
            failure = fail(outcome, rd_kafka_message_errstr(message));
        rd_kafka_message_destroy(message);
    }
    outcome->seconds = plain_now() - start;
    outcome->cpu_seconds = plain_cpu_now() - cpu;
    rd_kafka_consumer_close(client);
    rd_kafka_destroy(client);
    return failure;
}

int plain_acknowledgements(
    const char *properties, const char *topic_name, int64_t count, size_t size, double *microseconds,
    struct plain_outcome *outcome) {
    rd_kafka_t *client = make(properties, RD_KAFKA_PRODUCER, outcome);
    if (!client)
        return -1;
    rd_kafka_topic_t *topic = rd_kafka_topic_new(client, topic_name, NULL);
    char *payload = malloc(size);
    memset(payload, 'x', size);
    int failure = produce_all(client, topic, 1, 1, payload, size, outcome);
    for (int64_t index = 0; !failure && index < count; index++) {
        double start = plain_now();
        failure = produce_all(client, topic, 1, 1, payload, size, outcome);
        microseconds[index] = (plain_now() - start) * 1e6;
    }
    free(payload);
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(client);
    return failure;
}

int plain_idle(const char *properties, const char *topic, double seconds, struct plain_outcome *outcome) {
    rd_kafka_t *client = make(properties, RD_KAFKA_CONSUMER, outcome);
    if (!client)
        return -1;
    rd_kafka_poll_set_consumer(client);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic, RD_KAFKA_PARTITION_UA);
    int failure = rd_kafka_subscribe(client, list) ? fail(outcome, "the topic could not be subscribed to") : 0;
    rd_kafka_topic_partition_list_destroy(list);
    double start = plain_now(), cpu = 0;
    int assigned = 0;
    while (!failure && (!assigned || plain_now() - start < seconds)) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(client, 1000);
        if (message)
            rd_kafka_message_destroy(message);
        if (!assigned) {
            rd_kafka_topic_partition_list_t *held = NULL;
            if (!rd_kafka_assignment(client, &held) && held && held->cnt > 0) {
                assigned = 1;
                start = plain_now();
                cpu = plain_cpu_now();
            } else if (plain_now() - start > 30)
                failure = fail(outcome, "nothing was assigned within 30 s");
            if (held)
                rd_kafka_topic_partition_list_destroy(held);
        }
    }
    outcome->seconds = plain_now() - start;
    outcome->cpu_seconds = plain_cpu_now() - cpu;
    rd_kafka_consumer_close(client);
    rd_kafka_destroy(client);
    return failure;
}

int plain_watermarks(
    const char *properties, const char *topic, int32_t partitions, int64_t *low, int64_t *high,
    struct plain_outcome *outcome) {
    rd_kafka_t *client = make(properties, RD_KAFKA_PRODUCER, outcome);
    if (!client)
        return -1;
    int failure = 0;
    for (int32_t partition = 0; !failure && partition < partitions; partition++)
        if (rd_kafka_query_watermark_offsets(client, topic, partition, &low[partition], &high[partition], 5000))
            failure = fail(outcome, "the ends of a partition are not known");
    rd_kafka_destroy(client);
    return failure;
}
