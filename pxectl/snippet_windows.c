/* SPDX-License-Identifier: ISC */
/*
 * Windows DHCP: vendor classes by the beginning of option 60, a policy of the
 * server for each file.
 *
 * Windows does not look at option 93; firmware says its architecture in
 * option 60 as well, but U-Boot says something else there.
 */
#include <stdio.h>

#include "core/arch.h"
#include "pxectl/snippet.h"

/* What U-Boot says in option 60, by architecture. */
static const struct {
	uint16_t arch;
	const char *vendor_class;
} u_boots[] = {
	{ 21, "U-Boot.armv7" },
	{ 22, "U-Boot.armv8" },
};

static void put_string(const char *text, struct pxe_str *out)
{
	pxe_str_putc(out, '\'');
	pxe_snippet_put_quoted(text, "'", '\'', out);
	pxe_str_putc(out, '\'');
}

/* The beginnings of option 60 that belong to a class, with commas between. */
static void put_vendor_classes(const struct pxe_snippet_class *class,
			       struct pxe_str *out)
{
	const char *who = class->is_http ? "HTTPClient" : "PXEClient";
	char text[32];

	if (class->n_archs == 0) {
		put_string(who, out);
		if (!class->is_http)
			pxe_str_puts(out, ", 'U-Boot'");
	}
	for (size_t i = 0; i < class->n_archs; i++) {
		snprintf(text, sizeof(text), "%s:Arch:%05u", who,
			 class->archs[i]);
		pxe_str_puts(out, i > 0 ? ", " : "");
		put_string(text, out);
		for (size_t u = 0; u < PXE_LEN(u_boots); u++) {
			if (u_boots[u].arch != class->archs[i])
				continue;
			pxe_str_puts(out, ", ");
			put_string(u_boots[u].vendor_class, out);
		}
	}
}

static void put_class(const struct pxe_snippet_class *class,
		      struct pxe_str *out)
{
	pxe_str_puts(out, "# ");
	pxe_snippet_put_title(class, out);
	pxe_str_puts(out, class->is_http ? "\nAdd-PxeBoot -Http "
					 : "\nAdd-PxeBoot ");
	put_string(class->label, out);
	pxe_str_putc(out, ' ');
	put_string(class->file, out);
	pxe_str_puts(out, " @(");
	put_vendor_classes(class, out);
	pxe_str_puts(out, ")\n");
}

static const char functions[] =
	"if (-not (Get-DhcpServerv4OptionDefinition -OptionId 60 "
	"-ErrorAction SilentlyContinue)) {\n"
	"    Add-DhcpServerv4OptionDefinition -OptionId 60 "
	"-Name 'Class Identifier' -Type String\n"
	"}\n\n"
	"function Set-PxeFile($Policy, $File) {\n"
	"    Set-DhcpServerv4OptionValue -PolicyName $Policy "
	"-OptionId 66 -Value $server\n"
	"    Set-DhcpServerv4OptionValue -PolicyName $Policy "
	"-OptionId 67 -Value $File\n"
	"}\n\n"
	"function Add-PxeBoot([switch]$Http, $Name, $File, $VendorClasses) {\n"
	"    $condition = @('EQ')\n"
	"    foreach ($class in $VendorClasses) {\n"
	"        Add-DhcpServerv4Class -Name \"PXE suite $class\" -Type Vendor "
	"-Data $class\n"
	"        $condition += \"PXE suite $class*\"\n"
	"    }\n"
	"    $policy = \"PXE suite $Name\"\n"
	"    Add-DhcpServerv4Policy -Name $policy -Condition OR "
	"-VendorClass $condition\n"
	"    Set-PxeFile $policy $File\n"
	"    if ($Http) {\n"
	"        Set-DhcpServerv4OptionValue -PolicyName $policy "
	"-OptionId 60 -Value 'HTTPClient'\n"
	"    }\n"
	"}\n\n";

void pxe_snippet_put_windows(const struct pxe_snippet *s, struct pxe_str *out)
{
	pxe_snippet_put_comment(
		"Run it in PowerShell on the DHCP server, as administrator.  "
		"Take options 60, 66\nand 67 out of the server and its scopes "
		"first: they would go to every machine.\n"
		"Written from Microsoft's documentation, not tried on a "
		"Windows server: try it\nwith one machine of each kind.  "
		"FlexBoot, an iPXE that does not call itself so,\nis not "
		"recognized, nor is user class in the form of RFC 3004.\n"
		"To undo:\n"
		"    Get-DhcpServerv4Policy | Where-Object Name -like "
		"'PXE suite *' |\n        Remove-DhcpServerv4Policy\n"
		"    Get-DhcpServerv4Class | Where-Object Name -like "
		"'PXE suite *' |\n        Remove-DhcpServerv4Class\n",
		out);
	pxe_str_putc(out, '\n');
	pxe_str_puts(out, "$server = ");
	put_string(s->server, out);
	pxe_str_putc(out, '\n');
	pxe_str_puts(out, functions);
	pxe_str_puts(out,
		     "# iPXE: its script, not the loader once more; this "
		     "policy goes before the others\n"
		     "Add-DhcpServerv4Class -Name 'PXE suite iPXE' -Type User "
		     "-Data 'iPXE'\n"
		     "Add-DhcpServerv4Policy -Name 'PXE suite iPXE' "
		     "-Condition OR -UserClass EQ,'PXE suite iPXE' "
		     "-ProcessingOrder 1\n"
		     "Set-PxeFile 'PXE suite iPXE' ");
	put_string(s->script, out);
	pxe_str_puts(out, "\n\n");
	for (size_t i = 0; i < s->n_classes; i++)
		put_class(&s->classes[i], out);
}
