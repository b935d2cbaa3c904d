/* SPDX-License-Identifier: ISC */
/*
 * The main of a unit test: list the test functions (check's START_TEST), one
 * a line, and the program prints TAP.
 *
 *	UNIT_MAIN("rd", test_reads_to_the_end, test_bad_stays_bad)
 */
#ifndef PXE_TESTS_UNIT_H
#define PXE_TESTS_UNIT_H

#include <check.h>
#include <stdlib.h>

#define UNIT_MAIN(name, ...)                                              \
	int main(void)                                                    \
	{                                                                 \
		const TTest *const tests[] = { __VA_ARGS__ };             \
		Suite *suite = suite_create(name);                        \
		TCase *tcase = tcase_create(name);                        \
		SRunner *runner = srunner_create(suite);                  \
		int failed;                                               \
                                                                          \
		tcase_set_timeout(tcase, 60); /* for slow machines */     \
		for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++) \
			tcase_add_test(tcase, tests[i]);                  \
		suite_add_tcase(suite, tcase);                            \
		srunner_set_tap(runner, "-");                             \
		srunner_run_all(runner, CK_SILENT);                       \
		failed = srunner_ntests_failed(runner);                   \
		srunner_free(runner);                                     \
		return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;         \
	}

#endif
