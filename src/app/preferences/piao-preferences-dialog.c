/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/preferences/piao-preferences-dialog.h"
#include "app/shell/piao-help.h"
#include "base/piao-error.h"
#include "print/piao-printer.h"
#include "sync/piao-trust.h"

struct _PiaoPreferencesDialog
{
  AdwPreferencesDialog parent_instance;

  PiaoSession *session;
  PiaoScanReader *reader;
  GArray *samples; /* PiaoScanSample, while learning; NULL otherwise */
  gboolean filling;

  AdwEntryRow *server;
  AdwEntryRow *authority;
  AdwSwitchRow *sounds;
  AdwComboRow *way;
  AdwEntryRow *address;
  AdwComboRow *language;
  AdwComboRow *dpi;
  AdwPreferencesGroup *calibration;
  AdwSpinRow *offset_x;
  AdwSpinRow *offset_y;
  AdwActionRow *learning;
  GtkLevelBar *progress;
  GtkButton *learn_button;
  AdwSpinRow *min_chars;
  AdwSpinRow *mean_gap;
  AdwSpinRow *max_gap;
  AdwSpinRow *silence;
};

G_DEFINE_FINAL_TYPE (PiaoPreferencesDialog, piao_preferences_dialog, ADW_TYPE_PREFERENCES_DIALOG)

static GSettings *
get_settings (PiaoPreferencesDialog *self)
{
  return piao_session_get_settings (self->session);
}

static void
say (PiaoPreferencesDialog *self, const char *text)
{
  AdwToast *toast = adw_toast_new (text);

  adw_toast_set_use_markup (toast, FALSE);
  adw_preferences_dialog_add_toast (ADW_PREFERENCES_DIALOG (self), toast);
}

/* --- server ---------------------------------------------------------------------------------- */

static void
on_server (PiaoPreferencesDialog *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->server));
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);

  /* In the clear only to this machine, for practice. (SEC-04) */
  if (*text != '\0'
      && (uri == NULL || g_uri_get_host (uri) == NULL
          || (!g_str_equal (g_uri_get_scheme (uri), "https")
              && !(g_str_equal (g_uri_get_scheme (uri), "http")
                   && g_str_has_prefix (g_uri_get_host (uri), "127.")))))
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->server), "error");
      say (self, _ ("That is no address of a server. It looks like https://piaoku.example.org."));
      return;
    }
  gtk_widget_remove_css_class (GTK_WIDGET (self->server), "error");
  g_settings_set_string (get_settings (self), "server-url", text);
}

static void
on_authority (PiaoPreferencesDialog *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->authority));
  g_autoptr (GError) error = NULL;

  if (!piao_trust_check (text, &error))
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->authority), "error");
      say (self, error->message);
      return;
    }
  gtk_widget_remove_css_class (GTK_WIDGET (self->authority), "error");
  g_settings_set_string (get_settings (self), "server-authority", text);
}

static void
on_authority_chosen (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PiaoPreferencesDialog) self = data;
  g_autoptr (GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (source), result, NULL);
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (path == NULL || self->session == NULL)
    return;
  gtk_editable_set_text (GTK_EDITABLE (self->authority), path);
  on_authority (self);
}

static void
choose_authority_action (GtkWidget *widget, const char *name, GVariant *target)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, _ ("Certificates of the Office's Authority"));
  gtk_file_dialog_open (dialog, GTK_WINDOW (gtk_widget_get_root (widget)), NULL,
                        on_authority_chosen, g_object_ref (widget));
}

/* --- printer --------------------------------------------------------------------------------- */

static const char *const prefixes[] = { "", "socket://", "cups:", "device:" };

static void
show_printer_rows (PiaoPreferencesDialog *self)
{
  guint way = adw_combo_row_get_selected (self->way);
  static const char *const titles[]
      = { "", N_ ("Host name or IP address"), N_ ("Name of the queue"), N_ ("Path of the device") };

  gtk_widget_set_visible (GTK_WIDGET (self->address), way > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->language), way > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->dpi), way > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->calibration), way > 0);
  if (way > 0 && way < G_N_ELEMENTS (titles))
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->address), _ (titles[way]));
}

