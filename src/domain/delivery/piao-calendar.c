/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "domain/delivery/piao-calendar.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-clock.h"
#include "base/piao-error.h"

/* China keeps one offset all year since 1991, so local days are plain arithmetic. */
#define SHANGHAI_MS (8 * PIAO_HOUR)
#define MAX_DEPARTURES 12
#define MAX_RULES 24
#define MAX_TRANSIT_HOURS 720
#define SEARCH_DAYS 370
#define DEFAULT_LEAD 30
#define DAY_MINUTES (24 * 60)

typedef struct
{
  char *area;                 /* NULL: every other */
  guint first_month;          /* 1 … 12 */
  guint last_month;           /* less than the first: passes the new year */
  guint weekdays;             /* bit 1 Monday … bit 7 Sunday */
  gint64 every;               /* 0, or each so many days */
  gint64 anchor;              /* local day counted from, since 1970 */
  guint n_departures;         /* in the order of the day */
  int leaves[MAX_DEPARTURES]; /* minutes of the day */
  int closes[MAX_DEPARTURES];
} Rule;

typedef struct
{
  char *area; /* NULL: every other */
  gint64 hours;
} Transit;

struct _PiaoCalendar
{
  GPtrArray *rules;   /* of Rule */
  GPtrArray *transit; /* of Transit */
};

static const char *const weekday_words[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
static const char *const month_words[]
    = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

static void
rule_free (gpointer data)
{
  Rule *rule = data;

  g_free (rule->area);
  g_free (rule);
}

static void
transit_free (gpointer data)
{
  Transit *transit = data;

  g_free (transit->area);
  g_free (transit);
}

void
piao_calendar_free (PiaoCalendar *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->rules);
  g_ptr_array_unref (self->transit);
  g_free (self);
}

/* --- reading ------------------------------------------------------------------------------- */

/* 1-based index of the @length characters at @word in @words, 0 when they are none of them. */
static guint
find_word (const char *word, gsize length, const char *const *words, guint n_words)
{
  for (guint i = 0; i < n_words; i++)
    if (strlen (words[i]) == length && strncmp (words[i], word, length) == 0)
      return i + 1;
  return 0;
}

static gboolean
parse_months (const char *word, Rule *rule)
{
  guint first = 0, last = 0;

  if (strlen (word) == 7 && word[3] == '-')
    {
      first = find_word (word, 3, month_words, G_N_ELEMENTS (month_words));
      last = find_word (word + 4, 3, month_words, G_N_ELEMENTS (month_words));
    }
  if (first == 0 || last == 0)
    return FALSE;
  rule->first_month = first;
  rule->last_month = last;
  return TRUE;
}

static gint64
day_of_date (const GDate *date)
{
  return (gint64)g_date_get_julian (date) - 719163; /* 1970-01-01 */
}

static gboolean
parse_every (const char *word, Rule *rule)
{
  g_auto (GStrv) parts = g_strsplit (word, "@", 2);
  gint64 year, month, day;
  GDate date;

  if (g_strv_length (parts) != 2
      || !g_ascii_string_to_signed (parts[0], 10, 1, 60, &rule->every, NULL)
      || strlen (parts[1]) != 10 || parts[1][4] != '-' || parts[1][7] != '-')
    return FALSE;
  parts[1][4] = parts[1][7] = '\0';
  if (!g_ascii_string_to_signed (parts[1], 10, 2000, 2999, &year, NULL)
      || !g_ascii_string_to_signed (parts[1] + 5, 10, 1, 12, &month, NULL)
      || !g_ascii_string_to_signed (parts[1] + 8, 10, 1, 31, &day, NULL)
      || !g_date_valid_dmy ((GDateDay)day, (GDateMonth)month, (GDateYear)year))
    return FALSE;
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
  rule->anchor = day_of_date (&date);
  return TRUE;
}

static gboolean
parse_days (const char *word, Rule *rule)
{
  g_auto (GStrv) names = NULL;

  rule->weekdays = 0xfe;
  if (g_str_equal (word, "daily"))
    return TRUE;
  if (g_str_has_prefix (word, "every-"))
    return parse_every (word + strlen ("every-"), rule);
  rule->weekdays = 0;
  names = g_strsplit (word, "+", 8);
  for (guint i = 0; names[i] != NULL; i++)
    {
      guint day
          = find_word (names[i], strlen (names[i]), weekday_words, G_N_ELEMENTS (weekday_words));

      if (day == 0)
        return FALSE;
      rule->weekdays |= 1u << day;
    }
  return rule->weekdays != 0;
}

