/* sigmoid.h - trunc(100 / (1 + exp(-x))) without a libm whose last bit differs between machines. */
#ifndef SCHED_LIB_SIGMOID_H
#define SCHED_LIB_SIGMOID_H
#include <stdint.h>

/* 0..99 for x <= 36. */
int64_t sigmoid_percent(double x);
#endif
