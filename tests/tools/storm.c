// SPDX-License-Identifier: GPL-2.0
/*
 * Everything at once, on as many processors as there are: loaders that may and
 * loaders that may not, attackers, and what else goes on in a machine. Each
 * worker is a process that does its act again and again for SECONDS and counts
 * what came of it; then there is a line for each:
 *
 *	NAME DOOR tries=N worked=N refused=N own=N wrong=N [FIRST-WRONG]
 *
 * DOOR is the seal's that counts its refusals, or "-". "own" are failures that
 * have a reason of their own, which the table names; "wrong" is what must not
 * be: a forbidden act that worked, a legitimate one that did not.
 *
 * tests/stress.bats has laid out the files: what is in /safe and in /holes is
 * one and the same, the hole's program; the names in /holes change.
 */
#define _GNU_SOURCE
#include "storm.h"

#include <sys/prctl.h>

static const char arguments[] = "SECONDS SCREEN_ADDRESS VICTIM_PID UPDATE_COUNT";

static time_t seconds;

/* --- who there is --- */

enum promise { FORBIDDEN, ALLOWED, AROUND };

#define FORBID(n, d, f, ...) \
	{ .name = n, .promise = FORBIDDEN, .door = d, .act = f, \
	  .no = { __VA_ARGS__ } }
#define ALLOW(n, f, ...) \
	{ .name = n, .promise = ALLOWED, .door = "-", .act = f, \
	  .own = { __VA_ARGS__ } }
#define GOES_ON(n, f) \
	{ .name = n, .promise = AROUND, .door = "-", .act = f }

/*
 * @no: the errors that are a refusal. @own: those with a reason of their own;
 * of what goes on around all are.
 */
static const struct worker {
	const char *name;
	enum promise promise;
	const char *door;
	int (*act)(unsigned long turn);
	int no[2];
	int own[2];
} workers[] = {
	FORBID("load-file", "module-load", load_file, EPERM),
	FORBID("load-memory", "module-load", load_memory, EPERM),
	FORBID("foreign-code", "module-load", foreign_code, EPERM),
	FORBID("watched-loader", "module-load", watched_loader, EPERM),
	FORBID("unlisted", "module-load", unlisted, EPERM),
	FORBID("borrowed-name", "module-load", borrowed_name, EPERM),
	FORBID("open-memory", "mem-write", open_memory, EPERM),
#ifdef __x86_64__
	FORBID("take-ports", "ioport", take_ports, EPERM),
#endif
	/* not every kernel has process_vm_writev() */
	{ .name = "reach-in", .promise = FORBIDDEN, .door = "program-access",
	  .act = reach_in, .no = { EPERM, EACCES }, .own = { ENOSYS } },
	FORBID("driver-plugged", "program-code", driver_plugged, EPERM),
	/* one may write at a time */
	{ .name = "forged-update", .promise = FORBIDDEN,
	  .door = "manifest-update", .act = forged_update, .no = { EBADMSG },
	  .own = { EBUSY } },
	/* it is in use, by itself: nothing that the seal would count */
	FORBID("remove-seal", "-", remove_seal, EAGAIN),

	ALLOW("hole-file", hole_file),
	ALLOW("hole-memory", hole_memory),
	ALLOW("driver", driver),
	ALLOW("forks", forks),
	ALLOW("status", read_status),
	ALLOW("update", update, EBUSY),

	GOES_ON("killed-starts", killed_starts),
	GOES_ON("mounts", mounts),
	GOES_ON("names", names),
	GOES_ON("map-code", map_code),
	GOES_ON("processors", processors),
	GOES_ON("memory", memory),
	GOES_ON("caches", caches),
};

static struct tally {
	unsigned long tries, worked, refused, own, wrong;
	unsigned long first_turn;
	int first;
} *tallies;

static bool among(const int *errors, int error)
{
	return error && (errors[0] == error || errors[1] == error);
}

static void count(const struct worker *w, struct tally *t, int error)
{
	bool wrong = false;

	t->tries++;
	if (!error) {
		t->worked++;
		wrong = w->promise == FORBIDDEN;
	} else if (among(w->no, -error)) {
		t->refused++;
	} else if (among(w->own, -error) || w->promise == AROUND) {
		t->own++;
	} else {
		wrong = true;
	}
	if (wrong && !t->wrong++) {
		t->first = -error;
		t->first_turn = t->tries - 1;
	}
}

static void work(const struct worker *w, struct tally *t)
{
	const struct timespec nap = { .tv_nsec = 20 * 1000 * 1000 };
	time_t end = time(NULL) + seconds;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (time(NULL) < end) {
		count(w, t, w->act(t->tries));
		nanosleep(&nap, NULL);
		/* there are few of them, which shall last */
		if (w->act == update && updates)
			usleep(seconds * 1000000 / updates);
	}
	_exit(DONE);
}

static void report(const struct worker *w, const struct tally *t)
{
	printf("%s %s tries=%lu worked=%lu refused=%lu own=%lu wrong=%lu",
	       w->name, w->door, t->tries, t->worked, t->refused, t->own,
	       t->wrong);
	if (t->wrong)
		printf(" turn %lu: %s", t->first_turn, strerror(t->first));
	putchar('\n');
}

int main(int argc, char **argv)
{
	int status, failed = 0;
	size_t i;

	if (argc != 5)
		usage(arguments);
	seconds = number(argv[1]);
	snprintf(map_screen, sizeof(map_screen), "map %s", argv[2]);
	victim = number(argv[3]);
	updates = number(argv[4]);
	tallies = mmap(NULL, sizeof(*tallies) * ARRAY_SIZE(workers),
		       PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		       0);
	if (tallies == MAP_FAILED)
		unusable("no memory");
	for (i = 0; i < ARRAY_SIZE(workers); i++)
		if (!fork())
			work(&workers[i], &tallies[i]);
	while (wait(&status) > 0)
		failed += status != 0;
	for (i = 0; i < ARRAY_SIZE(workers); i++)
		report(&workers[i], &tallies[i]);
	if (failed)
		unusable("%d workers did not get to the end", failed);
	return DONE;
}
