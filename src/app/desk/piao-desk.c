/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/desk/piao-desk.h"
#include "app/desk/piao-direct.h"
#include "base/piao-error.h"
#include "base/piao-future.h"
#include "domain/order/piao-counter-queries.h"
#include "domain/piao-domain.h"

struct _PiaoDesk
{
  GObject parent_instance;

  PiaoSession *session; /* owned */
  PiaoReplica *replica; /* owned */
  PiaoSync *sync;       /* owned */
  PiaoSpooler *spooler; /* owned */
  PiaoPrinter *printer; /* owned */
  PiaoDirect *direct;   /* owned */
  char *folder;
  gint64 user;       /* signed in, perhaps without a place yet */
  DexPromise *place; /* resolved once the session has its place */
  gboolean attaching;
  gboolean working; /* the jobs' fiber is at work */
  gboolean again;   /* … and something changed meanwhile */
  gboolean closed;
};

G_DEFINE_FINAL_TYPE (PiaoDesk, piao_desk, G_TYPE_OBJECT)

/* --- jobs ------------------------------------------------------------------------------------ */

static DexFuture *
read_held (PiaoDb *db, gpointer data)
{
  GError *error = NULL;
  gint64 order = piao_counter_first_held (db, *(gint64 *)data, &error);

  return error == NULL ? dex_future_new_for_int64 (order) : dex_future_new_for_error (error);
}

static gboolean
can_confirm (PiaoDesk *self)
{
  const PiaoPlace *place = piao_session_get_place (self->session);
  PiaoLinks *links = piao_session_get_links (self->session);

  return place != NULL && piao_links_can_confirm (links, place->direct);
}

/* Held orders go to ILMS first in, first out, not while an order is open on the counter. */
static void
confirm_held (PiaoDesk *self)
{
  gint64 warehouse = piao_session_get_warehouse (self->session);

  while (can_confirm (self) && !piao_links_get_busy (piao_session_get_links (self->session)))
    {
      g_autoptr (GError) error = NULL;
      gint64 order
          = dex_await_int64 (piao_replica_read (self->replica, read_held,
                                                g_memdup2 (&warehouse, sizeof warehouse), g_free),
                             &error);

      if (order == 0)
        return;
      dex_await_int64 (piao_replica_run (self->replica, "order.reconnect",
                                         piao_json_build ("order", 'd', order, NULL)),
                       &error);
      if (error != NULL)
        {
          g_debug ("held order %" G_GINT64_FORMAT ": %s", order, error->message);
          return;
        }
    }
}

typedef struct
{
  gint64 warehouse, device;
} Unlabelled;

static DexFuture *
read_unlabelled (PiaoDb *db, gpointer data)
{
  Unlabelled *question = data;
  GError *error = NULL;
  GArray *pairs = piao_counter_unlabelled (db, question->warehouse, question->device, &error);

  return pairs != NULL ? dex_future_new_take_boxed (G_TYPE_ARRAY, pairs)
                       : dex_future_new_for_error (error);
}

/* A label for every parcel that ILMS confirmed, that was picked here and has none (DLV-10). The
 * courier needs the telephone in full. */
static void
print_labels (PiaoDesk *self)
{
  Unlabelled question
      = { piao_session_get_warehouse (self->session), piao_replica_get_device (self->replica) };
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) pairs
      = dex_await_boxed (piao_replica_read (self->replica, read_unlabelled,
                                            g_memdup2 (&question, sizeof question), g_free),
                         &error);

  for (guint i = 1; error == NULL && i < pairs->len; i += 2)
    dex_await_int64 (piao_spooler_issue_label (self->spooler, self->printer->name,
                                               g_array_index (pairs, gint64, i), TRUE, NULL),
                     &error);
  if (error != NULL)
    g_warning ("labels: %s", error->message);
}

static DexFuture *
read_untagged (PiaoDb *db, gpointer data)
{
  Unlabelled *question = data;
  GError *error = NULL;
  GArray *ids = piao_spool_list_untagged (db, question->warehouse, question->device, &error);

  return ids != NULL ? dex_future_new_take_boxed (G_TYPE_ARRAY, ids)
                     : dex_future_new_for_error (error);
}

/* A bag that waits for ILMS says so on its tag: not confirmed, not to be sent (domain 6.4). */
static void
print_held_tags (PiaoDesk *self)
{
  Unlabelled question
      = { piao_session_get_warehouse (self->session), piao_replica_get_device (self->replica) };
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids
      = dex_await_boxed (piao_replica_read (self->replica, read_untagged,
                                            g_memdup2 (&question, sizeof question), g_free),
                         &error);

  for (guint i = 0; error == NULL && i < ids->len; i++)
    dex_await_int64 (piao_spooler_print_held_tag (self->spooler, self->printer->name,
                                                  g_array_index (ids, gint64, i)),
                     &error);
  if (error != NULL)
    g_warning ("bag tags: %s", error->message);
}

