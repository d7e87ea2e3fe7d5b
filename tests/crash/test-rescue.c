/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The rescue of a damaged replica, cut off in each of its calls that write, its moves of files
 * among them; and what the disk keeps of it is one of eight. At every moment the whole outbox can
 * be read from one of the files, and the next start finishes: the outbox and the identity of the
 * computer are in the new file, the damaged one is set aside as it was. That start is cut off, too.
 * The same with calls that fail and with a disk that is full.
 */

#include "config.h"

#include <string.h>

#include "store/piao-file.h"
#include "store/piao-outbox-file.h"
#include "store/piao-replica-file.h"
#include "store/piao-rescue.h"
#include "store/piao-salvage.h"
#include "tests/crash/crash-course.h"
#include "tests/crash/crash-journeys.h"

/* Sanitizers are five times slower. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STRIDE 7
#else
#define STRIDE 1
#endif

/* What the samples leave out in between. */
#define SAMPLE_STRIDE 23

/* Of the crashes, those after which the second start is cut off too, in one of so many calls. */
#define AGAIN_OF 43
#define AGAIN_STRIDE 67

#define FILE_NAME "replica.db"
#define PAGE 4096

typedef struct
{
  const char *name;
  gboolean in_log; /* the newest commands are in the log alone */
  gboolean noted;  /* the file looks right, but was found to be damaged while the program ran */
} Case;

static const Case cases[] = {
  { "file", FALSE, FALSE },
  { "noted", FALSE, TRUE },
  { "log", TRUE, TRUE },
};

typedef struct
{
  const Case *is;
  CrashWorld *world;
  PiaoShimDisk *base, *crashed, *cut; /* moments of the desktop's disk */
  char *path;
  char *outbox;    /* what must survive */
  guint64 damaged; /* hash of the file that is set aside */
  GHashTable *seen;
  guint points, crashes, again, disks;
} Rescue;

/* --- looking --------------------------------------------------------------------------------- */

static int
compare_dseq (gconstpointer a, gconstpointer b)
{
  const PiaoOutboxEntry *left = *(gpointer *)a, *right = *(gpointer *)b;

  return left->dseq < right->dseq ? -1 : left->dseq > right->dseq;
}

/* Sorts them. Transfer full. */
static char *
describe (GPtrArray *entries)
{
  GString *text = g_string_new (NULL);

  if (entries != NULL)
    g_ptr_array_sort (entries, compare_dseq);
  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      const PiaoOutboxEntry *entry = g_ptr_array_index (entries, i);

      g_string_append_printf (text, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s %s\n",
                              entry->dseq, entry->id, entry->name, entry->args);
    }
  return g_string_free_and_steal (text);
}

static char *
read_outbox (PiaoDb *db, const char *where)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = piao_outbox_list (db, G_MAXINT, &error);

  crash_fail_on (error, where);
  return describe (entries);
}

/* What can be read of the outbox in a file, whatever it is. Transfer full. */
static char *
read_file (Rescue *self, const char *name)
{
  g_autofree char *path = piao_shim_disk_path (self->world->disk, name);
  g_autoptr (GBytes) content = NULL;
  g_autoptr (PiaoOutboxFile) file = NULL;
  g_autoptr (PiaoSalvage) salvage = NULL;

  if (!g_str_has_suffix (name, ".jsonl"))
    {
      salvage = piao_salvage_read (path, NULL);
      return describe (salvage != NULL ? salvage->entries : NULL);
    }
  content = piao_file_read (path, NULL);
  file = content != NULL ? piao_outbox_file_read (content, NULL) : NULL;
  return describe (file != NULL ? file->entries : NULL);
}

static void
check_survives (Rescue *self, const char *where)
{
  g_auto (GStrv) names = piao_shim_disk_list (self->world->disk);
  g_autofree char *all = g_strjoinv (" ", names);

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *outbox = read_file (self, names[i]);

      if (g_str_equal (outbox, self->outbox))
        return;
    }
  g_error ("%s: the outbox is whole in none of: %s", where, all);
}

