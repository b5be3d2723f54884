#pragma once
/* The plan: which resources are made, and in which order. References (Ref, Fn::GetAtt, Fn::Sub) and DependsOn say what must exist before;
 * of an Fn::If only the chosen side counts. Among what could be made next, the order of the template holds, except that what reads
 * the finished rest (a deployment is a snapshot of its API's routes) waits until nothing else can be made. */

#include "deploy/scope.h"
#include "deploy/template.h"

/* Drops the resources whose condition does not hold, finds what each of the others needs, and puts them in order: `order` (in the scope's
 * arena) gets `count` resources. False after an error: an unknown name, or a circle, whose resources the error names. */
bool plan_make(struct template *template, struct scope *scope, struct resource ***order, size_t *count);
