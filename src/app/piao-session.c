/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app/piao-paths.h"
#include "app/piao-session.h"
#include "domain/outlet/piao-phone.h"

struct _PiaoSession
{
  GObject parent_instance;

  PiaoClock *clock;
  GSettings *settings;
  PiaoScanBus *scan_bus;
  PiaoLinks *links;
  PiaoSound *sound; /* made at the first tone */
  gboolean practice;
  PiaoReplica *replica; /* NULL until somebody works here */
  PiaoPlace *place;     /* likewise */
  gint64 counter_order; /* 0: none */
};

G_DEFINE_FINAL_TYPE (PiaoSession, piao_session, G_TYPE_OBJECT)

enum
{
  PROP_PLACE = 1,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  REPLICA_CHANGED,
  SHOW_ORDER,
  OPEN_COUNTER,
  REPRINT,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
piao_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PiaoSession *self = PIAO_SESSION (object);

  switch (id)
    {
    case PROP_PLACE:
      g_value_set_boxed (value, self->place);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
piao_session_finalize (GObject *object)
{
  PiaoSession *self = PIAO_SESSION (object);

  g_clear_object (&self->clock);
  g_clear_object (&self->settings);
  g_clear_object (&self->scan_bus);
  g_clear_object (&self->links);
  g_clear_pointer (&self->sound, piao_sound_free);
  g_clear_object (&self->replica);
  g_clear_pointer (&self->place, piao_place_unref);
  G_OBJECT_CLASS (piao_session_parent_class)->finalize (object);
}

static void
piao_session_class_init (PiaoSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = piao_session_get_property;
  object_class->finalize = piao_session_finalize;
  properties[PROP_PLACE] = g_param_spec_boxed ("place", NULL, NULL, PIAO_TYPE_PLACE,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[REPLICA_CHANGED] = g_signal_new ("replica-changed", PIAO_TYPE_SESSION, G_SIGNAL_RUN_LAST,
                                           0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SHOW_ORDER] = g_signal_new ("show-order", PIAO_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL,
                                      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[REPRINT] = g_signal_new ("reprint", PIAO_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 2, G_TYPE_INT64, G_TYPE_INT64);
  signals[OPEN_COUNTER] = g_signal_new ("open-counter", PIAO_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
}

static void
piao_session_init (PiaoSession *self)
{
  self->scan_bus = piao_scan_bus_new ();
  self->links = piao_links_new ();
}

PiaoSession *
piao_session_new (PiaoClock *clock, GSettings *settings, gboolean practice)
{
  PiaoSession *self = g_object_new (PIAO_TYPE_SESSION, NULL);

  self->clock = g_object_ref (clock);
  self->settings = g_object_ref (settings);
  self->practice = practice;
  return self;
}

void
piao_session_set_counter_order (PiaoSession *self, gint64 order)
{
  g_return_if_fail (PIAO_IS_SESSION (self));
  self->counter_order = order;
}

gint64
piao_session_get_counter_order (PiaoSession *self)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self), 0);
  return self->counter_order;
}

PiaoClock *
piao_session_get_clock (PiaoSession *self)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self), NULL);
  return self->clock;
}

GSettings *
piao_session_get_settings (PiaoSession *self)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self), NULL);
  return self->settings;
}

PiaoScanBus *
piao_session_get_scan_bus (PiaoSession *self)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self), NULL);
  return self->scan_bus;
}

PiaoLinks *
piao_session_get_links (PiaoSession *self)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self), NULL);
  return self->links;
}

gboolean
piao_session_is_practice (PiaoSession *self)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self), FALSE);
  return self->practice;
}

gint64
piao_session_now (PiaoSession *self)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self), 0);
  return piao_clock_now (self->clock);
}

/* --- who works, on what ------------------------------------------------------------------- */

typedef struct
{
  PiaoSession *session;
  PiaoReplica *replica;
  gint64 user;
} Attach;

static void
attach_free (gpointer data)
{
  Attach *attach = data;

  g_object_unref (attach->session);
  g_object_unref (attach->replica);
  g_free (attach);
}

static DexFuture *
load_place (PiaoDb *db, gpointer data)
{
  GError *error = NULL;
  PiaoPlace *place = piao_place_load (db, *(gint64 *)data, &error);

  return place != NULL ? dex_future_new_take_boxed (PIAO_TYPE_PLACE, place)
                       : dex_future_new_for_error (error);
}

