/* SPDX-License-Identifier: Apache-2.0 */
/* The resolver over made-up vendors (tests/unit/vendors), a case a line. In JSON texts ' stands for ". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "knowledge/names.h"
#include "knowledge/resolve.h"
#include "knowledge/weights.h"
#include "model/json.h"

/* ---- pieces of evidence ---- */

#define VI(company)        "{'by':'versioninfo','company':'" company "'}"
#define BY(what, company)  "{'by':'" what "','company':'" company "'}"
#define VI2(company, rest) "{'by':'versioninfo','company':'" company "'," rest "}"
#define GO(module)         "{'by':'go_buildinfo','module':'" module "'}"
#define PDB(path)          "{'by':'pdb','path':'" path "'}"
#define SIGN(status, o, cn)                                                                                            \
    "{'status':'" status "','issuer':'CN=CA','signer':{'subject':'CN=" cn "','common_name':'" cn                       \
    "','organization':'" o "','country':'NL'}}"
#define SIG(status, name) SIGN(status, name, name)
#define DATED(status, name, time)                                                                                      \
    "{'status':'valid','issuer':'CN=CA','timestamp':{'status':'" status "','time':'" time                              \
    "'},'signer':{'subject':'CN=" name "','common_name':'" name "','organization':'" name "'}}"
#define SELF(name)                                                                                                     \
    "{'status':'untrusted','issuer':'CN=" name "','signer':{'subject':'CN=" name "','organization':'" name "'}}"
#define PIN "{'status':'valid','signer':{'organization':'Someone','sha256':'" AS "'}}"
#define AS  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define RULE(v, p, w, text)                                                                                            \
    "{'rule':'r','vendor':'" v "','product':'" p "','weight':'" w "','strings':[{'text':'" text "'}]}"
#define SAYS(witness, text)                                                                                            \
    "{'rule':'r','vendor':'acme','weight':'strong','witness':'" witness "','strings':[{'text':'" text "'}]}"
#define STRONG RULE("acme", "shield", "strong", "acme internal")
#define PKG(name, digest, index)                                                                                       \
    "{'by':'dpkg','name':'" name "','origin':'Debian','digest':'" digest "','index':'" index "'}"

struct given {
    const char *kind, *path, *claims, *signatures, *matches, *packaged;
};

struct resolve_case {
    struct given given;
    const char *want;     /* "vendor product basis band", or "? " and the beginning of reason_unknown */
    const char *findings; /* ids, one space between; NULL: none */
};

#define ONE_KIND "? one kind of evidence alone"
#define NOTHING  "? nothing tells"

