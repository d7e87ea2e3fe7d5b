/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app/widget/piao-announce.h"

/* On a computer without the accessibility bus GTK falls back to a context of its tests, which
 * cannot announce: gtk_accessible_announce() then ends the program (GTK 4.18). */
static gboolean
can_announce (GtkWidget *widget)
{
  g_autoptr (GtkATContext) context = gtk_accessible_get_at_context (GTK_ACCESSIBLE (widget));

  return context != NULL && !g_str_equal (G_OBJECT_TYPE_NAME (context), "GtkTestATContext");
}

void
piao_announce (GtkWidget *widget, const char *text, gboolean urgent)
{
  g_return_if_fail (GTK_IS_WIDGET (widget) && text != NULL);
  if (can_announce (widget))
    gtk_accessible_announce (GTK_ACCESSIBLE (widget), text,
                             urgent ? GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_HIGH
                                    : GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}
