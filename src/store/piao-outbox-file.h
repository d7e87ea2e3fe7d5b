/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-replica.h"

G_BEGIN_DECLS

/*
 * Commands of an outbox in a file, so that they can be carried by hand when a computer, its disk or
 * its line is gone. UTF-8, one JSON object a line, each line ended by a line feed:
 *
 *   {"piaoku":"outbox","version":1,"device":7,"computer":"…","count":2,"made_at":…,"missing":"…"}
 *   {"dseq":1,"id":"…","name":"order.scan","args":"{…}","at":…,"actor":"…","state":"queued", …}
 *   {"dseq":2, …}
 *   {"sha256":"…"}
 *
 * The first line is the header; "computer" is the SHA-256 of the key by which the centre knows the
 * computer, so that a file of another centre or of a practice workspace is seen; "missing" is a
 * sentence about what could not be read, and is left out when all is there. "args" is the text as
 * it was applied, byte for byte. "decided", "seq", "code", "message" and "note" are left out when
 * there is nothing to say. The last line has the SHA-256 of every byte before it. Entries are in
 * the order of dseq, each once.
 */
#define PIAO_OUTBOX_FILE_MAX_BYTES (64 * 1024 * 1024)
#define PIAO_OUTBOX_FILE_MAX_ENTRIES 100000

typedef struct
{
  guint device;       /* number; 0 when it is not known */
  char *computer;     /* owned; hexadecimal, NULL when it is not known */
  gint64 made_at;     /* ms */
  char *missing;      /* owned; NULL when all is there */
  GPtrArray *entries; /* of PiaoOutboxEntry, owned */
} PiaoOutboxFile;

/* The content of such a file. @key is the secret by which the centre knows the computer: only its
 * SHA-256 is written. @key and @missing may be NULL, @entries are borrowed. Any thread. Transfer
 * full. */
GBytes *piao_outbox_file_write (
    guint device, const char *key, gint64 made_at, const char *missing, GPtrArray *entries);

/* All that waits in the outbox of a replica and has no verdict of the centre, as such a file; @n
 * (optional) is how many. In a read transaction. Transfer full. */
GBytes *piao_outbox_file_export (PiaoDb *db, gint64 made_at, guint *n, GError **error);

/* Whether the file was made on the computer of this replica: CONFLICT "outbox.foreign" otherwise.
 */
gboolean piao_outbox_file_check_own (PiaoDb *db, const PiaoOutboxFile *file, GError **error);

/* Checks the whole content and takes it apart. PIAO_ERROR_CORRUPT "outbox.file" with a sentence
 * that says which line is wrong. Any thread. Transfer full. */
PiaoOutboxFile *piao_outbox_file_read (GBytes *content, GError **error);
void piao_outbox_file_free (PiaoOutboxFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoOutboxFile, piao_outbox_file_free)

/*
 * Puts the entries that are not there yet (by command id) into the outbox under their own dseq, as
 * they stand; undecided ones are applied at the next piao_outbox_rebase() and sent. @added
 * (optional) is how many. PIAO_ERROR_CONFLICT "outbox.dseq" when a number is taken by another
 * command: then nothing of it may be committed. In the caller's transaction on the writer.
 */
gboolean piao_outbox_adopt (PiaoDb *db, GPtrArray *entries, guint *added, GError **error);

G_END_DECLS