static const struct resolve_case cases[] = {
    /* one group is never enough, whatever it says; two are */
    { { "pe", "/x/y.exe", "", "", "", "" }, NOTHING, NULL },
    { { "pe", NULL, NULL, NULL, NULL, NULL }, NOTHING, NULL },
    { { "pe", "/x/acmeshield.sys", "", "", "", "" }, ONE_KIND, NULL },
    { { "pe", "/x/acmeshield.sys", VI("Acme Security, Inc."), "", "", "" }, ONE_KIND, NULL },
    { { "pe", "C:\\\\Program Files\\\\Acme\\\\acmeshield.sys", VI("Acme Security, Inc."), "", "", "" },
      ONE_KIND,
      NULL },
    { { "pe", "/x/y.exe", "", "", STRONG, "" }, ONE_KIND, NULL },
    { { "pe", "/x/y.exe", PDB("c:\\\\b\\\\acmeshield.pdb"), "", "", "" }, ONE_KIND, NULL },
    { { "pe", "/x/acmeshield.sys", "", "", STRONG, "" }, "acme shield claimed weak", NULL },
    { { "pe", "/x/y.exe", VI("Acme Security, Inc."), "", STRONG, "" }, "acme shield claimed moderate", NULL },
    { { "pe", "/x/y.exe", PDB("c:\\\\b\\\\acmeshield.pdb"), "", STRONG, "" }, "acme shield claimed moderate", NULL },
    { { "pe", "/x/y.exe", "", "", STRONG "," RULE("acme", "vault", "medium", "zz"), "" }, ONE_KIND, NULL },
    /* what a package's manifest says is a claim like a version resource */
    { { "zip", "/x/y.jar", BY("jar", "Acme Security, Inc."), "", STRONG, "" }, "acme shield claimed moderate", NULL },
    { { "zip", "/x/y.msix", BY("msix", "Acme Security, Inc."), "", "", "" }, ONE_KIND, NULL },
    { { "zip", "/x/y.nupkg", BY("nuget", "ACME Security"), "", STRONG, "" }, "acme shield claimed moderate", NULL },
    { { "zip", "/x/y.vsix", BY("vsix", "Acme Security, Inc."), "", STRONG, "" }, "acme shield claimed moderate", NULL },
    { { "zip", "/x/y.jar", BY("jar", "Acme Security, Inc."), SIG("valid", "Stranger GmbH"), "", "" },
      ONE_KIND,
      "KNOW001" },
    { { "zip", "/x/y.jar", BY("jar", "Stranger GmbH"), SIG("valid", "Acme Security, Inc."), "", "" },
      "? signed by Acme Security, but the file names another maker",
      NULL },
    { { "zip", "/x/y.jar", BY("jar", "Acme Security, Inc\xd0\xb0."), "", STRONG, "" }, ONE_KIND, NULL },
    { { "zip", "/x/y.gem", BY("gem", "Acme Security, Inc."), "", "", "" }, NOTHING, NULL },
    /* forgeable evidence never gives more than a moderate band */
    { { "pe", "/opt/acme/acmeshield.sys", VI("Acme Security, Inc.") "," PDB("c:\\\\acmeshield.pdb"), "", STRONG, "" },
      "acme shield claimed moderate",
      NULL },
    /* a rule that saw only what the file claims is the same witness */
    { { "pe", "/x/y.exe", VI("Acme Security, Inc."), "", RULE("acme", "shield", "strong", "ACME security"), "" },
      ONE_KIND,
      NULL },
    { { "pe", "/x/y.exe", VI("Acme Security, Inc."), "", RULE("acme", "shield", "strong", "A%00c%00m%00e%00"), "" },
      ONE_KIND,
      NULL },
    { { "pe", "/x/acmeshield.sys", "", "", SAYS("claim", "zz"), "" }, ONE_KIND, NULL },
    { { "pe", "/x/y.exe", PDB("c:\\\\acmeshield.pdb"), "", SAYS("build", "zz"), "" }, ONE_KIND, NULL },
    { { "pe", "/x/acmeshield.sys", "", "", SAYS("code", "zz"), "" }, "acme shield claimed weak", NULL },
    { { "pe", "/opt/acme/acmeshield.sys", "", "", SAYS("build", "zz"), "" }, "acme shield claimed weak", NULL },
    { { "pe", "/x/acmeshield.sys", "", "", SAYS("build", "zz"), "" }, "? the evidence is too weak", NULL },
    { { "pe", "/x/acmeshield.sys", "", "", "{'rule':'r','vendor':'acme','weight':'strong','strings':[]}", "" },
      ONE_KIND,
      NULL },
    { { "pe", "/x/acmeshield.sys", "", "", RULE("acme", "shield", "weak", "some text"), "" },
      "? the evidence is too weak",
      NULL },
    { { "pe", "/x/acmeshield.sys", "", "", RULE("nobody", "shield", "strong", "some text"), "" }, ONE_KIND, NULL },
    /* a verified signature by an entity */
    { { "pe", "/x/y.exe", "", SIG("valid", "Acme Security, Inc."), "", "" }, "acme - proven established", NULL },
    { { "pe", "/x/y.exe", "", SIG("valid", "ACME Security Incorporated"), "", "" }, "acme - proven established", NULL },
    { { "pe", "/x/y.exe", "", SIG("valid", "Acme Security (Netherlands) B.V."), "", "" },
      "acme - proven established",
      NULL },
    { { "pe", "/x/y.exe", "", PIN, "", "" }, "acme - proven established", NULL },
    { { "pe", "/x/acmeshield.sys", "", SIG("valid", "Acme Security, Inc."), "", "" },
      "acme shield proven established",
      NULL },
    { { "pe", "/x/y.exe", VI("Acme Security"), SIG("valid", "Acme Security, Inc."), "", "" },
      "acme - proven established",
      NULL },
    { { "pe", "/x/y.exe", VI("Acme Labs"), SIG("valid", "Acme Security, Inc."), "", "" },
      "acme - proven established",
      NULL },
    { { "pe", "/x/y.exe", VI("Mega Corp"), SIG("valid", "Acme Security, Inc."), "", "" },
      "acme - proven established",
      NULL },
    { { "pe", "/x/y.exe", "", SIG("valid", "Acme Security LLC"), "", "" }, ONE_KIND, NULL },
    { { "pe", "/x/y.exe", "", SIG("valid", "Acme Security"), "", "" }, ONE_KIND, NULL },
    { { "pe", "/x/y.exe", "", SIG("valid", "Ac\u0301me Security, Inc."), "", "" }, ONE_KIND, NULL },
    { { "pe", "/x/y.exe", "", SIGN("valid", "Someone Else", "Acme Security, Inc."), "", "" },
      "? signed by a firm of which nothing is known",
      NULL },
    { { "pe", "/x/y.exe", "", SIG("valid", "Stranger GmbH"), "", "" },
      "? signed by a firm of which nothing is known",
      NULL },
    /* one that does not verify is a claim */
    { { "pe", "/x/y.exe", "", SIG("digest_mismatch", "Acme Security, Inc."), "", "" }, ONE_KIND, NULL },
    { { "pe", "/x/y.exe", "", SIG("untrusted", "Acme Security, Inc."), "", "" }, ONE_KIND, NULL },
    { { "pe", "/x/y.exe", "", SIG("unknown", "Acme Security, Inc."), "", "" }, ONE_KIND, NULL },
    { { "pe", "/x/y.exe", VI("Acme Security, Inc."), SIG("revoked", "Acme Security, Inc."), "", "" }, ONE_KIND, NULL },
    { { "pe", "/x/y.exe", "", SELF("Acme Security, Inc."), "", "" }, ONE_KIND, "KNOW004" },
    { { "pe", "/x/y.exe", "", SELF("Stranger GmbH"), "", "" }, NOTHING, NULL },
    /* a name that two vendors sign under proves neither */
    { { "pe", "/x/y.exe", "", SIG("valid", "Common Signer Ltd"), "", "" }, ONE_KIND, NULL },
    /* a name that two have had belongs to who had it when it was signed with, if a timestamp tells */
    { { "pe", "/x/y.exe", "", DATED("valid", "Shared Past Ltd", "2022-06-29T23:59:59Z"), "", "" },
      "acme - proven established",
      NULL },
    { { "pe", "/x/y.exe", "", DATED("valid", "Shared Past Ltd", "2022-06-30T00:00:00Z"), "", "" },
      "bolt - proven established",
      NULL },
    { { "pe", "/x/y.exe", "", DATED("untrusted", "Shared Past Ltd", "2022-06-29T23:59:59Z"), "", "" }, ONE_KIND, NULL },
    { { "pe", "/x/y.exe", "", SIG("valid", "Shared Past Ltd"), "", "" }, ONE_KIND, NULL },
    { { "pe", "/x/y.exe", "", DATED("valid", "Name Given Up GmbH", "2009-12-31T00:00:00Z"), "", "" },
      "acme - proven established",
      NULL },
    { { "pe", "/x/y.exe", "", DATED("valid", "Name Given Up GmbH", "2010-01-01T00:00:00Z"), "", "" },
      "? signed by a firm of which nothing is known",
      NULL },
    { { "pe", "/x/boltgate.exe", "", SIG("valid", "Common Signer Ltd"), "", "" }, "bolt gate claimed weak", NULL },
    /* publisher services sign for everybody */
    { { "pe", "/x/y.sys", "",
        SIGN("valid", "Microsoft Corporation", "Microsoft Windows Hardware Compatibility Publisher"), "", "" },
      "? signed by a publisher that signs for others",
      NULL },
    { { "pe", "/x/y.sys", "", SIGN("valid", "Microsoft Corporation", "Microsoft Something New Publisher"), "", "" },
      "? signed by a publisher that signs for others",
      NULL },
    { { "pe", "/x/y.sys", "", SIGN("valid", "Microsoft Corporation", "Microsoft Windows"), "", "" },
      "microsoft - proven established",
      NULL },
    { { "pe", "/x/y.sys", VI("Acme Security, Inc."),
        SIGN("valid", "Microsoft Corporation", "Microsoft Windows Hardware Compatibility Publisher"), "", "" },
      ONE_KIND,
      NULL },
    { { "pe", "/x/y.sys", VI("Acme Security, Inc."),
        SIGN("valid", "Microsoft Corporation",
             "Microsoft Windows Hardware Compatibility Publisher") "," SIG("valid", "Acme Security, Inc."),
        "", "" },
      "acme - proven established",
      NULL },
    { { "pe", "/x/y.exe", "", SIGN("valid", "Open Source Developer", "Open Source Developer, A. Person"), "", "" },
      "? signed by a publisher that signs for others",
      NULL },
    /* the signer is not the maker of what names another */
    { { "pe", "/x/y.dll", VI("The Zlib Project"), SIG("valid", "Acme Security, Inc."), "", "" },
      "? signed by Acme Security, but",
      NULL },
    { { "pe", "/opt/acme/acmeshield.sys", VI("The Zlib Project"), SIG("valid", "Acme Security, Inc."), "", "" },
      "? signed by Acme Security, but",
      NULL },
    { { "pe", "/opt/acme/acmeshield.sys", VI("The Zlib Project"), "", "", "" }, "? only weak evidence", NULL },
    /* whoever names a maker that proves itself by signing, but is signed by another, contradicts himself */
    { { "pe", "/x/y.dll", VI("Acme Security, Inc."), SIG("valid", "Bolt Networks Ltd."), "", "" },
      "? signed by Bolt Networks, but the file names another",
      "KNOW001" },
    { { "pe", "/x/y.dll", VI("Acme Security, Inc."), SIG("valid", "Stranger GmbH"), "", "" }, ONE_KIND, "KNOW001" },
    { { "pe", "/x/y.dll", VI("Bazaar Project"), SIG("valid", "Stranger GmbH"), "", "" }, ONE_KIND, "KNOW002" },
    { { "pe", "/x/y.dll", VI("Acme Security, Inc."), SIG("untrusted", "Stranger GmbH"), "", "" }, ONE_KIND, NULL },
    { { "pe", "/x/y.dll", VI("Acme Security, Inc."), SIG("valid", "Mega Corp"), "", "" }, ONE_KIND, NULL },
    { { "pe", "/x/y.dll", VI("Acme Security, Inc."), SIG("valid", "Acme Security Deutschland GmbH"), "", "" },
      ONE_KIND,
      NULL },
    { { "pe", "/x/y.dll", VI("Acme Security, Inc."),
        SIG("valid", "Stranger GmbH") "," SIG("valid", "Acme Security, Inc."), "", "" },
      "acme - proven established",
      NULL },
    { { "pe", "/x/y.dll", "", SIG("valid", "Bolt Networks Ltd.") "," SIG("valid", "Acme Security, Inc."), "", "" },
      "? validly signed by two makers: Acme Security and Bolt Networks",
      NULL },
    { { "pe", "/x/acmeshield.sys", "", SIG("valid", "Bolt Networks Ltd."), STRONG, "" },
      "? signed by Bolt Networks, but two kinds of evidence tell of Acme Security",
      "KNOW005" },
    /* a firm that signs for another */
    { { "pe", "/x/y.exe", VI("Childsoft, Inc."), SIG("valid", "Acme Security, Inc."), "", "" },
      "childsoft - proven moderate",
      NULL },
    { { "pe", "/x/childtoy.exe", "", SIG("valid", "Acme Security, Inc."), "", "" }, "acme - proven established", NULL },
    { { "pe", "/x/childtoy.exe", VI("Acme Security, Inc."), SIG("valid", "Acme Security, Inc."), "", "" },
      "acme - proven established",
      NULL },
    /* look-alikes are findings and no evidence */
    { { "pe", "/x/y.exe", VI("Acme S\u0435curity, Inc."), "", "", "" }, NOTHING, "KNOW003" },
    { { "pe", "/x/y.exe", VI("Acme Security\u200b, Inc."), "", "", "" }, NOTHING, "KNOW003" },
    { { "pe", "/x/y.exe", VI("Acme Security."), "", "", "" }, NOTHING, "KNOW003" },
    { { "pe", "/x/y.exe", VI("Acme Securitty, Inc."), "", "", "" }, NOTHING, "KNOW003" },
    { { "pe", "/x/y.exe", "", SIG("valid", "Acme Security."), "", "" }, "? signed by a firm of which", "KNOW003" },
    { { "pe", "/x/y.exe", "", SIG("valid", "Acme Securlty, Inc."), "", "" }, "? signed by a firm of which", "KNOW003" },
    { { "pe", "/x/y.exe", "", SIG("valid", "\u0410cme Security, Inc."), "", "" },
      "? signed by a firm of which",
      "KNOW003" },
    /* packages vouch only for the file that they list */
    { { "elf", "/usr/x", "", "", "", PKG("acme-shield", "match", "signed") }, ONE_KIND, NULL },
    { { "elf", "/usr/acmeshieldd", "", "", "", PKG("acme-shield", "match", "signed") },
      "acme shield packaged_signed moderate",
      NULL },
    { { "elf", "/usr/acmeshieldd", "", "", "", PKG("acme-shield", "match", "unsigned") },
      "acme shield packaged weak",
      NULL },
    { { "elf", "/usr/acmeshieldd", "", "", "", "{'by':'deb','name':'acme-shield','digest':'match','index':'unsigned'}" },
      ONE_KIND,
      NULL },
    { { "elf", "/opt/acme/x", "", "", "", PKG("acme-shield", "match", "unsigned") },
      "acme shield packaged moderate",
      NULL },
    { { "elf", "/opt/acme/x", "", "", "", PKG("acme-shield", "mismatch", "signed") }, ONE_KIND, NULL },
    { { "elf", "/opt/acme/x", "", "", STRONG, PKG("acme-shield", "match", "signed") },
      "acme shield packaged_signed strong",
      NULL },
    /* the package is one vendor's, what the file says another's */
    { { "pe", "/x/y", VI("Bolt Networks Ltd."), "", "", PKG("acme-shield", "match", "unsigned") },
      ONE_KIND,
      "KNOW007" },
    { { "pe", "/x/y", VI("Acme Security, Inc."), "", "", PKG("acme-shield", "match", "unsigned") },
      "acme shield packaged moderate",
      NULL },
    { { "elf", "/x/y", "", "", STRONG, PKG("bolt-gate", "match", "unsigned") }, ONE_KIND, "KNOW007" },
    { { "elf", "/x/y", "", "", STRONG, PKG("bolt-gate", "mismatch", "unsigned") }, ONE_KIND, NULL },
    { { "elf", "/x/acmeshieldd", "", "", "", PKG("bolt-gate", "match", "unsigned") }, ONE_KIND, NULL },
    { { "pe", "/x/y", VI("Childsoft, Inc."), "", "", PKG("acme-shield", "match", "unsigned") }, ONE_KIND, NULL },
    /* in one vendor's folder, signed by another */
    { { "elf", "/opt/acme/x", "", SIG("valid", "Bolt Networks Ltd."), "", "" },
      "bolt - proven established",
      "KNOW006" },
    { { "elf", "/opt/acme/x", "", SIG("valid", "Stranger GmbH"), "", "" }, ONE_KIND, "KNOW006" },
    { { "elf", "/opt/acme/x", "", SIG("expired", "Bolt Networks Ltd."), "", "" }, ONE_KIND, NULL },
    { { "elf", "/opt/acme/x", "", SIG("valid", "Acme Security, Inc."), "", "" },
      "acme shield proven established",
      NULL },
    /* each fact in its own field: a company in modinfo, a module that is only used, a name inside a name */
    { { "elf", "/x/vmw.ko", "{'by':'modinfo','author':'Acme Security, Inc.'}", "", "", "" }, NOTHING, NULL },
    { { "elf", "/x/y", "{'by':'versioninfo','description':'Acme Security, Inc.'}", "", "", "" }, NOTHING, NULL },
    { { "elf", "/x/y", GO("github.com/other/acme"), "", "", "" }, NOTHING, NULL },
    { { "elf", "/x/y", GO("github.com/acmeish/tool"), "", "", "" }, NOTHING, NULL },
    { { "elf", "/x/y", GO("github.com/acme/tool/cmd"), "", "", "" }, ONE_KIND, NULL },
    { { "elf", "/x/y", GO("acme.example/tool"), "", "", "" }, ONE_KIND, NULL },
    { { "elf", "/x/acmeshieldd", GO("github.com/acme/tool"), "", "", "" }, "? the evidence is too weak", NULL },
    { { "elf", "/opt/acme/acmeshieldd", GO("github.com/acme/tool"), "", "", "" }, "acme shield claimed weak", NULL },
    { { "pe", "/x/y", PDB("d:\\\\Build\\\\acme-7\\\\x.pdb"), "", "", "" }, ONE_KIND, NULL },
    { { "pe", "/x/y", PDB("d:\\\\rebuild\\\\acme-7\\\\x.pdb"), "", "", "" }, NOTHING, NULL },
    { { "pe", "/x/y", PDB("d:\\\\notacmeshield.pdb"), "", "", "" }, NOTHING, NULL },
    { { "pe", "/x/y", "{'by':'versioninfo','product':'Acme Shield Agent'}", "", "", "" }, ONE_KIND, NULL },
    { { "pe", "/x/y", "{'by':'versioninfo','original_filename':'AcmeOrig.EXE'}", "", "", "" }, ONE_KIND, NULL },
    { { "pe", "/x/y", "{'by':'versioninfo','internal_name':'acmeorig.exe'}", "", "", "" }, NOTHING, NULL },
    { { "elf", "/x/y", "{'by':'note_package','name':'acme-shield'}", "", "", "" }, ONE_KIND, NULL },
    /* a package's manifest names its maker as a version resource does; a NuGet package has authors, joined by commas */
    { { "msi", "/x/y", "{'by':'msi','company':'Acme Security, Inc.'}", "", "", "" }, ONE_KIND, NULL },
    { { "zip", "/x/y", "{'by':'msix','company':'Acme Security, Inc.'}", "", STRONG, "" },
      "acme shield claimed moderate",
      NULL },
    { { "zip", "/x/y", "{'by':'jar','company':'Acme Security, Inc.'}", SIG("valid", "Acme Security, Inc."), "", "" },
      "acme - proven established",
      NULL },
    { { "zip", "/x/y", "{'by':'jar','product':'Acme Shield Agent'}", "", STRONG, "" },
      "acme shield claimed moderate",
      NULL },
    { { "zip", "/x/y", "{'by':'vsix','company':'Acme Security, Inc.'}", SIG("valid", "Someone Else"), "", "" },
      ONE_KIND,
      "KNOW001" },
    { { "nuget", "/x/y", "{'by':'nuget','company':'Somebody, Acme Security Inc. ,Another'}", "", STRONG, "" },
      "acme shield claimed moderate",
      NULL },
    { { "nuget", "/x/y", "{'by':'nuget','company':' , ,'}", "", "", "" }, NOTHING, NULL },
    { { "nuget", "/x/y", "{'by':'other','company':'Acme Security, Inc.'}", "", "", "" }, NOTHING, NULL },
    /* Windows names whatever their case, Linux names as they are, each in its own kind of file */
    { { "pe", "/x/AcmeShield.SYS", "", "", "", "" }, ONE_KIND, NULL },
    { { "elf", "/x/acmeshield.sys", "", "", "", "" }, NOTHING, NULL },
    { { "elf", "/x/acmeshieldd", "", "", "", "" }, ONE_KIND, NULL },
    { { "elf", "/x/AcmeShieldd", "", "", "", "" }, NOTHING, NULL },
    { { "pe", "/x/acmeshieldd", "", "", "", "" }, NOTHING, NULL },
    { { "elf", "/x/libacmeshield.so.1.2.3", "", "", "", "" }, ONE_KIND, NULL },
    { { "elf", "/x/libacmeshield.so.bak", "", "", "", "" }, NOTHING, NULL },
    { { "elf", "/x/acmeshield.ko.xz", "", "", "", "" }, ONE_KIND, NULL },
    { { "elf", "/x/myacmeshieldd", "", "", "", "" }, NOTHING, NULL },
    /* paths at the borders of folders, anywhere */
    { { "elf", "/mnt/disk1/opt/acme/bin/y", "", "", "", "" }, ONE_KIND, NULL },
    { { "elf", "/opt/acmeish/y", "", "", "", "" }, NOTHING, NULL },
    { { "elf", "/x/copt/acme/y", "", "", "", "" }, NOTHING, NULL },
    { { "elf", "/OPT/acme/y", "", "", "", "" }, NOTHING, NULL },
    { { "elf", "/mnt/usr/local/bin/acmetool", "", "", "", "" }, ONE_KIND, NULL },
    { { "elf", "/mnt/usr/local/bin/acmetools", "", "", "", "" }, NOTHING, NULL },
    { { "pe", "/mnt/c/program files/ACME/y.dll", "", "", "", "" }, ONE_KIND, NULL },
    { { "pe", "C:\\\\Program Files\\\\Acme\\\\y.dll", "", "", "", "" }, ONE_KIND, NULL },
    { { "pe", "C:\\\\Program Files\\\\Acme Tools\\\\y.dll", "", "", "", "" }, NOTHING, NULL },
    { { "pe", "/x/node_modules/@acme/tool/bin/y.exe", "", "", "", "" }, ONE_KIND, NULL },
    { { "pe", "/x/node_modules/acme-agent/y.exe", "", "", "", "" }, ONE_KIND, NULL },
    { { "pe", "/x/acme-agent/y.exe", "", "", "", "" }, NOTHING, NULL },
    { { "pe", "/x/node_modules/@acmeish/tool/y.exe", "", "", "", "" }, NOTHING, NULL },
    /* short, common and shared values are no evidence alone */
    { { "pe", "/x/ash.sys", "", "", "", "" }, "? only weak evidence", NULL },
    { { "pe", "/acm/y.exe", "", "", "", "" }, "? only weak evidence", NULL },
    { { "pe", "/x/setup.exe", "", "", "", "" }, "? only weak evidence", NULL },
    { { "pe", "/x/sharedengine.dll", "", "", "", "" }, "? only weak evidence", NULL },
    { { "pe", "/x/ash.sys", "", "", STRONG, "" }, ONE_KIND, NULL },
    { { "pe", "/x/sharedengine.dll", "", "", STRONG, "" }, ONE_KIND, NULL },
    /* two makers alike */
    { { "elf", "/opt/acme/opt/bolt/x", "", "", STRONG "," RULE("bolt", "gate", "strong", "bolt internal"), "" },
      "? Acme Security and Bolt Networks are as likely",
      NULL },
};