static void
check_names (Rescue *self, const char *where)
{
  g_auto (GStrv) names = piao_shim_disk_list (self->world->disk);
  guint aside = 0, all = 0;

  for (guint i = 0; names[i] != NULL; i++)
    {
      if (strstr (names[i], ".fresh") != NULL || strstr (names[i], ".is-damaged") != NULL)
        g_error ("%s: %s is left", where, names[i]);
      all += strstr (names[i], ".damaged-") != NULL && !g_str_has_suffix (names[i], "-wal");
      aside += piao_shim_disk_hash_file (self->world->disk, names[i]) == self->damaged;
    }
  if (aside != 1 || all != 1)
    g_error ("%s: %u files were set aside, the damaged one %u times", where, all, aside);
}

static void
check_setting (PiaoDb *db, const char *key, const char *expected, const char *where)
{
  g_autofree char *value = piao_setting_get (db, key, NULL);

  if (g_strcmp0 (value, expected) != 0)
    g_error ("%s: %s is %s", where, key, value != NULL ? value : "gone");
}

/* What a start that came to its end has left. */
static void
check_rescued (Rescue *self, PiaoDb *db, const char *where)
{
  g_autofree char *outbox = read_outbox (db, where);

  crash_check_file (db, where);
  if (!g_str_equal (outbox, self->outbox))
    crash_course_explain (where, outbox, self->outbox);
  check_setting (db, "device", "8", where);
  check_setting (db, "device.key", "a-key-that-nobody-guesses", where);
  check_setting (db, "sync.epoch", PIAO_RESCUE_EPOCH, where);
  check_names (self, where);
}

/* --- what is damaged ------------------------------------------------------------------------- */

/* Two commands wait, and a third where the log is not moved into the file. */
static void
play (Rescue *self)
{
  static const CrashStep scan
      = { CRASH_RUN, "order.scan", "{'order':$order,'pack':'J0001-00005-0000002'}" };
  const CrashJourney *journey = &crash_journeys[CRASH_MIGRATION];
  CrashWorld *world = self->world;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < journey->n_before; i++)
    {
      crash_world_step (world, &journey->before[i], i, &error);
      crash_fail_on (error, "before");
    }
  if (!crash_world_open (world, &error) || !piao_db_begin (world->db, &error)
      || !piao_setting_set (world->db, "device", "8", &error)
      || !piao_setting_set (world->db, "device.key", "a-key-that-nobody-guesses", &error)
      || !piao_db_commit (world->db, &error))
    crash_fail_on (error, "settings");
  if (self->is->in_log)
    crash_world_step (world, &scan, CRASH_FIRST_STEP, &error);
  else
    crash_world_step (world, &(CrashStep){ CRASH_TIDY, NULL, NULL }, CRASH_FIRST_STEP, &error);
  crash_fail_on (error, "scan");
  self->outbox = read_outbox (world->db, "before");
  /* The program is killed: nothing is closed. */
  piao_shim_disk_cut (world->disk);
  crash_world_drop (world);
  piao_shim_disk_recover (world->disk, PIAO_SHIM_KEEP, 1);
}

/* The first page of the schema is noise. */
static void
harm (Rescue *self)
{
  g_autoptr (GBytes) sound = piao_file_read (self->path, NULL);
  g_autofree guint8 *bytes = g_memdup2 (g_bytes_get_data (sound, NULL), g_bytes_get_size (sound));
  g_autoptr (GBytes) damaged = NULL;

  memset (bytes + 100, 0xa5, PAGE - 100);
  damaged = g_bytes_new (bytes, g_bytes_get_size (sound));
  piao_shim_disk_put_file (self->world->disk, FILE_NAME, damaged);
}

