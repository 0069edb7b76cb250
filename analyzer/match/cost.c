/* SPDX-License-Identifier: Apache-2.0 */
/* What each rule costs: the time that the search takes with it alone, less the time that it takes with none. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "match/check.h"
#include "match/pack.h"
#include "model/json.h"

enum { TRIES = 3, SAMPLE = 1 << 20, SECONDS = 30 };

static int nothing(YR_SCAN_CONTEXT *context, int message, void *data, void *ctx)
{
    (void)context;
    (void)message;
    (void)data;
    (void)ctx;
    return CALLBACK_CONTINUE;
}

static double now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Microseconds; the least of a few: what else the machine does only adds. */
static double time_of(YR_RULES *rules, tmk_bytes data)
{
    double least = 0;

    for (int i = 0; i < TRIES; i++) {
        const double begun = now();
        double took;

        (void)yr_rules_scan_mem(rules, data.data, data.len, SCAN_FLAGS_FAST_MODE, nothing, NULL, SECONDS);
        took = now() - begun;
        least = i == 0 || took < least ? took : least;
    }
    return least;
}

/* The program's own bytes: a large program that is at hand and that nobody has to be protected from. */
static tmk_bytes own_bytes(void)
{
    const int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    struct stat st;
    void *p = MAP_FAILED;
    size_t n = 0;

    if (fd >= 0 && fstat(fd, &st) == 0) {
        n = st.st_size < SAMPLE ? (size_t)st.st_size : SAMPLE;
        p = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
    }
    if (fd >= 0)
        (void)close(fd);
    return p == MAP_FAILED ? tmk_bytes_of(NULL, 0) : tmk_bytes_of(p, n);
}

json_t *tmk_pack_cost(const struct tmk_pack *p)
{
    YR_RULES *rules = tmk_pack_rules(p);
    const tmk_bytes data = own_bytes();
    json_t *costs = json_object();
    double idle;

    if (data.len == 0)
        return costs;
    for (uint32_t i = 0; i < rules->num_rules; i++)
        yr_rule_disable(&rules->rules_table[i]);
    idle = time_of(rules, data);
    for (uint32_t i = 0; i < rules->num_rules; i++) {
        YR_RULE *rule = &rules->rules_table[i];
        double more;

        yr_rule_enable(rule);
        more = time_of(rules, data) - idle;
        yr_rule_disable(rule);
        tmk_json_put(costs, rule->identifier, json_real(more > 0 ? more / ((double)data.len / 1e6) : 0));
    }
    for (uint32_t i = 0; i < rules->num_rules; i++)
        yr_rule_enable(&rules->rules_table[i]);
    (void)munmap((void *)(uintptr_t)data.data, data.len);
    return costs;
}
