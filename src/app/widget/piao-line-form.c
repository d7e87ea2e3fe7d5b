/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DESIGN: most of what a line costs is to find the glyphs of its texts. Places, people, sources and
 * sums come again and again, and all of it when one scrolls back: texts are kept as they were
 * drawn. Two generations of them, so that what comes again outlives what came once.
 *
 * A list that is flung shows a screen of other texts in every picture, none of which anybody can
 * read, and would make each picture late with them. So while pictures follow each other at once
 * with other rows in each of them, new texts get a part of the time that a picture has, and what is
 * left is drawn in the next ones, with the marks of its line. After a rest pictures are whole: a
 * page further, a list that is opened and what a search has found are seen at once. */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/widget/piao-line-form.h"

#define MAX_YOUNG 1000 /* texts of a generation: new ones of ten screens */
#define BUDGET 2500    /* µs of a picture for new texts while a list is flung */
#define WHOLE_RUN 3    /* pictures without it: the columns of a list that opens settle */

/* A text as a column has drawn it. Also the key of itself. */
typedef struct
{
  guint column;
  char *text;
  GskRenderNode *node; /* NULL for blanks */
} Drawn;

static guint
drawn_hash (gconstpointer data)
{
  const Drawn *self = data;

  return g_str_hash (self->text) * 31 + self->column;
}

static gboolean
drawn_equal (gconstpointer a, gconstpointer b)
{
  const Drawn *left = a, *right = b;

  return left->column == right->column && g_str_equal (left->text, right->text);
}

static void
drawn_free (gpointer data)
{
  Drawn *self = data;

  g_free (self->text);
  g_clear_pointer (&self->node, gsk_render_node_unref);
  g_free (self);
}

static GHashTable *
make_generation (void)
{
  return g_hash_table_new_full (drawn_hash, drawn_equal, drawn_free, NULL);
}

PiaoLineForm *
piao_line_form_new (const PiaoTableColumn *columns, guint n_columns, gpointer data)
{
  PiaoLineForm *self = g_rc_box_new0 (PiaoLineForm);

  self->data = data;
  self->drawn = make_generation ();
  self->older = make_generation ();
  self->columns = g_array_sized_new (FALSE, TRUE, sizeof (PiaoLineColumn), n_columns);
  for (guint i = 0; i < n_columns; i++)
    {
      PiaoLineColumn column = { &columns[i], _ (columns[i].title), FALSE, 0, 0 };

      g_array_append_val (self->columns, column);
    }
  return self;
}

PiaoLineForm *
piao_line_form_ref (PiaoLineForm *self)
{
  return g_rc_box_acquire (self);
}

static void
form_clear (gpointer data)
{
  PiaoLineForm *self = data;

  g_array_unref (self->columns);
  g_hash_table_unref (self->drawn);
  g_hash_table_unref (self->older);
  g_clear_object (&self->layout);
}

void
piao_line_form_unref (PiaoLineForm *self)
{
  g_rc_box_release_full (self, form_clear);
}

void
piao_line_form_forget (PiaoLineForm *self)
{
  g_hash_table_remove_all (self->drawn);
  g_hash_table_remove_all (self->older);
}

/* --- texts ------------------------------------------------------------------------------------ */

static PangoAttrList *
get_attributes (gboolean strong)
{
  static PangoAttrList *kept[2];

  if (kept[strong] == NULL)
    {
      kept[strong] = pango_attr_list_new ();
      pango_attr_list_insert (kept[strong], pango_attr_font_features_new ("tnum=1"));
      if (strong)
        pango_attr_list_insert (kept[strong], pango_attr_weight_new (PANGO_WEIGHT_SEMIBOLD));
    }
  return kept[strong];
}

