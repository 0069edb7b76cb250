/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

int cli_certs(struct arguments *a)
{
    char problem[1024] = "";
    struct touchmark_session *s;
    char *json;

    if (a->operands[0] == NULL || strcmp(a->operands[0], "list") != 0)
        return cli_usage("certs: the verb is ", "list", NULL);
    s = touchmark_open(&a->config, problem, sizeof problem);
    if (s == NULL)
        return cli_usage(problem, "", NULL);
    json = touchmark_certs_json(s);
    (void)puts(json == NULL ? "[]" : json);
    free(json);
    touchmark_close(s);
    return TOUCHMARK_DONE;
}
