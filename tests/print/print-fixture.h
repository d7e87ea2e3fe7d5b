/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "print/piao-label-data.h"
#include "print/piao-label-layout.h"
#include "print/piao-printer.h"
#include "print/piao-raster.h"
#include "store/piao-db.h"

G_BEGIN_DECLS

#define FIXTURE_ORDER_NO "XJ654000260521000123"

/* What an ordinary parcel label says. Transfer full. */
PiaoLabelData *fixture_data (void);

/* The layout of the shipped template @name; fails the test when it cannot be made. */
PiaoLabelLayout *fixture_layout (const char *name, const PiaoLabelData *data, double dots_per_mm);

/* A replica's database at @path (":memory:" for a passing one), brought up to date. */
PiaoDb *fixture_db (const char *path);

PiaoPrinter *fixture_printer (const char *name, const char *address, const char *language);

/* A new folder for the files of one test. Transfer full; fixture_remove() empties and removes. */
char *fixture_folder (void);
void fixture_remove (const char *folder);

/* Runs a program to its end and returns what it printed; fails the test on a bad status. */
char *fixture_run (const char *program, ...) G_GNUC_NULL_TERMINATED;

/* Asserts that the picture @path shows a Code 128 and a QR code of @text and no other code. */
void fixture_assert_codes (const char *path, const char *text);

/* Writes @raster as a PBM picture. */
void fixture_write_pbm (const PiaoRaster *raster, const char *path);

G_END_DECLS
