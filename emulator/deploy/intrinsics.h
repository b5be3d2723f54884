#pragma once
/* Inside evaluation: one function per intrinsic, each with its argument as it stands in the template, unevaluated. */

#include "deploy/scope.h"

typedef const struct node *intrinsic_function(struct scope *scope, const struct node *argument, const struct path *path);

/* intrinsics_names.c: what names a thing */
intrinsic_function intrinsic_ref, intrinsic_get_att, intrinsic_sub, intrinsic_find_in_map, intrinsic_import_value;

/* intrinsics_text.c: what makes texts and lists of others */
intrinsic_function intrinsic_join, intrinsic_split, intrinsic_select, intrinsic_base64, intrinsic_get_azs, intrinsic_cidr, intrinsic_length,
    intrinsic_to_json_string;

/* Evaluates element index of the list `argument`. */
const struct node *intrinsic_element(struct scope *scope, const struct node *argument, size_t index, const struct path *path);

/* False, with an error that says what the function takes, unless argument is a list of min to max elements. */
bool intrinsic_expects(struct scope *scope, const struct node *argument, size_t min, size_t max, const char *form, const struct path *path);

/* NULL, with an error, unless value is a scalar. value may be NULL. */
const char *intrinsic_text_of(struct scope *scope, const struct node *value, const struct path *path);

/* What Ref and Fn::GetAtt (attribute not NULL) give for a resource; NULL after an error. */
const struct node *intrinsic_resource(struct scope *scope, const char *id, const char *attribute, const struct node *at,
                                      const struct path *path);

/* Calls each(context, name) for all that a Fn::Sub text names in ${...}; false after an error. Literals ${!...} are left out. */
bool intrinsic_sub_names(struct scope *scope, const struct node *text, const struct path *path,
                         void (*each)(void *context, const char *name), void *context);