/* ---- running a case ---- */

static struct tmk_registry *registry;

static json_t *load(const char *text, const char *open, const char *close)
{
    char buffer[4096];
    json_t *v;

    (void)snprintf(buffer, sizeof buffer, "%s%s%s", open, text == NULL ? "" : text, close);
    for (char *p = buffer; *p != '\0'; p++)
        if (*p == '\'')
            *p = '"';
    v = json_loads(buffer, 0, NULL);
    if (v == NULL)
        print_error("no JSON: %s\n", buffer);
    assert_non_null(v);
    return v;
}

static json_t *facts_of(const struct given *g)
{
    json_t *facts = json_object(), *format = json_object();

    tmk_json_put_str(format, "kind", g->kind);
    tmk_json_put(facts, "format", format);
    tmk_json_put(facts, "claims", load(g->claims, "[", "]"));
    tmk_json_put(facts, "matches", load(g->matches, "[", "]"));
    return facts;
}

static json_t *resolve(const struct given *g, json_t *facts, json_t *signatures, json_t *findings)
{
    tmk_autojson json_t *packaged = load(g->packaged, "[", "]"), *path = load(g->path, "[\"", "\"]");
    const struct tmk_evidence e = { facts, signatures, packaged,
                                    g->path == NULL ? NULL : json_string_value(json_array_get(path, 0)), 1700000000 };

    return tmk_resolve(registry, &e, findings);
}

