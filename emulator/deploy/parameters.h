#pragma once
/* The Parameters section: what was given on the command line, in LOWCLOUD_PARAMETER_<Name>, or as Default, checked as CloudFormation
 * checks it. A parameter that is read from the SSM parameter store takes its default as its value: there is no store here. */

#include "deploy/deploy.h"
#include "deploy/scope.h"

/* Puts each parameter's value into scope->parameters. section is a map or NULL. False after an error. A given name that the template does
 * not have is an error too, as it is for CloudFormation; an environment variable that it does not have is not. */
bool parameters_resolve(struct scope *scope, const struct node *section, const struct deploy_parameter *given, size_t given_count);
