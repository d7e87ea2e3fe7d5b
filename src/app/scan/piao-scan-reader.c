/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app/scan/piao-scan-keymap.h"
#include "app/scan/piao-scan-reader.h"

struct _PiaoScanReader
{
  GObject parent_instance;

  GtkWidget *window; /* weak */
  GtkEventController *keys;
  PiaoScanBus *bus;
  PiaoScanDetector *detector;
  guint timer;
  gboolean by_keyval; /* this display has no hardware key codes (Broadway) */

  /* The text field that had the focus when the burst began, as it was then. */
  GtkEditable *field; /* weak */
  char *field_text;
  int field_cursor;
};

G_DEFINE_FINAL_TYPE (PiaoScanReader, piao_scan_reader, G_TYPE_OBJECT)

static void
forget_field (PiaoScanReader *self)
{
  g_clear_weak_pointer (&self->field);
  g_clear_pointer (&self->field_text, g_free);
}

static void
remember_field (PiaoScanReader *self, GtkWidget *focus)
{
  forget_field (self);
  if (!GTK_IS_EDITABLE (focus))
    return;
  g_set_weak_pointer (&self->field, GTK_EDITABLE (focus));
  self->field_text = g_strdup (gtk_editable_get_text (self->field));
  self->field_cursor = gtk_editable_get_position (self->field);
}

static void
on_scan (const char *text, gboolean converted, gboolean in_field, gpointer data)
{
  PiaoScanReader *self = data;

  if (in_field && self->field != NULL)
    {
      gtk_editable_set_text (self->field, self->field_text);
      gtk_editable_set_position (self->field, self->field_cursor);
    }
  forget_field (self);
  piao_scan_bus_scan (self->bus, text, converted);
}

static void
on_typed (const char *text, gpointer data)
{
  PiaoScanReader *self = data;

  if (!piao_scan_bus_typed (self->bus, text) && self->window != NULL)
    gtk_widget_error_bell (self->window);
}

static const PiaoScanHandlers handlers = { on_scan, on_typed };

static gboolean
takes_text (GtkWidget *focus)
{
  return focus != NULL
         && ((GTK_IS_EDITABLE (focus) && gtk_editable_get_editable (GTK_EDITABLE (focus)))
             || (GTK_IS_TEXT_VIEW (focus) && gtk_text_view_get_editable (GTK_TEXT_VIEW (focus))));
}

static gboolean
on_silence (gpointer data)
{
  PiaoScanReader *self = data;

  self->timer = 0;
  piao_scan_detector_tick (self->detector, G_MAXINT64);
  return G_SOURCE_REMOVE;
}

/* The timer is less urgent than key events, so that a burst which piled up while the main loop was
 * busy is read to its end before silence is believed. */
static void
arm (PiaoScanReader *self)
{
  guint wait;

  g_clear_handle_id (&self->timer, g_source_remove);
  if (!piao_scan_detector_is_pending (self->detector))
    return;
  wait = piao_scan_detector_get_silence (self->detector) / 1000;
  self->timer = g_timeout_add_full (G_PRIORITY_LOW, wait, on_silence, self, NULL);
}

static gunichar
char_of (PiaoScanReader *self, guint keyval, guint keycode, GdkModifierType state)
{
  gunichar c = 0;

  if (!self->by_keyval && keycode >= PIAO_SCAN_KEYCODE_OFFSET)
    c = (gunichar)piao_scan_keymap_lookup (keycode - PIAO_SCAN_KEYCODE_OFFSET,
                                           (state & GDK_SHIFT_MASK) != 0);
  if (c == 0)
    c = gdk_keyval_to_unicode (keyval);
  return g_unichar_isprint (c) ? c : 0;
}

static gboolean
is_modifier (guint keyval)
{
  return (keyval >= GDK_KEY_Shift_L && keyval <= GDK_KEY_Hyper_R) || keyval == GDK_KEY_Num_Lock
         || keyval == GDK_KEY_ISO_Level3_Shift || keyval == GDK_KEY_ISO_Next_Group;
}

