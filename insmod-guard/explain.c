// SPDX-License-Identifier: GPL-2.0
/*
 * Why the kernel did not take a module. What a sealed one refuses it does not
 * tell its caller, so the manifest here is compared with the one it holds.
 */
#define _GNU_SOURCE
#include "guard.h"

#include <errno.h>
#include <stdlib.h>

/* What the kernel means by an error of init_module(2). */
const char *explain_error(int error)
{
	switch (error) {
	case ENOEXEC:
		return "it is truncated, not a module, or made for another kernel (the kernel log says more)";
	case ENOENT:
		return "it has an unknown symbol or an unknown parameter (the kernel log says more)";
	case ESRCH:
		return "it was made for other versions of the kernel's symbols";
	case EINVAL:
		return "the kernel finds its content or its parameters invalid (the kernel log says more)";
	case EEXIST:
		return "it is already loaded";
	case EBUSY:
		return "a module of this name is just being loaded or removed";
	case EPERM:
		return "the kernel does not let us load modules (not root, modules_disabled, lockdown, or a seal without a hole for this program)";
	case ENOKEY:
		return "it is signed by no key that the kernel knows";
	case EKEYREJECTED:
	case EBADMSG:
		return "its signature is not valid";
	case EOPNOTSUPP:
		return "the kernel cannot decompress it";
	default:
		return strerror(error);
	}
}

/* How near does a line come to what is looked for? */
enum nearness { FAR, SAME_STEM, SAME_FILE, SAME_PATH, SAME_DIGEST };

struct nearest {
	const char *path;	/* what is looked for */
	const char *hex;	/* its digest, or NULL: it is not known */
	enum nearness nearness;
	char *name;		/* of the nearest line */
	char listed[DIGEST_HEX_MAX + 1];
};

/* The module's name in a file's: up to its suffixes. */
static size_t stem_length(const char *file)
{
	const char *suffix = strstr(file, ".ko");

	return suffix ? (size_t)(suffix - file) : strlen(file);
}

static enum nearness compare(const struct nearest *n, const char *name,
			     const struct manifest_line *line)
{
	const char *file = basename(name), *ours = basename(n->path);

	if (n->hex && line->digits == DIGEST_HEX_MAX &&
	    !memcmp(line->hex, n->hex, DIGEST_HEX_MAX))
		return SAME_DIGEST;
	if (!strcmp(name, n->path))
		return SAME_PATH;
	if (!strcmp(file, ours))
		return SAME_FILE;
	return manifest_same_name(file, stem_length(file), ours,
				  stem_length(ours)) ? SAME_STEM : FAR;
}

static void come_nearer(struct nearest *n, const char *name,
			const struct manifest_line *line)
{
	enum nearness nearness = compare(n, name, line);

	if (nearness <= n->nearness)
		return;
	n->nearness = nearness;
	free(n->name);
	n->name = must_copy(name);
	memcpy(n->listed, line->hex, line->digits);
	n->listed[line->digits] = '\0';
}

/* The bytes that were given to the kernel, and what it makes of them. */
struct search {
	struct nearest given;
	struct nearest image;	/* path is NULL: they are the image */
	struct live live;
};

static bool look_at(const struct manifest_line *line, void *context)
{
	struct search *s = context;
	char *name = must_alloc(line->name_len + 1, 1);

	manifest_line_name(line, name);
	come_nearer(&s->given, name, line);
	if (s->image.path)
		come_nearer(&s->image, name, line);
	live_add(&s->live, line);
	free(name);
	return true;
}

/* What to do about it; @listed: the kernel would find it in this manifest. */
static char *advice(struct search *s, const struct manifest *m, bool listed)
{
	bool same;

	if (!listed)
		return must_print("if you trust the file, run seal-manifest, sealctl sign and \"sealctl update %s\"",
				  m->file.name);
	if (!live_is_same(&s->live, m->serial, &same))
		return must_copy("whether the kernel holds this manifest cannot be seen; its log says why it refused");
	if (!same)
		return must_print("but the kernel holds another manifest: run \"sealctl update %s\"",
				  m->file.name);
	return must_copy("and the kernel holds this very manifest, so it refused for another reason, which its log tells (revoked, args, raw-access, forced, not-in-hole)");
}

static char *where(const struct nearest *n, const struct manifest *m)
{
	if (n->nearness == SAME_DIGEST)
		return must_print("%s lists it as %s", m->file.name, n->name);
	if (n->nearness != FAR)
		return must_print("the nearest in %s is %s, with another digest",
				  m->file.name, n->name);
	return must_print("%s lists nothing of that name", m->file.name);
}

static void tell_plain(const char *name, struct search *s,
		       const struct manifest *m)
{
	char *place = where(&s->given, m);
	char *todo = advice(s, m, s->given.nearness == SAME_DIGEST);

	message_error("%s: the kernel is sealed; the image has the SHA256 digest %s; %s; %s",
		      name, s->given.hex, place, todo);
	free(todo);
	free(place);
}

/*
 * The kernel compares the image, which we do not see. What seal-manifest found
 * it to be stands beside the line of the file, under its name without suffix.
 */
static void tell_compressed(const char *name, struct search *s,
			    const struct manifest *m)
{
	bool known = s->given.nearness == SAME_DIGEST &&
		     s->image.nearness >= SAME_FILE;
	char *place = where(&s->given, m);
	const char *image = known ? s->image.listed : "not listed";
	char *todo = advice(s, m, known);

	message_error("%s: the kernel is sealed; the file has the SHA256 digest %s, its image, which the kernel compares: %s; %s; %s",
		      name, s->given.hex, image, place, todo);
	free(todo);
	free(place);
}

static void search_and_tell(const struct image *image, const char *hex,
			    struct manifest *m)
{
	struct search s = { 0 };
	char *decompressed = must_copy(image->path ? image->path : image->name);
	char *suffix = strrchr(decompressed, '.');

	s.given.path = image->path ? image->path : image->name;
	s.given.hex = hex;
	if (image->compression) {
		if (suffix && strcmp(suffix, ".ko"))
			*suffix = '\0';
		s.image.path = decompressed;
	}
	if (manifest_scan(m, look_at, &s)) {
		if (image->compression)
			tell_compressed(image->name, &s, m);
		else
			tell_plain(image->name, &s, m);
	}
	free(decompressed);
	free(s.given.name);
	free(s.image.name);
	free(s.live.lines);
}

/**
 * explain_refusal() - say more about an error that can be a seal's refusal
 * @image: what the kernel was given
 * @o: with which manifest
 * @error: what it said
 */
void explain_refusal(const struct image *image, const struct options *o,
		     int error)
{
	char hex[DIGEST_HEX_MAX + 1];
	struct manifest m = { 0 };

	if ((error != EPERM && error != EKEYREJECTED) || !sys_may_be_sealed())
		return;
	if (digest_bytes(DIGEST_SHA256, image->data, image->size, hex) &&
	    manifest_open(&m, o))
		search_and_tell(image, hex, &m);
	manifest_close(&m);
}
