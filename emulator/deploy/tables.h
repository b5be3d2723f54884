#pragma once
/* Small property tables that many types share. Each file that includes this has its own copy: they are a few words. */

#include "deploy/property.h"

#define PROPERTY_TABLE __attribute__((unused)) static const struct property

PROPERTY_TABLE property_text[] = { { "text", TEXT }, { 0 } };
PROPERTY_TABLE property_anything[] = { { "anything", ANYTHING }, { 0 } };
PROPERTY_TABLE property_tag_members[] = { { "Key", TEXT }, { "Value", TEXT }, { 0 } };
PROPERTY_TABLE property_tag[] = { { "tag", MEMBERS, property_tag_members }, { 0 } };
