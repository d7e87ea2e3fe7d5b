/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What a scanner means by a key: the characters of the US layout by evdev key code, whatever
 * layout, input method or Caps Lock the desktop has. (domain.md 5.8 c)
 */

/* Hardware key codes of X11 and Wayland are evdev codes plus this. */
#define PIAO_SCAN_KEYCODE_OFFSET 8

/* The character of evdev key @code with or without Shift; 0 when the key gives none. */
char piao_scan_keymap_lookup (guint code, gboolean shift);

/* The evdev key that gives @c, and whether it wants Shift; 0 when none does. For tests and demos.
 */
guint piao_scan_keymap_reverse (char c, gboolean *shift);

G_END_DECLS
