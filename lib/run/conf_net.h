/* SPDX-License-Identifier: ISC */
/*
 * The loader's parts that are about networks and machines: subnets, DHCP
 * options, and how clients are told apart.  Internal to run/conf_*.
 */
#ifndef PXE_RUN_CONF_NET_H
#define PXE_RUN_CONF_NET_H

#include "run/conf_job.h"

/* Readers of one value, as pxe_conf_value_read() calls them. */
bool pxe_conf_read_option(struct pxe_conf_job *job,
			  const struct pxe_conf_row *row,
			  const struct pxe_conf_value *value, void *at);
bool pxe_conf_read_matcher(struct pxe_conf_job *job,
			   const struct pxe_conf_row *row,
			   const struct pxe_conf_value *value, void *at);
bool pxe_conf_read_id(struct pxe_conf_job *job,
		      const struct pxe_conf_row *row,
		      const struct pxe_conf_value *value, void *at);
bool pxe_conf_read_mac_start(struct pxe_conf_job *job,
			     const struct pxe_conf_row *row,
			     const struct pxe_conf_value *value, void *at);
bool pxe_conf_read_media(struct pxe_conf_job *job,
			 const struct pxe_conf_row *row,
			 const struct pxe_conf_value *value, void *at);
bool pxe_conf_read_var(struct pxe_conf_job *job, const struct pxe_conf_row *row,
		       const struct pxe_conf_value *value, void *at);
bool pxe_conf_read_family(struct pxe_conf_job *job,
			  const struct pxe_conf_row *row,
			  const struct pxe_conf_value *value, void *at);

/* Sorts the variables of a section; tells of those that stand twice. */
void pxe_conf_make_vars(struct pxe_conf_job *job, struct pxe_conf_vars *vars);

/* The access log is not where clients read (told at `src`). */
void pxe_conf_check_access_log(struct pxe_conf_job *job,
			       const struct pxe_src *src);

/* TLS has what it needs (told at `src`). */
void pxe_conf_check_tls(struct pxe_conf_job *job, const struct pxe_src *src);

/* The family of that name; false: there is none (told, `what` it is). */
bool pxe_conf_find_family(struct pxe_conf_job *job, const struct pxe_src *src,
			  const char *what, const char *name,
			  enum pxe_family *family);

/* Fills and checks one subnet; false: it is not one (told). */
bool pxe_conf_make_subnet(struct pxe_conf_job *job,
			  const struct pxe_conf_section *section,
			  struct pxe_conf_subnet *subnet);

/* What is said outside of all subnets, as one that has every address. */
void pxe_conf_make_elsewhere(struct pxe_conf_job *job);

/* Fills and checks the boot menu of PXE firmware. */
void pxe_conf_make_pxe(struct pxe_conf_job *job);

/* The networks of tftpd.conf, and what pxe.conf says of machines'
 * directories. */
void pxe_conf_make_tftp(struct pxe_conf_job *job);

/* May DHCP options stand in that section by their names? */
bool pxe_conf_has_options(unsigned file, enum pxe_conf_section_kind kind);

/*
 * Adds the DHCP options of a section that stand there by their names to the
 * `*n` of its `options`, in a new array.
 */
void pxe_conf_make_options(struct pxe_conf_job *job,
			   const struct pxe_conf_section *section,
			   struct pxe_conf_opt **opts, size_t *n);

/* Checks whether a reply has room for the options of a subnet or host. */
void pxe_conf_check_room(struct pxe_conf_job *job,
			 const struct pxe_conf_section *section,
			 const struct pxe_conf_opt *opts, size_t n);

/* Checks the matchers of a section against each other. */
void pxe_conf_check_access(struct pxe_conf_job *job,
			   const struct pxe_conf_section *section,
			   const struct pxe_conf_access *access);

/* Checks the networks and machines of job->conf. */
void pxe_conf_check_net(struct pxe_conf_job *job);

#endif
