/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/shell/piao-links.h"
#include "app/widget/piao-format.h"
#include "base/piao-clock.h"

typedef struct
{
  PiaoLinkState state;
  gint64 since; /* ms UTC */
} Link;

struct _PiaoLinks
{
  GObject parent_instance;

  Link centre, ilms;
  gint64 synced; /* ms UTC of the last complete sync, 0 for never */
  guint waiting; /* commands */
  gint64 oldest; /* ms UTC of the oldest of them */
  gboolean printer_ready;
  guint labels;       /* waiting for the printer */
  gint64 seq;         /* of the last change the replica holds */
  gboolean complete;  /* … which is all the centre has */
  gint64 proven;      /* ms UTC of the last comparison that found the same, 0 for never */
  gboolean differs;   /* … the last one did not */
  int fetch;          /* percent of a long fetch, -1 for none */
  gboolean working;   /* … without which nobody can work */
  gint64 remaining;   /* … ms it still takes, -1 unknown */
  char *problem;      /* why the last round failed, or NULL */
  char *ilms_problem; /* what a person must put right, or NULL */
  gboolean busy;
  char *banner; /* about the lines; frozen while busy */
  PiaoStorage storage;
  char *storage_banner; /* goes before it; NULL while all can be saved */
};

G_DEFINE_FINAL_TYPE (PiaoLinks, piao_links, G_TYPE_OBJECT)

static guint changed_signal;

static gboolean
is_down (const Link *link)
{
  return link->state == PIAO_LINK_OFFLINE;
}

static char *
make_banner (PiaoLinks *self)
{
  gint64 since = 0;
  g_autofree char *time = NULL;

  if (!is_down (&self->centre) && !is_down (&self->ilms))
    return NULL;
  since = is_down (&self->centre) ? self->centre.since : self->ilms.since;
  if (is_down (&self->centre) && is_down (&self->ilms))
    since = MIN (self->centre.since, self->ilms.since);
  time = piao_time_format (since, "%H:%M");
  if (is_down (&self->centre) && is_down (&self->ilms))
    /* Translators: %s is a time of day. */
    return g_strdup_printf (
        _ ("Centre and ILMS unreachable since %s. Picking, scanning and checking "
           "work; confirmations and labels wait."),
        time);
  if (is_down (&self->ilms) && self->ilms_problem != NULL)
    return g_strdup (self->ilms_problem);
  if (is_down (&self->ilms))
    return g_strdup_printf (_ ("ILMS unreachable since %s. Picking, scanning and checking work; "
                               "confirmations and labels wait."),
                            time);
  return g_strdup_printf (
      _ ("Centre unreachable since %s. All work goes on here; %u changes wait to "
         "be sent."),
      time, self->waiting);
}

static void
changed (PiaoLinks *self)
{
  if (!self->busy)
    {
      g_free (self->banner);
      self->banner = make_banner (self);
    }
  g_signal_emit (self, changed_signal, 0);
}

static void
piao_links_finalize (GObject *object)
{
  PiaoLinks *self = PIAO_LINKS (object);

  g_free (self->banner);
  g_free (self->storage_banner);
  g_free (self->problem);
  g_free (self->ilms_problem);
  G_OBJECT_CLASS (piao_links_parent_class)->finalize (object);
}

