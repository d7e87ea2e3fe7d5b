/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <linux/input-event-codes.h>

#include "app/scan/piao-scan-keymap.h"

static const char plain[KEY_CNT] = {
  [KEY_1] = '1',          [KEY_2] = '2',         [KEY_3] = '3',           [KEY_4] = '4',
  [KEY_5] = '5',          [KEY_6] = '6',         [KEY_7] = '7',           [KEY_8] = '8',
  [KEY_9] = '9',          [KEY_0] = '0',         [KEY_MINUS] = '-',       [KEY_EQUAL] = '=',
  [KEY_Q] = 'q',          [KEY_W] = 'w',         [KEY_E] = 'e',           [KEY_R] = 'r',
  [KEY_T] = 't',          [KEY_Y] = 'y',         [KEY_U] = 'u',           [KEY_I] = 'i',
  [KEY_O] = 'o',          [KEY_P] = 'p',         [KEY_LEFTBRACE] = '[',   [KEY_RIGHTBRACE] = ']',
  [KEY_A] = 'a',          [KEY_S] = 's',         [KEY_D] = 'd',           [KEY_F] = 'f',
  [KEY_G] = 'g',          [KEY_H] = 'h',         [KEY_J] = 'j',           [KEY_K] = 'k',
  [KEY_L] = 'l',          [KEY_SEMICOLON] = ';', [KEY_APOSTROPHE] = '\'', [KEY_GRAVE] = '`',
  [KEY_BACKSLASH] = '\\', [KEY_Z] = 'z',         [KEY_X] = 'x',           [KEY_C] = 'c',
  [KEY_V] = 'v',          [KEY_B] = 'b',         [KEY_N] = 'n',           [KEY_M] = 'm',
  [KEY_COMMA] = ',',      [KEY_DOT] = '.',       [KEY_SLASH] = '/',       [KEY_SPACE] = ' ',
  [KEY_KP0] = '0',        [KEY_KP1] = '1',       [KEY_KP2] = '2',         [KEY_KP3] = '3',
  [KEY_KP4] = '4',        [KEY_KP5] = '5',       [KEY_KP6] = '6',         [KEY_KP7] = '7',
  [KEY_KP8] = '8',        [KEY_KP9] = '9',       [KEY_KPMINUS] = '-',     [KEY_KPPLUS] = '+',
  [KEY_KPDOT] = '.',      [KEY_KPSLASH] = '/',   [KEY_KPASTERISK] = '*',
};

/* The second row of the digits and signs; letters simply become capitals. */
static const char shifted[128] = {
  ['1'] = '!', ['2'] = '@', ['3'] = '#', ['4'] = '$',  ['5'] = '%', ['6'] = '^',
  ['7'] = '&', ['8'] = '*', ['9'] = '(', ['0'] = ')',  ['-'] = '_', ['='] = '+',
  ['['] = '{', [']'] = '}', [';'] = ':', ['\''] = '"', ['`'] = '~', ['\\'] = '|',
  [','] = '<', ['.'] = '>', ['/'] = '?', [' '] = ' ',
};

static gboolean
is_keypad (guint code)
{
  return (code >= KEY_KP7 && code <= KEY_KPDOT) || code == KEY_KPSLASH || code == KEY_KPASTERISK;
}

char
piao_scan_keymap_lookup (guint code, gboolean shift)
{
  char c = code < G_N_ELEMENTS (plain) ? plain[code] : 0;

  if (c == 0 || !shift || is_keypad (code))
    return c;
  return g_ascii_isalpha (c) ? g_ascii_toupper (c) : shifted[(guchar)c];
}

guint
piao_scan_keymap_reverse (char c, gboolean *shift)
{
  for (guint code = 1; c != 0 && code < G_N_ELEMENTS (plain); code++)
    for (int level = 0; level < 2 && !is_keypad (code); level++)
      if (piao_scan_keymap_lookup (code, level) == c)
        {
          if (shift != NULL)
            *shift = level;
          return code;
        }
  return 0;
}