static void say(char *to, size_t room, const json_t *origin)
{
    const char *vendor = tmk_json_str(origin, "vendor"), *product = tmk_json_str(origin, "product");

    if (vendor == NULL)
        (void)snprintf(to, room, "? %s", tmk_json_str(origin, "reason_unknown"));
    else
        (void)snprintf(to, room, "%s %s %s %s", vendor, product == NULL ? "-" : product, tmk_json_str(origin, "basis"),
                       tmk_json_str(origin, "band"));
}

static void check_case(const struct resolve_case *c, json_t *facts, json_t *signatures)
{
    tmk_autojson json_t *findings = json_array(), *origin = resolve(&c->given, facts, signatures, findings);
    char got[512], ids[128] = "";
    const json_t *f;
    size_t i;

    say(got, sizeof got, origin);
    if (c->want[0] == '?')
        got[strnlen(got, strlen(c->want))] = '\0';
    json_array_foreach(findings, i, f)(void)
        snprintf(ids + strlen(ids), sizeof ids - strlen(ids), "%s%s", i > 0 ? " " : "", tmk_json_str(f, "id"));
    if (strcmp(got, c->want) != 0 || strcmp(ids, c->findings == NULL ? "" : c->findings) != 0)
        print_error("path %s, claims %s, signatures %s, matches %s\n", c->given.path, c->given.claims,
                    c->given.signatures, c->given.matches);
    assert_string_equal(got, c->want);
    assert_string_equal(ids, c->findings == NULL ? "" : c->findings);
    assert_true((tmk_json_str(origin, "vendor") == NULL) == (tmk_json_str(origin, "reason_unknown") != NULL));
}

