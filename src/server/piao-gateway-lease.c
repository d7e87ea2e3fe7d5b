/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: no two clocks are ever compared. The holder counts a renewal in the row and believes in
 * its lease for a time that begins before the renewal was asked for; another server takes the lease
 * when it has seen the same count for that time, which it measures from after it had read it. So
 * the holder's time is always over first, on any two machines whose clocks run about equally fast.
 *
 * Three fences hold back one that stood still and does not know better:
 *  - whatever it stores is stored in a transaction that has found the lease to be its own, and a
 *    request is stored as sent before it is sent;
 *  - before the first byte of a call leaves, the lease is looked at once more, and its time is
 *    measured by a clock that runs on while the machine sleeps;
 *  - what was ready to leave in that very moment ILMS refuses as too old, and the next holder waits
 *    until that is certain before it believes that a request never arrived (PiaoGatewayRules).
 */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <time.h>
#include <unistd.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "server/piao-gateway-lease.h"
#include "sync/piao-password.h"

/* Clocks run equally fast within a tenth. */
#define MARGIN 10
#define BEATS 3

PIAO_STATEMENT (lease_read,
                "SELECT gateway_lease.term, gateway_lease.holder, gateway_lease.beat,"
                " gateway_lease.lasts, gateway_lease.line, gateway_lease.line_since,"
                " gateway_lease.resumed, head.epoch_at FROM gateway_lease, head"
                " WHERE gateway_lease.one = 1 AND head.one = 1");
PIAO_STATEMENT (lease_renew,
                "UPDATE gateway_lease SET beat = beat + 1, lasts = $1, line = $2, line_since = $3,"
                " attention = $4 WHERE one = 1");
PIAO_STATEMENT (lease_take,
                "UPDATE gateway_lease SET term = term + 1, holder = $1, beat = beat + 1,"
                " lasts = $2, line = 'unknown', line_since = $3, attention = NULL WHERE one = 1");
PIAO_STATEMENT (lease_give_back,
                "UPDATE gateway_lease SET holder = NULL WHERE one = 1 AND holder = $1");
PIAO_STATEMENT (lease_is_ours, "SELECT COUNT(*) FROM gateway_lease WHERE one = 1 AND holder = $1");

/* What one look at the row has found. */
typedef struct
{
  gint64 term, beat, lasts;
  gint64 resumed, epoch_at;
  gint64 line_since;
  const char *line; /* interned */
  gboolean ours;    /* before anything was done */
  gboolean free;    /* nobody had it */
  gboolean taken;   /* and now it is ours */
} Look;

struct _PiaoGatewayLease
{
  GObject parent_instance;

  PiaoServer *server; /* borrowed */
  char *name;         /* of this process, unlike any other */
  gint64 lasts;       /* ms */
  gboolean closed;
  gboolean asking; /* one beat is under way */
  gboolean again;  /* there is something to tell */
  guint timer;

  gint64 term;  /* 0: not ours */
  gint64 until; /* of the clock below: it is ours so long at least */
  gboolean inherited;
  Look seen;      /* the last look */
  gint64 seen_at; /* since when that count has been seen */

  const char *line; /* interned; of the holder */
  gint64 line_since;
  char *attention;
};

G_DEFINE_FINAL_TYPE (PiaoGatewayLease, piao_gateway_lease, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* ms of a clock that nobody sets, and that goes on while the machine sleeps. Any thread. */
static gint64
get_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return (gint64)now.tv_sec * PIAO_SECOND + now.tv_nsec / 1000000;
}

/* --- on the writer's thread ------------------------------------------------------------------ */

typedef struct
{
  PiaoGatewayLease *lease; /* owned; nothing of it changes while a beat is under way but the line */
  char *line, *attention;
  gint64 line_since;
  gint64 now;     /* ms UTC */
  gint64 started; /* of get_time() */
  gint64 read_at; /* likewise */
  Look look;
} Beat;

static void
beat_free (gpointer data)
{
  Beat *beat = data;

  g_object_unref (beat->lease);
  g_free (beat->line);
  g_free (beat->attention);
  g_free (beat);
}

