/* SPDX-License-Identifier: Apache-2.0 */
#include "containers/library.h"

#include <dlfcn.h>
#include <string.h>

bool tmk_library_load(void **library, const char *name, bool apart, const struct tmk_call *calls, size_t n)
{
    if (*library == NULL)
        *library = apart ? dlmopen(LM_ID_NEWLM, name, RTLD_NOW | RTLD_LOCAL) : dlopen(name, RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; i < n; i++) {
        void *call = *library == NULL ? NULL : dlsym(*library, calls[i].name);

        if (call == NULL)
            return false;
        memcpy(calls[i].to, &call, sizeof call); /* POSIX lets a function's address be an object's */
    }
    return true;
}
