/* SPDX-License-Identifier: Apache-2.0 */
#include "match/prove.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/reader.h"

enum { MAX_STACK = 1 << 16, MAX_JUMPS = 128 };

enum kind { ANY, FALSY /* zero or undefined */, EXACT };

struct slot {
    enum kind kind;
    uint64_t value; /* of EXACT */
};

/* A jump taken on some path: state at its target. Below the top, the stack is as it was: see pop. */
struct jump {
    size_t target, depth; /* depth counts the top */
    struct slot top;
};

struct prover {
    const YR_RULES *rules;
    const bool *absent, *never;
    tmk_reader code; /* of all rules */
    size_t end;      /* of this rule's code */
    uint32_t rule;   /* its number */
    struct slot *stack;
    size_t depth;
    struct jump jumps[MAX_JUMPS];
    size_t n_jumps;
    bool live, done;
};

static struct slot exact(uint64_t v)
{
    return (struct slot){ EXACT, v };
}

static bool undefined(struct slot s)
{
    return s.kind == EXACT && s.value == (uint64_t)YR_UNDEFINED;
}

static bool falsy(struct slot s)
{
    return s.kind == FALSY || undefined(s) || (s.kind == EXACT && s.value == 0);
}

static bool push(struct prover *p, struct slot s)
{
    if (p->depth >= MAX_STACK)
        return false;
    p->stack[p->depth++] = s;
    return true;
}

static bool push_any(struct prover *p)
{
    return push(p, (struct slot){ .kind = ANY });
}

static bool push_falsy_if(struct prover *p, bool is)
{
    return push(p, (struct slot){ .kind = is ? FALSY : ANY });
}

/* Never below the top of a pending jump: what lies there must be the same when its target comes. */
static bool pop(struct prover *p, struct slot *ret)
{
    for (size_t i = 0; i < p->n_jumps; i++)
        if (p->depth < p->jumps[i].depth)
            return false;
    if (p->depth == 0)
        return false;
    *ret = p->stack[--p->depth];
    return true;
}

static bool pop_n(struct prover *p, size_t n)
{
    struct slot s;

    while (n > 0 && pop(p, &s))
        n--;
    return n == 0;
}

/* The rule's own string that a slot points to is absent (*ret_absent) or may match; false: it is no string. */
static bool string_in(const struct prover *p, struct slot s, bool *ret_absent)
{
    const uint64_t first = (uint64_t)(uintptr_t)p->rules->strings_table;
    const uint64_t i = (s.value - first) / sizeof(YR_STRING);

    if (s.kind != EXACT || s.value < first || (s.value - first) % sizeof(YR_STRING) != 0 ||
        i >= p->rules->num_strings || p->rules->strings_table[i].rule_idx != p->rule)
        return false;
    *ret_absent = p->absent[i];
    return true;
}

static bool pop_string(struct prover *p, bool *ret_absent)
{
    struct slot s;

    return pop(p, &s) && string_in(p, s, ret_absent);
}

/* Handlers: the operation's code has been read; false: nothing can be proven of this rule. */
typedef bool handler(struct prover *p, uint8_t op);

static bool push_8(struct prover *p, uint8_t op)
{
    uint8_t v;

    (void)op;
    return rd_u8(&p->code, &v) && push(p, exact(v));
}

static bool push_16(struct prover *p, uint8_t op)
{
    uint16_t v;

    (void)op;
    return rd_u16(&p->code, &v) && push(p, exact(v));
}

static bool push_32(struct prover *p, uint8_t op)
{
    uint32_t v;

    (void)op;
    return rd_u32(&p->code, &v) && push(p, exact(v));
}

static bool push_64(struct prover *p, uint8_t op)
{
    uint64_t v;

    (void)op;
    return rd_u64(&p->code, &v) && push(p, exact(v));
}

static bool push_undefined(struct prover *p, uint8_t op)
{
    (void)op;
    return push(p, exact((uint64_t)YR_UNDEFINED));
}

static bool push_rule(struct prover *p, uint8_t op)
{
    uint64_t i;

    (void)op;
    return rd_u64(&p->code, &i) && i < p->rules->num_rules &&
           p->rules->rules_table[i].ns == p->rules->rules_table[p->rule].ns &&
           push_falsy_if(p, p->never[i]);
}

/* $a, #a: exactly zero without a match */
static bool found_or_count(struct prover *p, uint8_t op)
{
    bool absent;

    (void)op;
    if (!pop_string(p, &absent))
        return false;
    return absent ? push(p, exact(0)) : push_any(p);
}

/* $a at x; also @a[i], !a[i], which are undefined without a match */
static bool found_at(struct prover *p, uint8_t op)
{
    bool absent;

    (void)op;
    return pop_string(p, &absent) && pop_n(p, 1) && push_falsy_if(p, absent);
}

