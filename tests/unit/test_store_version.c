/* SPDX-License-Identifier: ISC */
/* Stores of other versions of pxe-stated. */
#include "store_env.h"

/* As the first version made it, with what it wrote. */
static const char first_schema[] =
	"PRAGMA journal_mode = WAL;"
	"CREATE TABLE lease (address INTEGER PRIMARY KEY,"
	" client TEXT NOT NULL, state TEXT NOT NULL,"
	" start_s INTEGER NOT NULL, end_s INTEGER NOT NULL,"
	" host_name TEXT NOT NULL);"
	"CREATE UNIQUE INDEX lease_client ON lease (client)"
	" WHERE state <> 'declined';"
	"CREATE TABLE client (key TEXT PRIMARY KEY, record TEXT NOT NULL)"
	" WITHOUT ROWID;"
	"INSERT INTO lease VALUES (1, '52:54:00:00:00:01', 'active', 1, 2,"
	" 'h');"
	"INSERT INTO lease VALUES (2, 'id:01', 'released', 3, 4, '');"
	"INSERT INTO lease VALUES (3, 'id:01', 'declined', 3, 4, '');"
	"INSERT INTO client VALUES ('id:07', '{\"client\": \"id:07\","
	" \"facts\": {\"stage\": \"rom\"}, \"first_seen\": 1,"
	" \"last_seen\": 2, \"boots\": 3, \"step\": \"up\","
	" \"step_since\": 4}');"
	"PRAGMA user_version = 1;";

START_TEST(a_store_of_version_1_keeps_what_it_has)
{
	static const char all[] = "1 52:54:00:00:00:01 active 1-2 h;"
				  "2 id:01 released 3-4 ;"
				  "3 id:01 declined 3-4 ;id:07  up;";
	struct pxe_store *s;

	make_dir();
	run_sql(first_schema);
	for (int i = 0; i < 2; i++) {
		s = must_open();
		check_store(s, all);
		/* who had a hardware address as key is known by it */
		check_more(s, "52:54:00:00:00:01 0 0; 0 0; 0 0;");
		s->ops->close(s);
	}
	s = must_open();
	ck_assert_int_eq(s->ops->begin(s), 0);
	ck_assert_int_eq(put(s, 4, "52:54:00:00:00:01"), 0);
	ck_assert_int_eq(s->ops->commit(s), 0);
	s->ops->close(s);
	s = must_open();
	check_more(s, "52:54:00:00:00:01 0 0; 0 0; 0 0;"
		      "02:00:00:00:00:01 1 7fffffffffffffff;");
	s->ops->close(s);
	remove_dir();
}
END_TEST

/* What cannot be brought up to date stays as it was. */
START_TEST(an_upgrade_is_whole_or_not_at_all)
{
	struct pxe_store *s = NULL;

	make_dir();
	run_sql(first_schema);
	run_sql("ALTER TABLE lease ADD COLUMN circuit");
	ck_assert_int_lt(pxe_store_open_sqlite(dir, &s, error), 0);
	ck_assert_ptr_nonnull(strstr(error, "cannot make the tables of"));
	run_sql("ALTER TABLE lease DROP COLUMN circuit");
	s = must_open();
	check_more(s, "52:54:00:00:00:01 0 0; 0 0; 0 0;");
	s->ops->close(s);
	remove_dir();
}
END_TEST

START_TEST(a_newer_schema_is_refused_and_left_alone)
{
	struct pxe_store *s;

	make_dir();
	s = must_open();
	ck_assert_int_eq(s->ops->begin(s), 0);
	ck_assert_int_eq(put(s, 1, "id:01"), 0);
	ck_assert_int_eq(s->ops->commit(s), 0);
	s->ops->close(s);
	run_sql("PRAGMA user_version = 99");
	check_refusal(-EPROTO, "newer pxe-stated (schema 99");
	run_sql("PRAGMA user_version = 5");
	s = must_open();
	check_store(s, "1 id:01 active 10-20 h;");
	s->ops->close(s);
	run_sql("PRAGMA user_version = 0"); /* with tables: not ours */
	check_refusal(-EPROTO, "is not a store");
	remove_dir();
}
END_TEST

UNIT_MAIN("store_version", a_store_of_version_1_keeps_what_it_has,
	  an_upgrade_is_whole_or_not_at_all,
	  a_newer_schema_is_refused_and_left_alone)
