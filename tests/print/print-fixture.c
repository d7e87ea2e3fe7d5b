/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib/gstdio.h>

#include <gio/gio.h>

#include "print-fixture.h"
#include "store/piao-schema.h"

PiaoLabelData *
fixture_data (void)
{
  static const char *const fields[][2] = {
    { "method", "专线车" },
    { "departure", "周五 13:00" },
    { "due", "05-21 18:00" },
    { "town", "霍尔果斯市" },
    { "address", "伊犁哈萨克自治州霍尔果斯市清水河镇解放西路128号" },
    { "parcel_no", "1" },
    { "parcel_total", "2" },
    { "packs", "15" },
    { "amount", "12,500.00" },
    { "outlet_name", "霍尔果斯清水河解放路体彩店" },
    { "outlet_no", "6540230017" },
    { "owner", "阿卜杜拉·买买提" },
    { "phone", "138****5678" },
    { "order_no", FIXTURE_ORDER_NO },
    { "warehouse", "伊犁分库" },
    { "confirm_no", "20260521009987" },
    { "shelf", "H-03" },
    { "sealed_at", "05-20 17:42" },
    { "clerk", "古丽" },
  };
  PiaoLabelData *data = piao_label_data_new ();

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    piao_label_data_set (data, fields[i][0], fields[i][1]);
  piao_label_data_set_copy (data, 1);
  return data;
}

PiaoLabelLayout *
fixture_layout (const char *name, const PiaoLabelData *data, double dots_per_mm)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoLabelTemplate) label_template = piao_label_template_load (name, &error);
  PiaoLabelLayout *layout;

  g_assert_no_error (error);
  layout = piao_label_layout_new (label_template, data, dots_per_mm, &error);
  g_assert_no_error (error);
  return layout;
}

PiaoDb *
fixture_db (const char *path)
{
  g_autoptr (GError) error = NULL;
  PiaoDb *db = piao_db_open (path, PIAO_DB_READ_WRITE, &error);

  g_assert_no_error (error);
  piao_schema_migrate (db, PIAO_SCHEMA_REPLICA, &error);
  g_assert_no_error (error);
  return db;
}

PiaoPrinter *
fixture_printer (const char *name, const char *address, const char *language)
{
  g_autofree char *text
      = g_strdup_printf ("{\"name\":\"%s\",\"address\":\"%s\",\"language\":\"%s\"}", name, address,
                         language);
  g_autoptr (GError) error = NULL;
  PiaoPrinter *printer = piao_printer_parse (text, &error);

  g_assert_no_error (error);
  return printer;
}

char *
fixture_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("piaoku-print-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

void
fixture_remove (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        fixture_remove (path);
      else
        g_unlink (path);
    }
  g_rmdir (folder);
}

char *
fixture_run (const char *program, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  char *output = NULL;
  const char *argument;
  va_list arguments;

  g_ptr_array_add (argv, (gpointer)program);
  va_start (arguments, program);
  while ((argument = va_arg (arguments, const char *)) != NULL)
    g_ptr_array_add (argv, (gpointer)argument);
  va_end (arguments);
  g_ptr_array_add (argv, NULL);
  process = g_subprocess_newv ((const char *const *)argv->pdata,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                               &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
  return output;
}

void
fixture_assert_codes (const char *path, const char *text)
{
  g_autofree char *output = fixture_run ("zbarimg", "-q", path, NULL);
  g_autofree char *bars = g_strdup_printf ("CODE-128:%s\n", text);
  g_autofree char *qr = g_strdup_printf ("QR-Code:%s\n", text);

  g_assert_nonnull (strstr (output, bars));
  g_assert_nonnull (strstr (output, qr));
  g_assert_cmpuint (strlen (output), ==, strlen (bars) + strlen (qr));
}

void
fixture_write_pbm (const PiaoRaster *raster, const char *path)
{
  g_autoptr (GString) picture = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_string_append_printf (picture, "P4\n%u %u\n", raster->width, raster->height);
  g_string_append_len (picture, (const char *)raster->bits,
                       (gssize)((gsize)raster->stride * raster->height));
  g_file_set_contents (path, picture->str, (gssize)picture->len, &error);
  g_assert_no_error (error);
}
