/* SPDX-License-Identifier: Apache-2.0 */
#include "report/writer.h"

#include <string.h>

#define WRITER(name, help) extern const struct tmk_writer tmk_writer_##name;
#include "report/writers.def"
#undef WRITER

static const struct tmk_writer *const writers[] = {
#define WRITER(name, help) &tmk_writer_##name,
#include "report/writers.def"
#undef WRITER
    NULL,
};

const struct tmk_writer *tmk_writer_at(size_t i)
{
    return i < TMK_COUNT(writers) ? writers[i] : NULL;
}

const struct tmk_writer *tmk_writer_find(const char *name)
{
    size_t i = 0;

    while (writers[i] != NULL && strcmp(writers[i]->name, name) != 0)
        i++;
    return writers[i];
}