static void each_case_is_resolved(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tmk_autojson json_t *facts = facts_of(&cases[i].given), *signatures = load(cases[i].given.signatures, "[", "]");

        check_case(&cases[i], facts, signatures);
    }
}

static json_t *reversed(const json_t *list)
{
    json_t *r = json_array();

    for (size_t i = json_array_size(list); i > 0; i--)
        tmk_json_push(r, json_incref(json_array_get(list, i - 1)));
    return r;
}

/* The whole of origin is the same, byte for byte, whatever the order of claims, matches and signatures. */
static void order_never_matters(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tmk_autojson json_t *facts = facts_of(&cases[i].given), *signatures = load(cases[i].given.signatures, "[", "]");
        tmk_autojson json_t *back = json_deep_copy(facts), *signed_back = reversed(signatures),
                            *findings = json_array();
        tmk_autojson json_t *a = resolve(&cases[i].given, facts, signatures, findings), *b = NULL;

        tmk_json_put(back, "claims", reversed(json_object_get(facts, "claims")));
        tmk_json_put(back, "matches", reversed(json_object_get(facts, "matches")));
        b = resolve(&cases[i].given, back, signed_back, findings);
        if (!json_equal(a, b))
            print_error("path %s, claims %s, signatures %s\n", cases[i].given.path, cases[i].given.claims,
                        cases[i].given.signatures);
        assert_true(json_equal(a, b));
    }
}

