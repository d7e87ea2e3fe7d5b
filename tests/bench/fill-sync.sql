-- SPDX-FileCopyrightText: 2026 The Piaoku developers
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Orders of four years in one prefecture, over the tests' world (prefecture 652300, warehouse 20),
-- as the commands would have left them: ids made of the time, numbers that count up, amounts that
-- are sums of packs, and about as much chance in each column as life has. The temporary table size
-- (orders, waiting, now, step) says how many; the newest wait to be picked.

CREATE TEMP TABLE digit (d INTEGER NOT NULL);
INSERT INTO digit VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);
CREATE TEMP VIEW thousand AS
  SELECT a.d * 100 + b.d * 10 + c.d AS n FROM digit a, digit b, digit c;
CREATE TEMP VIEW million AS
  SELECT m.d * 1000000 + k.n * 1000 + u.n AS n
    FROM digit m CROSS JOIN thousand k CROSS JOIN thousand u;

INSERT INTO owner (id, lane, name) SELECT 10000 + n, 652300, '阿卜杜拉·买买提' || n FROM (SELECT n FROM million LIMIT 5000);
INSERT INTO outlet (id, lane, outlet_no, name, owner_id, owner_name, phone, manager_name, warehouse_id,
                    county, address, distance, channel, state)
  SELECT 20000 + n, 652300, printf ('652399%04d', n), '北京路' || n || '店', 10000 + n,
         '阿卜杜拉·买买提' || n, printf ('138%08d', abs (random () % 100000000)), '王小明', 20, '昌吉市区',
         '北京路 ' || n || ' 号', 5000, 'computer', 'active'
    FROM (SELECT n FROM million LIMIT 5000);

INSERT INTO orders (id, lane, number, outlet_id, warehouse_id, source, identity_checked, state,
                    submitted_at, due_at, departure_at, predicted_at, lines, packs, amount, scanned,
                    lock_no, pre_debit, confirm_no, debited, confirmed_at, picker_id, picker_device,
                    checker_id)
  SELECT 4503599627370496 + (at - start) * 4096 + 1, 652300,
         strftime ('%Y%m%d', at / 1000, 'unixepoch') || printf ('%010d', n),
         20000 + outlet, 20, CASE WHEN outlet % 7 = 0 THEN 'app' ELSE 'phone' END, 1,
         CASE WHEN waits THEN 'pending_outbound' ELSE 'completed' END,
         at, at + 259200000, CASE WHEN waits THEN 0 ELSE (at / 86400000 + 1) * 86400000 END,
         CASE WHEN waits THEN 0 ELSE (at / 86400000 + 2) * 86400000 END,
         lines, lines * 2, lines * 100000, CASE WHEN waits THEN 0 ELSE lines * 2 END,
         'L' || (at / 1000 + wait / 1000), lines * 100000,
         CASE WHEN waits THEN NULL ELSE 'C' || (at / 1000 + picked / 1000) END,
         CASE WHEN waits THEN 0 ELSE lines * 100000 END, CASE WHEN waits THEN 0 ELSE at + picked END,
         CASE WHEN waits THEN NULL ELSE 101 + outlet % 2 END, CASE WHEN waits THEN 0 ELSE 8 END,
         CASE WHEN waits THEN NULL ELSE 104 END
    FROM (SELECT n, size.now - size.orders * size.step AS start,
                 size.now - (size.orders - n) * size.step + abs (random () % size.step) AS at,
                 n >= size.orders - size.waiting AS waits, abs (random () % 5000) AS outlet,
                 1 + abs (random () % 8) AS lines, abs (random () % 4000) AS wait,
                 3600000 + abs (random () % 14400000) AS picked
            FROM (SELECT n FROM million LIMIT (SELECT orders FROM size)), size);