static void
piao_links_class_init (PiaoLinksClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = piao_links_finalize;
  changed_signal = g_signal_new ("changed", PIAO_TYPE_LINKS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
piao_links_init (PiaoLinks *self)
{
  self->printer_ready = TRUE;
  self->fetch = -1;
}

PiaoLinks *
piao_links_new (void)
{
  return g_object_new (PIAO_TYPE_LINKS, NULL);
}

static void
set_link (PiaoLinks *self, Link *link, PiaoLinkState state, gint64 since)
{
  if (link->state == state)
    return;
  *link = (Link){ state, since };
  changed (self);
}

void
piao_links_set_centre (PiaoLinks *self, PiaoLinkState state, gint64 since)
{
  g_return_if_fail (PIAO_IS_LINKS (self));
  set_link (self, &self->centre, state, since);
}

void
piao_links_set_ilms (PiaoLinks *self, PiaoLinkState state, gint64 since)
{
  g_return_if_fail (PIAO_IS_LINKS (self));
  set_link (self, &self->ilms, state, since);
}

void
piao_links_set_ilms_problem (PiaoLinks *self, const char *problem)
{
  g_return_if_fail (PIAO_IS_LINKS (self));
  if (g_set_str (&self->ilms_problem, problem))
    changed (self);
}

void
piao_links_set_synced (PiaoLinks *self, gint64 at)
{
  g_return_if_fail (PIAO_IS_LINKS (self));
  if (self->synced == at)
    return;
  self->synced = at;
  changed (self);
}

void
piao_links_set_waiting (PiaoLinks *self, guint commands, gint64 oldest)
{
  g_return_if_fail (PIAO_IS_LINKS (self));
  if (self->waiting == commands && self->oldest == oldest)
    return;
  self->waiting = commands;
  self->oldest = oldest;
  changed (self);
}

static char *
make_storage_banner (PiaoStorage storage, gint64 since, const char *folder)
{
  g_autofree char *time = piao_time_format (since, "%H:%M");

  switch (storage)
    {
    case PIAO_STORAGE_FULL:
      /* Translators: a time of day and a folder. */
      return g_strdup_printf (_ ("The disk is full: since %s nothing can be saved and no scan "
                                 "counts. What beeped before is safe. Free some space in %s or "
                                 "call support; the work then goes on by itself."),
                              time, folder);
    case PIAO_STORAGE_READ_ONLY:
      return g_strdup_printf (_ ("The disk is read-only: since %s nothing can be saved and no scan "
                                 "counts. What beeped before is safe. Call support (%s)."),
                              time, folder);
    case PIAO_STORAGE_FAILING:
      return g_strdup_printf (
          _ ("The disk fails: since %s nothing can be saved and no scan counts. "
             "What beeped before is safe. Call support (%s)."),
          time, folder);
    case PIAO_STORAGE_GOOD:
    default:
      return NULL;
    }
}

void
piao_links_set_storage (PiaoLinks *self, PiaoStorage storage, gint64 since, const char *folder)
{
  g_return_if_fail (PIAO_IS_LINKS (self));
  if (self->storage == storage)
    return;
  self->storage = storage;
  g_free (self->storage_banner);
  self->storage_banner = make_storage_banner (storage, since, folder);
  changed (self);
}

void
piao_links_set_printing (PiaoLinks *self, gboolean ready, guint waiting)
{
  g_return_if_fail (PIAO_IS_LINKS (self));
  if (self->printer_ready == ready && self->labels == waiting)
    return;
  self->printer_ready = ready;
  self->labels = waiting;
  changed (self);
}

void
piao_links_set_busy (PiaoLinks *self, gboolean busy)
{
  g_return_if_fail (PIAO_IS_LINKS (self));
  if (self->busy == busy)
    return;
  self->busy = busy;
  changed (self);
}

gboolean
piao_links_get_busy (PiaoLinks *self)
{
  g_return_val_if_fail (PIAO_IS_LINKS (self), FALSE);
  return self->busy;
}

PiaoLinkState
piao_links_get_centre (PiaoLinks *self)
{
  return self->centre.state;
}

PiaoLinkState
piao_links_get_ilms (PiaoLinks *self)
{
  return self->ilms.state;
}

const char *
piao_links_get_banner (PiaoLinks *self)
{
  return self->storage_banner != NULL ? self->storage_banner : self->banner;
}

static gboolean
carries (const Link *link)
{
  return link->state == PIAO_LINK_ONLINE || link->state == PIAO_LINK_DEGRADED;
}

gboolean
piao_links_can_confirm (PiaoLinks *self, gboolean direct)
{
  g_return_val_if_fail (PIAO_IS_LINKS (self), FALSE);
  return carries (&self->ilms) && (direct || carries (&self->centre));
}

PiaoLinkState
piao_links_get_worst (PiaoLinks *self)
{
  static const int badness[] = {
    [PIAO_LINK_ONLINE] = 0,   [PIAO_LINK_UNKNOWN] = 1, [PIAO_LINK_RECOVERING] = 2,
    [PIAO_LINK_DEGRADED] = 3, [PIAO_LINK_OFFLINE] = 4,
  };

  if (self->storage != PIAO_STORAGE_GOOD)
    return PIAO_LINK_OFFLINE;
  return badness[self->centre.state] >= badness[self->ilms.state] ? self->centre.state
                                                                  : self->ilms.state;
}

const char *
piao_link_state_to_label (PiaoLinkState state)
{
  switch (state)
    {
    case PIAO_LINK_ONLINE:
      return _ ("ok");
    case PIAO_LINK_DEGRADED:
      return _ ("unsteady");
    case PIAO_LINK_OFFLINE:
      return _ ("offline");
    case PIAO_LINK_RECOVERING:
      return _ ("recovering");
    case PIAO_LINK_UNKNOWN:
    default:
      return _ ("connecting");
    }
}

static char *
centre_part (PiaoLinks *self)
{
  g_autofree char *time = piao_time_format (self->synced, "%H:%M");

  if (self->centre.state == PIAO_LINK_ONLINE && self->waiting > 0)
    return g_strdup_printf (_ ("Centre: sending %u"), self->waiting);
  if (carries (&self->centre) && self->fetch >= 0)
    return g_strdup_printf (
        self->working ? _ ("Centre: fetching %d %%") : _ ("Centre: history %d %%"), self->fetch);
  if (self->centre.state == PIAO_LINK_ONLINE && self->synced != 0)
    return g_strdup_printf (_ ("Centre synced %s"), time);
  if (self->waiting > 0)
    return g_strdup_printf (_ ("Centre %s, %u waiting"),
                            piao_link_state_to_label (self->centre.state), self->waiting);
  return g_strdup_printf (_ ("Centre %s"), piao_link_state_to_label (self->centre.state));
}

char *
piao_links_dup_line (PiaoLinks *self)
{
  g_autoptr (GStrvBuilder) parts = g_strv_builder_new ();
  g_auto (GStrv) strv = NULL;

  g_return_val_if_fail (PIAO_IS_LINKS (self), NULL);
  if (self->storage != PIAO_STORAGE_GOOD)
    g_strv_builder_add (parts, _ ("Nothing can be saved"));
  g_strv_builder_take (parts, centre_part (self));
  g_strv_builder_take (parts, g_strdup_printf (_ ("ILMS %s"),
                                               piao_link_state_to_label (self->ilms.state)));
  if (self->labels > 0)
    g_strv_builder_take (
        parts,
        g_strdup_printf (self->printer_ready
                             ? ngettext ("printing %u label", "printing %u labels", self->labels)
                             : ngettext ("printer not ready, %u label waits",
                                         "printer not ready, %u labels wait", self->labels),
                         self->labels));
  strv = g_strv_builder_end (parts);
  return g_strjoinv (" · ", strv);
}

void
piao_links_set_proof (PiaoLinks *self, gint64 seq, gboolean complete, const char *problem)
{
  gboolean other;

  g_return_if_fail (PIAO_IS_LINKS (self));
  other = g_set_str (&self->problem, problem) || self->seq != seq || self->complete != complete;
  self->seq = seq;
  self->complete = complete;
  if (other)
    changed (self);
}

void
piao_links_set_fetch (PiaoLinks *self, int percent, gboolean working, gint64 remaining)
{
  g_return_if_fail (PIAO_IS_LINKS (self));
  if (self->fetch == percent && self->working == working && self->remaining == remaining)
    return;
  self->fetch = percent;
  self->working = working;
  self->remaining = remaining;
  changed (self);
}

int
piao_links_get_fetch (PiaoLinks *self)
{
  g_return_val_if_fail (PIAO_IS_LINKS (self), -1);
  return self->fetch;
}

/* "The work can go on; the history fills in: 43 %, about 5 min left". */
static char *
fetch_story (PiaoLinks *self)
{
  g_autofree char *left = self->remaining >= 0 ? piao_format_remaining (self->remaining) : NULL;
  g_autofree char *how_far = left != NULL ? g_strdup_printf (_ ("%d %%, %s"), self->fetch, left)
                                          : g_strdup_printf ("%d %%", self->fetch);

  if (self->working)
    return g_strdup_printf (_ ("Fetching what the daily work needs: %s"), how_far);
  return g_strdup_printf (_ ("The work can go on; the history fills in: %s"), how_far);
}

void
piao_links_set_proven (PiaoLinks *self, gint64 at, gboolean differs)
{
  g_return_if_fail (PIAO_IS_LINKS (self));
  if (self->proven == at && self->differs == differs)
    return;
  self->proven = at;
  self->differs = differs;
  changed (self);
}

char *
piao_links_dup_centre_story (PiaoLinks *self)
{
  g_autofree char *since = NULL;
  g_autofree char *synced = NULL;
  g_autofree char *proven = NULL;
  g_autofree char *seq = NULL;

  g_return_val_if_fail (PIAO_IS_LINKS (self), NULL);
  seq = g_strdup_printf ("%" G_GINT64_FORMAT, self->seq);
  since = piao_time_format (self->centre.since, "%m-%d %H:%M");
  synced = piao_time_format (self->synced, "%H:%M");
  if (self->storage != PIAO_STORAGE_GOOD)
    return g_strdup (_ ("This computer cannot save what comes; what waits here is still sent."));
  if (self->problem != NULL)
    return g_strdup_printf (_ ("Since %s. %s"), since, self->problem);
  if (self->synced == 0)
    return g_strdup (_ ("Not synced yet"));
  if (!self->complete && self->fetch >= 0)
    return fetch_story (self);
  if (!self->complete)
    return g_strdup_printf (_ ("Fetching rows, change %s so far"), seq);
  if (self->differs)
    return g_strdup_printf (_ ("Something differs from the centre at change %s; it is being "
                               "fetched again"),
                            seq);
  if (self->proven == 0)
    return g_strdup_printf (_ ("Synced at %s, change %s; about to be compared"), synced, seq);
  proven = piao_time_format (self->proven, "%H:%M");
  return g_strdup_printf (_ ("The same as the centre at %s, change %s"), proven, seq);
}

char *
piao_links_dup_ilms_story (PiaoLinks *self)
{
  g_autofree char *since = NULL;

  g_return_val_if_fail (PIAO_IS_LINKS (self), NULL);
  since = piao_time_format (self->ilms.since, "%m-%d %H:%M");
  if (self->ilms_problem != NULL)
    return g_strdup (self->ilms_problem);
  if (self->ilms.state == PIAO_LINK_UNKNOWN)
    return g_strdup (_ ("Not asked yet"));
  if (is_down (&self->ilms))
    return g_strdup_printf (_ ("Since %s. Confirmations wait; they go out by themselves."), since);
  return g_strdup_printf (_ ("Since %s"), since);
}

char *
piao_links_dup_printer_story (PiaoLinks *self)
{
  g_return_val_if_fail (PIAO_IS_LINKS (self), NULL);
  if (self->labels == 0)
    return g_strdup (_ ("No label waits"));
  return g_strdup_printf (ngettext ("%u label waits", "%u labels wait", self->labels),
                          self->labels);
}

gboolean
piao_links_is_printer_ready (PiaoLinks *self)
{
  g_return_val_if_fail (PIAO_IS_LINKS (self), FALSE);
  return self->printer_ready;
}
