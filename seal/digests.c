// SPDX-License-Identifier: GPL-2.0
/*
 * Sets of digests as flat sorted arrays: 32 bytes each, nothing to chase.
 */
#include "digests.h"

#include <linux/bsearch.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, MANIFEST_DIGEST_SIZE);
}

/*
 * Digests are spread evenly: sorted into as many buckets as there are of them,
 * by their first bits, hardly any two meet. sort() would call back some twenty
 * million times for a million.
 */
struct buckets {
	u32 *begins;
	u32 count;
	unsigned int shift;
};

static bool buckets_make(struct buckets *b, size_t count)
{
	unsigned int bits = clamp_t(unsigned int, ilog2(count + 1), 1, 20);

	b->shift = 32 - bits;
	b->count = 1U << bits;
	b->begins = kvcalloc(b->count + 1, sizeof(*b->begins), GFP_KERNEL);
	return b->begins;
}

static u32 bucket_of(const struct buckets *b, const u8 *digest)
{
	u32 first = digest[0] << 24 | digest[1] << 16 | digest[2] << 8 |
		    digest[3];

	return first >> b->shift;
}

static void spread(const struct buckets *b, digest_t *to, const digest_t *from,
		   size_t count)
{
	u32 bucket;
	size_t i;

	for (i = 0; i < count; i++)
		b->begins[bucket_of(b, from[i])]++;
	for (bucket = 1; bucket <= b->count; bucket++)
		b->begins[bucket] += b->begins[bucket - 1];
	/* Backwards, so that each end comes down to its bucket's beginning. */
	for (i = count; i--; )
		memcpy(to[--b->begins[bucket_of(b, from[i])]], from[i],
		       sizeof(*to));
}

/* More in one bucket are no accident. */
#define FEW 32

static void insertion_sort(digest_t *digests, size_t count)
{
	digest_t moving;
	size_t i, to;

	for (i = 1; i < count; i++) {
		for (to = i; to && compare(digests[to - 1], digests[i]) > 0; to--)
			;
		if (to == i)
			continue;
		memcpy(moving, digests[i], sizeof(moving));
		memmove(digests[to + 1], digests[to],
			(i - to) * sizeof(moving));
		memcpy(digests[to], moving, sizeof(moving));
	}
}

static void sort_buckets(const struct buckets *b, digest_t *digests)
{
	u32 bucket, begin, count;

	for (bucket = 0; bucket < b->count; bucket++) {
		begin = b->begins[bucket];
		count = b->begins[bucket + 1] - begin;
		if (count <= FEW)
			insertion_sort(digests + begin, count);
		else
			sort(digests + begin, count, sizeof(*digests), compare,
			     NULL);
		if (bucket % 4096 == 0)
			cond_resched();
	}
}

/* The same digest may stand for several files. */
static size_t drop_doubles(digest_t *sorted, size_t count)
{
	size_t i, kept = 0;

	for (i = 0; i < count; i++)
		if (!i || compare(sorted[kept - 1], sorted[i]))
			memmove(sorted[kept++], sorted[i], sizeof(*sorted));
	return kept;
}

/* Without memory for that it stays as long as it is. */
static digest_t *shrink(digest_t *digests, size_t count)
{
	digest_t *less = vmalloc(max_t(size_t, count, 1) * sizeof(*digests));

	if (!less)
		return digests;
	memcpy(less, digests, count * sizeof(*digests));
	vfree(digests);
	return less;
}

digest_t *digests_sort(const digest_t *from, size_t *count)
{
	struct buckets b;
	digest_t *sorted;
	size_t kept;

	sorted = vmalloc(max_t(size_t, *count, 1) * sizeof(*sorted));
	if (!sorted)
		return NULL;
	if (!buckets_make(&b, *count)) {
		vfree(sorted);
		return NULL;
	}
	spread(&b, sorted, from, *count);
	sort_buckets(&b, sorted);
	kvfree(b.begins);
	kept = drop_doubles(sorted, *count);
	if (kept < *count)
		sorted = shrink(sorted, kept);
	*count = kept;
	return sorted;
}

bool digests_have(const digest_t *sorted, size_t count, const u8 *digest)
{
	return bsearch(digest, sorted, count, sizeof(*sorted), compare);
}
