/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include "base/piao-error.h"
#include "server/piao-hearer.h"
#include "sync/piao-notice.h"

#define LOOK_EVERY_MS 2000
/* A connection that only listens is used once in a while, so that its loss is noticed. */
#define IDLE_MS 30000
#define RETRY_MS 1000

struct _PiaoHearer
{
  GObject parent_instance;

  PiaoExecutor *executor; /* borrowed */
  GThread *thread;
  int wake_fd; /* can be read once it is to end */

  /* The thread's. */
  PiaoDb *db;    /* owned */
  gint64 seq;    /* heard up to here */
  gint64 others; /* commands that others had committed when we looked last; SQLite */
  gint64 struck; /* computers that were struck off when we looked last */
};

G_DEFINE_FINAL_TYPE (PiaoHearer, piao_hearer, G_TYPE_OBJECT)

PIAO_STATEMENT (hearer_seq, "SELECT seq FROM head WHERE one = 1");
PIAO_STATEMENT (hearer_struck, "SELECT COUNT(*) FROM device WHERE revoked = 1");
PIAO_STATEMENT (hearer_lanes, "SELECT lane FROM lane_head WHERE seq > $1");

static gint64
count_own (PiaoHearer *self)
{
  PiaoExecutorCounts counts;

  piao_executor_get_counts (self->executor, &counts);
  return (gint64)counts.accepted;
}

/* Announces every lane that has moved since @self->seq; who sees what may have changed too.
 * @access: it has, even if no lane moved. */
static gboolean
catch_up (PiaoHearer *self, gint64 seq, gboolean access, GError **error)
{
  g_autoptr (GArray) lanes = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (self->db, &hearer_lanes, &inner, "i", self->seq);

  while (piao_cursor_next (cursor, &inner))
    {
      gint64 lane = piao_cursor_int (cursor, 0);

      g_array_append_val (lanes, lane);
    }
  if (inner != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&inner));
      return FALSE;
    }
  if (lanes->len > 0 || access)
    piao_executor_hear (self->executor, g_steal_pointer (&lanes), seq, TRUE);
  self->seq = seq;
  return TRUE;
}

/* Listens again, and takes in what was said meanwhile. */
static gboolean
begin (PiaoHearer *self, GError **error)
{
  gint64 seq = 0;

  return piao_db_listen (self->db, PIAO_NOTICE_CHANNEL, error)
         && piao_db_query_int (self->db, &hearer_seq, 0, &seq, error, "")
         && catch_up (self, seq, FALSE, error);
}

static gboolean
take_notice (PiaoHearer *self, const char *text, GError **error)
{
  g_autofree char *name = NULL;
  g_autoptr (GArray) lanes = NULL;
  gint64 seq = 0;
  gboolean access_changed = FALSE;

  if (!piao_notice_from_text (text, &name, &lanes, &seq, &access_changed))
    return TRUE;
  if (!g_str_equal (name, piao_executor_get_name (self->executor)))
    {
      if (lanes == NULL)
        return catch_up (self, seq, access_changed, error);
      piao_executor_hear (self->executor, g_steal_pointer (&lanes), seq, access_changed);
    }
  self->seq = MAX (self->seq, seq);
  return TRUE;
}

/* Without notices: what the head has moved beyond what this process has done. It may have done more
 * by now than it has counted; then its own is announced twice, which harms nobody. */
static gboolean
look (PiaoHearer *self, GError **error)
{
  gint64 seq = 0, others;

  if (!piao_db_query_int (self->db, &hearer_seq, 0, &seq, error, ""))
    return FALSE;
  others = seq - count_own (self);
  if (others > self->others && !catch_up (self, seq, FALSE, error))
    return FALSE;
  self->others = others;
  self->seq = seq;
  return TRUE;
}

/* An operator who strikes a computer off does it past every server, and no command tells of it. */
static gboolean
look_for_struck (PiaoHearer *self, GError **error)
{
  gint64 struck = 0;

  if (!piao_db_query_int (self->db, &hearer_struck, 0, &struck, error, ""))
    return FALSE;
  if (struck != self->struck)
    piao_executor_hear (self->executor, g_array_new (FALSE, FALSE, sizeof (gint64)), self->seq,
                        TRUE);
  self->struck = struck;
  return TRUE;
}

/* One round: waits, and takes in what there is. */
static gboolean
hear (PiaoHearer *self, GError **error)
{
  gboolean notices = piao_db_has_notices (self->db);
  g_autofree char *text = NULL;

  if (!piao_db_wait_notice (self->db, self->wake_fd, notices ? IDLE_MS : LOOK_EVERY_MS, &text,
                            error))
    return FALSE;
  if (text != NULL)
    return take_notice (self, text, error);
  return look_for_struck (self, error) && (notices || look (self, error));
}

static gboolean
is_over (PiaoHearer *self, int wait_ms)
{
  GPollFD fd = { .fd = self->wake_fd, .events = G_IO_IN };

  return g_poll (&fd, 1, wait_ms) > 0;
}

static gpointer
thread_main (gpointer data)
{
  PiaoHearer *self = data;

  while (!is_over (self, 0))
    {
      g_autoptr (GError) error = NULL;

      if (hear (self, &error))
        continue;
      g_message ("What other servers commit is not heard: %s", error->message);
      while (!is_over (self, RETRY_MS) && !begin (self, NULL))
        continue;
    }
  return NULL;
}

/* --- life ------------------------------------------------------------------------------------ */

PiaoHearer *
piao_hearer_new (const char *address, PiaoExecutor *executor, GError **error)
{
  g_autoptr (PiaoHearer) self = g_object_new (PIAO_TYPE_HEARER, NULL);

  self->executor = executor;
  self->db = piao_db_open (address, PIAO_DB_READ_ONLY, error);
  if (self->db == NULL || !piao_db_query_int (self->db, &hearer_seq, 0, &self->seq, error, "")
      || !piao_db_query_int (self->db, &hearer_struck, 0, &self->struck, error, ""))
    return NULL;
  self->others = self->seq - count_own (self);
  if (!begin (self, error))
    return NULL;
  self->thread = g_thread_new ("piao-hearer", thread_main, self);
  return g_steal_pointer (&self);
}

void
piao_hearer_close (PiaoHearer *self)
{
  guint64 one = 1;

  if (self->thread == NULL)
    return;
  if (write (self->wake_fd, &one, sizeof one) != sizeof one)
    g_error ("An event cannot be written to.");
  g_clear_pointer (&self->thread, g_thread_join);
}

static void
piao_hearer_finalize (GObject *object)
{
  PiaoHearer *self = PIAO_HEARER (object);

  piao_hearer_close (self);
  g_clear_pointer (&self->db, piao_db_free);
  close (self->wake_fd);
  G_OBJECT_CLASS (piao_hearer_parent_class)->finalize (object);
}

static void
piao_hearer_class_init (PiaoHearerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = piao_hearer_finalize;
}

static void
piao_hearer_init (PiaoHearer *self)
{
  self->wake_fd = eventfd (0, EFD_CLOEXEC);
}