static gboolean
is_terminator (guint keyval)
{
  return keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter || keyval == GDK_KEY_Tab
         || keyval == GDK_KEY_ISO_Enter;
}

static gboolean
press (PiaoScanReader *self, guint keyval, guint keycode, GdkModifierType state, gint64 time)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self->window));
  gboolean in_field = takes_text (focus);
  gboolean pending = piao_scan_detector_is_pending (self->detector);
  gunichar c;

  if (is_modifier (keyval))
    return FALSE;
  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK))
    {
      piao_scan_detector_interrupt (self->detector);
      return FALSE;
    }
  if (is_terminator (keyval))
    return piao_scan_detector_terminate (self->detector, time);
  c = char_of (self, keyval, keycode, state);
  /* A space on its own selects or activates what has the focus. */
  if (c == 0 || (c == ' ' && !pending))
    {
      piao_scan_detector_interrupt (self->detector);
      return FALSE;
    }
  if (!pending && in_field)
    remember_field (self, focus);
  return piao_scan_detector_press (self->detector, keycode, c, time, in_field);
}

static gboolean
on_key_pressed (PiaoScanReader *self,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                GtkEventControllerKey *controller)
{
  GtkEventController *base = GTK_EVENT_CONTROLLER (controller);
  gint64 time = (gint64)gtk_event_controller_get_current_event_time (base) * 1000;
  gboolean keep = press (self, keyval, keycode, state, time);

  arm (self);
  return keep;
}

static void
on_key_released (PiaoScanReader *self, guint keyval, guint keycode)
{
  piao_scan_detector_release (self->detector, keycode);
}

static void
piao_scan_reader_dispose (GObject *object)
{
  PiaoScanReader *self = PIAO_SCAN_READER (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->keys != NULL)
    g_signal_handlers_disconnect_by_data (self->keys, self);
  if (self->window != NULL && self->keys != NULL)
    gtk_widget_remove_controller (self->window, self->keys);
  g_clear_object (&self->keys);
  g_clear_weak_pointer (&self->window);
  forget_field (self);
  g_clear_object (&self->bus);
  G_OBJECT_CLASS (piao_scan_reader_parent_class)->dispose (object);
}

static void
piao_scan_reader_finalize (GObject *object)
{
  PiaoScanReader *self = PIAO_SCAN_READER (object);

  g_clear_pointer (&self->detector, piao_scan_detector_free);
  G_OBJECT_CLASS (piao_scan_reader_parent_class)->finalize (object);
}

static void
piao_scan_reader_class_init (PiaoScanReaderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = piao_scan_reader_dispose;
  object_class->finalize = piao_scan_reader_finalize;
}

static void
piao_scan_reader_init (PiaoScanReader *self)
{
  self->detector = piao_scan_detector_new (&piao_scan_thresholds_default, &handlers, self);
}

PiaoScanReader *
piao_scan_reader_new (GtkWidget *window, PiaoScanBus *bus)
{
  PiaoScanReader *self = g_object_new (PIAO_TYPE_SCAN_READER, NULL);
  const char *display = G_OBJECT_TYPE_NAME (gtk_widget_get_display (window));

  g_set_weak_pointer (&self->window, window);
  self->bus = g_object_ref (bus);
  self->by_keyval = g_str_has_prefix (display, "GdkBroadway");
  self->keys = g_object_ref (gtk_event_controller_key_new ());
  gtk_event_controller_set_propagation_phase (self->keys, GTK_PHASE_CAPTURE);
  gtk_event_controller_set_name (self->keys, "scan-reader");
  g_signal_connect_swapped (self->keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  g_signal_connect_swapped (self->keys, "key-released", G_CALLBACK (on_key_released), self);
  gtk_widget_add_controller (window, self->keys);
  return self;
}

void
piao_scan_reader_set_thresholds (PiaoScanReader *self, const PiaoScanThresholds *thresholds)
{
  piao_scan_detector_set_thresholds (self->detector, thresholds);
}

void
piao_scan_reader_get_sample (PiaoScanReader *self, PiaoScanSample *sample)
{
  piao_scan_detector_get_sample (self->detector, sample);
}
