/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* Each file of this program adds its tests. */
void add_barcode_tests (void);
void add_delivery_tests (void);
void add_machine_tests (void);