/* What bears on no vendor changes nothing. */
static void irrelevant_evidence_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tmk_autojson json_t *facts = facts_of(&cases[i].given), *signatures = load(cases[i].given.signatures, "[", "]");

        tmk_json_push(json_object_get(facts, "claims"), load(GO("example.org/nothing"), "", ""));
        tmk_json_push(json_object_get(facts, "claims"),
                      load("{'by':'versioninfo','company':'','product':'Unheard Of'}", "", ""));
        tmk_json_push(json_object_get(facts, "claims"), load("{'by':'rust_audit','name':'serde'}", "", ""));
        tmk_json_push(json_object_get(facts, "matches"), load("{'rule':'users_own','strings':[]}", "", ""));
        tmk_json_push(signatures, load("{'status':'unsupported'}", "", ""));
        check_case(&cases[i], facts, signatures);
    }
}

/* What names vendors without being theirs, against the shipped vendors: nobody is named. */
static const struct given negatives[] = {
    { "elf", "/lib/modules/6.1.0/kernel/drivers/misc/vmw_balloon.ko", "{'by':'modinfo','author':'VMware, Inc.'}",
      SIG("valid", "Debian Secure Boot Signer 2022"), "", "" },
    { "elf", "/lib/modules/6.1.0/kernel/drivers/gpu/drm/vmwgfx/vmwgfx.ko.xz",
      "{'by':'modinfo','author':'VMware, Inc.'}", "", "", "" },
    { "elf", "/usr/lib/x86_64-linux-gnu/dri/vmwgfx_dri.so", "", "", "", "" },
    { "elf", "/usr/lib/x86_64-linux-gnu/libfreeipmi.so.17.2.9", "", "", "", "" },
    { "pe", "/opt/app/libcef.dll", VI("The Chromium Authors"), "", "", "" },
    { "elf", "/usr/bin/osqueryd", "", "", "", "" },
    { "elf", "/usr/bin/java", "", "", "", "" },
    { "elf", "/usr/lib/erlang/bin/epmd", "", "", "", "" },
    { "pe", "C:\\\\Program Files\\\\dotnet\\\\dotnet.exe", "", "", "", "" },
    { "pe", "C:\\\\x\\\\Crypto.dll", "", "", "", "" },
    { "pe", "C:\\\\x\\\\installer.exe", VI("Google LLC"), SIG("valid", "Google LLC"), "", "" },
    { "pe", "C:\\\\x\\\\any.sys", VI("Stranger GmbH"),
      SIGN("valid", "Microsoft Corporation", "Microsoft Windows Hardware Compatibility Publisher"), "", "" },
    { "pe", "C:\\\\x\\\\any.sys", VI("CrowdStrike, Inc."), SIG("valid", "Stranger GmbH"), "", "" },
    { "elf", "/usr/bin/tool", GO("github.com/somebody/crowdstrike-exporter"), "", "", "" },
};

static void mentions_name_nobody(void **state)
{
    struct tmk_registry *mine = registry;
    struct tmk_err err = { .msg = "" };

    (void)state;
    assert_int_equal(tmk_registry_shipped(&registry, &err), TMK_OK);
    for (size_t i = 0; i < sizeof negatives / sizeof negatives[0]; i++) {
        tmk_autojson json_t *facts = facts_of(&negatives[i]), *signatures = load(negatives[i].signatures, "[", "]");
        tmk_autojson json_t *findings = json_array(), *origin = resolve(&negatives[i], facts, signatures, findings);

        if (tmk_json_str(origin, "vendor") != NULL)
            print_error("path %s\n", negatives[i].path);
        assert_null(tmk_json_str(origin, "vendor"));
        assert_non_null(tmk_json_str(origin, "reason_unknown"));
    }
    tmk_registry_free(registry);
    registry = mine;
}

/* When the name was the vendor's, where it has not always been. */
static void put_time(json_t *signature, const struct tmk_entity *e)
{
    json_t *stamp;

    if (e->from == NULL && e->to == NULL)
        return;
    stamp = json_object();
    tmk_json_put_str(stamp, "status", "valid");
    tmk_json_put_str(stamp, "time", e->from != NULL ? e->from : "1999-01-01");
    tmk_json_put(signature, "timestamp", stamp);
}

static void signs_for_itself(const struct tmk_vendor *v, const struct tmk_entity *entity, const char *name)
{
    tmk_autojson json_t *signatures = json_array(), *signature = json_object(), *signer = json_object();
    tmk_autojson json_t *facts = json_object(), *findings = json_array(), *origin = NULL;
    const struct tmk_evidence e = { facts, signatures, NULL, "/x", 1700000000 };

    tmk_json_put_str(signer, "organization", name);
    tmk_json_put_str(signature, "status", "valid");
    tmk_json_put(signature, "signer", json_incref(signer));
    put_time(signature, entity);
    tmk_json_push(signatures, json_incref(signature));
    origin = tmk_resolve(registry, &e, findings);
    if (tmk_json_str(origin, "vendor") == NULL)
        print_error("%s: %s\n", name, tmk_json_str(origin, "reason_unknown"));
    assert_string_equal(tmk_json_str(origin, "vendor"), v->id);
    assert_string_equal(tmk_json_str(origin, "basis"), "proven");
    assert_int_equal(json_array_size(findings), 0);
}

/* Every name under which a shipped vendor signs names that vendor, no other, and is nobody's look-alike. */
static void each_signer_names_its_own_vendor(void **state)
{
    struct tmk_registry *mine = registry;
    struct tmk_err err = { .msg = "" };

    (void)state;
    assert_int_equal(tmk_registry_shipped(&registry, &err), TMK_OK);
    for (size_t i = 0; i < tmk_registry_count(registry); i++) {
        const struct tmk_vendor *v = tmk_registry_at(registry, i);

        for (size_t k = 0; k < v->n_entities; k++) {
            signs_for_itself(v, &v->entities[k], v->entities[k].name);
            for (size_t m = 0; m < v->entities[k].signer_cn.n; m++)
                signs_for_itself(v, &v->entities[k], v->entities[k].signer_cn.list[m]);
        }
    }
    tmk_registry_free(registry);
    registry = mine;
}