static bool offset_or_length(struct prover *p, uint8_t op)
{
    bool absent;

    if (!pop_string(p, &absent) || !pop_n(p, 1))
        return false;
    return absent ? push_undefined(p, op) : push_any(p);
}

/* $a in (x..y), #a in (x..y) */
static bool found_in(struct prover *p, uint8_t op)
{
    bool absent;

    (void)op;
    return pop_string(p, &absent) && pop_n(p, 2) && push_falsy_if(p, absent);
}

struct set {
    uint64_t n, may; /* members, and those of them that may be found */
    struct slot quantifier;
};

/* Members down to an undefined value, then the quantifier. */
static bool pop_set(struct prover *p, bool of_rules, struct set *ret)
{
    struct slot s;

    *ret = (struct set){ .n = 0 };
    for (;;) {
        bool absent;

        if (!pop(p, &s))
            return false;
        if (undefined(s))
            break;
        absent = s.kind == FALSY;
        if (!of_rules && !string_in(p, s, &absent))
            return false;
        ret->n++;
        ret->may += !absent;
    }
    return pop(p, &ret->quantifier);
}

/* all of: an undefined quantifier; none of: zero. */
static bool set_fails(const struct set *s)
{
    if (undefined(s->quantifier))
        return s->may < s->n;
    return s->quantifier.kind == EXACT && (int64_t)s->quantifier.value > 0 &&
           s->may < s->quantifier.value;
}

static bool of(struct prover *p, uint8_t op)
{
    uint64_t kind;
    struct set s;

    if (!rd_u64(&p->code, &kind) || !pop_set(p, kind == OF_RULE_SET, &s))
        return false;
    if (op == OP_OF)
        return push_falsy_if(p, set_fails(&s));
    return push_falsy_if(p, s.may == 0 && s.quantifier.kind == EXACT &&
                                (int64_t)s.quantifier.value > 0);
}

static bool of_found_in(struct prover *p, uint8_t op)
{
    struct set s;

    (void)op;
    return pop_n(p, 2) && pop_set(p, false, &s) && push_falsy_if(p, set_fails(&s));
}

static bool compare(uint8_t op, int64_t a, int64_t b)
{
    switch (op) {
    case OP_INT_EQ:
        return a == b;
    case OP_INT_NEQ:
        return a != b;
    case OP_INT_LT:
        return a < b;
    case OP_INT_GT:
        return a > b;
    case OP_INT_LE:
        return a <= b;
    default:
        return a >= b;
    }
}

/* With an undefined side it is undefined. */
static bool int_compare(struct prover *p, uint8_t op)
{
    struct slot a, b;

    if (!pop(p, &b) || !pop(p, &a))
        return false;
    if (undefined(a) || undefined(b))
        return push_falsy_if(p, true);
    if (a.kind != EXACT || b.kind != EXACT)
        return push_any(p);
    return push_falsy_if(p, !compare(op, (int64_t)a.value, (int64_t)b.value));
}

static bool and_or(struct prover *p, uint8_t op)
{
    struct slot a, b;

    return pop(p, &b) && pop(p, &a) &&
           push_falsy_if(p, op == OP_AND ? falsy(a) || falsy(b) : falsy(a) && falsy(b));
}

static bool add_jump(struct prover *p, size_t target, struct slot top)
{
    if (p->n_jumps == MAX_JUMPS)
        return false;
    p->jumps[p->n_jumps++] = (struct jump){ target, p->depth, top };
    return true;
}

/*
 * Jumps keep the top. It is falsy where JFALSE is taken, and where JTRUE is taken in spite of what is
 * known of it: only an undefined value could.
 */
static bool jump(struct prover *p, uint8_t op)
{
    const size_t at = p->code.pos - 1;
    struct slot top;
    uint32_t by;

    if (!rd_u32(&p->code, &by) || p->depth == 0 || by <= 4 || by > INT32_MAX || by > p->end - at)
        return false;
    top = p->stack[p->depth - 1];
    if (top.kind == EXACT && top.value == 0) {
        p->live = op != OP_JFALSE;
        return op != OP_JFALSE || add_jump(p, at + by, top);
    }
    if (op == OP_JFALSE || falsy(top))
        top = (struct slot){ .kind = FALSY };
    return add_jump(p, at + by, top);
}

static bool call(struct prover *p, uint8_t op)
{
    uint64_t arguments;

    (void)op; /* one letter an argument, and the function itself */
    return rd_u64(&p->code, &arguments) &&
           pop_n(p, strlen((const char *)(uintptr_t)arguments) + 1) && push_any(p);
}

