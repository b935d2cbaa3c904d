/* SPDX-License-Identifier: ISC */
/* Alarms: the table, the records, and what pxe-stated does with them. */
#include "stated_client.h"

#include "core/alarm.h"
#include "run/state_alarms.h"

static struct pxe_alarms list;

static void add(enum pxe_alarm_kind kind, const char *subject,
		const char *text)
{
	struct pxe_alarm *a = pxe_alarms_add(&list, kind, NOW);

	ck_assert_ptr_nonnull(a);
	pxe_str_copy(a->subject, sizeof(a->subject), subject);
	pxe_str_copy(a->text, sizeof(a->text), text);
}

START_TEST(kinds_have_words)
{
	for (int i = 0; i < PXE_N_ALARMS; i++) {
		enum pxe_alarm_kind kind = (enum pxe_alarm_kind)i;

		ck_assert_int_eq(pxe_alarm_from_name(pxe_alarm_name(kind)), i);
		ck_assert_str_ne(pxe_alarm_text(kind), "");
		ck_assert_str_ne(pxe_alarm_remedy(kind), "");
	}
	ck_assert_int_eq(pxe_alarm_from_name("nonsense"), -ENOENT);
	ck_assert_str_eq(pxe_alarm_name(PXE_N_ALARMS), "?");
	ck_assert(pxe_alarm_is_alarm(PXE_ALARM_OTHER_SERVER));
	ck_assert(!pxe_alarm_is_alarm(PXE_ALARM_COEXIST));
}
END_TEST

START_TEST(records_come_back)
{
	struct pxe_alarms back;
	json_t *json;

	list.n = 0;
	add(PXE_ALARM_OTHER_SERVER, "10.0.0.2 on eth1", "it is a router");
	add(PXE_ALARM_POOL_EMPTY, "10.0.0.0/24", "");
	json = pxe_state_alarms_to_json(&list);
	ck_assert_int_eq(pxe_state_alarms_from_json(json, &back), 0);
	ck_assert_uint_eq(back.n, 2);
	ck_assert_int_eq(back.row[0].kind, PXE_ALARM_OTHER_SERVER);
	ck_assert_str_eq(back.row[0].subject, "10.0.0.2 on eth1");
	ck_assert_str_eq(back.row[0].text, "it is a router");
	ck_assert_int_eq(back.row[1].since_s, NOW);
	ck_assert_str_eq(back.row[1].text, "");
	/* those of another version are left out */
	json_object_set_new(json_array_get(json, 0), "kind",
			    json_string("later"));
	ck_assert_int_eq(pxe_state_alarms_from_json(json, &back), 0);
	ck_assert_uint_eq(back.n, 1);
	json_object_del(json_array_get(json, 0), "since");
	ck_assert_int_eq(pxe_state_alarms_from_json(json, &back), -EBADMSG);
	json_decref(json);
	ck_assert_int_eq(pxe_state_alarms_from_json(json_null(), &back),
			 -EBADMSG);
}
END_TEST

START_TEST(there_is_an_end_to_them)
{
	struct pxe_alarms back;
	json_t *json;

	list.n = 0;
	for (int i = 0; i < PXE_ALARMS_MAX; i++)
		add(PXE_ALARM_POOL_EMPTY, "net", "");
	ck_assert_ptr_null(pxe_alarms_add(&list, PXE_ALARM_STORE, NOW));
	json = pxe_state_alarms_to_json(&list);
	json_array_append_new(json,
			      pxe_state_alarm_to_json(&list.row[0]));
	ck_assert_int_eq(pxe_state_alarms_from_json(json, &back), 0);
	ck_assert_uint_eq(back.n, PXE_ALARMS_MAX);
	json_decref(json);
}
END_TEST

/* How many alarms GetStatus has now; the first one's kind in `kind`. */
static size_t count(struct pxe_state_client *c, char *kind, size_t cap)
{
	int n = got.n;
	json_t *alarms;

	call(c, "GetStatus", NULL);
	WAIT_FOR(got.n == n + 1);
	alarms = json_object_get(got.last, "alarms");
	ck_assert(json_is_array(alarms));
	pxe_str_copy(kind, cap, "");
	if (json_array_size(alarms) > 0)
		pxe_str_copy(kind, cap,
			     json_string_value(json_object_get(
				     json_array_get(alarms, 0), "kind")));
	return json_array_size(alarms);
}

START_TEST(they_end_with_their_cause_or_their_daemon)
{
	struct pxe_state_client *c, *daemon;
	char kind[32];

	setup();
	serve();
	c = connect_client();
	daemon = connect_client();
	ck_assert_uint_eq(count(c, kind, sizeof(kind)), 0);
	list.n = 0;
	add(PXE_ALARM_OTHER_SERVER, "10.0.0.2 on eth1", "");
	add(PXE_ALARM_POOL_EMPTY, "10.0.0.0/24", "");
	pxe_state_report_alarms(daemon, &list);
	WAIT_FOR(count(c, kind, sizeof(kind)) == 2);
	ck_assert_str_eq(kind, "other-server");
	/* the whole list each time */
	list.n = 1;
	pxe_state_report_alarms(daemon, &list);
	WAIT_FOR(count(c, kind, sizeof(kind)) == 1);
	/* ours comes first */
	store_did.fails = true;
	commit(c, 0x0a000001, "id:01");
	WAIT_FOR(strstr(got.text, "Store;") != NULL);
	WAIT_FOR(count(c, kind, sizeof(kind)) == 2);
	ck_assert_str_eq(kind, "store");
	store_did.fails = false;
	commit(c, 0x0a000001, "id:01");
	WAIT_FOR(strstr(got.text, "Store;-;-;") != NULL);
	WAIT_FOR(count(c, kind, sizeof(kind)) == 1);
	pxe_state_client_free(daemon);
	WAIT_FOR(count(c, kind, sizeof(kind)) == 0);
	pxe_state_client_free(c);
	stop_serving();
	teardown();
	forget();
}
END_TEST

UNIT_MAIN("stated_alarms", kinds_have_words, records_come_back,
	  there_is_an_end_to_them, they_end_with_their_cause_or_their_daemon)