/* ---- the rest of origin ---- */

static void members_are(const struct given *g, const char *want)
{
    tmk_autojson json_t *facts = facts_of(g), *signatures = load(g->signatures, "[", "]"), *findings = json_array();
    tmk_autojson json_t *origin = resolve(g, facts, signatures, findings), *expected = load(want, "", "");
    json_t *v, *got;
    const char *key;

    json_object_foreach(expected, key, v)
    {
        got = json_object_get(origin, key);
        if (!json_equal(got, v)) {
            char *text = json_dumps(got == NULL ? json_null() : got, JSON_ENCODE_ANY);

            print_error("%s: %s\n", key, text);
            free(text);
        }
        assert_true(json_equal(got, v));
    }
}

#define STAMPED(status, time)                                                                                          \
    "{'status':'valid','timestamp':{'status':'" status "','time':'" time "'},'signer':{'organization':"                \
    "'Acme Security (Netherlands) B.V.','common_name':'Acme Security (Netherlands) B.V.','country':'NL'}}"
#define PARENTS                                                                                                        \
    "[{'name':'Holder "                                                                                                \
    "AG','country':'DE','from':'2015-01-01T00:00:00Z','to':'2020-01-01T00:00:00Z','confidence':'low',"                 \
    "'source':'made up'},{'name':'Mega "                                                                               \
    "Corp','country':'FR','from':'2021-01-01T00:00:00Z','confidence':'high','source':'made up'}]"

static void jurisdiction_is_headquarters_and_owners(void **state)
{
    (void)state;
    members_are(&(struct given){ "pe", "/x", "", STAMPED("valid", "2018-05-05T00:00:00Z"), "", "" },
                "{'entity':'Acme Security (Netherlands) B.V.','jurisdiction':{'hq':'US','parents':" PARENTS
                ",'at_signing':'DE','as_of':'FR','disputed':false}}");
    members_are(&(struct given){ "pe", "/x", "", STAMPED("valid", "2020-05-05T00:00:00Z"), "", "" },
                "{'jurisdiction':{'hq':'US','parents':" PARENTS ",'at_signing':'US','as_of':'FR','disputed':false}}");
    /* a timestamp that does not hold tells no time */
    members_are(&(struct given){ "pe", "/x", "", STAMPED("untrusted", "2018-05-05T00:00:00Z"), "", "" },
                "{'jurisdiction':{'hq':'US','parents':" PARENTS ",'as_of':'FR','disputed':false}}");
    members_are(&(struct given){ "pe", "/x", "", SIG("valid", "Bolt Networks Ltd."), "", "" },
                "{'jurisdiction':{'hq':'IL','parents':[],'as_of':'IL','disputed':true}}");
}

static void roles_are_told_apart(void **state)
{
    (void)state;
    members_are(&(struct given){ "elf", "/usr/sbin/acmeshieldd", "", "", "", PKG("acme-shield", "match", "signed") },
                "{'roles':{'maker':{'vendor':'acme','name':'Acme Security','basis':'packaged_signed'},"
                "'packager':{'name':'Debian','basis':'packaged_signed'},'carrier':{'name':'acme-shield','basis':'"
                "packaged_signed'}}}");
    members_are(
        &(struct given){ "pe", "/opt/acme/z.dll", VI("The Zlib Project"), SIG("valid", "Acme Security, Inc."), "", "" },
        "{'roles':{'signer':{'vendor':'acme','name':'Acme Security, Inc.','entity':'Acme Security, "
        "Inc.','basis':'proven'},"
        "'carrier':{'vendor':'acme','name':'Acme Shield','basis':'claimed'}}}");
    members_are(&(struct given){ "pe", "/x", "", SIG("valid", "Stranger GmbH"), "", "" },
                "{'roles':{'signer':{'name':'Stranger GmbH','basis':'proven'}}}");
    members_are(&(struct given){ "pe", "/x", "", SIG("expired", "Acme Security, Inc."), "", "" },
                "{'roles':{'signer':{'vendor':'acme','name':'Acme Security, Inc.','basis':'claimed'}}}");
    members_are(
        &(struct given){ "pe", "/x", "",
                         SIGN("valid", "Microsoft Corporation", "Microsoft Windows Hardware Compatibility Publisher"),
                         "", "" },
        "{'roles':{'signer':{'vendor':'microsoft','name':'Microsoft Windows Hardware Compatibility Publisher',"
        "'basis':'proven'}}}");
    members_are(&(struct given){ "pe", "/a/node_modules/@x/y/bin/z.exe", "", "", "", "" },
                "{'roles':{'carrier':{'name':'@x/y','basis':'claimed'}}}");
    members_are(&(struct given){ "elf", "/x", "{'by':'note_package','name':'zz','os':'fedora'}", "", "", "" },
                "{'roles':{'packager':{'name':'fedora','basis':'claimed'},'carrier':{'name':'zz','basis':'claimed'}}}");
    members_are(&(struct given){ "elf", "/x", "", "", "", PKG("zz", "mismatch", "signed") },
                "{'reason_unknown':'nothing tells of a "
                "maker that is known'}");
}

static void evidence_is_listed(void **state)
{
    (void)state;
    members_are(
        &(struct given){ "pe", "/x/acmeshield.sys", VI("Acme Labs"), "", "", "" },
        "{'band':'none','candidates':[{'vendor':'acme','support':-1.5}],'evidence':["
        "{'group':'claim','fact':'company in the version resource','value':'Acme Labs','vendor':'acme','log10_lr':1.5,"
        "'source':'expert_prior'},"
        "{'group':'claim','fact':'file "
        "name','value':'acmeshield.sys','vendor':'acme','log10_lr':1.0,'source':'expert_prior'}]}");
    members_are(&(struct given){ "pe", "/x/sharedengine.dll", "", "", "", "" },
                "{'candidates':[{'vendor':'acme','support':-2.75},{'vendor':'bolt','support':-2.75}]}");
}

/* ---- names ---- */