static bool int_to_double(struct prover *p, uint8_t op)
{
    uint64_t down;

    (void)op;
    if (!rd_u64(&p->code, &down) || down == 0 || down > p->depth)
        return false;
    for (size_t i = 0; i < p->n_jumps; i++)
        if (p->depth - down + 1 < p->jumps[i].depth)
            return false;
    p->stack[p->depth - down] = (struct slot){ .kind = ANY };
    return true;
}

static bool match_rule(struct prover *p, uint8_t op)
{
    (void)op;
    p->done = true;
    return rd_skip(&p->code, 8) && p->code.pos == p->end && p->n_jumps == 0 && p->depth == 1 &&
           falsy(p->stack[0]);
}

struct op {
    handler *handle;       /* or: */
    bool plain;            /* takes operands from code and stack and pushes anything */
    uint8_t pops, operand; /* operand: bytes */
};

#define TAKES(n)       { .plain = true, .pops = (n) }
#define TAKES_NAMED(n) { .plain = true, .pops = (n), .operand = 8 }

static const struct op ops[256] = {
    [OP_PUSH_8] = { .handle = push_8 },
    [OP_PUSH_16] = { .handle = push_16 },
    [OP_PUSH_32] = { .handle = push_32 },
    [OP_PUSH] = { .handle = push_64 },
    [OP_PUSH_U] = { .handle = push_undefined },
    [OP_PUSH_RULE] = { .handle = push_rule },
    [OP_FOUND] = { .handle = found_or_count },
    [OP_COUNT] = { .handle = found_or_count },
    [OP_FOUND_AT] = { .handle = found_at },
    [OP_OFFSET] = { .handle = offset_or_length },
    [OP_LENGTH] = { .handle = offset_or_length },
    [OP_FOUND_IN] = { .handle = found_in },
    [OP_COUNT_IN] = { .handle = found_in },
    [OP_OF] = { .handle = of },
    [OP_OF_PERCENT] = { .handle = of },
    [OP_OF_FOUND_IN] = { .handle = of_found_in },
    [OP_INT_EQ] = { .handle = int_compare },
    [OP_INT_NEQ] = { .handle = int_compare },
    [OP_INT_LT] = { .handle = int_compare },
    [OP_INT_GT] = { .handle = int_compare },
    [OP_INT_LE] = { .handle = int_compare },
    [OP_INT_GE] = { .handle = int_compare },
    [OP_AND] = { .handle = and_or },
    [OP_OR] = { .handle = and_or },
    [OP_JFALSE] = { .handle = jump },
    [OP_JTRUE] = { .handle = jump },
    [OP_CALL] = { .handle = call },
    [OP_INT_TO_DBL] = { .handle = int_to_double },
    [OP_MATCH_RULE] = { .handle = match_rule },
    [OP_NOT] = TAKES(1),
    [OP_DEFINED] = TAKES(1),
    [OP_BITWISE_NOT] = TAKES(1),
    [OP_BITWISE_AND] = TAKES(2),
    [OP_BITWISE_OR] = TAKES(2),
    [OP_BITWISE_XOR] = TAKES(2),
    [OP_SHL] = TAKES(2),
    [OP_SHR] = TAKES(2),
    [OP_MOD] = TAKES(2),
    [OP_STR_TO_BOOL] = TAKES(1),
    [OP_OBJ_LOAD] = TAKES_NAMED(0),
    [OP_OBJ_FIELD] = TAKES_NAMED(1),
    [OP_OBJ_VALUE] = TAKES(1),
    [OP_INDEX_ARRAY] = TAKES(2),
    [OP_LOOKUP_DICT] = TAKES(2),
    [OP_FILESIZE] = TAKES(0),
    [OP_ENTRYPOINT] = TAKES(0),
    [OP_MATCHES] = TAKES(2),
    [OP_CONTAINS] = TAKES(2),
    [OP_STARTSWITH] = TAKES(2),
    [OP_ENDSWITH] = TAKES(2),
    [OP_ICONTAINS] = TAKES(2),
    [OP_ISTARTSWITH] = TAKES(2),
    [OP_IENDSWITH] = TAKES(2),
    [OP_IEQUALS] = TAKES(2),
    [OP_INT_ADD] = TAKES(2), [OP_INT_SUB] = TAKES(2), [OP_INT_MUL] = TAKES(2),
    [OP_INT_DIV] = TAKES(2),
    [OP_INT_MINUS] = TAKES(1),
    [OP_DBL_EQ] = TAKES(2), [OP_DBL_NEQ] = TAKES(2), [OP_DBL_LT] = TAKES(2),
    [OP_DBL_GT] = TAKES(2), [OP_DBL_LE] = TAKES(2), [OP_DBL_GE] = TAKES(2),
    [OP_DBL_ADD] = TAKES(2), [OP_DBL_SUB] = TAKES(2), [OP_DBL_MUL] = TAKES(2),
    [OP_DBL_DIV] = TAKES(2),
    [OP_DBL_MINUS] = TAKES(1),
    [OP_STR_EQ] = TAKES(2), [OP_STR_NEQ] = TAKES(2), [OP_STR_LT] = TAKES(2),
    [OP_STR_GT] = TAKES(2), [OP_STR_LE] = TAKES(2), [OP_STR_GE] = TAKES(2),
    [OP_INT8] = TAKES(1), [OP_INT16] = TAKES(1), [OP_INT32] = TAKES(1), [OP_UINT8] = TAKES(1),
    [OP_UINT16] = TAKES(1), [OP_UINT32] = TAKES(1), [OP_INT8BE] = TAKES(1),
    [OP_INT16BE] = TAKES(1), [OP_INT32BE] = TAKES(1), [OP_UINT8BE] = TAKES(1),
    [OP_UINT16BE] = TAKES(1), [OP_UINT32BE] = TAKES(1),
};

