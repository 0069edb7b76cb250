/* SPDX-License-Identifier: Apache-2.0 */
/* The touchmark program: a thin client of touchmark.h. Results on stdout, messages on stderr. */
#include <getopt.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "touchmark.h"

enum { MAX_LIST = 64 };

struct arguments {
    struct touchmark_config config;
    const char *format;                 /* "table" or "ndjson"; NULL: table on a terminal */
    const char *lists[3][MAX_LIST + 1]; /* trust, rules, limits */
    size_t n[3];
    bool json, quiet;
};

struct printing { /* what the record callback needs */
    const struct arguments *a;
    const char *command;
    size_t columns;
    uint64_t not_valid;
};

static const char *const commands[] = { "scan", "verify", "inspect", "certs", NULL };
static const char *const planned[] = { "explain", "list",  "policy", "replacement", "report", "diff",  "annotate",
                                       "plan",    "merge", "rules",  "index",       "proof",  "serve", NULL };

/* OPTION(letter, name, argument, help): each flag once; the parser and the help are made from this list. */
#define OPTIONS(OPTION)                                                             \
    OPTION('a', "as-of", "TIME", "judge as of this time (RFC 3339), not now")       \
    OPTION('t', "trust", "PATH", "further anchors: PEM or DER, a file or a folder") \
    OPTION('r', "rules", "PATH", "YARA rules: a file or a folder")                  \
    OPTION('l', "limit", "NAME=VALUE", "change one limit")                          \
    OPTION('p', "profile", "NAME", "codesign or uefi; else each object's own")      \
    OPTION('H', "hashes", "LIST", "further digests: md5,sha1,sha256,sha384,sha512") \
    OPTION('f', "format", "NAME", "table or ndjson")                                \
    OPTION('j', "jobs", "N", "worker processes, 1 to 64")                           \
    OPTION('A', "all", NULL, "a record for every file, executable or not")          \
    OPTION('J', "json", NULL, "verify: records instead of text")                    \
    OPTION('S', "no-sandbox", NULL, "workers keep their rights (for debugging)")    \
    OPTION('q', "quiet", NULL, "no summary")                                        \
    OPTION('h', "help", NULL, "this text")                                          \
    OPTION('V', "version", NULL, "the version")

static const struct option long_options[] = {
#define OPTION(letter, name, argument, help) { name, (argument) == NULL ? no_argument : required_argument, NULL, letter },
    OPTIONS(OPTION)
#undef OPTION
    { NULL, 0, NULL, 0 },
};
static const char *const option_names[] = {
#define OPTION(letter, name, argument, help) name,
    OPTIONS(OPTION)
#undef OPTION
    NULL,
};

static void help(void)
{
    (void)puts("touchmark scan|verify|inspect [OPTION]... FILE|FOLDER...\n"
               "touchmark certs list\n\n"
               "What is it, who signed it, and how do we know? For PE and ELF files; opens no network connection.\n");
#define OPTION(letter, name, argument, text) \
    (void)printf("  --%-12s %-11s %s\n", name, (argument) == NULL ? "" : (const char *)(argument), text);
    OPTIONS(OPTION)
#undef OPTION
    (void)puts("\nExit status: 0 done; 1 verify: some file is not valid; 2 usage, nothing was scanned; 3 incomplete;\n"
               "4 internal error");
}

static int usage(const char *text, const char *word, const char *near)
{
    (void)fprintf(stderr, "touchmark: %s%s%s%s%s\n", text, word, near != NULL ? "; did you mean '" : "",
                  near != NULL ? near : "", near != NULL ? "'?" : "");
    return TOUCHMARK_USAGE;
}

static bool push(struct arguments *a, size_t list, const char *value)
{
    if (a->n[list] == MAX_LIST)
        return false;
    a->lists[list][a->n[list]++] = value;
    return true;
}

static bool number(const char *text, unsigned *ret)
{
    char *end = NULL;
    const unsigned long v = strtoul(text, &end, 10);

    *ret = (unsigned)v;
    return end != text && *end == 0 && v >= 1 && v <= 64;
}