static gboolean
look_at_row (PiaoDb *db, const char *name, Look *look, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &lease_read, &inner, "");

  if (piao_cursor_next (cursor, &inner))
    {
      const char *holder = piao_cursor_text (cursor, 1);

      *look = (Look){ .term = piao_cursor_int (cursor, 0),
                      .beat = piao_cursor_int (cursor, 2),
                      .lasts = piao_cursor_int (cursor, 3),
                      .line = g_intern_string (piao_cursor_text (cursor, 4)),
                      .line_since = piao_cursor_int (cursor, 5),
                      .resumed = piao_cursor_int (cursor, 6),
                      .epoch_at = piao_cursor_int (cursor, 7),
                      .ours = g_strcmp0 (holder, name) == 0,
                      .free = holder == NULL };
      return TRUE;
    }
  if (inner == NULL)
    inner = piao_error_new (PIAO_ERROR_CORRUPT, "gateway.lease",
                            _ ("The row of the gateway's lease is missing in the database."));
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

/* Whether its holder has not been heard for as long as it wanted to be believed. */
static gboolean
is_over (const PiaoGatewayLease *self, const Look *look, gint64 now)
{
  return look->free
         || (self->seen_at != 0 && look->term == self->seen.term && look->beat == self->seen.beat
             && now >= self->seen_at + look->lasts);
}

static gboolean
write_beat (PiaoDb *db, gpointer data, GError **error)
{
  Beat *beat = data;
  PiaoGatewayLease *self = beat->lease;
  Look *look = &beat->look;

  if (!look_at_row (db, self->name, look, error))
    return FALSE;
  beat->read_at = get_time ();
  if (look->ours)
    return piao_db_exec (db, &lease_renew, error, "isis", self->lasts, beat->line, beat->line_since,
                         beat->attention);
  if (!is_over (self, look, beat->read_at))
    return TRUE;
  look->taken = TRUE;
  look->term++;
  return piao_db_exec (db, &lease_take, error, "sii", self->name, self->lasts, beat->now);
}

static gboolean
write_give_back (PiaoDb *db, gpointer data, GError **error)
{
  return piao_db_exec (db, &lease_give_back, error, "s", data);
}

gboolean
piao_gateway_lease_check (PiaoDb *db, gpointer lease, GError **error)
{
  PiaoGatewayLease *self = lease;
  gint64 ours = 0;

  if (!piao_db_query_int (db, &lease_is_ours, 0, &ours, error, "s", self->name))
    return FALSE;
  return ours == 1
         || piao_error_set (error, PIAO_ERROR_UNAVAILABLE, "gateway.lease",
                            _ ("Another server speaks to ILMS now."));
}

/* --- beats ----------------------------------------------------------------------------------- */

static void beat_once (PiaoGatewayLease *self);

static gboolean
on_timer (gpointer data)
{
  PiaoGatewayLease *self = data;

  self->timer = 0;
  beat_once (self);
  return G_SOURCE_REMOVE;
}

static void
set_timer (PiaoGatewayLease *self)
{
  gint64 delay = self->again ? 0 : self->lasts / BEATS;
  gint64 over = self->seen_at + self->seen.lasts - get_time ();

  /* Others have it: as soon as their time may be over. */
  if (self->term == 0 && self->seen_at != 0 && over > 0)
    delay = MIN (delay, over);
  g_clear_handle_id (&self->timer, g_source_remove);
  if (!self->closed)
    self->timer = g_timeout_add ((guint)MAX (delay, 1), on_timer, self);
}

/* Takes in what a beat has found. */
static void
take_in (PiaoGatewayLease *self, const Beat *beat)
{
  const Look *look = &beat->look;
  Look before = self->seen;
  gint64 term = self->term;

  if (self->seen_at == 0 || look->term != before.term || look->beat != before.beat)
    self->seen_at = beat->read_at;
  self->seen = *look;
  self->term = look->ours || look->taken ? look->term : 0;
  self->until = beat->started + self->lasts - self->lasts / MARGIN;
  if (self->term != term)
    {
      self->inherited = !(look->taken && look->free);
      if (self->term != 0)
        g_message ("This server speaks to ILMS now (term %" G_GINT64_FORMAT ").", self->term);
      else
        g_message ("Another server speaks to ILMS now.");
    }
  if (self->term == 0)
    {
      self->line = look->line;
      self->line_since = look->line_since;
    }
  if (self->term != term || look->resumed != before.resumed || look->epoch_at != before.epoch_at
      || (self->term == 0 && (look->line != before.line || look->line_since != before.line_since)))
    g_signal_emit (self, signals[CHANGED], 0);
}

