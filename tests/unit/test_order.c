/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "core/order.h"
#include "unit.h"

static const char *const mixed[] = { "a/one", "b/two", "http://h/three" };
static const char *const foreign[] = { "http://h/one" };
static const char *const disk[] = { "file:/one" };
static const struct pxe_conf_answer answer = { .name = "a" };
static const struct pxe_conf_answer *answers[] = { &answer };

/* clang-format off */
#define INITRDS(list) .initrds = (const char **)(uintptr_t)(list), \
		      .n_initrds = PXE_LEN(list)

static const struct {
	const char *name;
	struct pxe_conf_target target;
	enum pxe_order_gate gate;
	const char *file;
} gates[] = {
	{ "answers", { .type = PXE_TARGET_LINUX, .kernel = "k", INITRDS(mixed), .is_once = true,
		       .answers = answers, .n_answers = 1 },
	  PXE_ORDER_GATE_ANSWER, NULL },
	{ "the last initrd of ours", { .type = PXE_TARGET_LINUX, .kernel = "k", INITRDS(mixed),
				       .is_once = true },
	  PXE_ORDER_GATE_INITRD, "b/two" },
	{ "initrds of others", { .type = PXE_TARGET_LINUX, .kernel = "k", INITRDS(foreign),
				 .is_once = true },
	  PXE_ORDER_GATE_KERNEL, "k" },
	{ "an initrd on a disk of the machine", { .type = PXE_TARGET_LINUX, .kernel = "k",
						  INITRDS(disk), .is_once = true },
	  PXE_ORDER_GATE_KERNEL, "k" },
	{ "a kernel alone", { .type = PXE_TARGET_LINUX, .kernel = "k", .is_once = true },
	  PXE_ORDER_GATE_KERNEL, "k" },
	{ "all of others", { .type = PXE_TARGET_LINUX, .kernel = "https://h/k", INITRDS(foreign),
			     .is_once = true },
	  PXE_ORDER_GATE_SCRIPT, NULL },
	{ "no files", { .type = PXE_TARGET_LINUX, .kernel = "", .url = "x", .is_once = true },
	  PXE_ORDER_GATE_SCRIPT, NULL },
	{ "an image", { .type = PXE_TARGET_ISO, .memdisk = "m", .iso = "i",
			.is_once = true },
	  PXE_ORDER_GATE_KERNEL, "i" },
	{ "Windows", { .type = PXE_TARGET_WIMBOOT, .is_once = true,
		       .wim = { .loader = "w", .bcd = "b", .sdi = "s", .image = "boot.wim" },
		       .answers = answers, .n_answers = 1 },
	  PXE_ORDER_GATE_KERNEL, "boot.wim" },
	{ "Windows from elsewhere",
	  { .type = PXE_TARGET_WIMBOOT, .is_once = true,
	    .wim = { .loader = "w", .bcd = "b", .sdi = "s", .image = "http://h/boot.wim" },
	    .answers = answers, .n_answers = 1 },
	  PXE_ORDER_GATE_ANSWER, NULL },
	{ "not destructive", { .type = PXE_TARGET_LINUX, .kernel = "k", INITRDS(mixed) },
	  PXE_ORDER_GATE_SCRIPT, NULL },
};
/* clang-format on */

START_TEST(the_gate_is_the_last_piece_of_ours)
{
	for (size_t i = 0; i < PXE_LEN(gates); i++) {
		const struct pxe_conf_target *t = &gates[i].target;
		const char *file = pxe_order_gate_file(t);

		ck_assert_msg(pxe_order_find_gate(t) == gates[i].gate, "%s",
			      gates[i].name);
		ck_assert_msg((file == NULL) == (gates[i].file == NULL), "%s",
			      gates[i].name);
		if (file != NULL)
			ck_assert_str_eq(file, gates[i].file);
	}
}
END_TEST

START_TEST(states_have_words)
{
	for (int i = 0; i < PXE_N_ORDER_STATES; i++) {
		enum pxe_order_state state = (enum pxe_order_state)i;

		ck_assert_int_eq(pxe_order_state_from_name(
					 pxe_order_state_name(state)),
				 i);
		ck_assert_str_ne(pxe_order_state_text(state), "?");
	}
	ck_assert_int_lt(pxe_order_state_from_name("Done"), 0);
	ck_assert_str_eq(pxe_order_state_name(PXE_N_ORDER_STATES), "?");
	ck_assert_str_eq(pxe_order_state_text(PXE_N_ORDER_STATES), "?");
}
END_TEST

START_TEST(a_machine_is_a_host_or_a_key)
{
	static const struct {
		const char *text;
		bool is_machine;
	} rows[] = {
		{ "host:alpha", true },
		{ "host:a.b-c_9", true },
		{ "52:54:00:12:34:56", true },
		{ "id:0102", true },
		{ "host:", false },
		{ "host:a b", false },
		{ "host:a/b", false },
		{ "host:\x01", false },
		{ "", false },
		{ "52:54 ", false },
	};
	const struct pxe_conf_host host = { .name = "alpha" };
	char machine[PXE_ORDER_MACHINE_TEXT], name[80];

	for (size_t i = 0; i < PXE_LEN(rows); i++)
		ck_assert_msg(pxe_order_is_machine(rows[i].text) ==
				      rows[i].is_machine,
			      "%s", rows[i].text);
	memset(name, 'a', sizeof(name));
	memcpy(name, "host:", 5);
	name[5 + 64] = '\0';
	ck_assert(!pxe_order_is_machine(name));
	name[5 + 63] = '\0';
	ck_assert(pxe_order_is_machine(name));
	pxe_order_write_machine(&host, "52:54:00:12:34:56", machine);
	ck_assert_str_eq(machine, "host:alpha");
	ck_assert_str_eq(pxe_order_host_name(machine), "alpha");
	pxe_order_write_machine(NULL, "52:54:00:12:34:56", machine);
	ck_assert_str_eq(machine, "52:54:00:12:34:56");
	ck_assert_ptr_null(pxe_order_host_name(machine));
}
END_TEST

START_TEST(which_targets_need_a_session)
{
	static const struct {
		struct pxe_conf_target target;
		bool needs;
	} rows[] = {
		{ { .args = "ro quiet" }, false },
		{ { .args = NULL, .url = NULL }, false },
		{ { .is_once = true }, true },
		{ { .answers = answers, .n_answers = 1 }, true },
		{ { .args = "s={{answer-url}}/x" }, true },
		{ { .args = "{{http}} {{done-url}}" }, true },
		{ { .args = "{{ failed-url }}" }, true },
		{ { .url = "http://h/{{token}}" }, true },
		{ { .args = "{{if token}}x{{end}}" }, true },
		{ { .args = "token {{http}} done-url" }, false },
		{ { .args = "{{tokens}} {{my-token}}" }, false },
		{ { .args = "{{token" }, false },
	};

	for (size_t i = 0; i < PXE_LEN(rows); i++)
		ck_assert_msg(pxe_conf_target_needs_session(&rows[i].target) ==
				      rows[i].needs,
			      "row %zu", i);
}
END_TEST

UNIT_MAIN("order", the_gate_is_the_last_piece_of_ours, states_have_words,
	  a_machine_is_a_host_or_a_key, which_targets_need_a_session)
