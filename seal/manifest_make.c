// SPDX-License-Identifier: GPL-2.0
/*
 * A manifest out of a text.
 */
#include "manifest_make.h"

#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "audit.h"

void manifest_fault_clear(struct manifest_fault *fault)
{
	kfree(fault->name);
	memset(fault, 0, sizeof(*fault));
}

void manifest_free(struct manifest *m)
{
	if (!m)
		return;
	vfree(m->digests);
	kvfree(m->args);
	vouched_set_release(&m->files);
	kfree(m);
}

static int text_fault(struct manifest_fault *fault,
		      const struct manifest_text *text,
		      enum manifest_verdict verdict)
{
	fault->err = -EINVAL;
	fault->reason = REASON_MALFORMED;
	fault->line = verdict == MANIFEST_BAD_EMPTY ? 0 : text->line;
	fault->why = manifest_problem(verdict);
	return fault->err;
}

static int memory_fault(struct manifest_fault *fault)
{
	fault->err = -ENOMEM;
	fault->reason = REASON_NO_MEMORY;
	fault->why = "out of memory";
	return fault->err;
}

static bool make_room(struct manifest *m, size_t more)
{
	size_t room = max_t(size_t, 2 * m->args_room, PAGE_SIZE);
	char *args;

	if (m->args_size + more <= m->args_room)
		return true;
	room = max(room, m->args_size + more);
	args = kvmalloc(room, GFP_KERNEL);
	if (!args)
		return false;
	if (m->args_size)
		memcpy(args, m->args, m->args_size);
	kvfree(m->args);
	m->args = args;
	m->args_room = room;
	return true;
}

static void append(struct manifest *m, const char *from, size_t len)
{
	memcpy(m->args + m->args_size, from, len);
	m->args[m->args_size + len] = '\0';
	m->args_size += len + 1;
}

static bool keep_args(struct manifest *m, const struct manifest_line *line)
{
	if (!make_room(m, line->name_len + line->rest_len + 2))
		return false;
	append(m, line->name, line->name_len);
	append(m, line->rest, line->rest_len);
	return true;
}

static int file_fault(struct manifest_fault *fault, const char *name,
		      unsigned long line, int err, const char *why)
{
	if (err == -ENOMEM)
		return memory_fault(fault);
	fault->err = -EINVAL;
	fault->reason = REASON_MALFORMED;
	fault->line = line;
	fault->name = audit_quoted(name);
	fault->why = why ?: err == -ENOENT ? "there is no such file" :
		     "it cannot be read";
	return fault->err;
}

/* The file that an entry names must be there, and be what is listed. */
static int hold_file(struct manifest *m, const struct manifest_line *line,
		     const u8 *digest, struct manifest_text *text,
		     struct manifest_fault *fault)
{
	const char *why;
	char *name;
	int err;

	name = kzalloc(line->name_len + 1, GFP_KERNEL);
	if (!name)
		return memory_fault(fault);
	manifest_line_name(line, name);
	err = vouched_set_add(&m->files, name, digest, &why);
	if (err)
		file_fault(fault, name, text->line, err, why);
	kfree(name);
	return err;
}

static int take_entry(struct manifest *m, const struct manifest_line *line,
		      u8 *digest, struct manifest_text *text,
		      struct manifest_fault *fault)
{
	manifest_line_digest(line, digest);
	if (++m->count % 4096 == 0)
		cond_resched();
	if (text->kind != MANIFEST_PROGRAMS || !m->holds)
		return 0;
	return hold_file(m, line, digest, text, fault);
}

static int collect(struct manifest *m, digest_t *digests,
		   struct manifest_text *text, struct manifest_fault *fault)
{
	struct manifest_line line;
	enum manifest_verdict verdict;

	while ((verdict = manifest_text_next(text, &line)) != MANIFEST_END) {
		if (verdict == MANIFEST_ENTRY) {
			if (take_entry(m, &line, digests[m->count], text,
				       fault))
				return fault->err;
		} else if (verdict != MANIFEST_ARGS) {
			return text_fault(fault, text, verdict);
		} else if (!keep_args(m, &line)) {
			return memory_fault(fault);
		}
	}
	m->kind = text->kind;
	m->serial = text->serial;
	vouched_set_sort(&m->files);
	return 0;
}

/* An entry is no shorter: a digest, two characters, a name, a newline. */
#define ENTRY_MIN (MANIFEST_HEX_MAX + 4)

static int take_text(struct manifest *m, const char *data, size_t size,
		     struct manifest_fault *fault)
{
	struct manifest_text text = { .at = data, .end = data + size };
	digest_t *digests;
	int err;

	digests = vmalloc((size / ENTRY_MIN + 1) * sizeof(*digests));
	if (!digests)
		return memory_fault(fault);
	err = collect(m, digests, &text, fault);
	if (!err) {
		m->digests = digests_sort(digests, &m->count);
		if (!m->digests)
			err = memory_fault(fault);
	}
	vfree(digests);
	return err;
}

struct manifest *manifest_make(const char *data, size_t size, bool holds,
			       struct manifest_fault *fault)
{
	struct manifest *m = kzalloc(sizeof(*m), GFP_KERNEL);

	if (!m) {
		memory_fault(fault);
		return NULL;
	}
	m->holds = holds;
	if (take_text(m, data, size, fault)) {
		manifest_free(m);
		return NULL;
	}
	return m;
}