static DexFuture *
work (gpointer data)
{
  PiaoDesk *self = data;

  do
    {
      self->again = FALSE;
      print_labels (self);
      print_held_tags (self);
      confirm_held (self);
    }
  while (self->again && !self->closed);
  self->working = FALSE;
  return dex_future_new_true ();
}

static void
look (PiaoDesk *self)
{
  if (self->closed || piao_session_get_warehouse (self->session) == 0)
    return;
  self->again = TRUE;
  if (self->working)
    return;
  self->working = TRUE;
  piao_future_disown (dex_scheduler_spawn (NULL, 0, work, g_object_ref (self), g_object_unref),
                      "desk");
}

/* --- links ----------------------------------------------------------------------------------- */

static PiaoLinkState
link_of (PiaoSyncState state)
{
  static const PiaoLinkState states[] = {
    [PIAO_SYNC_IDLE] = PIAO_LINK_UNKNOWN,          [PIAO_SYNC_ONLINE] = PIAO_LINK_ONLINE,
    [PIAO_SYNC_DEGRADED] = PIAO_LINK_DEGRADED,     [PIAO_SYNC_OFFLINE] = PIAO_LINK_OFFLINE,
    [PIAO_SYNC_RECOVERING] = PIAO_LINK_RECOVERING,
  };

  return states[state];
}

static PiaoLinkState
ilms_over_centre (PiaoDesk *self)
{
  static const PiaoLinkState states[] = {
    [PIAO_SYNC_ILMS_UNKNOWN] = PIAO_LINK_UNKNOWN,
    [PIAO_SYNC_ILMS_ONLINE] = PIAO_LINK_ONLINE,
    [PIAO_SYNC_ILMS_DEGRADED] = PIAO_LINK_DEGRADED,
    [PIAO_SYNC_ILMS_OFFLINE] = PIAO_LINK_OFFLINE,
  };

  return states[piao_sync_get_ilms (self->sync)];
}

/* What counts is the line that this warehouse uses. */
static void
show_ilms (PiaoDesk *self)
{
  PiaoLinks *links = piao_session_get_links (self->session);
  gboolean direct = piao_direct_is_route (self->direct);

  piao_links_set_ilms_problem (links, direct ? piao_direct_get_problem (self->direct) : NULL);
  if (direct)
    piao_links_set_ilms (links, piao_direct_get_link (self->direct),
                         piao_direct_get_since (self->direct));
  else
    piao_links_set_ilms (links, ilms_over_centre (self), piao_sync_get_ilms_since (self->sync));
}

static void
on_direct_changed (PiaoDesk *self)
{
  show_ilms (self);
  look (self);
}

static DexFuture *
attach (gpointer data)
{
  PiaoDesk *self = data;
  g_autoptr (GError) error = NULL;

  if (dex_await (piao_session_attach (self->session, self->replica, self->user), &error)
      && self->place != NULL)
    {
      dex_promise_resolve_boolean (self->place, TRUE);
      dex_clear (&self->place);
      look (self);
    }
  /* Not found: the first rows are still on their way. */
  if (error != NULL && !g_error_matches (error, PIAO_ERROR, PIAO_ERROR_NOT_FOUND)
      && self->place != NULL)
    {
      dex_promise_reject (self->place, g_steal_pointer (&error));
      dex_clear (&self->place);
    }
  self->attaching = FALSE;
  return dex_future_new_true ();
}

static void
try_attach (PiaoDesk *self)
{
  if (self->place == NULL || self->attaching || self->closed)
    return;
  self->attaching = TRUE;
  piao_future_disown (dex_scheduler_spawn (NULL, 0, attach, g_object_ref (self), g_object_unref),
                      "sign-in");
}

static void
show_fetch (PiaoDesk *self)
{
  PiaoSyncPhase phase = piao_sync_get_phase (self->sync);
  gboolean none = phase == PIAO_SYNC_PHASE_COMPLETE || piao_sync_get_progress (self->sync) <= 0;

  piao_links_set_fetch (piao_session_get_links (self->session),
                        none ? -1 : (int)(piao_sync_get_progress (self->sync) * 100),
                        phase == PIAO_SYNC_PHASE_WORKING, piao_sync_get_remaining (self->sync));
}