static void
show_printer (PiaoPreferencesDialog *self)
{
  g_autofree char *text = g_settings_get_string (get_settings (self), "label-printer");
  g_autoptr (PiaoPrinter) printer = *text != '\0' ? piao_printer_parse (text, NULL) : NULL;

  self->filling = TRUE;
  for (guint i = 1; printer != NULL && i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (printer->address, prefixes[i]))
      {
        adw_combo_row_set_selected (self->way, i);
        gtk_editable_set_text (GTK_EDITABLE (self->address),
                               printer->address + strlen (prefixes[i]));
        adw_combo_row_set_selected (self->language, printer->language == PIAO_PRINTER_TSPL ? 1 : 0);
        adw_combo_row_set_selected (self->dpi, printer->dpi == 300 ? 1 : 0);
        adw_spin_row_set_value (self->offset_x, printer->offset_x);
        adw_spin_row_set_value (self->offset_y, printer->offset_y);
      }
  show_printer_rows (self);
  self->filling = FALSE;
}

static void
on_printer (PiaoPreferencesDialog *self)
{
  guint way = adw_combo_row_get_selected (self->way);
  const char *typed = gtk_editable_get_text (GTK_EDITABLE (self->address));
  g_autofree char *address = NULL;
  g_autofree char *text = NULL;
  g_autoptr (PiaoPrinter) checked = NULL;
  g_autoptr (GError) error = NULL;
  PiaoPrinter printer = { 0 };

  if (self->filling || self->session == NULL || way >= G_N_ELEMENTS (prefixes))
    return;
  show_printer_rows (self);
  if (way == 0)
    {
      g_settings_reset (get_settings (self), "label-printer");
      return;
    }
  if (*typed == '\0')
    return; /* the address is still to be typed */
  address = g_strconcat (prefixes[way], typed, NULL);
  printer.name = (char *)_ ("Label printer");
  printer.address = address;
  printer.language
      = adw_combo_row_get_selected (self->language) == 1 ? PIAO_PRINTER_TSPL : PIAO_PRINTER_ZPL;
  printer.dpi = adw_combo_row_get_selected (self->dpi) == 1 ? 300 : 203;
  printer.offset_x = (int)adw_spin_row_get_value (self->offset_x);
  printer.offset_y = (int)adw_spin_row_get_value (self->offset_y);
  text = piao_printer_to_text (&printer);
  checked = piao_printer_parse (text, &error);
  if (checked == NULL)
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->address), "error");
      say (self, error->message);
      return;
    }
  gtk_widget_remove_css_class (GTK_WIDGET (self->address), "error");
  g_settings_set_string (get_settings (self), "label-printer", text);
}

/* --- scanner --------------------------------------------------------------------------------- */

static void
show_learning (PiaoPreferencesDialog *self, const char *text)
{
  guint n = self->samples != NULL ? self->samples->len : 0;

  adw_action_row_set_subtitle (self->learning, text);
  gtk_level_bar_set_value (self->progress, n);
  gtk_button_set_label (self->learn_button, self->samples != NULL ? _ ("Stop") : _ ("Begin"));
}

static void
finish_learning (PiaoPreferencesDialog *self)
{
  GSettings *settings = get_settings (self);
  PiaoScanThresholds learned;
  g_autofree char *text = NULL;

  if (!piao_scan_thresholds_learn ((const PiaoScanSample *)(gpointer)self->samples->data,
                                   self->samples->len, &learned))
    {
      g_clear_pointer (&self->samples, g_array_unref);
      show_learning (self, _ ("Too slow for a scanner: nothing was changed. Scan, do not type."));
      return;
    }
  g_clear_pointer (&self->samples, g_array_unref);
  g_settings_set_uint (settings, "scan-mean-gap", MAX (learned.mean_gap / 1000, 5));
  g_settings_set_uint (settings, "scan-max-gap", CLAMP (learned.max_gap / 1000, 10, 200));
  g_settings_set_uint (settings, "scan-silence", CLAMP (learned.silence / 1000, 40, 500));
  text = g_strdup_printf (_ ("Learned: %u ms between characters, silence of %u ms"),
                          learned.mean_gap / 1000, learned.silence / 1000);
  show_learning (self, text);
}

