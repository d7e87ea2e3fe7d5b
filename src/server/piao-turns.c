/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <inttypes.h>

#include "base/piao-error.h"
#include "server/piao-turns.h"

/* Those who see the same lanes. Its news is the newest there is; a turn tells what was the newest
 * when the turn began. */
struct _PiaoTurnsGroup
{
  char *key;          /* owned */
  GPtrArray *members; /* of PiaoTurn, borrowed */
  GArray *lanes;      /* gint64, without 0 */
  gboolean all_lanes;
  gint64 lane, seq;           /* the news */
  gint64 turn_lane, turn_seq; /* what is told in the turn */
  guint at;                   /* of the members: who is next in the turn */
  GList link;                 /* among those who wait */
  gboolean waits;
};

struct _PiaoTurns
{
  GHashTable *groups; /* by their key; owned */
  GQueue waiting;     /* of PiaoTurnsGroup; the turn is the first one's */
};

/* --- groups ---------------------------------------------------------------------------------- */

static void
group_free (gpointer data)
{
  PiaoTurnsGroup *group = data;

  g_ptr_array_unref (group->members);
  g_array_unref (group->lanes);
  g_free (group->key);
  g_free (group);
}

static char *
make_key (const PiaoAccess *access)
{
  guint n;
  const gint64 *lanes = piao_access_get_lanes (access, &n);
  GString *key = g_string_new (piao_access_sees_all (access) ? "all" : NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (key, " %" PRIi64, lanes[i]);
  return g_string_free_and_steal (key);
}

static PiaoTurnsGroup *
get_group (PiaoTurns *self, const PiaoAccess *access)
{
  g_autofree char *key = make_key (access);
  PiaoTurnsGroup *group = g_hash_table_lookup (self->groups, key);
  const gint64 *lanes;
  guint n;

  if (group != NULL)
    return group;
  group = g_new0 (PiaoTurnsGroup, 1);
  lanes = piao_access_get_lanes (access, &n);
  group->key = g_steal_pointer (&key);
  group->members = g_ptr_array_new ();
  group->lanes = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_array_append_vals (group->lanes, lanes, n);
  group->all_lanes = piao_access_sees_all (access);
  group->link.data = group;
  g_hash_table_insert (self->groups, group->key, group);
  return group;
}

static gboolean
sees (const PiaoTurnsGroup *group, gint64 lane)
{
  if (lane == 0 || group->all_lanes)
    return TRUE;
  for (guint i = 0; i < group->lanes->len; i++)
    if (g_array_index (group->lanes, gint64, i) == lane)
      return TRUE;
  return FALSE;
}

static void
begin_turn (PiaoTurnsGroup *group)
{
  group->turn_lane = group->lane;
  group->turn_seq = group->seq;
  group->at = 0;
}

static void
queue_up (PiaoTurns *self, PiaoTurnsGroup *group)
{
  if (group->waits)
    return;
  group->waits = TRUE;
  g_queue_push_tail_link (&self->waiting, &group->link);
  if (self->waiting.head == &group->link)
    begin_turn (group);
}

/* Ends the turn of the first; what has come meanwhile waits for the next. */
static void
end_turn (PiaoTurns *self)
{
  PiaoTurnsGroup *group = g_queue_peek_head (&self->waiting);

  g_queue_unlink (&self->waiting, &group->link);
  group->waits = FALSE;
  if (group->seq > group->turn_seq)
    queue_up (self, group);
  if (!g_queue_is_empty (&self->waiting))
    begin_turn (g_queue_peek_head (&self->waiting));
}

/* --- who listens ----------------------------------------------------------------------------- */

void
piao_turns_join (PiaoTurns *self, PiaoTurn *turn, const PiaoAccess *access)
{
  PiaoTurnsGroup *group = get_group (self, access);
  gboolean waits = piao_turn_is_waiting (turn);
  gint64 seq = waits ? turn->group->seq : 0, lane = waits ? turn->group->lane : 0;

  if (turn->group == group)
    return;
  if (turn->group != NULL)
    piao_turns_leave (self, turn);
  else
    turn->told = group->seq;
  turn->group = group;
  g_ptr_array_add (group->members, turn);
  /* What it was not told of it hears here, and all the others once more. */
  if (waits && group->seq < seq)
    {
      group->seq = seq;
      group->lane = sees (group, lane) ? lane : 0;
    }
  if (piao_turn_is_waiting (turn))
    queue_up (self, group);
}

void
piao_turns_leave (PiaoTurns *self, PiaoTurn *turn)
{
  PiaoTurnsGroup *group = turn->group;
  guint index = 0;

  if (group == NULL)
    return;
  turn->group = NULL;
  PIAO_INVARIANT (g_ptr_array_find (group->members, turn, &index));
  g_ptr_array_remove_index (group->members, index);
  if (index < group->at)
    group->at--;
  if (group->members->len > 0)
    return;
  /* The turn of nobody ends here. */
  if (self->waiting.head == &group->link)
    {
      group->turn_seq = group->seq;
      end_turn (self);
    }
  else if (group->waits)
    g_queue_unlink (&self->waiting, &group->link);
  g_hash_table_remove (self->groups, group->key);
}

/* --- news ------------------------------------------------------------------------------------ */

void
piao_turns_note (PiaoTurns *self, const GArray *lanes, gint64 seq)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->groups);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      PiaoTurnsGroup *group = value;
      gboolean news = FALSE;

      for (guint i = 0; i < lanes->len; i++)
        if (sees (group, g_array_index (lanes, gint64, i)))
          {
            group->lane = g_array_index (lanes, gint64, i);
            news = TRUE;
          }
      if (!news)
        continue;
      group->seq = MAX (group->seq, seq);
      queue_up (self, group);
    }
}

PiaoTurn *
piao_turns_take (PiaoTurns *self, gint64 *lane, gint64 *seq)
{
  PiaoTurnsGroup *group;

  while ((group = g_queue_peek_head (&self->waiting)) != NULL)
    {
      while (group->at < group->members->len)
        {
          PiaoTurn *turn = g_ptr_array_index (group->members, group->at++);

          if (turn->told >= group->turn_seq)
            continue;
          turn->told = *seq = group->turn_seq;
          *lane = group->turn_lane;
          return turn;
        }
      end_turn (self);
    }
  return NULL;
}

gboolean
piao_turns_are_waiting (const PiaoTurns *self)
{
  return self->waiting.length > 0;
}

gboolean
piao_turn_is_waiting (const PiaoTurn *turn)
{
  return turn->group != NULL && turn->told < turn->group->seq;
}

/* --- life ------------------------------------------------------------------------------------ */

PiaoTurns *
piao_turns_new (void)
{
  PiaoTurns *self = g_new0 (PiaoTurns, 1);

  g_queue_init (&self->waiting);
  self->groups = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, group_free);
  return self;
}

void
piao_turns_free (PiaoTurns *self)
{
  PIAO_INVARIANT (g_hash_table_size (self->groups) == 0);
  g_hash_table_unref (self->groups);
  g_free (self);
}
