-- Every synced table begins with id, lane, rev, deleted; see CONTRIBUTING.md "Data".
-- Foreign keys are written on the server, where every row is; a replica holds only its lanes.

CREATE TABLE org (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  code TEXT NOT NULL, name TEXT NOT NULL, gb INTEGER NOT NULL, parent_id INTEGER,
  UNIQUE (code)
) STRICT;

CREATE TABLE warehouse (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  code TEXT NOT NULL, name TEXT NOT NULL, org_id INTEGER NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('region', 'branch')),
  gateway_no TEXT NOT NULL, address TEXT, phone TEXT,
  route TEXT NOT NULL DEFAULT 'server' CHECK (route IN ('server', 'direct')),
  UNIQUE (code)
) STRICT;

CREATE TABLE users (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  name TEXT NOT NULL, real_name TEXT NOT NULL, phone TEXT, org_id INTEGER, warehouse_id INTEGER,
  post TEXT, enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  UNIQUE (name)
) STRICT;

CREATE TABLE role (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  code TEXT NOT NULL, name TEXT NOT NULL, note TEXT,
  UNIQUE (code)
) STRICT;

CREATE TABLE role_permission (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  role_id INTEGER NOT NULL, permission TEXT NOT NULL,
  UNIQUE (role_id, permission)
) STRICT;

CREATE TABLE user_role (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  user_id INTEGER NOT NULL, role_id INTEGER NOT NULL, granted_lane INTEGER NOT NULL
) STRICT;
CREATE INDEX user_role_by_user ON user_role (user_id);

CREATE TABLE ticket_type (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  game_no TEXT NOT NULL, plan_code TEXT NOT NULL, name TEXT NOT NULL,
  face_value INTEGER NOT NULL CHECK (face_value > 0),
  tickets_per_pack INTEGER NOT NULL CHECK (tickets_per_pack > 0),
  pack_value INTEGER NOT NULL CHECK (pack_value > 0),
  market_from INTEGER NOT NULL DEFAULT 0, market_to INTEGER NOT NULL DEFAULT 0,
  theme TEXT, rules TEXT, top_prize INTEGER NOT NULL DEFAULT 0,
  tag TEXT CHECK (tag IN ('hot', 'new', 'slow')),
  threshold INTEGER NOT NULL DEFAULT 0,
  UNIQUE (game_no)
) STRICT;
CREATE INDEX ticket_type_by_plan ON ticket_type (plan_code);

CREATE TABLE batch (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  ticket_type_id INTEGER NOT NULL, batch_no TEXT NOT NULL,
  packs_per_box INTEGER NOT NULL CHECK (packs_per_box > 0),
  boxes_per_case INTEGER NOT NULL CHECK (boxes_per_case > 0),
  printed_on INTEGER NOT NULL, sell_until INTEGER NOT NULL,
  UNIQUE (ticket_type_id, batch_no)
) STRICT;

CREATE TABLE barcode_profile (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  code TEXT NOT NULL, printer TEXT NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('case', 'box', 'pack', 'ticket', 'security', 'command')),
  length INTEGER NOT NULL, pattern TEXT NOT NULL, check_rule TEXT,
  priority INTEGER NOT NULL, enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  UNIQUE (code)
) STRICT;

CREATE TABLE scheme (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  code TEXT NOT NULL, org_id INTEGER NOT NULL, method TEXT NOT NULL, method_kind TEXT NOT NULL,
  areas TEXT NOT NULL, calendar TEXT NOT NULL, transit TEXT NOT NULL,
  fallback TEXT, note TEXT,
  UNIQUE (code)
) STRICT;

CREATE TABLE owner (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  name TEXT NOT NULL, phone TEXT
) STRICT;