/* Minutes of the day of the five characters "HH:MM", -1 when they are not. */
static int
parse_time (const char *text)
{
  int hour, minute;

  for (guint i = 0; i < 5; i++)
    if (i == 2 ? text[i] != ':' : !g_ascii_isdigit (text[i]))
      return -1;
  hour = (text[0] - '0') * 10 + text[1] - '0';
  minute = (text[3] - '0') * 10 + text[4] - '0';
  return hour < 24 && minute < 60 ? hour * 60 + minute : -1;
}

static gboolean
parse_departure (const char *word, Rule *rule)
{
  gsize length = strlen (word);
  int leaves = parse_time (word), closes;

  if (leaves < 0 || rule->n_departures == MAX_DEPARTURES)
    return FALSE;
  closes = MAX (leaves - DEFAULT_LEAD, 0);
  if (length == 11 && word[5] == '/')
    closes = parse_time (word + 6);
  else if (length != 5)
    return FALSE;
  if (closes < 0 || closes > leaves
      || (rule->n_departures > 0 && leaves <= rule->leaves[rule->n_departures - 1]))
    return FALSE;
  rule->leaves[rule->n_departures] = leaves;
  rule->closes[rule->n_departures++] = closes;
  return TRUE;
}

/* Takes "[area]" off the start of @text, which moves on. NULL area when there is none. */
static gboolean
take_area (const char **text, char **area)
{
  const char *end;

  if (**text != '[')
    return TRUE;
  end = strchr (*text, ']');
  if (end == NULL || end == *text + 1)
    return FALSE;
  *area = g_strndup (*text + 1, (gsize)(end - *text - 1));
  *text = end + 1;
  return TRUE;
}

static gboolean
parse_rule (const char *text, Rule *rule)
{
  g_auto (GStrv) words = NULL;
  guint step = 0;

  rule->first_month = 1;
  rule->last_month = 12;
  if (!take_area (&text, &rule->area))
    return FALSE;
  words = g_strsplit (text, " ", -1);
  for (guint i = 0; words[i] != NULL; i++)
    {
      if (words[i][0] == '\0')
        continue;
      if (step == 0)
        {
          step = 1;
          if (parse_months (words[i], rule))
            continue;
        }
      if (step == 1 && !parse_days (words[i], rule))
        return FALSE;
      if (step == 2 && !parse_departure (words[i], rule))
        return FALSE;
      step = 2;
    }
  return rule->n_departures > 0;
}

static gboolean
parse_transit (const char *text, Transit *transit)
{
  g_autofree char *number = NULL;

  if (!take_area (&text, &transit->area))
    return FALSE;
  number = g_strstrip (g_strdup (text));
  return g_ascii_string_to_signed (number, 10, 0, MAX_TRANSIT_HOURS, &transit->hours, NULL);
}

/* The parts between semicolons; one empty part when there is no text at all. */
static GStrv
split (const char *text)
{
  return g_strsplit (*text != '\0' ? text : " ", ";", MAX_RULES + 1);
}

static gboolean
parse_rules (PiaoCalendar *self, const char *text, GError **error)
{
  g_auto (GStrv) parts = split (text);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      Rule *rule = g_new0 (Rule, 1);

      g_ptr_array_add (self->rules, rule);
      if (i == MAX_RULES || !parse_rule (g_strstrip (parts[i]), rule))
        return piao_error_set (error, PIAO_ERROR_INVALID, "scheme.calendar",
                               _ ("The departures “%s” are not understood. Write for example: "
                                  "May-Oct Tue+Fri 10:00/09:30; Nov-Apr Wed 10:00"),
                               parts[i]);
    }
  return TRUE;
}

static gboolean
parse_transits (PiaoCalendar *self, const char *text, GError **error)
{
  g_auto (GStrv) parts = split (text);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      Transit *transit = g_new0 (Transit, 1);

      g_ptr_array_add (self->transit, transit);
      if (i == MAX_RULES || !parse_transit (g_strstrip (parts[i]), transit))
        return piao_error_set (error, PIAO_ERROR_INVALID, "scheme.transit",
                               _ ("The hours under way “%s” are not understood. Write hours from "
                                  "0 to %d, for example 8."),
                               parts[i], MAX_TRANSIT_HOURS);
    }
  return TRUE;
}

