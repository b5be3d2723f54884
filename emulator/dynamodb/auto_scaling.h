#pragma once
/* AutoScalingSettingsUpdate, which global tables' settings and replica auto scaling share. Only its shape is here: no table scales. */

#include "aws/shape.h"

extern const struct member shape_auto_scaling[];

#define AUTO_SCALING_MEMBER(name)                                                            \
    {                                                                                        \
        name, STRUCTURE, .members = shape_auto_scaling, .class = "AutoScalingSettingsUpdate" \
    }