CREATE TABLE outlet (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  outlet_no TEXT NOT NULL, name TEXT NOT NULL, owner_id INTEGER NOT NULL,
  owner_name TEXT NOT NULL, phone TEXT,
  manager_id INTEGER, manager_name TEXT,
  warehouse_id INTEGER NOT NULL, county TEXT NOT NULL, address TEXT NOT NULL,
  distance INTEGER NOT NULL CHECK (distance >= 0),
  scheme_id INTEGER, override_hours INTEGER NOT NULL DEFAULT 0 CHECK (override_hours >= 0),
  channel TEXT NOT NULL CHECK (channel IN ('computer', 'outdoor', 'chain', 'social')),
  state TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'closed')),
  credit_until INTEGER NOT NULL DEFAULT 0,
  instant_balance INTEGER NOT NULL DEFAULT 0, payment_balance INTEGER NOT NULL DEFAULT 0,
  balance_at INTEGER NOT NULL DEFAULT 0,
  UNIQUE (outlet_no)
) STRICT;
CREATE INDEX outlet_by_warehouse ON outlet (warehouse_id);
CREATE INDEX outlet_by_owner ON outlet (owner_id);
CREATE INDEX outlet_by_manager ON outlet (manager_id) WHERE manager_id IS NOT NULL;

CREATE TABLE closure (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  name TEXT NOT NULL, starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL
) STRICT;
CREATE INDEX closure_by_end ON closure (ends_at);

CREATE TABLE parameter (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  key TEXT NOT NULL, value INTEGER NOT NULL, least INTEGER NOT NULL, most INTEGER NOT NULL,
  unit TEXT, note TEXT,
  UNIQUE (key)
) STRICT;

CREATE TABLE number_block (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  warehouse_id INTEGER NOT NULL, device INTEGER NOT NULL,
  first INTEGER NOT NULL, last INTEGER NOT NULL, next INTEGER NOT NULL,
  UNIQUE (warehouse_id, device, first)
) STRICT;

CREATE TABLE orders (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  number TEXT NOT NULL, outlet_id INTEGER NOT NULL, warehouse_id INTEGER NOT NULL,
  source TEXT NOT NULL CHECK (source IN
    ('app', 'wechat_mp', 'mini_program', 'phone', 'account_manager')),
  assisted_by INTEGER, identity_checked INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'pending_outbound', 'on_hold',
    'refused', 'picking', 'checked', 'held_for_ilms', 'confirming', 'ready_to_ship', 'delivering',
    'delivery_failed', 'returned', 'cancelled', 'delivered', 'completed', 'abnormal')),
  prev_state TEXT, hold_reason TEXT, hold_note TEXT,
  submitted_at INTEGER NOT NULL, due_at INTEGER NOT NULL,
  departure_at INTEGER NOT NULL DEFAULT 0, predicted_at INTEGER NOT NULL DEFAULT 0,
  scheme_id INTEGER, lines INTEGER NOT NULL, packs INTEGER NOT NULL, amount INTEGER NOT NULL,
  scanned INTEGER NOT NULL DEFAULT 0,
  lock_no TEXT, pre_debit INTEGER NOT NULL DEFAULT 0,
  confirm_no TEXT, debited INTEGER NOT NULL DEFAULT 0, confirmed_at INTEGER NOT NULL DEFAULT 0,
  picker_id INTEGER, picker_device INTEGER NOT NULL DEFAULT 0,
  lease_until INTEGER NOT NULL DEFAULT 0, checker_id INTEGER,
  held_at INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 1, note TEXT,
  UNIQUE (number),
  -- WHS-08: nothing leaves without a confirmation, whatever the code does.
  CHECK (confirm_no IS NOT NULL OR state NOT IN
    ('ready_to_ship', 'delivering', 'delivery_failed', 'delivered', 'completed'))
) STRICT;
CREATE INDEX orders_by_queue ON orders (warehouse_id, state, submitted_at, id);
CREATE INDEX orders_by_time ON orders (warehouse_id, submitted_at, id);
CREATE INDEX orders_by_outlet ON orders (outlet_id, submitted_at);

CREATE TABLE order_line (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  order_id INTEGER NOT NULL, n INTEGER NOT NULL, ticket_type_id INTEGER NOT NULL,
  packs INTEGER NOT NULL CHECK (packs > 0), scanned INTEGER NOT NULL DEFAULT 0,
  short INTEGER NOT NULL DEFAULT 0, short_reason TEXT,
  pack_value INTEGER NOT NULL, amount INTEGER NOT NULL,
  CHECK (scanned >= 0 AND short >= 0 AND scanned + short <= packs),
  UNIQUE (order_id, ticket_type_id)
) STRICT;