PiaoCalendar *
piao_calendar_parse (const char *calendar, const char *transit, GError **error)
{
  g_autoptr (PiaoCalendar) self = g_new0 (PiaoCalendar, 1);

  g_return_val_if_fail (calendar != NULL && transit != NULL, NULL);
  self->rules = g_ptr_array_new_with_free_func (rule_free);
  self->transit = g_ptr_array_new_with_free_func (transit_free);
  if (strlen (calendar) > PIAO_CALENDAR_MAX_TEXT || strlen (transit) > PIAO_CALENDAR_MAX_TEXT)
    {
      piao_error_set (error, PIAO_ERROR_INVALID, "scheme.calendar",
                      _ ("Departures and hours under way may have at most %d bytes."),
                      PIAO_CALENDAR_MAX_TEXT);
      return NULL;
    }
  if (!parse_rules (self, calendar, error) || !parse_transits (self, transit, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* --- asking -------------------------------------------------------------------------------- */

static gboolean
has_area (const PiaoCalendar *self, const char *area)
{
  for (guint i = 0; i < self->rules->len; i++)
    if (area != NULL && g_strcmp0 (((Rule *)self->rules->pdata[i])->area, area) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
runs_on (const Rule *rule, gint64 day)
{
  GDate date;
  guint month;
  gboolean season;

  g_date_clear (&date, 1);
  g_date_set_julian (&date, (guint32)(day + 719163));
  month = (guint)g_date_get_month (&date);
  if (rule->first_month <= rule->last_month)
    season = month >= rule->first_month && month <= rule->last_month;
  else
    season = month >= rule->first_month || month <= rule->last_month;
  if (!season || (rule->weekdays & 1u << g_date_get_weekday (&date)) == 0)
    return FALSE;
  return rule->every == 0 || ((day - rule->anchor) % rule->every + rule->every) % rule->every == 0;
}

/* The first departure whose @field minute is not before local minute @from; in UTC ms, or 0. */
static gint64
search (const PiaoCalendar *self, const char *area, gint64 from, gboolean by_cutoff)
{
  g_autofree char *only = has_area (self, area) ? g_strdup (area) : NULL;
  gint64 first_day = from / DAY_MINUTES;

  for (gint64 day = first_day; day < first_day + SEARCH_DAYS; day++)
    {
      gint64 best = 0;

      for (guint i = 0; i < self->rules->len; i++)
        {
          const Rule *rule = self->rules->pdata[i];

          if (g_strcmp0 (rule->area, only) != 0 || !runs_on (rule, day))
            continue;
          for (guint k = 0; k < rule->n_departures; k++)
            {
              gint64 last = day * DAY_MINUTES + (by_cutoff ? rule->closes[k] : rule->leaves[k]);
              gint64 at = day * DAY_MINUTES + rule->leaves[k];

              if (last >= from && (best == 0 || at < best))
                best = at;
            }
        }
      if (best != 0)
        return best * PIAO_MINUTE - SHANGHAI_MS;
    }
  return 0;
}

gint64
piao_calendar_next (const PiaoCalendar *self, const char *area, gint64 submitted_at)
{
  g_return_val_if_fail (self != NULL && submitted_at >= 0, 0);
  return search (self, area, (submitted_at + SHANGHAI_MS) / PIAO_MINUTE, TRUE);
}

gint64
piao_calendar_next_ready (const PiaoCalendar *self, const char *area, gint64 at)
{
  g_return_val_if_fail (self != NULL && at >= 0, 0);
  return search (self, area, (at + SHANGHAI_MS + PIAO_MINUTE - 1) / PIAO_MINUTE, FALSE);
}

gint64
piao_calendar_get_transit_hours (const PiaoCalendar *self, const char *area)
{
  gint64 hours = 0;

  g_return_val_if_fail (self != NULL, 0);
  for (guint i = 0; i < self->transit->len; i++)
    {
      const Transit *transit = self->transit->pdata[i];

      if (transit->area == NULL)
        hours = transit->hours;
      else if (g_strcmp0 (transit->area, area) == 0)
        return transit->hours;
    }
  return hours;
}

void
piao_calendar_predict (const PiaoCalendar *self,
                       const char *area,
                       gint64 submitted_at,
                       gint64 due_at,
                       PiaoPrediction *prediction)
{
  g_return_if_fail (self != NULL && prediction != NULL);
  memset (prediction, 0, sizeof *prediction);
  prediction->departure_at = piao_calendar_next (self, area, submitted_at);
  prediction->breach = TRUE;
  if (prediction->departure_at == 0)
    return;
  prediction->predicted_at
      = prediction->departure_at + piao_calendar_get_transit_hours (self, area) * PIAO_HOUR;
  prediction->slack_ms = due_at - prediction->predicted_at;
  prediction->breach = prediction->slack_ms < 0;
}
