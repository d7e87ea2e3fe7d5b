/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-json.h"
#include "base/piao-text.h"
#include "print/piao-label-data.h"
#include "label-resource.h"
#include "print/piao-label-template.h"

#define RESOURCE_FOLDER "/io/github/piaoku/Piaoku/label"
#define MIN_SIDE 10.0
#define MAX_SIDE 300.0
#define MAX_NAME 48
#define MAX_PATTERN 200

struct _PiaoLabelTemplate
{
  gatomicrefcount ref_count;
  char *name;
  char *title;
  double width, height, gap; /* mm */
  char **required;
  GPtrArray *elements; /* PiaoLabelElement, owned */
};

static void
element_free (PiaoLabelElement *element)
{
  g_free (element->name);
  g_free (element->when);
  g_free (element->text);
  g_free (element);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoLabelElement, element_free)

static const char *const kind_words[] = { "text", "code128", "qr", "frame", "fill", NULL };
static const char *const align_words[] = { "start", "middle", "end", NULL };
static const char *const fit_words[] = { "ellipsize", "shrink", NULL };
static const char *const ground_words[] = { "white", "black", NULL };

/* --- members of an object ------------------------------------------------------------------ */

/* One object being read: who it is, for the sentence, and the first thing wrong with it. */
typedef struct
{
  JsonObject *object;
  const char *who;
  GError **error;
  gboolean failed;
} Reader;

static void
fail (Reader *reader, const char *member, const char *expected)
{
  if (reader->failed)
    return;
  reader->failed = TRUE;
  piao_error_set (reader->error, PIAO_ERROR_INVALID, "label.template",
                  _ ("The label template is wrong at “%s”: “%s” must be %s."), reader->who, member,
                  expected);
}

static double
read_number (Reader *reader, const char *member, double fallback, double min, double max)
{
  JsonNode *node = json_object_get_member (reader->object, member);
  double value = fallback;

  if (node != NULL)
    {
      GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

      value = type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ? json_node_get_double (node) : NAN;
    }
  if (!(value >= min && value <= max))
    {
      g_autofree char *expected = g_strdup_printf (_ ("a number from %g to %g"), min, max);

      fail (reader, member, expected);
      return min;
    }
  return value;
}