static void
on_sync_changed (PiaoDesk *self)
{
  PiaoLinks *links = piao_session_get_links (self->session);
  gint64 since = piao_sync_get_since (self->sync);

  piao_links_set_centre (links, link_of (piao_sync_get_state (self->sync)), since);
  show_ilms (self);
  piao_links_set_synced (links, piao_sync_get_last_success (self->sync));
  piao_links_set_proof (links, piao_sync_get_seq (self->sync), piao_sync_is_complete (self->sync),
                        piao_sync_get_problem (self->sync));
  show_fetch (self);
  piao_links_set_proven (links, piao_sync_get_proven (self->sync), piao_sync_differs (self->sync));
  piao_links_set_waiting (links, piao_sync_get_waiting (self->sync),
                          piao_sync_get_oldest (self->sync));
  try_attach (self);
  look (self);
}

static void
on_spooler_changed (PiaoDesk *self)
{
  piao_links_set_printing (piao_session_get_links (self->session),
                           piao_spooler_get_trouble (self->spooler, self->printer->name) == NULL,
                           piao_spooler_get_waiting (self->spooler)
                               + piao_spooler_get_failed (self->spooler));
}

/* --- printer --------------------------------------------------------------------------------- */

/* PDF files in a folder, until a printer is set. */
static PiaoPrinter *
folder_printer (PiaoDesk *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->folder, "labels", NULL);
  g_autofree char *address = g_strconcat ("folder:", path, NULL);
  g_autoptr (JsonObject) object
      = piao_json_build ("name", 's', "PDF", "address", 's', address, "language", 's', "pdf", "dpi",
                         'i', (gint64)203, "x", 'i', (gint64)0, "y", 'i', (gint64)0, NULL);
  g_autofree char *text = piao_json_object_to_text (object);

  g_mkdir_with_parents (path, 0700);
  return piao_printer_parse (text, error);
}

static void
on_printer_setting (PiaoDesk *self)
{
  g_autofree char *text
      = g_settings_get_string (piao_session_get_settings (self->session), "label-printer");
  g_autoptr (GError) error = NULL;
  PiaoPrinter *printer = *text != '\0' ? piao_printer_parse (text, &error) : NULL;

  if (error != NULL)
    g_warning ("The printer in the settings is not usable: %s", error->message);
  if (printer == NULL)
    printer = folder_printer (self, NULL);
  g_return_if_fail (printer != NULL);
  g_clear_pointer (&self->printer, piao_printer_free);
  self->printer = printer;
  g_clear_error (&error);
  if (!piao_spooler_set_printer (self->spooler, printer, &error))
    g_warning ("The printer cannot be used: %s", error->message);
}

const PiaoPrinter *
piao_desk_get_printer (PiaoDesk *self)
{
  return self->printer;
}

DexFuture *
piao_desk_reprint (PiaoDesk *self, gint64 parcel, const char *reason)
{
  return piao_spooler_issue_label (self->spooler, self->printer->name, parcel, TRUE, reason);
}

/* --- opening, signing in, closing ------------------------------------------------------------ */

typedef struct
{
  PiaoSession *session;
  char *folder, *url;
} Opening;

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_object_unref (opening->session);
  g_free (opening->folder);
  g_free (opening->url);
  g_free (opening);
}

/* On a pool thread: opening may migrate. */
static DexFuture *
open_replica (gpointer data)
{
  Opening *opening = data;
  g_autofree char *path = g_build_filename (opening->folder, "replica.db", NULL);
  g_autoptr (PiaoRegistry) registry = piao_domain_registry_new ();
  GError *error = NULL;
  PiaoReplica *replica;

  g_mkdir_with_parents (opening->folder, 0700);
  replica = piao_replica_open (path, registry, piao_session_get_clock (opening->session), &error);
  return replica != NULL ? dex_future_new_take_object (replica) : dex_future_new_for_error (error);
}

static void
on_reprint (PiaoDesk *self, gint64 order, gint64 parcel)
{
  piao_future_disown (piao_desk_reprint (self, parcel, NULL), _ ("Another copy of a label"));
}

/* What could not be kept comes now, not when the next round is due. */
static void
on_storage_changed (PiaoDesk *self)
{
  if (piao_replica_get_storage (self->replica) == PIAO_STORAGE_GOOD)
    piao_sync_nudge (self->sync);
}

