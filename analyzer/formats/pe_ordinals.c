/* SPDX-License-Identifier: Apache-2.0 */
/* Names of functions that are imported by number by habit. imphash is of names. */
#include <strings.h>

#include "formats/pe_image.h"

static const struct ordinal {
    uint16_t number;
    const char *name;
} winsock[] = {
    { 1, "accept" }, { 2, "bind" }, { 3, "closesocket" }, { 4, "connect" },
    { 5, "getpeername" }, { 6, "getsockname" }, { 7, "getsockopt" }, { 8, "htonl" },
    { 9, "htons" }, { 10, "ioctlsocket" }, { 11, "inet_addr" }, { 12, "inet_ntoa" },
    { 13, "listen" }, { 14, "ntohl" }, { 15, "ntohs" }, { 16, "recv" }, { 17, "recvfrom" },
    { 18, "select" }, { 19, "send" }, { 20, "sendto" }, { 21, "setsockopt" }, { 22, "shutdown" },
    { 23, "socket" }, { 51, "gethostbyaddr" }, { 52, "gethostbyname" },
    { 53, "getprotobyname" }, { 54, "getprotobynumber" }, { 55, "getservbyname" },
    { 56, "getservbyport" }, { 57, "gethostname" }, { 101, "wsaasyncselect" },
    { 108, "wsacancelasyncrequest" }, { 111, "wsagetlasterror" }, { 112, "wsasetlasterror" },
    { 115, "wsastartup" }, { 116, "wsacleanup" }, { 151, "__wsafdisset" },
}, oleaut[] = {
    { 2, "sysallocstring" }, { 3, "sysreallocstring" }, { 4, "sysallocstringlen" },
    { 5, "sysreallocstringlen" }, { 6, "sysfreestring" }, { 7, "sysstringlen" },
    { 8, "variantinit" }, { 9, "variantclear" }, { 10, "variantcopy" },
    { 11, "variantcopyind" }, { 12, "variantchangetype" }, { 15, "safearraycreate" },
    { 16, "safearraydestroy" }, { 17, "safearraygetdim" }, { 18, "safearraygetelemsize" },
    { 19, "safearraygetubound" }, { 20, "safearraygetlbound" }, { 21, "safearraylock" },
    { 22, "safearrayunlock" }, { 23, "safearrayaccessdata" }, { 24, "safearrayunaccessdata" },
    { 25, "safearraygetelement" }, { 26, "safearrayputelement" }, { 27, "safearraycopy" },
    { 147, "variantchangetypeex" }, { 149, "sysstringbytelen" },
    { 150, "sysallocstringbytelen" }, { 161, "loadtypelib" }, { 162, "loadregtypelib" },
    { 163, "registertypelib" }, { 186, "unregistertypelib" }, { 200, "geterrorinfo" },
    { 201, "seterrorinfo" }, { 202, "createerrorinfo" },
};

static const char *look_up(const struct ordinal *list, size_t n, unsigned number)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i].number == number)
            return list[i].name;
    }
    return NULL;
}

bool pe_ordinal_name(const char *dll, unsigned number, const char **ret)
{
    *ret = NULL;
    if (strcasecmp(dll, "ws2_32.dll") == 0 || strcasecmp(dll, "wsock32.dll") == 0)
        *ret = look_up(winsock, TMK_COUNT(winsock), number);
    else if (strcasecmp(dll, "oleaut32.dll") == 0)
        *ret = look_up(oleaut, TMK_COUNT(oleaut), number);
    else
        return true;
    return *ret != NULL;
}
