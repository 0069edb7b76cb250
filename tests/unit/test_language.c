/* SPDX-License-Identifier: Apache-2.0 */
/* Which locale is shown in which language, and that no translation says other things than the text it stands for. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "model/finding.h"
#include "model/json.h"
#include "report/language.h"

static const struct {
    const char *english, *text;
} texts[] = {
#define TEXT(english, text) { english, text },
#include "report/zh.def"
#undef TEXT
};

static const struct {
    enum tmk_finding finding;
    const char *text;
} findings[] = {
#define FINDING(id, text) { TMK_F_##id, text },
#include "model/findings_zh.def"
#undef FINDING
};

static void locales_choose_the_language(void **state)
{
    static const struct {
        const char *locale;
        bool chinese;
    } rows[] = {
        { "zh_CN.UTF-8", true }, { "zh_CN", true }, { "zh", true },     { "zh.UTF-8", true }, { "zh_SG.utf8", true },
        { "zh_Hans_HK", true },  { "zh-CN", true }, { "zh_TW", false }, { "zh_HK", false },   { "zha_CN", false },
        { "en_US", false },      { "C", false },    { "", false },      { NULL, false },
    };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(rows); i++) {
        tmk_language_set(rows[i].locale);
        assert_string_equal(tmk_tr("Signatures"), rows[i].chinese ? "签名" : "Signatures");
    }
    tmk_language_set("zh_CN");
    assert_string_equal(tmk_tr("no such text"), "no such text");
    assert_null(tmk_tr(NULL));
    tmk_language_set(NULL);
}

/* The next conversion of a printf format ("%10llu"), its length in *n; NULL at the end. */
static const char *conversion(const char *s, size_t *n)
{
    for (; *s != 0; s++) {
        if (*s != '%')
            continue;
        *n = 1 + strspn(s + 1, "0123456789.*-+ #lhzjt");
        *n += s[*n] != 0;
        return s;
    }
    return NULL;
}

static void formats_keep_their_conversions(void **state)
{
    (void)state;
    for (size_t i = 0; i < TMK_COUNT(texts); i++) {
        const char *a = texts[i].english, *b = texts[i].text;
        size_t n = 0, m = 0;

        while ((a = conversion(a, &n)) != NULL) {
            b = conversion(b, &m);
            if (b == NULL || n != m || memcmp(a, b, n) != 0)
                fail_msg("other conversions: %s", texts[i].english);
            a += n;
            b += m;
        }
        assert_null(conversion(b, &m));
        for (size_t k = 0; k < i; k++)
            if (strcmp(texts[k].english, texts[i].english) == 0)
                fail_msg("twice: %s", texts[i].english);
    }
}

static unsigned arguments(const char *text)
{
    unsigned set = 0;

    for (; *text != 0; text++)
        if (text[0] == '{' && isdigit((unsigned char)text[1]) && text[2] == '}')
            set |= 1U << (text[1] - '0');
    return set;
}

static void every_finding_is_translated(void **state)
{
    bool there[TMK_F_COUNT] = { [TMK_F_NONE] = true };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(findings); i++) {
        const struct tmk_finding_info *info = &tmk_finding_list[findings[i].finding];

        if (there[findings[i].finding])
            fail_msg("%s is there twice", info->id);
        if (arguments(info->text) != arguments(findings[i].text))
            fail_msg("%s has other arguments", info->id);
        there[findings[i].finding] = true;
    }
    for (size_t i = 0; i < TMK_F_COUNT; i++)
        if (!there[i])
            fail_msg("findings_zh.def: no text for %s", tmk_finding_list[i].id);
}

static void findings_are_shown_with_their_arguments(void **state)
{
    tmk_autojson json_t *record = json_object(), *list = json_array();

    (void)state;
    tmk_finding_add(list, TMK_F_PE004, 7, "3", "9", NULL);
    tmk_json_put(record, "findings", json_incref(list));
    tmk_language_record(record);
    assert_string_equal(tmk_json_str(json_array_get(list, 0), "message"), "only 3 of 9 section headers could be read");
    tmk_language_set("zh_CN");
    tmk_language_record(record);
    assert_string_equal(tmk_json_str(json_array_get(list, 0), "message"), "9 个节头中只能读取 3 个");
    tmk_language_record(NULL);
    tmk_language_set(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(locales_choose_the_language),
        cmocka_unit_test(formats_keep_their_conversions),
        cmocka_unit_test(every_finding_is_translated),
        cmocka_unit_test(findings_are_shown_with_their_arguments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
