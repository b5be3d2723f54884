#include "deploy/document.h"

#include "base/buffer.h"
#include "base/map.h"
#include "base/text.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

bool document_check_key(struct map *keys, const char *key, int line, struct remarks *remarks)
{
    void *earlier = map_put(keys, key, (void *)(intptr_t)line);

    if (!earlier)
        return true;
    remarks_fail(remarks, line, NULL, "the key %s stands here twice (first in line %d); keep one of them", key, (int)(intptr_t)earlier);
    return false;
}

/* YAML 1.1's names of the two booleans that are more than a letter, in lower, capital and upper case. */
static bool read_boolean(const char *text, bool *value)
{
    static const struct {
        const char *name;
        bool value;
    } names[] = { { "true", true }, { "yes", true }, { "on", true }, { "false", false }, { "no", false }, { "off", false } };
    bool is_cased = !strcmp(text, "True") || !strcmp(text, "TRUE") || !strcmp(text, "Yes") || !strcmp(text, "YES") || !strcmp(text, "On") ||
                    !strcmp(text, "ON") || !strcmp(text, "False") || !strcmp(text, "FALSE") || !strcmp(text, "No") || !strcmp(text, "NO") ||
                    !strcmp(text, "Off") || !strcmp(text, "OFF");

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(text, names[i].name) && !(is_cased && !strcasecmp(text, names[i].name)))
            continue;
        *value = names[i].value;
        return true;
    }
    return false;
}

static const char *skip_digits(const char *text)
{
    return text + strspn(text, "0123456789");
}

/* [-+] digits without a leading zero, then perhaps a fraction, then perhaps an exponent. 012, 1_000, 0x1F, 1:30 and 2012-10-17 are texts.
 */
static bool is_number(const char *text)
{
    const char *digits = text + (*text == '-' || *text == '+');
    const char *end = skip_digits(digits);
    bool has_fraction = *end == '.';

    if (end == digits || (*digits == '0' && end != digits + 1))
        return false;
    if (has_fraction) {
        const char *fraction = end + 1;

        end = skip_digits(fraction);
        if (end == fraction)
            return false;
    }
    if (has_fraction && (*end == 'e' || *end == 'E')) {
        const char *exponent = end + 1 + (end[1] == '-' || end[1] == '+');

        end = skip_digits(exponent);
        if (end == exponent)
            return false;
    }
    return !*end;
}

static bool is_null(const char *text)
{
    return !*text || !strcmp(text, "~") || !strcmp(text, "null") || !strcmp(text, "Null") || !strcmp(text, "NULL");
}

void document_type_plain(struct node *node, const char *text)
{
    bool value;

    node->text = text;
    if (is_null(text)) {
        node->kind = NODE_NULL;
    } else if (read_boolean(text, &value)) {
        node->kind = NODE_BOOLEAN;
        node->text = value ? "true" : "false";
        node->written = text;
    } else {
        node->kind = is_number(text) ? NODE_NUMBER : NODE_TEXT;
    }
}

/* A YAML flow map opens with a brace too: what fails as JSON is tried as YAML, unless the file says that it is JSON. */
static const struct node *parse_braces(const char *bytes, size_t size_bytes, struct remarks *remarks)
{
    struct remarks attempt = { .arena = remarks->arena, .file = remarks->file };
    const struct node *root = document_parse_json(bytes, size_bytes, &attempt);

    if (root)
        return root;
    if (!text_ends(remarks->file, ".json")) {
        struct remarks second = { .arena = remarks->arena, .file = remarks->file };

        root = document_parse_yaml(bytes, size_bytes, &second);
        if (root)
            return root;
    }
    remarks->error = attempt.error;
    return NULL;
}

const struct node *document_parse(const char *bytes, size_t size_bytes, struct remarks *remarks)
{
    size_t blank = 0;

    if (size_bytes > DOCUMENT_BYTES_MAX) {
        remarks_fail(remarks, 0, NULL, "the template is larger than %d bytes; CloudFormation takes no larger one", DOCUMENT_BYTES_MAX);
        return NULL;
    }
    if (size_bytes >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3)) {
        bytes += 3;
        size_bytes -= 3;
    }
    while (blank < size_bytes && strchr(" \t\r\n", bytes[blank]) && bytes[blank])
        blank++;
    if (blank == size_bytes) {
        remarks_fail(remarks, 0, NULL, "the template is empty; it needs at least a Resources section");
        return NULL;
    }
    if (bytes[blank] == '{' || text_ends(remarks->file, ".json"))
        return parse_braces(bytes, size_bytes, remarks);
    return document_parse_yaml(bytes, size_bytes, remarks);
}

/* One byte more than the bound is read, so that a larger file is known as such. */
static bool read_all(FILE *file, struct buffer *bytes)
{
    char *room = buffer_reserve(bytes, DOCUMENT_BYTES_MAX + 1);

    bytes->size = fread(room, 1, DOCUMENT_BYTES_MAX + 1, file);
    return !ferror(file);
}

static FILE *open_regular(const char *path, struct remarks *remarks)
{
    struct stat about;
    FILE *file = NULL;

    if (stat(path, &about) < 0)
        remarks_fail(remarks, 0, NULL, "cannot read the template: %s", strerror(errno));
    else if (!S_ISREG(about.st_mode))
        remarks_fail(remarks, 0, NULL, "cannot read the template: it is not a file");
    else if (!(file = fopen(path, "re")))
        remarks_fail(remarks, 0, NULL, "cannot read the template: %s", strerror(errno));
    return file;
}

const struct node *document_read(struct remarks *remarks)
{
    FILE *file = open_regular(remarks->file, remarks);
    struct buffer bytes = { 0 };
    const struct node *root = NULL;

    if (!file)
        return NULL;
    if (read_all(file, &bytes))
        root = document_parse(bytes.data, bytes.size, remarks);
    else
        remarks_fail(remarks, 0, NULL, "cannot read the template: %s", strerror(errno));
    fclose(file);
    buffer_clear(&bytes);
    return root;
}