static void
set_up (Rescue *self, const Case *is)
{
  *self = (Rescue){ .is = is, .world = crash_world_new () };
  self->path = piao_shim_disk_path (self->world->disk, FILE_NAME);
  self->base = piao_shim_disk_new ("base");
  self->crashed = piao_shim_disk_new ("crashed");
  self->cut = piao_shim_disk_new ("cut");
  self->seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  play (self);
  if (is->noted)
    piao_rescue_note_damage (self->path);
  else
    harm (self);
  self->damaged = piao_shim_disk_hash_file (self->world->disk, FILE_NAME);
  piao_shim_disk_copy (self->base, self->world->disk);
}

static void
tear_down (Rescue *self)
{
  g_hash_table_unref (self->seen);
  crash_world_free (self->world);
  piao_shim_disk_free (self->base);
  piao_shim_disk_free (self->crashed);
  piao_shim_disk_free (self->cut);
  g_free (self->path);
  g_free (self->outbox);
}

/* --- starts ---------------------------------------------------------------------------------- */

/* Start @number of the program, an hour after the one before. */
static PiaoDb *
start (Rescue *self, guint number, GError **error)
{
  g_autofree char *rescued = NULL;
  gint64 last = 0;

  return piao_replica_file_open (self->path, self->world->start + number * PIAO_HOUR, &rescued,
                                 &last, error);
}

static gboolean
was_seen (Rescue *self, guint number)
{
  PiaoShimDisk *disk = self->world->disk;
  g_auto (GStrv) names = piao_shim_disk_list (disk);
  guint64 print = number;

  for (guint i = 0; names[i] != NULL; i++)
    print = (print ^ piao_shim_disk_hash_file (disk, names[i]) ^ g_str_hash (names[i]))
            * G_GUINT64_CONSTANT (0x100000001b3);
  return !g_hash_table_add (self->seen, g_memdup2 (&print, sizeof print));
}

/* Start @number finds what the power cut has left, and finishes. */
static void
take_up (Rescue *self, guint number, const char *where)
{
  g_autoptr (PiaoDb) db = NULL;
  g_autoptr (GError) error = NULL;

  if (was_seen (self, number))
    return;
  self->disks++;
  check_survives (self, where);
  db = start (self, number, &error);
  crash_fail_on (error, where);
  check_rescued (self, db, where);
}

/* The power goes in call @nth of start @number. FALSE when there are fewer. */
static gboolean
crash_in (Rescue *self, PiaoShimDisk *from, guint number, guint64 nth, PiaoShimDisk *to)
{
  PiaoShimDisk *disk = self->world->disk;
  g_autoptr (PiaoDb) db = NULL;
  gboolean down;

  piao_shim_disk_copy (disk, from);
  piao_shim_disk_arm (disk, PIAO_SHIM_CRASH, nth);
  db = start (self, number, NULL);
  down = piao_shim_disk_is_down (disk);
  g_assert_true (down || db != NULL);
  g_clear_pointer (&db, piao_db_free);
  piao_shim_disk_copy (to, disk);
  return down;
}

/* @self->crashed is met again, and the start that takes it up is cut off, too. */
static void
crash_again (Rescue *self, PiaoShimImage image, guint64 seed, const char *before)
{
  PiaoShimDisk *disk = self->world->disk;
  g_autoptr (PiaoShimDisk) left = piao_shim_disk_new ("left");

  piao_shim_disk_copy (disk, self->crashed);
  piao_shim_disk_recover (disk, image, seed);
  piao_shim_disk_copy (left, disk);
  for (guint64 k = 1 + seed % AGAIN_STRIDE; crash_in (self, left, 2, k, self->cut);
       k += AGAIN_STRIDE)
    for (guint i = 0; i < PIAO_SHIM_N_IMAGES; i++)
      {
        g_autofree char *where
            = g_strdup_printf ("%s, then call %" G_GUINT64_FORMAT ", image %u", before, k, i);

        piao_shim_disk_copy (disk, self->cut);
        piao_shim_disk_recover (disk, (PiaoShimImage)i, seed * 1000 + k);
        self->again++;
        take_up (self, 3, where);
      }
}