static gboolean
read_flag (Reader *reader, const char *member)
{
  JsonNode *node = json_object_get_member (reader->object, member);

  if (node == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    {
      fail (reader, member, _ ("true or false"));
      return FALSE;
    }
  return json_node_get_boolean (node);
}

/* A text of 1 … @max characters; NULL when it is absent and not @needed. Transfer full. */
static char *
read_text (Reader *reader, const char *member, guint max, gboolean needed)
{
  const char *text = piao_json_get_text (reader->object, member, NULL);

  if (!json_object_has_member (reader->object, member) && !needed)
    return NULL;
  if (text == NULL || *text == '\0' || !piao_text_check (text, max, FALSE, member, NULL))
    {
      g_autofree char *expected = g_strdup_printf (_ ("a text of 1 to %u characters"), max);

      fail (reader, member, expected);
      return g_strdup ("");
    }
  return g_strdup (text);
}

/* The place of a word in @words; 0 when the member is absent and not @needed. */
static guint
read_word (Reader *reader, const char *member, const char *const *words, gboolean needed)
{
  const char *text = piao_json_get_text (reader->object, member, NULL);

  if (!json_object_has_member (reader->object, member) && !needed)
    return 0;
  for (guint i = 0; text != NULL && words[i] != NULL; i++)
    if (g_str_equal (text, words[i]))
      return i;
  {
    g_autofree char *list = g_strjoinv (", ", (char **)words);
    g_autofree char *expected = g_strdup_printf (_ ("one of %s"), list);

    fail (reader, member, expected);
  }
  return 0;
}

static double
array_number (JsonArray *array, guint index)
{
  JsonNode *node = json_array_get_element (array, index);
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ? json_node_get_double (node) : NAN;
}

static void
read_box (Reader *reader, const PiaoLabelTemplate *self, PiaoLabelBox *box)
{
  JsonArray *array = piao_json_get_array (reader->object, "box");

  if (array != NULL && json_array_get_length (array) == 4)
    {
      box->x = array_number (array, 0);
      box->y = array_number (array, 1);
      box->width = array_number (array, 2);
      box->height = array_number (array, 3);
      /* Written so that a NaN fails. */
      if (box->x >= 0 && box->y >= 0 && box->width > 0 && box->height > 0
          && box->x + box->width <= self->width + 1e-9
          && box->y + box->height <= self->height + 1e-9)
        return;
    }
  fail (reader, "box", _ ("[x, y, width, height] in millimetres inside the label"));
}

static void
check_members (Reader *reader, const char *const *known)
{
  g_autoptr (GList) members = json_object_get_members (reader->object);

  for (GList *l = members; l != NULL; l = l->next)
    if (!g_strv_contains (known, l->data))
      fail (reader, l->data, _ ("left out: it has no meaning here"));
}

/* --- elements ------------------------------------------------------------------------------ */

static gboolean
has_text (const PiaoLabelElement *element)
{
  return element->kind == PIAO_LABEL_TEXT || element->kind == PIAO_LABEL_CODE128
         || element->kind == PIAO_LABEL_QR;
}

static void
read_when (Reader *reader, PiaoLabelElement *element)
{
  const char *key;

  element->when = read_text (reader, "when", MAX_NAME, FALSE);
  if (element->when == NULL)
    return;
  key = element->when + (*element->when == '!');
  if (!piao_label_key_check (key, strlen (key)))
    fail (reader, "when", _ ("a field name, or “!” and a field name"));
}

static void
read_text_style (Reader *reader, PiaoLabelElement *element)
{
  element->size = read_number (reader, "size", 3.5, 1.5, 40);
  element->min_size = read_number (reader, "min_size", element->size, 1.5, 40);
  element->lines = (guint)read_number (reader, "lines", 1, 1, 20);
  element->bold = read_flag (reader, "bold");
  element->shrink = read_word (reader, "fit", fit_words, FALSE) == 1;
  element->inverse = read_word (reader, "ground", ground_words, FALSE) == 1;
  element->align = read_word (reader, "align", align_words, FALSE);
  element->valign = read_word (reader, "valign", align_words, FALSE);
  if (element->min_size > element->size)
    fail (reader, "min_size", _ ("no larger than “size”"));
  if (element->size > element->box.height)
    fail (reader, "size", _ ("no larger than the height of the box"));
}

static PiaoLabelElement *
read_element (const PiaoLabelTemplate *self, JsonObject *object, guint index, GError **error)
{
  static const char *const known[]
      = { "kind", "name",     "box",   "text",   "size",   "lines",  "bold", "fit",
          "when", "min_size", "align", "valign", "ground", "stroke", NULL };
  g_autoptr (PiaoLabelElement) element = g_new0 (PiaoLabelElement, 1);
  g_autofree char *who = NULL;
  Reader reader = { object, NULL, error, FALSE };

  who = g_strdup_printf ("elements[%u] %.*s", index, MAX_NAME,
                         piao_json_get_text (object, "name", ""));
  reader.who = who;
  check_members (&reader, known);
  element->kind = read_word (&reader, "kind", kind_words, TRUE);
  element->name = read_text (&reader, "name", MAX_NAME, has_text (element));
  read_box (&reader, self, &element->box);
  read_when (&reader, element);
  element->text = read_text (&reader, "text", MAX_PATTERN, has_text (element));
  if (element->text != NULL && !piao_label_pattern_check (element->text))
    fail (&reader, "text", _ ("text with {field} places and [optional] parts"));
  element->stroke = read_number (&reader, "stroke", 0.3, 0.1, 3);
  if (element->kind == PIAO_LABEL_TEXT && !reader.failed)
    read_text_style (&reader, element);
  return reader.failed ? NULL : g_steal_pointer (&element);
}

gboolean
piao_label_box_overlaps (const PiaoLabelBox *a, const PiaoLabelBox *b)
{
  const double slack = 1e-6;

  return a->x + a->width > b->x + slack && b->x + b->width > a->x + slack
         && a->y + a->height > b->y + slack && b->y + b->height > a->y + slack;
}

/* Whether the two are never on the same label: "key" and "!key". */
static gboolean
exclude_each_other (const PiaoLabelElement *a, const PiaoLabelElement *b)
{
  if (a->when == NULL || b->when == NULL)
    return FALSE;
  return (*a->when == '!' && g_str_equal (a->when + 1, b->when))
         || (*b->when == '!' && g_str_equal (b->when + 1, a->when));
}

static gboolean
check_apart (const PiaoLabelElement *a, const PiaoLabelElement *b, GError **error)
{
  if (!has_text (a) || !has_text (b))
    return TRUE;
  if (g_str_equal (a->name, b->name))
    return piao_error_set (error, PIAO_ERROR_INVALID, "label.template",
                           _ ("The label template has two elements named “%s”. Rename one."),
                           a->name);
  if (!piao_label_box_overlaps (&a->box, &b->box) || exclude_each_other (a, b))
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_INVALID, "label.template",
                         _ ("The boxes of “%s” and “%s” overlap in the label template. Move or "
                            "shrink one of them."),
                         a->name, b->name);
}

