/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "app/scan/piao-scan-bus.h"
#include "app/scan/piao-sound.h"
#include "app/shell/piao-links.h"
#include "base/piao-clock.h"

G_BEGIN_DECLS

/*
 * PiaoSession: what a page may use, handed to it when it is made: who works, on which data, with
 * which clock, lines, printers and scanner. There is one a window; nothing is global.
 */
#define PIAO_TYPE_SESSION (piao_session_get_type ())
  G_DECLARE_FINAL_TYPE (PiaoSession, piao_session, PIAO, SESSION, GObject)

  PiaoSession *piao_session_new (PiaoClock * clock, GSettings * settings, gboolean practice);

  PiaoClock *piao_session_get_clock (PiaoSession * self);
  GSettings *piao_session_get_settings (PiaoSession * self);
  PiaoScanBus *piao_session_get_scan_bus (PiaoSession * self);
  PiaoLinks *piao_session_get_links (PiaoSession * self);
  gboolean piao_session_is_practice (PiaoSession * self);

  /* Now, ms UTC. */
  gint64 piao_session_now (PiaoSession * self);

  /* Who is signed in and where; "" when nobody is. Notified as properties. */
  const char *piao_session_get_user_name (PiaoSession * self);
  const char *piao_session_get_warehouse_name (PiaoSession * self);
  void piao_session_set_place (PiaoSession * self, const char *user_name,
                               const char *warehouse_name);

  /* Whether the user holds the permission word @word; NULL is anyone's. */
  gboolean piao_session_may (PiaoSession * self, const char *word);

  /* Plays @tone unless sounds are switched off. */
  void piao_session_play (PiaoSession * self, PiaoTone tone);

G_END_DECLS
