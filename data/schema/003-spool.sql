-- What waits for a printer on this computer (domain 6.2 "Print job"). Local: it is never sent.
-- only: replica
CREATE TABLE spool (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('label', 'paper')),
  template TEXT NOT NULL, order_id INTEGER NOT NULL, parcel_id INTEGER NOT NULL,
  copy INTEGER NOT NULL CHECK (copy >= 1), name TEXT NOT NULL, data TEXT NOT NULL,
  printer TEXT NOT NULL, format TEXT NOT NULL CHECK (format IN ('zpl', 'tspl', 'pdf')),
  bytes BLOB, sha256 TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN
    ('queued', 'sending', 'printed', 'failed', 'superseded', 'verified')),
  tries INTEGER NOT NULL, error TEXT, unknown INTEGER NOT NULL CHECK (unknown IN (0, 1)),
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX spool_open ON spool (printer, id) WHERE state IN ('queued', 'sending');
CREATE INDEX spool_by_parcel ON spool (parcel_id, id);
CREATE INDEX spool_by_order ON spool (order_id, id);
-- end