/* Sets @text as column @i shows it; the layout is the form's. */
static PangoLayout *
lay_out (PiaoLineForm *self, guint i, const char *text)
{
  const PiaoLineColumn *column = &g_array_index (self->columns, PiaoLineColumn, i);
  guint flags = column->declared->flags;

  pango_layout_set_attributes (self->layout, get_attributes ((flags & PIAO_TABLE_STRONG) != 0));
  pango_layout_set_alignment (self->layout,
                              flags & PIAO_TABLE_NUMERIC ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
  pango_layout_set_width (self->layout, column->width * PANGO_SCALE);
  pango_layout_set_text (self->layout, text, -1);
  return self->layout;
}

gboolean
piao_line_form_cuts (PiaoLineForm *self, guint i, const char *text)
{
  return pango_layout_is_ellipsized (lay_out (self, i, text));
}

/* What column @i shows of @text, where it stands in a line. NULL for blanks. Transfer full. */
static GskRenderNode *
make_node (PiaoLineForm *self, guint i, const char *text)
{
  PangoLayout *layout = lay_out (self, i, text);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  float x = (float)g_array_index (self->columns, PiaoLineColumn, i).x;
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (x, floorf ((float)(self->height - height) / 2)));
  gtk_snapshot_append_layout (snapshot, layout, &self->color);
  return gtk_snapshot_free_to_node (snapshot);
}

/* --- kept ------------------------------------------------------------------------------------- */

static void
keep (PiaoLineForm *self, Drawn *drawn)
{
  if (g_hash_table_size (self->drawn) >= MAX_YOUNG)
    {
      g_hash_table_unref (self->older);
      self->older = self->drawn;
      self->drawn = make_generation ();
    }
  g_hash_table_add (self->drawn, drawn);
}

/* Borrowed; NULL when it is new. */
static Drawn *
find (PiaoLineForm *self, guint i, const char *text)
{
  Drawn wanted = { i, (char *)text, NULL };
  gpointer drawn = g_hash_table_lookup (self->drawn, &wanted);

  if (drawn == NULL && g_hash_table_steal_extended (self->older, &wanted, &drawn, NULL))
    keep (self, drawn);
  return drawn;
}

/* What was drawn stays right as long as colour, height and fonts are the same. (The places of the
 * columns, too: their table says when they change.) */
static void
check_drawn (PiaoLineForm *self, GtkWidget *line)
{
  guint serial = pango_context_get_serial (pango_layout_get_context (self->layout));
  int height = gtk_widget_get_height (line);
  GdkRGBA color;

  gtk_widget_get_color (line, &color);
  if (height == self->height && serial == self->serial && gdk_rgba_equal (&color, &self->color))
    return;
  piao_line_form_forget (self);
  self->color = color;
  self->height = height;
  self->serial = serial;
}

/* --- pictures --------------------------------------------------------------------------------- */

/* The picture has other rows than the one before, or a new text. */
static void
count_picture (PiaoLineForm *self)
{
  if (self->current == self->picture)
    return;
  self->run = g_get_monotonic_time () - self->ended < PIAO_LINE_REST ? self->run + 1 : 0;
  self->picture = self->current;
  self->spent = 0;
}

void
piao_line_form_begin (PiaoLineForm *self, GtkWidget *line, gboolean other)
{
  check_drawn (self, line);
  self->current = gdk_frame_clock_get_frame_counter (gtk_widget_get_frame_clock (line));
  if (!other)
    return;
  count_picture (self);
  self->ended = g_get_monotonic_time ();
}

/* The picture has a new text: whether there is time for it. */
static gboolean
has_time (PiaoLineForm *self)
{
  count_picture (self);
  return self->run < WHOLE_RUN || self->spent < BUDGET;
}

static Drawn *
draw_new (PiaoLineForm *self, guint i, const char *text)
{
  gint64 began = g_get_monotonic_time ();
  Drawn *drawn = g_new0 (Drawn, 1);

  *drawn = (Drawn){ i, g_strdup (text), make_node (self, i, text) };
  keep (self, drawn);
  self->ended = g_get_monotonic_time ();
  self->spent += self->ended - began;
  return drawn;
}

gboolean
piao_line_form_draw (PiaoLineForm *self, GtkSnapshot *snapshot, guint i, const char *text)
{
  Drawn *drawn = find (self, i, text);

  if (drawn == NULL && !has_time (self))
    return FALSE;
  if (drawn == NULL)
    drawn = draw_new (self, i, text);
  if (drawn->node != NULL)
    gtk_snapshot_append_node (snapshot, drawn->node);
  return TRUE;
}
