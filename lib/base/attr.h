/* SPDX-License-Identifier: ISC */
/*
 * Compiler attributes as contracts.  Nothing here makes code; gcc and clang
 * check what is said.
 */
#ifndef PXE_BASE_ATTR_H
#define PXE_BASE_ATTR_H

#define PXE_MUST_CHECK __attribute__((warn_unused_result))
#define PXE_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define PXE_UNUSED __attribute__((unused))
#define PXE_CLEANUP(fn) __attribute__((cleanup(fn)))

#define PXE_LEN(array) (sizeof(array) / sizeof((array)[0]))

#endif