static gboolean
read_elements (PiaoLabelTemplate *self, JsonObject *object, GError **error)
{
  JsonArray *array = piao_json_get_array (object, "elements");
  guint length = array != NULL ? json_array_get_length (array) : 0;

  if (length == 0 || length > PIAO_LABEL_MAX_ELEMENTS)
    return piao_error_set (error, PIAO_ERROR_INVALID, "label.template",
                           _ ("The label template must have 1 to %u elements."),
                           PIAO_LABEL_MAX_ELEMENTS);
  for (guint i = 0; i < length; i++)
    {
      JsonObject *member = piao_json_array_get_object (array, i);
      PiaoLabelElement *element;

      if (member == NULL)
        return piao_error_set (error, PIAO_ERROR_INVALID, "label.template",
                               _ ("Element %u of the label template is not an object."), i);
      element = read_element (self, member, i, error);
      if (element == NULL)
        return FALSE;
      g_ptr_array_add (self->elements, element);
      for (guint k = 0; k < i; k++)
        if (!check_apart (g_ptr_array_index (self->elements, k), element, error))
          return FALSE;
    }
  return TRUE;
}

static char **
read_required (Reader *reader)
{
  JsonArray *array = piao_json_get_array (reader->object, "required");
  guint length = array != NULL ? json_array_get_length (array) : 0;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < length && !reader->failed; i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      const char *key = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;

      if (key == NULL || !piao_label_key_check (key, strlen (key)))
        fail (reader, "required", _ ("a list of field names"));
      else
        g_strv_builder_add (builder, key);
    }
  return g_strv_builder_end (builder);
}

/* --- the template -------------------------------------------------------------------------- */

PiaoLabelTemplate *
piao_label_template_parse (const char *json, gssize length, GError **error)
{
  static const char *const known[]
      = { "name", "title", "width", "height", "gap", "required", "elements", NULL };
  g_autoptr (PiaoLabelTemplate) self = NULL;
  g_autoptr (JsonObject) object = NULL;
  Reader reader = { NULL, "template", error, FALSE };

  g_return_val_if_fail (json != NULL, NULL);

  object = piao_json_parse_object (json, length, PIAO_LABEL_MAX_TEMPLATE_BYTES,
                                   _ ("The label template"), error);
  if (object == NULL)
    return NULL;
  reader.object = object;
  self = g_new0 (PiaoLabelTemplate, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->elements = g_ptr_array_new_with_free_func ((GDestroyNotify)element_free);
  check_members (&reader, known);
  self->name = read_text (&reader, "name", MAX_NAME, TRUE);
  self->title = read_text (&reader, "title", MAX_NAME, TRUE);
  self->width = read_number (&reader, "width", 0, MIN_SIDE, MAX_SIDE);
  self->height = read_number (&reader, "height", 0, MIN_SIDE, MAX_SIDE);
  self->gap = read_number (&reader, "gap", 2, 0, 20);
  self->required = read_required (&reader);
  if (reader.failed || !read_elements (self, object, error))
    return NULL;
  return g_steal_pointer (&self);
}

PiaoLabelTemplate *
piao_label_template_load (const char *name, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (name != NULL, NULL);

  path = g_strdup_printf (RESOURCE_FOLDER "/%s.json", name);
  bytes = g_resource_lookup_data (piao_label_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE,
                                  NULL);
  if (bytes == NULL)
    {
      piao_error_set (error, PIAO_ERROR_NOT_FOUND, "label.template",
                      _ ("There is no label template “%s”. Choose another one."), name);
      return NULL;
    }
  return piao_label_template_parse (g_bytes_get_data (bytes, NULL),
                                    (gssize)g_bytes_get_size (bytes), error);
}

char **
piao_label_template_list (void)
{
  g_auto (GStrv) files = g_resource_enumerate_children (piao_label_get_resource (), RESOURCE_FOLDER,
                                                        G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; files != NULL && files[i] != NULL; i++)
    if (g_str_has_suffix (files[i], ".json"))
      g_strv_builder_take (names, g_strndup (files[i], strlen (files[i]) - strlen (".json")));
  return g_strv_builder_end (names);
}

PiaoLabelTemplate *
piao_label_template_ref (PiaoLabelTemplate *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
piao_label_template_unref (PiaoLabelTemplate *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->name);
  g_free (self->title);
  g_strfreev (self->required);
  g_ptr_array_unref (self->elements);
  g_free (self);
}

const char *
piao_label_template_get_name (const PiaoLabelTemplate *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->name;
}

const char *
piao_label_template_get_title (const PiaoLabelTemplate *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->title;
}

double
piao_label_template_get_width (const PiaoLabelTemplate *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->width;
}

double
piao_label_template_get_height (const PiaoLabelTemplate *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->height;
}

double
piao_label_template_get_gap (const PiaoLabelTemplate *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->gap;
}

const char *const *
piao_label_template_get_required (const PiaoLabelTemplate *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return (const char *const *)self->required;
}

guint
piao_label_template_get_n_elements (const PiaoLabelTemplate *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->elements->len;
}

const PiaoLabelElement *
piao_label_template_get_element (const PiaoLabelTemplate *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->elements->len, NULL);
  return g_ptr_array_index (self->elements, index);
}
