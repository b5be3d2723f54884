#include "deploy/types.h"

#include <string.h>

static const struct resource_type *const tables[] = { deploy_types_apigateway, deploy_types_dynamodb,  deploy_types_kinesis,
                                                      deploy_types_lambda,     deploy_types_analytics, deploy_types_accepted };

const struct resource_type *deploy_type_find(const char *name)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (const struct resource_type *type = tables[i]; type->name; type++)
            if (!strcmp(type->name, name))
                return type;
    return NULL;
}