static void
run_crashes (Rescue *self, guint stride)
{
  PiaoShimDisk *disk = self->world->disk;

  for (guint64 nth = 1; crash_in (self, self->base, 1, nth, self->crashed); nth += stride)
    {
      self->points++;
      for (guint i = 0; i < PIAO_SHIM_N_IMAGES; i++)
        {
          g_autofree char *where = g_strdup_printf ("%s, call %" G_GUINT64_FORMAT ", image %u",
                                                    self->is->name, nth, i);

          piao_shim_disk_copy (disk, self->crashed);
          piao_shim_disk_recover (disk, (PiaoShimImage)i, nth);
          take_up (self, 2, where);
          if (self->crashes++ % AGAIN_OF == 0)
            crash_again (self, (PiaoShimImage)i, nth, where);
        }
    }
}

/* --- what fails ------------------------------------------------------------------------------ */

/* The disk fails in call @nth of the first start, and not in the second. FALSE when there are
 * fewer. */
static gboolean
fail_in (Rescue *self, PiaoShimFault fault, guint64 nth)
{
  PiaoShimDisk *disk = self->world->disk;
  g_autofree char *where
      = g_strdup_printf ("%s, fault %d in call %" G_GUINT64_FORMAT, self->is->name, fault, nth);
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoDb) db = NULL;
  gboolean struck;

  piao_shim_disk_copy (disk, self->base);
  piao_shim_disk_arm (disk, fault, nth);
  db = start (self, 1, &error);
  struck = piao_shim_disk_has_struck (disk);
  if (db == NULL && (error == NULL || g_utf8_strlen (error->message, -1) < 8))
    g_error ("%s: it failed and said nothing", where);
  g_clear_pointer (&db, piao_db_free);
  g_clear_error (&error);
  piao_shim_disk_arm (disk, PIAO_SHIM_HEALTHY, 0);
  check_survives (self, where);
  db = start (self, 2, &error);
  crash_fail_on (error, where);
  check_rescued (self, db, where);
  return struck;
}

static void
run_faults (Rescue *self, guint stride)
{
  static const PiaoShimFault faults[] = { PIAO_SHIM_ERROR_ONCE, PIAO_SHIM_ERROR, PIAO_SHIM_FULL,
                                          PIAO_SHIM_READ_ONCE, PIAO_SHIM_READ };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    for (guint64 nth = 1; fail_in (self, faults[i], nth); nth += stride)
      self->points++;
}

/* --- tests ----------------------------------------------------------------------------------- */

static void
run_case (const Case *is, void (*func) (Rescue *self, guint stride), guint stride)
{
  double started = crash_get_cpu ();
  Rescue self;

  set_up (&self, is);
  func (&self, stride);
  g_test_message ("%s: %u points, %u crashes, %u of a second start; %u different disks; %.1f s of "
                  "CPU",
                  is->name, self.points, self.crashes, self.again, self.disks,
                  crash_get_cpu () - started);
  g_assert_cmpuint (self.points, >, 100 / stride);
  tear_down (&self);
}

static void
test_crashes (gconstpointer is)
{
  run_case (is, run_crashes, STRIDE);
}

static void
test_crashes_sample (gconstpointer is)
{
  run_case (is, run_crashes, SAMPLE_STRIDE * STRIDE);
}

static void
test_faults (gconstpointer is)
{
  run_case (is, run_faults, STRIDE);
}

static void
test_faults_sample (gconstpointer is)
{
  run_case (is, run_faults, SAMPLE_STRIDE * STRIDE);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    GTestDataFunc func;
  } tests[] = { { "/crash/rescue/", test_crashes },
                { "/crash/rescue-sample/", test_crashes_sample },
                { "/crash/rescue-faults/", test_faults },
                { "/crash/rescue-faults-sample/", test_faults_sample } };

  crash_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    for (guint j = 0; j < G_N_ELEMENTS (cases); j++)
      {
        g_autofree char *path = g_strconcat (tests[i].path, cases[j].name, NULL);

        g_test_add_data_func (path, &cases[j], tests[i].func);
      }
  return g_test_run ();
}
