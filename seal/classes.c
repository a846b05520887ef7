// SPDX-License-Identifier: GPL-2.0
/*
 * Behind a colon the names of classes belong to the program before it, as far as
 * there are any; what is no such name is the next program.
 */
#include "classes.h"

#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "seal.h"

static const char * const names[HOLE_MAX] = {
	[HOLE_MEM]	= "mem",
	[HOLE_IOPORT]	= "ioport",
	[HOLE_PCI]	= "pci",
	[HOLE_MSR]	= "msr",
};

#define NAMES "mem, ioport, pci, msr"

/*
 * Of a program without any: what a driver of old hardware in user space needs.
 * Not so registers of the processor.
 */
#define HOLES_DEFAULT (HOLES_HARDWARE & ~BIT(HOLE_MSR))

/* The bit of the class that these characters name, 0: none. */
static unsigned int find_class(const char *word, size_t len)
{
	int hole;

	for (hole = 0; hole < HOLE_MAX; hole++)
		if (names[hole] && strlen(names[hole]) == len &&
		    !strncmp(names[hole], word, len))
			return BIT(hole);
	return 0;
}

static char *refuse(const char *name, const char *class, const char *why)
{
	pr_err("parameter mem_allow=\"%*pE:%*pE\": %s\n", (int)strlen(name),
	       name, (int)strlen(class), class, why);
	return NULL;
}

/* The list's next word, if that is a class. */
static char *next_class(char **rest)
{
	return *rest && find_class(*rest, strcspn(*rest, ",")) ?
	       strsep(rest, ",") : NULL;
}

char *classes_next(char **rest, unsigned int *holes)
{
	char *name = strsep(rest, ",");
	char *class = strchr(name, ':');
	unsigned int bit;

	*holes = HOLES_DEFAULT;
	if (!class)
		return name;
	*class++ = '\0';
	*holes = 0;
	for (; class; class = next_class(rest)) {
		bit = find_class(class, strlen(class));
		if (!bit)
			return refuse(name, class, *class ?
				      "there is no such class (there are " NAMES ")" :
				      "a class is missing (there are " NAMES ")");
		if (*holes & bit)
			return refuse(name, class, "the class is given twice");
		*holes |= bit;
	}
	return name;
}

void classes_write(char text[CLASSES_SIZE], unsigned int holes)
{
	int hole, len = 0;

	text[0] = '\0';
	for (hole = 0; hole < HOLE_MAX; hole++)
		if (names[hole] && holes & BIT(hole))
			len += scnprintf(text + len, CLASSES_SIZE - len, "%s%s",
					 len ? "," : " classes=", names[hole]);
}
