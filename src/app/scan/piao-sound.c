/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <gsound.h>

#include "app/scan/piao-sound.h"

#define WAITING_MAX 4
#define QUIT GINT_TO_POINTER (-1)

static const char *const files[] = {
  [PIAO_TONE_ACCEPT] = "accept.wav",
  [PIAO_TONE_LINE] = "line.wav",
  [PIAO_TONE_ORDER] = "order.wav",
  [PIAO_TONE_REFUSE] = "refuse.wav",
};

/* Shared by the caller and the thread, so that quitting need not wait for a stuck server. */
typedef struct
{
  gatomicrefcount refs;
  GAsyncQueue *queue; /* PiaoTone + 1, or QUIT */
  char *folder;
} Channel;

struct _PiaoSound
{
  Channel *channel;
};

static void
channel_unref (Channel *channel)
{
  if (!g_atomic_ref_count_dec (&channel->refs))
    return;
  g_async_queue_unref (channel->queue);
  g_free (channel->folder);
  g_free (channel);
}

static gpointer
run (gpointer data)
{
  Channel *channel = data;
  g_autoptr (GError) error = NULL;
  GSoundContext *context = gsound_context_new (NULL, &error);
  gpointer item;

  if (context == NULL)
    g_info ("no sound: %s", error->message);
  while ((item = g_async_queue_pop (channel->queue)) != QUIT)
    {
      g_autofree char *path
          = g_build_filename (channel->folder, files[GPOINTER_TO_INT (item) - 1], NULL);

      if (context != NULL
          && !gsound_context_play_simple (context, NULL, &error, GSOUND_ATTR_MEDIA_FILENAME, path,
                                          GSOUND_ATTR_MEDIA_ROLE, "event", NULL))
        {
          g_info ("no sound: %s", error->message);
          g_clear_error (&error);
        }
    }
  g_clear_object (&context);
  channel_unref (channel);
  return NULL;
}

PiaoSound *
piao_sound_new (const char *folder)
{
  PiaoSound *self = g_new0 (PiaoSound, 1);

  self->channel = g_new0 (Channel, 1);
  g_atomic_ref_count_init (&self->channel->refs);
  g_atomic_ref_count_inc (&self->channel->refs);
  self->channel->queue = g_async_queue_new ();
  self->channel->folder = g_strdup (folder);
  g_thread_unref (g_thread_new ("sound", run, self->channel));
  return self;
}

void
piao_sound_free (PiaoSound *self)
{
  g_async_queue_push (self->channel->queue, QUIT);
  channel_unref (self->channel);
  g_free (self);
}

void
piao_sound_play (PiaoSound *self, PiaoTone tone)
{
  g_return_if_fail ((guint)tone < G_N_ELEMENTS (files));
  if (g_async_queue_length (self->channel->queue) < WAITING_MAX)
    g_async_queue_push (self->channel->queue, GINT_TO_POINTER ((int)tone + 1));
}
