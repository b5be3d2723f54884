#pragma once
/* What all kinds of expression share: the place where one is parsed, document paths, operands and functions, and what AWS complains about.
 *
 * Parsing is linear and never recurses beyond a small bound: an expression has at most 4096 bytes and 300 operators. A syntax error ends
 * it at once. What is wrong beyond syntax is gathered while parsing goes on, and the gravest complaint is reported, in the order in which
 * the service looks for them. */

#include "dynamodb/alias.h"
#include "dynamodb/lexer.h"

enum {
    EXPRESSION_BYTES_MAX = 4096,
    EXPRESSION_OPERATORS_MAX = 300,
    EXPRESSION_NESTING_MAX = 320, /* of parentheses and functions: beyond it there are too many operators anyway */
    PATH_PARTS_MAX = 32
};

/* The highest index that a path may name, wherever its list ends. */
#define PATH_INDEX_MAX 4294967294

/* The gravest first. From COMPLAINT_NAME_ALIAS on, a condition's own complaints come before those of the conditions behind it. */
enum complaint {
    COMPLAINT_SYNTAX = 1,
    COMPLAINT_UPDATE_RESERVED, /* a reserved word, which updates look for first */
    COMPLAINT_PARENTHESES,
    COMPLAINT_FUNCTION_NAME,
    COMPLAINT_SECTION,
    COMPLAINT_FUNCTION_PLACE,
    COMPLAINT_RESERVED,
    COMPLAINT_OPERATORS,
    COMPLAINT_NAME_ALIAS,
    COMPLAINT_VALUE_ALIAS, /* in updates; elsewhere both kinds of alias are looked for as they stand */
    COMPLAINT_NESTING,
    COMPLAINT_INDEX,
    COMPLAINT_OVERLAP,
    COMPLAINT_CONFLICT,
    COMPLAINT_SECTION_OPERAND,
    COMPLAINT_OPERAND_COUNT,
    COMPLAINT_DISTINCT,
    COMPLAINT_OPERAND, /* a path is needed, the type is wrong, bounds are */
    COMPLAINT_NONE
};

struct expression {
    const char *kind; /* "UpdateExpression" */
    bool is_update;   /* operands may stand in parentheses, functions are the update's */
    bool has_newer_texts;
    struct lexer lexer;
    struct aliases *aliases;
    struct arena *arena;
    struct fault *fault;
    int operator_count;
    int nesting;
    enum complaint gravest; /* COMPLAINT_NONE: all is well so far */
    bool is_settled;        /* a condition behind us has complaints of its own */
    const char *text;       /* of the gravest complaint */
};

/* A step of a document path. */
struct path_part {
    struct bytes name; /* data NULL: an index */
    size_t index;
};

/* "a.b[1]" */
struct path {
    struct path_part *parts;
    size_t count;
};

enum function {
    FUNCTION_ATTRIBUTE_EXISTS,
    FUNCTION_ATTRIBUTE_NOT_EXISTS,
    FUNCTION_ATTRIBUTE_TYPE,
    FUNCTION_BEGINS_WITH,
    FUNCTION_CONTAINS,
    FUNCTION_SIZE,
    FUNCTION_IF_NOT_EXISTS,
    FUNCTION_LIST_APPEND,
    FUNCTION_UNKNOWN
};

enum operand_kind { OPERAND_PATH, OPERAND_VALUE, OPERAND_FUNCTION, OPERAND_PLUS, OPERAND_MINUS };

struct operand {
    enum operand_kind kind;
    bool is_enclosed;          /* in parentheses */
    struct path path;          /* PATH */
    const struct value *value; /* VALUE; NULL when the alias is not defined (then there is a complaint) */
    enum function function;    /* FUNCTION */
    struct operand *operands;  /* FUNCTION: its arguments; PLUS, MINUS: left and right */
    size_t count;
};

/* Stands at the beginning of text. False, with a fault, when it is empty or too long. */
bool expression_open(struct expression *expression, const char *kind, struct bytes text, struct aliases *aliases, struct fault *fault);

/* To be called at the end of parsing: turns the gravest complaint into the fault; true when there is none. */
bool expression_close(struct expression *expression);

/* Notes a complaint; answers false. */
bool expression_complain(struct expression *expression, enum complaint complaint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A condition is read: what is wrong with the next ones in themselves comes after what was wrong with it. */
void expression_end_condition(struct expression *expression);

/* The current word cannot stand where it stands; answers false. */
bool expression_syntax_error(struct expression *expression);

/* Steps over the current word if it is of the kind; else a syntax error. */
bool expression_expect(struct expression *expression, enum token_kind kind);

/* Counts an operator or function, and complains when there are too many. */
void expression_count_operator(struct expression *expression);

bool expression_parse_path(struct expression *expression, struct path *path);

/* A path, a value, a function of them, each also in parentheses; may_sum says whether an addition or subtraction may stand in these. False
 * only for a syntax error. */
bool expression_parse_operand(struct expression *expression, bool may_sum, struct operand *operand);

/* Steps over the parenthesis behind an operand, and reads on where a path goes on behind it, "(a.b).c", as it may in conditions. */
bool expression_close_operand(struct expression *expression, struct operand *operand);

/* The :value at the current word. */
bool expression_parse_value(struct expression *expression, struct operand *operand);

const char *function_name(enum function function);

/* Whether the function has this number of operands; one that is not known has any. */
bool function_takes(enum function function, size_t count);

/* The type of a literal operand; VALUE_TYPES when it is known only from the item. */
enum value_type operand_type(const struct operand *operand);

/* The path of the top-level attribute called name. */
struct path path_of_name(struct bytes name, struct arena *arena);

/* "[a, b, [1]]" */
const char *path_print(const struct path *path, struct arena *arena);
bool path_equals(const struct path *a, const struct path *b);

/* The value at path in an item, or NULL. */
struct value *path_find(const struct path *path, const struct value *item);