static DexFuture *
on_beat (DexFuture *future, gpointer data)
{
  Beat *beat = data;
  PiaoGatewayLease *self = beat->lease;
  g_autoptr (GError) error = NULL;

  self->asking = FALSE;
  if (self->closed)
    return dex_future_new_true ();
  if (dex_future_get_value (future, &error) != NULL)
    take_in (self, beat);
  else
    g_message ("The lease of the gateway: %s", error->message);
  set_timer (self);
  return dex_future_new_true ();
}

static void
beat_once (PiaoGatewayLease *self)
{
  Beat *beat;

  self->again = self->asking;
  if (self->asking || self->closed)
    return;
  self->asking = TRUE;
  beat = g_new0 (Beat, 1);
  beat->lease = g_object_ref (self);
  beat->line = g_strdup (self->line);
  beat->line_since = self->line_since;
  beat->attention = g_strdup (self->attention);
  beat->now = piao_clock_now (piao_server_get_clock (self->server));
  beat->started = get_time ();
  piao_future_disown (
      dex_future_finally (piao_executor_write (piao_server_get_executor (self->server), write_beat,
                                               beat, NULL),
                          on_beat, beat, beat_free),
      "gateway lease");
}

/* --- what others ask ------------------------------------------------------------------------- */

gint64
piao_gateway_lease_get_term (PiaoGatewayLease *self)
{
  return self->term;
}

gboolean
piao_gateway_lease_is_inherited (PiaoGatewayLease *self)
{
  return self->inherited;
}

gboolean
piao_gateway_lease_is_held (PiaoGatewayLease *self)
{
  return self->term != 0 && !self->closed && get_time () < self->until;
}

gint64
piao_gateway_lease_get_epoch_at (PiaoGatewayLease *self)
{
  return self->seen.epoch_at;
}

gint64
piao_gateway_lease_get_resumed (PiaoGatewayLease *self)
{
  return self->seen.resumed;
}

void
piao_gateway_lease_set_line (PiaoGatewayLease *self,
                             const char *line,
                             gint64 since,
                             const char *attention)
{
  if (self->term == 0
      || (g_str_equal (self->line, line) && self->line_since == since
          && g_strcmp0 (self->attention, attention) == 0))
    return;
  self->line = g_intern_string (line);
  self->line_since = since;
  g_set_str (&self->attention, attention);
  beat_once (self);
}

const char *
piao_gateway_lease_get_line (PiaoGatewayLease *self, gint64 *since)
{
  *since = self->line_since;
  return self->line;
}

/* --- life ------------------------------------------------------------------------------------ */

void
piao_gateway_lease_start (PiaoGatewayLease *self)
{
  beat_once (self);
}

void
piao_gateway_lease_close (PiaoGatewayLease *self)
{
  if (self->closed)
    return;
  self->closed = TRUE;
  g_clear_handle_id (&self->timer, g_source_remove);
  piao_future_disown (piao_executor_write (piao_server_get_executor (self->server), write_give_back,
                                           g_strdup (self->name), g_free),
                      "gateway lease");
}

static void
piao_gateway_lease_finalize (GObject *object)
{
  PiaoGatewayLease *self = PIAO_GATEWAY_LEASE (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_free (self->name);
  g_free (self->attention);
  G_OBJECT_CLASS (piao_gateway_lease_parent_class)->finalize (object);
}

static void
piao_gateway_lease_class_init (PiaoGatewayLeaseClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = piao_gateway_lease_finalize;
  signals[CHANGED] = g_signal_new ("changed", PIAO_TYPE_GATEWAY_LEASE, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
piao_gateway_lease_init (PiaoGatewayLease *self)
{
  self->line = g_intern_static_string ("unknown");
}

PiaoGatewayLease *
piao_gateway_lease_new (PiaoServer *server, gint64 lasts)
{
  PiaoGatewayLease *self = g_object_new (PIAO_TYPE_GATEWAY_LEASE, NULL);
  g_autofree char *random = piao_random_text (8);

  self->server = server;
  self->lasts = lasts;
  self->name = g_strdup_printf ("%s:%d:%s", g_get_host_name (), (int)getpid (), random);
  return self;
}