static bool step(struct prover *p)
{
    const struct op *o;
    uint8_t op;

    if (p->code.pos >= p->end || !rd_u8(&p->code, &op))
        return false;
    o = &ops[op];
    if (o->handle != NULL)
        return o->handle(p, op);
    return o->plain && rd_skip(&p->code, o->operand) && pop_n(p, o->pops) && push_any(p);
}

static struct slot join(struct slot a, struct slot b)
{
    if (a.kind == EXACT && b.kind == EXACT && a.value == b.value)
        return a;
    return (struct slot){ .kind = falsy(a) && falsy(b) ? FALSY : ANY };
}

/* The paths that jumped to where the code stands now meet the one that came by itself, if any did. */
static bool meet(struct prover *p)
{
    for (size_t i = 0; i < p->n_jumps;) {
        const struct jump j = p->jumps[i];

        if (j.target != p->code.pos) {
            i++;
            continue;
        }
        if (p->live && p->depth != j.depth)
            return false;
        p->depth = j.depth;
        p->stack[j.depth - 1] = p->live ? join(p->stack[j.depth - 1], j.top) : j.top;
        p->live = true;
        p->jumps[i] = p->jumps[--p->n_jumps];
    }
    return true;
}

/* Nothing comes here any more: on to the first place where something does. */
static bool skip_dead(struct prover *p)
{
    size_t to = SIZE_MAX;

    for (size_t i = 0; i < p->n_jumps; i++)
        if (p->jumps[i].target < to)
            to = p->jumps[i].target;
    return to >= p->code.pos && to != SIZE_MAX && rd_skip(&p->code, to - p->code.pos);
}

static bool prove_rule(struct prover *p)
{
    bool ok = true;

    p->depth = p->n_jumps = 0;
    p->live = true;
    p->done = false;
    while (ok && !p->done) {
        ok = (p->live || skip_dead(p)) && meet(p);
        ok = ok && step(p);
    }
    return ok;
}

/* From OP_INIT_RULE, whose code has been read, to behind the rule; false when it is not as expected. */
static bool one_rule(struct prover *p, bool *ret_never)
{
    const size_t at = p->code.pos - 1;
    uint32_t by, i;

    if (!rd_u32(&p->code, &by) || !rd_u32(&p->code, &i) || i >= p->rules->num_rules || by < 9 ||
        by > p->code.view.len - at)
        return false;
    p->end = at + by;
    p->rule = i;
    ret_never[i] = prove_rule(p);
    p->code.pos = p->end;
    return true;
}

void tmk_rules_prove(const YR_RULES *rules, const bool *absent, bool *ret_never)
{
    const YR_ARENA_BUFFER *code = &rules->arena->buffers[YR_CODE_SECTION];
    tmk_autofree struct slot *stack = calloc(MAX_STACK, sizeof *stack);
    struct prover p = { .rules = rules, .absent = absent, .never = ret_never, .stack = stack };
    bool ok = YR_MAJOR_VERSION == 4 && YR_MINOR_VERSION == 2;
    uint8_t op;

    if (stack == NULL)
        tmk_die_nomem();
    memset(ret_never, 0, rules->num_rules * sizeof *ret_never);
    p.code = rd_make(tmk_bytes_of(code->data, code->used), 0, TMK_LE);
    while (ok && rd_u8(&p.code, &op)) {
        if (op == OP_IMPORT)
            ok = rd_skip(&p.code, 8);
        else
            ok = op == OP_INIT_RULE && one_rule(&p, ret_never);
    }
}
