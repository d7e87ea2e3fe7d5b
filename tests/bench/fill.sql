-- SPDX-FileCopyrightText: 2026 The Piaoku developers
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- A replica of the size that the figures are asked for, over the rows that every installation
-- starts from. The temporary table size (orders, packs, waiting, now) says how large. Codes,
-- outlets and states are spread the way they lie in a warehouse of some years: packs in the order
-- in which they were received, the free ones among them at random places.

CREATE TEMP TABLE digit (d INTEGER NOT NULL);
INSERT INTO digit VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);
CREATE TEMP VIEW thousand AS
  SELECT a.d * 100 + b.d * 10 + c.d AS n FROM digit a, digit b, digit c;
-- 0 … 9,999,999 in order; each use takes as many as it needs.
CREATE TEMP VIEW million AS
  SELECT m.d * 1000000 + k.n * 1000 + u.n AS n
    FROM digit m CROSS JOIN thousand k CROSS JOIN thousand u;

INSERT INTO users (id, lane, name, real_name, warehouse_id, enabled)
  VALUES (900, 0, 'bench', 'Bench', 652300, 1);
INSERT INTO role (id, lane, code, name) VALUES (901, 0, 'bench', 'Bench');
INSERT INTO role_permission (id, lane, role_id, permission) VALUES
  (902, 0, 901, 'order'), (903, 0, 901, 'order.pick'), (904, 0, 901, 'stock');
INSERT INTO user_role (id, lane, user_id, role_id, granted_lane) VALUES (905, 0, 900, 901, -1);

INSERT INTO ticket_type (id, lane, game_no, plan_code, name, face_value, tickets_per_pack, pack_value)
  SELECT 1000 + n, 0, printf ('%04d', 1 + n), printf ('J%04d', 1 + n), '票种' || n, 1000, 50, 50000
    FROM thousand WHERE n < 100;
INSERT INTO batch (id, lane, ticket_type_id, batch_no, packs_per_box, boxes_per_case, printed_on, sell_until)
  SELECT 2000 + n, 0, 1000 + n, printf ('%05d', n), 10, 4, 0, size.now + 86400000 * 700
    FROM thousand, size WHERE n < 100;
INSERT INTO stock (id, lane, warehouse_id, ticket_type_id, free, reserved)
  SELECT 3000 + n, 652300, 652300, 1000 + n, 1000000, 0 FROM thousand WHERE n < 100;

INSERT INTO owner (id, lane, name) SELECT 10000 + n, 652300, '阿卜杜拉·买买提' || n FROM (SELECT n FROM million LIMIT 5000);
INSERT INTO outlet (id, lane, outlet_no, name, owner_id, owner_name, phone, manager_name, warehouse_id,
                    county, address, distance, channel, state)
  SELECT 20000 + n, 652300, printf ('652300%04d', n), '北京路' || n || '店', 10000 + n,
         '阿卜杜拉·买买提' || n, printf ('138%08d', n), '王小明', 652300, '昌吉市区',
         '北京路 ' || n || ' 号', 5000, 'computer', 'active'
    FROM (SELECT n FROM million LIMIT 5000);

-- Orders of four years; the newest wait to be picked.
INSERT INTO orders (id, lane, number, outlet_id, warehouse_id, source, state, submitted_at, due_at,
                    lines, packs, amount, lock_no, confirm_no)
  SELECT 100000000 + n, 652300,
         strftime ('%Y%m%d', at / 1000, 'unixepoch') || printf ('%06d%04d', n % 1000000, n % 5000),
         20000 + n * 7919 % 5000, 652300, 'phone',
         CASE WHEN waits THEN 'pending_outbound' ELSE 'completed' END, at, at + 86400000,
         5, 10, 500000, 'L' || n, CASE WHEN waits THEN NULL ELSE 'C' || n END
    FROM (SELECT n, size.now - (size.orders - n) * (126144000000 / size.orders) AS at,
                 n >= size.orders - size.waiting AS waits
            FROM (SELECT n FROM million LIMIT (SELECT orders FROM size)), size);
INSERT INTO order_line (id, lane, order_id, n, ticket_type_id, packs, scanned, pack_value, amount)
  SELECT 200000000 + n * 5 + d, 652300, 100000000 + n, d + 1, 1000 + (n * 13 + d) % 100, 2,
         CASE WHEN n >= size.orders - size.waiting THEN 0 ELSE 2 END, 50000, 100000
    FROM (SELECT n FROM million LIMIT (SELECT orders FROM size)), size, digit WHERE d < 5;

-- One pack in fifty is free.
INSERT INTO pack (id, lane, code, ticket_type_id, batch_id, warehouse_id, state, order_id, line_id, shelf)
  SELECT 1000000000 + n, 652300,
         printf ('J%04d-%05d-%07d', 1 + type, type, n % per_type), 1000 + type, 2000 + type, 652300,
         CASE WHEN free THEN 'in_stock' ELSE 'activated' END,
         CASE WHEN free THEN NULL ELSE 100000000 + n / 10 % done END,
         CASE WHEN free THEN NULL ELSE 200000000 + n / 10 % done * 5 + n % 5 END,
         CASE WHEN free THEN 'B-' || printf ('%02d', type) END
    FROM (SELECT n, n / ((size.packs + 99) / 100) AS type, (size.packs + 99) / 100 AS per_type,
                 n * 2654435761 % 50 = 0 AS free, size.orders - size.waiting AS done
            FROM (SELECT n FROM million LIMIT (SELECT packs FROM size)), size);