static void names_are_folded(void **state)
{
    static const struct {
        const char *name, *strict, *loose;
    } names[] = {
        { "CrowdStrike, Inc.", "crowdstrike inc", "crowdstrike" },
        { "CROWDSTRIKE INC", "crowdstrike inc", "crowdstrike" },
        { "CrowdStrike Incorporated", "crowdstrike inc", "crowdstrike" },
        { "CrowdStrike  ,  L.L.C.", "crowdstrike llc", "crowdstrike" },
        { "Check Point Software Technologies Ltd.", "check point software technologies ltd",
          "checkpointsoftwaretechnologies" },
        { "Foo Co., Limited", "foo co ltd", "foo" },
        { "Inc.", "inc", "inc" },
        { "", "", "" },
        { "Münchén AG", "münchén ag", "munchen" },
        { "\xef\xbc\xa1\xef\xbd\x83me", "\xef\xbc\xa1\xef\xbd\x83me", "acme" },
        { "O'Neil & Co", "oneil co", "oneil" },
        { "Thales S.A.", "thales sa", "thales" },
        { "火绒 网络", "火绒 网络", "火绒网络" },
    };
    struct tmk_arena *a = tmk_arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_string_equal(tmk_name_strict(a, names[i].name), names[i].strict);
        assert_string_equal(tmk_name_loose(a, names[i].name), names[i].loose);
    }
    tmk_arena_free(a);
}

static void look_alikes_are_told(void **state)
{
    static const struct {
        const char *name, *real, *why;
    } names[] = {
        { "Microsoft Corporation", "Microsoft Corporation", NULL },
        { "MICROSOFT CORP.", "Microsoft Corporation", NULL },
        { "Microsoft Corporation.", "Microsoft Corporation", "a dot stands at its end" },
        { "CrowdStrike.", "CrowdStrike, Inc.", "a dot stands at its end" },
        { "McAfee, LLC.", "McAfee, LLC", NULL },
        { "Micros\u043eft Corporation", "Microsoft Corporation", "it holds letters of another script" },
        { "Microsoft\u200b Corporation", "Microsoft Corporation", "it holds an invisible character" },
        { "Microsoft Corporat\u0456on", "Microsoft Corporation", "it holds letters of another script" },
        { "Mlcr0soft Corporation", "Microsoft Corporation", "a character stands for another of its look" },
        { "Micro soft Corporation", "Microsoft Corporation", NULL },
        { "Microsofft Corporation", "Microsoft Corporation", "one letter differs" },
        { "Foritnet Ltd", "Fortinet, Inc.", "one letter differs" },
        { "SentinlOne", "SentinelOne, Inc.", "one letter differs" },
        { "Macrosaft", "Microsoft Corporation", NULL },
        { "Wix, Inc.", "Wiz, Inc.", NULL }, /* too short to tell */
        { "W\u0456z, Inc.", "Wiz, Inc.", "it holds letters of another script" },
        { "Fortinet Technologies", "Fortinet, Inc.", NULL },
        { "", "Wiz, Inc.", NULL },
    };
    struct tmk_arena *a = tmk_arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *why = tmk_name_imitation(a, names[i].name, tmk_name_skeleton(a, names[i].name), names[i].real,
                                             tmk_name_skeleton(a, names[i].real));

        assert_string_equal(why == NULL ? "-" : why, names[i].why == NULL ? "-" : names[i].why);
    }
    tmk_arena_free(a);
}

/* ---- weights ---- */

static void mistakes_in_weights_are_named(void **state)
{
    static const char groups[] = "groups:\n- {id: cryptography, cap: 1, source: fitted, why: x}\n";
    static const struct {
        const char *prior, *rest, *problem;
    } texts[] = {
        { "prior: {log10: x, source: fitted, why: x}\n", "", "w:1: log10: Invalid FLOAT value: x" },
        { "prior: {log10: -3, sourse: fitted, why: x}\n", "",
          "w:1: no key is called 'sourse' here; did you mean 'source'?" },
        { "prior: {log10: -3, source: fitted, why: x}\n", "evidence: []\n",
          "w:4: evidence: Insufficient entries (0 of 1 min) in sequence." },
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char text[1024];
        struct tmk_weights w;
        struct tmk_err err = { .msg = "" };

        (void)snprintf(text, sizeof text, "%s%s%s", texts[i].prior, groups, texts[i].rest);
        assert_int_equal(tmk_weights_parse("w", tmk_bytes_of(text, strlen(text)), &w, &err), TMK_CONFIG);
        assert_string_equal(err.msg, texts[i].problem);
    }
}

/* A weight that nobody founded would look like one that somebody did. */
static void shipped_weights_are_whole(void **state)
{
    struct tmk_weights w;
    struct tmk_err err = { .msg = "" };

    (void)state;
    assert_int_equal(tmk_weights_shipped(&w, &err), TMK_OK);
    for (size_t i = 0; i < TMK_EVIDENCE_KINDS; i++) {
        assert_string_equal(w.of[i].source, "expert_prior");
        assert_true(w.of[i].log10_lr > 0 && w.of[i].log10_lr <= w.cap[tmk_evidence_list[i].group]);
    }
    /* by design: no two kinds of evidence that can be forged reach a band that a signature reaches */
    assert_true(w.prior + w.cap[TMK_GROUP_claim] + w.cap[TMK_GROUP_build] < w.strong);
    assert_true(w.prior + w.cap[TMK_GROUP_claim] + w.cap[TMK_GROUP_code] < w.strong);
    assert_true(w.prior + w.of[TMK_E_signer_name].log10_lr >= w.strong);
    assert_true(w.weak.log10_lr < w.witness);
    tmk_weights_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_folded),
        cmocka_unit_test(look_alikes_are_told),
        cmocka_unit_test(mistakes_in_weights_are_named),
        cmocka_unit_test(shipped_weights_are_whole),
        cmocka_unit_test(each_case_is_resolved),
        cmocka_unit_test(order_never_matters),
        cmocka_unit_test(irrelevant_evidence_changes_nothing),
        cmocka_unit_test(mentions_name_nobody),
        cmocka_unit_test(each_signer_names_its_own_vendor),
        cmocka_unit_test(jurisdiction_is_headquarters_and_owners),
        cmocka_unit_test(roles_are_told_apart),
        cmocka_unit_test(evidence_is_listed),
    };
    struct tmk_err err = { .msg = "" };
    int failed;

    if (tmk_registry_load(TMK_SOURCE_DIR "/tests/unit/vendors", &registry, &err) != TMK_OK) {
        (void)fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    tmk_registry_free(registry);
    return failed;
}