static void
connect_parts (PiaoDesk *self)
{
  GSettings *settings = piao_session_get_settings (self->session);

  g_signal_connect_object (self->sync, "changed", G_CALLBACK (on_sync_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->spooler, "changed", G_CALLBACK (on_spooler_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->direct, "changed", G_CALLBACK (on_direct_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->replica, "changed", G_CALLBACK (look), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->replica, "storage-changed", G_CALLBACK (on_storage_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "reprint", G_CALLBACK (on_reprint), self,
                           G_CONNECT_SWAPPED);
  /* When the counter lets go of an order, held ones may go. */
  g_signal_connect_object (piao_session_get_links (self->session), "changed", G_CALLBACK (look),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::label-printer", G_CALLBACK (on_printer_setting),
                           self, G_CONNECT_SWAPPED);
}

static DexFuture *
open_fiber (gpointer data)
{
  Opening *opening = data;
  g_autoptr (PiaoDesk) self = g_object_new (PIAO_TYPE_DESK, NULL);
  g_autofree char *authority = NULL;
  GError *error = NULL;

  self->session = g_object_ref (opening->session);
  self->folder = g_strdup (opening->folder);
  self->replica = dex_await_object (dex_scheduler_spawn (dex_thread_pool_scheduler_get_default (),
                                                         0, open_replica, opening, NULL),
                                    &error);
  if (self->replica == NULL)
    return dex_future_new_for_error (error);
  self->sync = piao_sync_new (self->replica, opening->url, &error);
  if (self->sync == NULL)
    return dex_future_new_for_error (error);
  authority = g_settings_get_string (piao_session_get_settings (self->session), "server-authority");
  piao_sync_set_authority (self->sync, authority);
  self->spooler = piao_spooler_new (self->replica);
  self->direct = piao_direct_new (self->session, self->replica);
  connect_parts (self);
  on_printer_setting (self);
  return dex_future_new_take_object (g_steal_pointer (&self));
}

DexFuture *
piao_desk_open (PiaoSession *session, const char *folder, const char *url)
{
  Opening *opening = g_new0 (Opening, 1);

  opening->session = g_object_ref (session);
  opening->folder = g_strdup (folder);
  opening->url = g_strdup (url);
  return dex_scheduler_spawn (NULL, 0, open_fiber, opening, opening_free);
}

typedef struct
{
  PiaoDesk *desk;
  char *name, *password;
} SignIn;

static void
sign_in_free (gpointer data)
{
  SignIn *sign_in = data;

  g_object_unref (sign_in->desk);
  g_free (sign_in->name);
  g_free (sign_in->password);
  g_free (sign_in);
}

static DexFuture *
sign_in_fiber (gpointer data)
{
  SignIn *sign_in = data;
  PiaoDesk *self = sign_in->desk;
  GError *error = NULL;
  DexPromise *place;

  self->user
      = dex_await_int64 (piao_sync_sign_in (self->sync, sign_in->name, sign_in->password), &error);
  if (error != NULL)
    return dex_future_new_for_error (error);
  dex_clear (&self->place);
  self->place = dex_promise_new ();
  place = dex_ref (self->place);
  piao_sync_start (self->sync);
  try_attach (self);
  return DEX_FUTURE (place);
}

DexFuture *
piao_desk_sign_in (PiaoDesk *self, const char *name, const char *password)
{
  SignIn *sign_in = g_new0 (SignIn, 1);

  sign_in->desk = g_object_ref (self);
  sign_in->name = g_strdup (name);
  sign_in->password = g_strdup (password);
  return dex_scheduler_spawn (NULL, 0, sign_in_fiber, sign_in, sign_in_free);
}

PiaoReplica *
piao_desk_get_replica (PiaoDesk *self)
{
  return self->replica;
}

PiaoSync *
piao_desk_get_sync (PiaoDesk *self)
{
  return self->sync;
}

PiaoSpooler *
piao_desk_get_spooler (PiaoDesk *self)
{
  return self->spooler;
}

void
piao_desk_close (PiaoDesk *self)
{
  g_return_if_fail (PIAO_IS_DESK (self));
  if (self->closed)
    return;
  self->closed = TRUE;
  if (self->direct != NULL)
    piao_direct_close (self->direct);
  if (self->sync != NULL)
    piao_sync_stop (self->sync);
  if (self->spooler != NULL)
    piao_spooler_stop (self->spooler);
  if (self->replica != NULL)
    piao_replica_close (self->replica);
}

static void
piao_desk_dispose (GObject *object)
{
  PiaoDesk *self = PIAO_DESK (object);

  piao_desk_close (self);
  g_clear_object (&self->direct);
  g_clear_object (&self->spooler);
  g_clear_object (&self->sync);
  g_clear_object (&self->replica);
  g_clear_object (&self->session);
  dex_clear (&self->place);
  G_OBJECT_CLASS (piao_desk_parent_class)->dispose (object);
}

static void
piao_desk_finalize (GObject *object)
{
  PiaoDesk *self = PIAO_DESK (object);

  g_clear_pointer (&self->printer, piao_printer_free);
  g_free (self->folder);
  G_OBJECT_CLASS (piao_desk_parent_class)->finalize (object);
}

static void
piao_desk_class_init (PiaoDeskClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = piao_desk_dispose;
  G_OBJECT_CLASS (klass)->finalize = piao_desk_finalize;
}

static void
piao_desk_init (PiaoDesk *self)
{
}
