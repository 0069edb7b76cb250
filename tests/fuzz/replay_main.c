/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replays files and folders through a fuzz target without libFuzzer: each as it is, then cut at 64
 * lengths and with 256 single bytes changed. A folder that is not there is passed over. In one of more than
 * 100 files (the samples, of every kind and most of them not this target's) these runs are shared out:
 * as many as 6 files have, or one at each place where that is less than one a file, of every fourth file alone.
 * replay_main SEEDS SAMPLES
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CUTS = 64, CHANGES = 256, MANY = 100, WHOLE = 6, EVERY = 4 };
static size_t n_files;

static void run(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size == 0 ? 1 : size); /* exact size: a sanitizer sees one byte beyond */

    if (copy == NULL)
        abort();
    if (size > 0)
        memcpy(copy, data, size);
    (void)LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

/* many: how many files are in the folder; beyond MANY they share the runs of WHOLE */
static void mutate(uint8_t *data, size_t size, size_t many)
{
    const size_t cuts = many > MANY ? CUTS * WHOLE / many + 1 : CUTS, changes = many > MANY ? CHANGES * WHOLE / many + 1 : CHANGES;
    uint32_t seed = 2463534242U;

    run(data, size);
    if (size > 1 << 20 || (many > MANY && n_files % EVERY != 0))
        return;
    for (size_t i = 0; i < cuts; i++)
        run(data, size * i / cuts);
    for (size_t i = 0; i < changes && size > 0; i++) {
        uint8_t *at, old;

        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        at = &data[seed % (i % 2 == 0 && size > 512 ? 512 : size)];
        old = *at;
        *at = (uint8_t)(seed >> 24);
        run(data, size);
        *at = old;
    }
}

static void replay_file(const char *path, size_t many)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = NULL;
    size_t size = 0, n;

    if (f == NULL)
        return;
    for (;;) {
        data = realloc(data, size + 65536);
        if (data == NULL)
            abort();
        n = fread(data + size, 1, 65536, f);
        if (n == 0)
            break;
        size += n;
    }
    (void)fclose(f);
    mutate(data, size, many);
    free(data);
    n_files++;
}

static void replay(const char *path, size_t many)
{
    struct stat st;
    struct dirent **list;
    int n;

    if (stat(path, &st) != 0)
        return;
    if (!S_ISDIR(st.st_mode)) {
        replay_file(path, many);
        return;
    }
    n = scandir(path, &list, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        char *below = NULL;

        if (list[i]->d_name[0] != '.' && asprintf(&below, "%s/%s", path, list[i]->d_name) > 0)
            replay(below, n > 0 ? (size_t)n : 1);
        free(below);
        free(list[i]);
    }
    if (n >= 0)
        free(list);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        replay(argv[i], 1);
    (void)printf("replayed %zu files\n", n_files);
    return n_files == 0 ? 1 : 0;
}
