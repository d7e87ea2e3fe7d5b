/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app/scan/piao-scan-bus.h"

struct _PiaoScanBus
{
  GObject parent_instance;
};

G_DEFINE_FINAL_TYPE (PiaoScanBus, piao_scan_bus, G_TYPE_OBJECT)

enum
{
  SCAN,
  TYPED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
piao_scan_bus_class_init (PiaoScanBusClass *klass)
{
  signals[SCAN] = g_signal_new ("scan", PIAO_TYPE_SCAN_BUS, G_SIGNAL_RUN_LAST, 0,
                                g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 2,
                                G_TYPE_STRING, G_TYPE_BOOLEAN);
  signals[TYPED] = g_signal_new ("typed", PIAO_TYPE_SCAN_BUS, G_SIGNAL_RUN_LAST, 0,
                                 g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 1,
                                 G_TYPE_STRING);
}

static void
piao_scan_bus_init (PiaoScanBus *self)
{
}

PiaoScanBus *
piao_scan_bus_new (void)
{
  return g_object_new (PIAO_TYPE_SCAN_BUS, NULL);
}

gboolean
piao_scan_bus_scan (PiaoScanBus *self, const char *text, gboolean converted)
{
  gboolean handled = FALSE;

  g_return_val_if_fail (PIAO_IS_SCAN_BUS (self), FALSE);
  if (text == NULL || *text == '\0' || strlen (text) > PIAO_SCAN_BUS_MAX_BYTES)
    return FALSE;
  g_signal_emit (self, signals[SCAN], 0, text, converted, &handled);
  return handled;
}

gboolean
piao_scan_bus_typed (PiaoScanBus *self, const char *text)
{
  gboolean handled = FALSE;

  g_return_val_if_fail (PIAO_IS_SCAN_BUS (self), FALSE);
  g_signal_emit (self, signals[TYPED], 0, text, &handled);
  return handled;
}
