#pragma once
#define LOWCLOUD_VERSION "0.1.0"
