/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/abnormal/piao-follow-up.h"
#include "base/piao-clock.h"

/* Offices open at ten. */
#define OPENING 10

static const struct
{
  const char *title;
  int hours; /* from now */
  int days;  /* or at the opening of that day */
} choices[] = {
  { N_ ("Not set"), 0, 0 },
  { N_ ("In 2 hours"), 2, 0 },
  { N_ ("Tomorrow at 10:00"), 0, 1 },
  { N_ ("In 3 days at 10:00"), 0, 3 },
  { N_ ("In 7 days at 10:00"), 0, 7 },
};

void
piao_follow_up_fill (AdwComboRow *row)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    gtk_string_list_append (titles, _ (choices[i].title));
  adw_combo_row_set_model (row, G_LIST_MODEL (titles));
}

gint64
piao_follow_up_get (AdwComboRow *row, gint64 now)
{
  guint chosen = adw_combo_row_get_selected (row);
  g_autoptr (GDateTime) local = piao_time_to_local (now);
  g_autoptr (GDateTime) day = NULL;
  g_autoptr (GDateTime) at = NULL;

  if (chosen >= G_N_ELEMENTS (choices))
    return 0;
  if (choices[chosen].days == 0)
    return choices[chosen].hours > 0 ? now + choices[chosen].hours * PIAO_HOUR : 0;
  day = g_date_time_add_days (local, choices[chosen].days);
  at = g_date_time_new (g_date_time_get_timezone (day), g_date_time_get_year (day),
                        g_date_time_get_month (day), g_date_time_get_day_of_month (day), OPENING, 0,
                        0);
  return g_date_time_to_unix (at) * 1000;
}