static void
learn_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoPreferencesDialog *self = PIAO_PREFERENCES_DIALOG (widget);

  if (self->samples != NULL)
    {
      g_clear_pointer (&self->samples, g_array_unref);
      show_learning (self, _ ("Stopped; nothing was changed."));
      return;
    }
  self->samples = g_array_new (FALSE, FALSE, sizeof (PiaoScanSample));
  show_learning (self, _ ("Scan a code now."));
}

gboolean
piao_preferences_dialog_scan (PiaoPreferencesDialog *self)
{
  PiaoScanSample sample;
  g_autofree char *text = NULL;

  g_return_val_if_fail (PIAO_IS_PREFERENCES_DIALOG (self), FALSE);
  if (self->samples == NULL)
    return FALSE;
  piao_scan_reader_get_sample (self->reader, &sample);
  g_array_append_val (self->samples, sample);
  if (self->samples->len >= PIAO_PREFERENCES_SCANS)
    {
      finish_learning (self);
      return TRUE;
    }
  text = g_strdup_printf (_ ("%u of %d: %u characters, %u ms apart"), self->samples->len,
                          PIAO_PREFERENCES_SCANS, sample.chars, sample.mean_gap / 1000);
  show_learning (self, text);
  return TRUE;
}

/* --- object ---------------------------------------------------------------------------------- */

static void
piao_preferences_dialog_dispose (GObject *object)
{
  PiaoPreferencesDialog *self = PIAO_PREFERENCES_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), PIAO_TYPE_PREFERENCES_DIALOG);
  g_clear_pointer (&self->samples, g_array_unref);
  g_clear_object (&self->reader);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (piao_preferences_dialog_parent_class)->dispose (object);
}

static void
piao_preferences_dialog_class_init (PiaoPreferencesDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = piao_preferences_dialog_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/piaoku/Piaoku/ui/preferences/piao-preferences-dialog.ui");
#define BIND(child)                                                                                \
  gtk_widget_class_bind_template_child (widget_class, PiaoPreferencesDialog, child)
  BIND (server);
  BIND (authority);
  BIND (sounds);
  BIND (way);
  BIND (address);
  BIND (language);
  BIND (dpi);
  BIND (calibration);
  BIND (offset_x);
  BIND (offset_y);
  BIND (learning);
  BIND (progress);
  BIND (learn_button);
  BIND (min_chars);
  BIND (mean_gap);
  BIND (max_gap);
  BIND (silence);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_server);
  gtk_widget_class_bind_template_callback (widget_class, on_authority);
  gtk_widget_class_bind_template_callback (widget_class, on_printer);
  gtk_widget_class_install_action (widget_class, "preferences.learn", NULL, learn_action);
  gtk_widget_class_install_action (widget_class, "preferences.choose-authority", NULL,
                                   choose_authority_action);
}

static void
piao_preferences_dialog_init (PiaoPreferencesDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  piao_help_set_page (GTK_WIDGET (self), "scanning");
}

static void
bind (PiaoPreferencesDialog *self, const char *key, gpointer row)
{
  g_settings_bind (get_settings (self), key, row, "value", G_SETTINGS_BIND_DEFAULT);
}

PiaoPreferencesDialog *
piao_preferences_dialog_new (PiaoSession *session, PiaoScanReader *reader)
{
  PiaoPreferencesDialog *self = g_object_new (PIAO_TYPE_PREFERENCES_DIALOG, NULL);
  GSettings *settings = piao_session_get_settings (session);
  g_autofree char *url = g_settings_get_string (settings, "server-url");
  g_autofree char *authority = g_settings_get_string (settings, "server-authority");

  self->session = g_object_ref (session);
  self->reader = g_object_ref (reader);
  gtk_editable_set_text (GTK_EDITABLE (self->server), url);
  gtk_editable_set_text (GTK_EDITABLE (self->authority), authority);
  g_settings_bind (settings, "sounds", self->sounds, "active", G_SETTINGS_BIND_DEFAULT);
  bind (self, "scan-min-chars", self->min_chars);
  bind (self, "scan-mean-gap", self->mean_gap);
  bind (self, "scan-max-gap", self->max_gap);
  bind (self, "scan-silence", self->silence);
  show_printer (self);
  return self;
}