CREATE TABLE pack (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  code TEXT NOT NULL, ticket_type_id INTEGER NOT NULL, batch_id INTEGER NOT NULL,
  warehouse_id INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('registered', 'in_stock', 'reserved', 'outbound',
    'in_transit', 'at_outlet', 'activated', 'settled', 'in_transit_transfer', 'returning',
    'damaged', 'lost', 'stolen', 'destroyed', 'expired')),
  order_id INTEGER, line_id INTEGER, shelf TEXT,
  frozen INTEGER NOT NULL DEFAULT 0 CHECK (frozen IN (0, 1)),
  outbound_at INTEGER NOT NULL DEFAULT 0, activated_at INTEGER NOT NULL DEFAULT 0,
  UNIQUE (code),
  -- One open order a pack: a reserved pack has one, a free pack has none.
  CHECK ((state = 'in_stock' AND order_id IS NULL) OR state <> 'in_stock'),
  CHECK ((state = 'reserved' AND order_id IS NOT NULL) OR state <> 'reserved')
) STRICT;
CREATE INDEX pack_by_order ON pack (order_id) WHERE order_id IS NOT NULL;
-- Where a free pack of a type lies: without this a warehouse whose packs have no shelf is walked.
CREATE INDEX pack_on_shelf ON pack (warehouse_id, ticket_type_id)
  WHERE state = 'in_stock' AND frozen = 0 AND shelf IS NOT NULL;

CREATE TABLE movement (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  pack_id INTEGER NOT NULL, ticket_type_id INTEGER NOT NULL, warehouse_id INTEGER NOT NULL,
  event TEXT NOT NULL, quantity INTEGER NOT NULL, order_id INTEGER,
  at INTEGER NOT NULL, actor INTEGER NOT NULL, device INTEGER NOT NULL
) STRICT;
CREATE INDEX movement_by_pack ON movement (pack_id);

CREATE TABLE stock (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  warehouse_id INTEGER NOT NULL, ticket_type_id INTEGER NOT NULL,
  free INTEGER NOT NULL CHECK (free >= 0), reserved INTEGER NOT NULL CHECK (reserved >= 0),
  ilms_quantity INTEGER NOT NULL DEFAULT 0, ilms_at INTEGER NOT NULL DEFAULT 0,
  threshold INTEGER NOT NULL DEFAULT 0,
  UNIQUE (warehouse_id, ticket_type_id)
) STRICT;

CREATE TABLE order_event (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  order_id INTEGER NOT NULL, at INTEGER NOT NULL, actor INTEGER NOT NULL,
  device INTEGER NOT NULL, event TEXT NOT NULL, from_state TEXT, to_state TEXT, detail TEXT
) STRICT;
CREATE INDEX order_event_by_order ON order_event (order_id, at);

CREATE TABLE parcel (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  order_id INTEGER NOT NULL, n INTEGER NOT NULL, total INTEGER NOT NULL,
  label_copies INTEGER NOT NULL DEFAULT 0, label_at INTEGER NOT NULL DEFAULT 0,
  closed_at INTEGER NOT NULL DEFAULT 0, closed_by INTEGER,
  UNIQUE (order_id, n)
) STRICT;

CREATE TABLE gateway_request (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  request_no TEXT NOT NULL, op TEXT NOT NULL, order_id INTEGER NOT NULL,
  executor TEXT NOT NULL, params TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('prepared', 'sent', 'confirmed', 'refused', 'unknown')),
  tries INTEGER NOT NULL DEFAULT 0, delays INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL DEFAULT 0, first_sent_at INTEGER NOT NULL DEFAULT 0,
  last_sent_at INTEGER NOT NULL DEFAULT 0, unknown_at INTEGER NOT NULL DEFAULT 0,
  doubt_at INTEGER NOT NULL DEFAULT 0, asked_at INTEGER NOT NULL DEFAULT 0,
  attention INTEGER NOT NULL DEFAULT 0 CHECK (attention IN (0, 1)),
  code TEXT, message TEXT, result TEXT,
  created_at INTEGER NOT NULL, decided_at INTEGER NOT NULL DEFAULT 0,
  UNIQUE (request_no)
) STRICT;
CREATE INDEX gateway_request_open ON gateway_request (next_at)
  WHERE state IN ('prepared', 'sent', 'unknown');
CREATE INDEX gateway_request_by_order ON gateway_request (order_id);
-- One live debit an order.
CREATE UNIQUE INDEX gateway_request_one_debit ON gateway_request (order_id)
  WHERE op = 'order.confirm' AND state <> 'refused';