static bool one_of(const char *word, const char *a, const char *b)
{
    return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

/* One option; false when its value is wrong. */
static bool set_option(struct arguments *a, int letter)
{
    switch (letter) {
    case 'a':
        a->config.has_as_of = true;
        return touchmark_time_parse(optarg, &a->config.as_of);
    case 't':
        return push(a, 0, optarg);
    case 'r':
        return push(a, 1, optarg);
    case 'l':
        return push(a, 2, optarg);
    case 'p':
        a->config.profile = optarg;
        return one_of(optarg, "codesign", "uefi");
    case 'H':
        a->config.hashes = optarg;
        return true;
    case 'f':
        a->format = optarg;
        return one_of(optarg, "table", "ndjson");
    case 'j':
        return number(optarg, &a->config.jobs);
    default:
        a->config.all = a->config.all || letter == 'A';
        a->json = a->json || letter == 'J';
        a->config.no_sandbox = a->config.no_sandbox || letter == 'S';
        a->quiet = a->quiet || letter == 'q';
        return true;
    }
}

/* -1 when all options were read; else the exit status. */
static int parse(struct arguments *a, int argc, char **argv)
{
    int letter;

    opterr = 0;
    while ((letter = getopt_long(argc, argv, ":j:q", long_options, NULL)) != -1) {
        const char *written = argv[optind - 1];

        if (letter == 'h')
            help();
        else if (letter == 'V')
            (void)puts("touchmark " TOUCHMARK_VERSION);
        if (letter == 'h' || letter == 'V')
            return TOUCHMARK_DONE;
        if (letter == ':')
            return usage("an argument is missing after ", written, NULL);
        if (letter == '?')
            return usage("no such option: ", written, touchmark_nearest(written + strspn(written, "-"), option_names));
        if (!set_option(a, letter))
            return usage("not a value that this option takes: ", optarg == NULL ? written : optarg, NULL);
    }
    a->config.trust = a->lists[0];
    a->config.rules = a->lists[1];
    a->config.limits = a->lists[2];
    return -1;
}

static void print_record(void *ctx, const char *json, size_t len)
{
    struct printing *p = ctx;
    char *text = NULL;

    p->not_valid += strcmp(touchmark_record_status(json, len), "valid") != 0;
    if (strcmp(p->command, "verify") == 0 && !p->a->json)
        text = touchmark_verify_text(json, len);
    else if (strcmp(p->command, "scan") == 0 && strcmp(p->a->format, "table") == 0)
        text = touchmark_table_line(json, len, p->columns);
    if (text != NULL)
        (void)fputs(text, stdout);
    else
        (void)printf("%.*s\n", (int)len, json);
    free(text);
}

static void summary(const struct touchmark_summary *s)
{
    (void)fprintf(stderr, "%llu files (%.1f MB): %llu executables, %llu other; %llu unreadable, %llu skipped, %llu faults; "
                          "%llu links and special files passed over\n",
                  (unsigned long long)s->files, (double)s->bytes / 1e6, (unsigned long long)s->objects,
                  (unsigned long long)s->not_executable, (unsigned long long)s->unreadable,
                  (unsigned long long)s->skipped, (unsigned long long)s->faults,
                  (unsigned long long)s->passed_over);
}

static int run(struct arguments *a, const char *command, const char *const *sources)
{
    struct printing p = { .a = a, .command = command };
    struct touchmark_summary s;
    char problem[1024] = "";
    struct winsize w;
    struct touchmark_session *session;
    int status;

    if (a->format == NULL)
        a->format = isatty(STDOUT_FILENO) ? "table" : "ndjson";
    p.columns = ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : 120;
    a->config.details = strcmp(command, "inspect") == 0;
    a->config.all = a->config.all || strcmp(command, "scan") != 0;
    session = touchmark_open(&a->config, problem, sizeof problem);
    if (session == NULL)
        return usage(problem, "", NULL);
    status = (int)touchmark_scan(session, sources, print_record, &p, &s, problem, sizeof problem);
    touchmark_close(session);
    if (problem[0] != 0)
        (void)fprintf(stderr, "touchmark: %s\n", problem);
    if (status == TOUCHMARK_USAGE || status == TOUCHMARK_INTERNAL)
        return status;
    if (!a->quiet)
        summary(&s);
    if (fflush(stdout) != 0)
        return TOUCHMARK_INTERNAL;
    return strcmp(command, "verify") == 0 && p.not_valid > 0 ? TOUCHMARK_FINDINGS : status;
}

static int certs(const struct arguments *a, const char *verb)
{
    char problem[1024] = "";
    struct touchmark_session *s;
    char *json;

    if (verb == NULL || strcmp(verb, "list") != 0)
        return usage("certs: the verb is ", "list", NULL);
    s = touchmark_open(&a->config, problem, sizeof problem);
    if (s == NULL)
        return usage(problem, "", NULL);
    json = touchmark_certs_json(s);
    (void)puts(json == NULL ? "[]" : json);
    free(json);
    touchmark_close(s);
    return TOUCHMARK_DONE;
}

static bool is_in(const char *word, const char *const *list)
{
    while (*list != NULL && strcmp(*list, word) != 0)
        list++;
    return *list != NULL;
}

int main(int argc, char **argv)
{
    struct arguments a = { .format = NULL };
    const char *command;
    int status;

    (void)setlocale(LC_CTYPE, "C.UTF-8");
    (void)setenv("TZ", "UTC0", 1);
    status = parse(&a, argc, argv);
    if (status >= 0)
        return status;
    if (optind == argc) {
        help();
        return TOUCHMARK_USAGE;
    }
    command = argv[optind++];
    if (is_in(command, planned))
        return usage("not in this version: ", command, NULL);
    if (!is_in(command, commands))
        return usage("no such command: ", command, touchmark_nearest(command, commands));
    if (strcmp(command, "certs") == 0)
        return certs(&a, argv[optind]);
    if (optind == argc)
        return usage(command, ": which file or folder?", NULL);
    return run(&a, command, (const char *const *)(argv + optind));
}