static void
on_replica_changed (PiaoSession *self)
{
  g_signal_emit (self, signals[REPLICA_CHANGED], 0);
}

static void
on_storage_changed (PiaoSession *self)
{
  g_autofree char *folder = g_path_get_dirname (piao_replica_get_path (self->replica));

  piao_links_set_storage (self->links, piao_replica_get_storage (self->replica),
                          piao_session_now (self), folder);
}

static DexFuture *
on_place (DexFuture *future, gpointer data)
{
  Attach *attach = data;
  PiaoSession *self = attach->session;

  g_clear_pointer (&self->place, piao_place_unref);
  self->place = g_value_dup_boxed (dex_future_get_value (future, NULL));
  if (self->replica != NULL)
    g_signal_handlers_disconnect_by_data (self->replica, self);
  g_set_object (&self->replica, attach->replica);
  g_signal_connect_object (self->replica, "changed", G_CALLBACK (on_replica_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->replica, "storage-changed", G_CALLBACK (on_storage_changed), self,
                           G_CONNECT_SWAPPED);
  on_storage_changed (self);
  piao_replica_set_actor (self->replica, attach->user, piao_replica_get_device (self->replica));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PLACE]);
  return dex_future_new_true ();
}

DexFuture *
piao_session_attach (PiaoSession *self, PiaoReplica *replica, gint64 user)
{
  Attach *attach = g_new0 (Attach, 1);
  DexFuture *future;

  g_return_val_if_fail (PIAO_IS_SESSION (self), NULL);
  attach->session = g_object_ref (self);
  attach->replica = g_object_ref (replica);
  attach->user = user;
  future = piao_replica_read (replica, load_place, g_memdup2 (&user, sizeof user), g_free);
  return dex_future_then (future, on_place, attach, attach_free);
}

PiaoReplica *
piao_session_get_replica (PiaoSession *self)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self), NULL);
  return self->replica;
}

const PiaoPlace *
piao_session_get_place (PiaoSession *self)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self), NULL);
  return self->place;
}

gint64
piao_session_get_user (PiaoSession *self)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self), 0);
  return self->place != NULL ? self->place->user : 0;
}

gint64
piao_session_get_lane (PiaoSession *self)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self), 0);
  return self->place != NULL ? self->place->lane : 0;
}

gint64
piao_session_get_warehouse (PiaoSession *self)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self), 0);
  return self->place != NULL ? self->place->warehouse : 0;
}

gboolean
piao_session_may (PiaoSession *self, const char *word)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self), FALSE);
  return self->place != NULL
         && (word == NULL || piao_access_is_allowed (self->place->access, word));
}

char *
piao_session_dup_phone (PiaoSession *self, const char *phone)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self), NULL);
  return piao_phone_show (phone, piao_session_may (self, PIAO_PHONE_FULL));
}

DexFuture *
piao_session_run (PiaoSession *self, const char *name, JsonObject *args)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self) && self->replica != NULL, NULL);
  return piao_replica_run (self->replica, name, args);
}

DexFuture *
piao_session_read (PiaoSession *self, PiaoReplicaFunc func, gpointer data, GDestroyNotify destroy)
{
  g_return_val_if_fail (PIAO_IS_SESSION (self) && self->replica != NULL, NULL);
  return piao_replica_read (self->replica, func, data, destroy);
}

void
piao_session_show_order (PiaoSession *self, gint64 order)
{
  g_return_if_fail (PIAO_IS_SESSION (self));
  g_signal_emit (self, signals[SHOW_ORDER], 0, order);
}

void
piao_session_open_counter (PiaoSession *self, gint64 order)
{
  g_return_if_fail (PIAO_IS_SESSION (self));
  g_signal_emit (self, signals[OPEN_COUNTER], 0, order);
}

void
piao_session_reprint (PiaoSession *self, gint64 order, gint64 parcel)
{
  g_return_if_fail (PIAO_IS_SESSION (self));
  g_signal_emit (self, signals[REPRINT], 0, order, parcel);
}

void
piao_session_play (PiaoSession *self, PiaoTone tone)
{
  g_return_if_fail (PIAO_IS_SESSION (self));
  if (!g_settings_get_boolean (self->settings, "sounds"))
    return;
  if (self->sound == NULL)
    {
      g_autofree char *folder = piao_paths_dup_sound_dir ();

      self->sound = piao_sound_new (folder);
    }
  piao_sound_play (self->sound, tone);
}
