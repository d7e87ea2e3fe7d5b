/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * PiaoSound: the tones that answer a scan. A thread of its own talks to the audio server, so that
 * a missing or slow one never delays the counter; then there is simply no sound.
 */
typedef enum
{
  PIAO_TONE_ACCEPT, /* one pack: short, high */
  PIAO_TONE_LINE,   /* a line is complete: two rising */
  PIAO_TONE_ORDER,  /* the order is complete: a chord */
  PIAO_TONE_REFUSE, /* refused: long, low */
} PiaoTone;

typedef struct _PiaoSound PiaoSound;

/* @folder holds accept.wav, line.wav, order.wav and refuse.wav. */
PiaoSound *piao_sound_new (const char *folder);
void piao_sound_free (PiaoSound *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoSound, piao_sound_free)

/* Returns at once. Tones that pile up behind a stuck server are dropped. */
void piao_sound_play (PiaoSound *self, PiaoTone tone);

G_END_DECLS
