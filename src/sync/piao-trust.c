/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "sync/piao-trust.h"

/* The file of an authority has a few certificates, not the photographs of somebody. */
#define MAX_FILE (1024 * 1024)

static GTlsDatabase *
open_authority (const char *authority, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (authority);
  g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE,
                                                  G_FILE_QUERY_INFO_NONE, NULL, NULL);
  g_autolist (GTlsCertificate) certificates = NULL;
  g_autofree char *absolute = g_canonicalize_filename (authority, NULL);
  GTlsDatabase *database = NULL;

  if (info != NULL && g_file_info_get_size (info) <= MAX_FILE)
    certificates = g_tls_certificate_list_new_from_file (absolute, NULL);
  if (certificates != NULL)
    database = g_tls_file_database_new (absolute, NULL);
  if (database == NULL)
    piao_error_set (
        error, PIAO_ERROR_INVALID, "http.authority",
        _ ("“%.200s” holds no certificates of an authority. Choose the file that whoever "
           "runs the centre has given you, or none."),
        authority);
  return database;
}

gboolean
piao_trust_check (const char *authority, GError **error)
{
  g_autoptr (GTlsDatabase) database = NULL;

  if (authority == NULL || *authority == '\0')
    return TRUE;
  database = open_authority (authority, error);
  return database != NULL;
}

gboolean
piao_trust_set (SoupSession *session, const char *authority, GError **error)
{
  g_autoptr (GTlsDatabase) database = NULL;

  if (authority == NULL || *authority == '\0')
    return TRUE;
  database = open_authority (authority, error);
  /* Without a database libsoup takes no certificate at all: nobody is better than anybody. */
  soup_session_set_tls_database (session, database);
  return database != NULL;
}

/* --- what is wrong --------------------------------------------------------------------------- */

static gboolean
is_self_signed (GTlsCertificate *certificate)
{
  g_autofree char *subject = g_tls_certificate_get_subject_name (certificate);
  g_autofree char *issuer = g_tls_certificate_get_issuer_name (certificate);

  return subject != NULL && g_strcmp0 (subject, issuer) == 0;
}

static const char *
describe (GTlsCertificate *certificate, GTlsCertificateFlags flags)
{
  if ((flags & G_TLS_CERTIFICATE_UNKNOWN_CA) != 0)
    return certificate != NULL && is_self_signed (certificate)
               ? _ ("What answers in the centre's place has signed its own certificate, so it may "
                    "be "
                    "anybody. Nothing was sent. Tell whoever runs the centre.")
               : _ ("The certificate of the centre is signed by nobody whom this computer trusts. "
                    "Nothing was sent. If the office has an authority of its own, choose its file "
                    "in "
                    "the preferences.");
  if ((flags & G_TLS_CERTIFICATE_BAD_IDENTITY) != 0)
    return _ ("The certificate of what answers is for another name than the address of the centre. "
              "Nothing was sent. Look at the address in the preferences.");
  if ((flags & G_TLS_CERTIFICATE_NOT_ACTIVATED) != 0)
    return _ ("The certificate of the centre is not valid yet. Nothing was sent. Look whether date "
              "and time of this computer are right.");
  if ((flags & G_TLS_CERTIFICATE_EXPIRED) != 0)
    return _ ("The certificate of the centre has expired. Nothing was sent. Tell whoever runs the "
              "centre, and look whether the date of this computer is right.");
  if ((flags & G_TLS_CERTIFICATE_REVOKED) != 0)
    return _ ("The certificate of the centre was revoked. Nothing was sent. Tell whoever runs the "
              "centre.");
  return _ ("The certificate of the centre is no good. Nothing was sent. Tell whoever runs the "
            "centre.");
}

gboolean
piao_trust_judge (SoupMessage *message, GError **error)
{
  GTlsCertificateFlags flags = soup_message_get_tls_peer_certificate_errors (message);

  return flags == G_TLS_CERTIFICATE_NO_FLAGS
         || piao_error_set (error, PIAO_ERROR_UNAVAILABLE, "http.certificate", "%s",
                            describe (soup_message_get_tls_peer_certificate (message), flags));
}
